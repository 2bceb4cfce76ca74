"""Model card: data, training, metrics and parity of a model, as JSON and Markdown."""

import json
import platform
from importlib import metadata
from pathlib import Path
from types import NoneType

from rnn_templates.utils import output_folder
from rnn_templates.utils.atomic import write_text
from rnn_templates.utils.limits import check_limit
from rnn_templates.utils.numbers import to_json
from rnn_templates.utils.run_snippets import run_section

PACKAGES = ("rnn_templates", "tensorflow", "keras", "numpy", "ai-edge-litert")
SECTIONS = (("Data", "data"), ("Training", "training"), ("Configuration", "configuration"))
MAX_LISTED = 12
TYPES = {
    (dict,): (
        "data",
        "training",
        "configuration",
        "metrics",
        "parity",
        "versions",
        "input_statistics",
        "history",
        "signatures",
    ),
    (str,): ("title", "template", "description", "limits", "command"),
    (list,): ("labels", "readers"),
}


class Card:
    """Entries about a model, stored as `card.json` and as `README.md`.

    Args:
        facts: dict, serializable as JSON, or None for an empty card. The Markdown shows the keys `title`, `template`,
            `description`, `command`, `data`, `training`, `configuration`, `metrics`, `parity` and `versions`.

    Example:
        >>> card = Card({"template": "sentiment"})
        >>> card.update(metrics={"test": {"accuracy": 0.91}})
        >>> card.save("runs/sentiment")
        >>> Card.load("runs/sentiment").facts["metrics"]
        {'test': {'accuracy': 0.91}}
    """

    def __init__(self, facts=None):
        self.facts = dict(facts or {})

    @classmethod
    def load(cls, directory):
        """Reads the card of a folder.

        Args:
            directory: str or `Path`.

        Returns:
            `Card`; empty if the folder has none.

        Raises:
            ValueError: if `card.json` is not JSON, or not the card of a model; names the entry.
        """
        path = Path(directory) / "card.json"
        if not path.exists():
            return cls()
        try:
            check_limit("it", "MAX_JSON_BYTES", path.stat().st_size)
            facts = json.loads(path.read_text(encoding="utf-8"))
            _check_types(facts)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is not a model card: {error}. Delete it, or train again.") from error
        return cls(facts)

    def update(self, **facts):
        """Adds entries. Dicts are merged one level deep, so that metrics of other data are kept."""
        for key, value in facts.items():
            if isinstance(value, dict) and isinstance(self.facts.get(key), dict):
                self.facts[key] = {**self.facts[key], **value}
            else:
                self.facts[key] = value

    def save(self, directory):
        """Writes `card.json` and `README.md` into a folder, which is created if needed.

        `card.json` has the key `format`, which marks the folder as one that later commands may change.

        Args:
            directory: str or `Path`.

        Raises:
            ValueError: if the folder has a `README.md` or a `card.json` that is not of this package.
        """
        directory = Path(directory)
        output_folder.check_files(directory, ("card.json", "README.md"))
        directory.mkdir(parents=True, exist_ok=True)
        self.facts = {"format": output_folder.FORMAT, **self.facts}
        write_text(directory / "card.json", to_json(self.facts) + "\n")
        write_text(directory / "README.md", self.markdown())

    def markdown(self):
        """Returns the card as Markdown."""
        facts = self.facts
        title = facts.get("title") or facts.get("template", "model").replace("_", " ").capitalize()
        lines = [f"# {title}", ""]
        for key in ("description", "limits"):
            if facts.get(key):
                lines += [facts[key], ""]
        if facts.get("command"):
            lines += ["## Training command", "", "```", facts["command"], "```", ""]
        for heading, key in SECTIONS:
            if facts.get(key):
                lines += [f"## {heading}", "", *_table(facts[key]), ""]
        if facts.get("metrics"):
            lines += ["## Metrics", ""]
            for name, metrics in facts["metrics"].items():
                lines += [f"### {name}", "", *_table(metrics), ""]
        if facts.get("parity"):
            lines += ["## Parity of the exported files", "", *_parity_section(facts["parity"]), ""]
        lines += run_section(facts.get("signatures") or {}, facts.get("readers") or ())
        if facts.get("versions"):
            lines += ["## Versions", "", *_table(facts["versions"]), ""]
        return "\n".join(lines)


def _check_types(facts):
    """Raises ValueError if an entry that the package reads has another type."""
    if not isinstance(facts, dict):
        raise ValueError(f"it must be an object of JSON; received {facts!r:.60}")
    for types, keys in TYPES.items():
        for key in keys:
            if not isinstance(facts.get(key), (*types, NoneType)):
                names = " or ".join(one.__name__ for one in types)
                raise ValueError(f"`{key}` must be a {names}; received {facts[key]!r:.60}")
    for name, metrics in (facts.get("metrics") or {}).items():
        if not isinstance(metrics, dict):
            raise ValueError(f"`metrics` of {name!r} must be a dict; received {metrics!r:.60}")
    targets = (facts.get("parity") or {}).get("targets", [])
    if not isinstance(targets, list) or not all(isinstance(one, dict) and "target" in one for one in targets):
        raise ValueError(f"`targets` of `parity` must be a list of reports; received {targets!r:.60}")


def versions():
    """Returns the versions of Python and of the packages that a model depends on, a dict.

    Example:
        >>> "keras" in versions()
        True
    """
    return {"python": platform.python_version(), **{package: metadata.version(package) for package in PACKAGES}}


def parity_columns(parity):
    """Returns the columns of a table of parity, the keys of its entries.

    Args:
        parity: dict; parity report of `rnn_templates.export_model`.

    Returns:
        Tuple of str; "signature" only if an entry has one.

    Example:
        >>> parity_columns({"targets": [{"target": "saved_model"}]})[:2]
        ('target', 'size_bytes')
    """
    has_signature = any("signature" in target for target in parity.get("targets", []))
    signature = ("signature",) if has_signature else ()
    return "target", *signature, "size_bytes", "max_abs_difference", "label_agreement", "metric_change", "latency_ms"


def _table(facts):
    rows = ["| | |", "|---|---|"]
    return rows + [f"| {key.replace('_', ' ')} | {_cell(value)} |" for key, value in facts.items() if value is not None]


def _cell(value):
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_cell(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        shown = ", ".join(_cell(inner) for inner in value[:MAX_LISTED])
        return shown + (f", ... ({len(value)} in all)" if len(value) > MAX_LISTED else "")
    return str(value).replace("|", "\\|").replace("\n", " ")


def _parity_section(parity):
    columns = parity_columns(parity)
    lines = ["| " + " | ".join(column.replace("_", " ") for column in columns) + " |", "|---" * len(columns) + "|"]
    for target in parity.get("targets", []):
        lines.append("| " + " | ".join(_cell(target.get(column, "")) for column in columns) + " |")
    metric = f" The metric is {parity['metric']}." if parity.get("metric") else ""
    compared = f"Compared with Keras on {parity.get('examples')} examples of {parity.get('data')}.{metric}"
    if parity.get("processor"):
        compared += f" Measured on {parity['processor']}; the kernels of int8 files differ between processors."
    ops = {target["target"]: target["ops"] for target in parity.get("targets", []) if target.get("ops")}
    return [*lines, "", compared, *(f"\nOps of {name}: {', '.join(found)}." for name, found in ops.items())]
