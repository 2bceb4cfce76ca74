"""The model card: what a model learned from, how, and how well it does."""

import json
import platform
from importlib import metadata
from pathlib import Path

from rnn_templates.utils.atomic import write_text


class Card:
    """Facts about a model, kept as `card.json` for programs and `README.md` for people.

    Args:
        facts: dict that JSON can hold; keys in the order in which they are told.

    Example:
        >>> card = Card({"template": "sentiment"})
        >>> card.update(metrics={"test": {"accuracy": 0.91}})
        >>> card.save("runs/sentiment")
    """

    def __init__(self, facts=None):
        self.facts = dict(facts or {})

    @classmethod
    def load(cls, directory):
        """Reads the card of a model's folder; an empty one where there is none.

        Raises:
            ValueError: if the file is not JSON.
        """
        path = Path(directory) / "card.json"
        if not path.exists():
            return cls()
        try:
            return cls(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"{path} is not a model card: {error}. Delete it, or train again.") from error

    def update(self, **facts):
        """Adds facts; dicts are merged one level deep, so that new metrics stand beside old ones."""
        for key, value in facts.items():
            if isinstance(value, dict) and isinstance(self.facts.get(key), dict):
                self.facts[key] = {**self.facts[key], **value}
            else:
                self.facts[key] = value

    def save(self, directory):
        """Writes `card.json` and `README.md` into the folder."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        write_text(directory / "card.json", json.dumps(self.facts, indent=2, ensure_ascii=False) + "\n")
        write_text(directory / "README.md", self.markdown())

    def markdown(self):
        """Returns the card as Markdown."""
        facts = self.facts
        lines = [f"# {facts.get('title') or facts.get('template', 'Model').capitalize()}", ""]
        for key in ("description", "limits"):
            if facts.get(key):
                lines += [facts[key], ""]
        if facts.get("command"):
            lines += ["## Made by", "", "```", facts["command"], "```", ""]
        for heading, key in (("Data", "data"), ("Training", "training"), ("Builder", "configuration")):
            if facts.get(key):
                lines += [f"## {heading}", "", *_table(facts[key]), ""]
        if facts.get("metrics"):
            lines += ["## Figures", ""]
            for name, figures in facts["metrics"].items():
                lines += [f"### {name}", "", *_table(figures), ""]
        if facts.get("parity"):
            lines += ["## Parity of the exported files", "", *_certificate(facts["parity"]), ""]
        if facts.get("versions"):
            lines += ["## Versions", "", *_table(facts["versions"]), ""]
        return "\n".join(lines)


def versions():
    """Returns the versions of what a model was made with."""
    packages = ("rnn_templates", "tensorflow", "keras", "numpy", "ai-edge-litert")
    found = {package: metadata.version(package) for package in packages}
    return {"python": platform.python_version(), **found}


def _table(facts):
    rows = ["| | |", "|---|---|"]
    return rows + [f"| {key.replace('_', ' ')} | {_cell(value)} |" for key, value in facts.items() if value is not None]


def _cell(value):
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_cell(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        shown = ", ".join(_cell(inner) for inner in value[:12])
        return shown + (f", ... ({len(value)} in all)" if len(value) > 12 else "")
    return str(value).replace("|", "\\|").replace("\n", " ")


def certificate_columns(parity):
    """Returns the names of what a parity says of every file, a tuple."""
    asked = ("signature",) if any("signature" in target for target in parity.get("targets", [])) else ()
    return "target", *asked, "size_bytes", "max_abs_difference", "label_agreement", "metric_change", "latency_ms"


def _certificate(parity):
    columns = certificate_columns(parity)
    lines = ["| " + " | ".join(column.replace("_", " ") for column in columns) + " |", "|---" * len(columns) + "|"]
    for target in parity.get("targets", []):
        lines.append("| " + " | ".join(_cell(target.get(column, "")) for column in columns) + " |")
    lines += ["", f"On {parity.get('examples')} examples of {parity.get('data')}, against Keras."]
    if parity.get("metric"):
        lines[-1] += f" The metric is {parity['metric']}."
    ops = {target["target"]: target["ops"] for target in parity.get("targets", []) if target.get("ops")}
    return lines + [f"\nOps of {name}: {', '.join(found)}." for name, found in ops.items()]
