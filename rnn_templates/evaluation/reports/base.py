"""Base class of the reports."""

import dataclasses
import json
from pathlib import Path
from typing import ClassVar

import numpy as np

from rnn_templates.evaluation.reports.tables import summary_table
from rnn_templates.utils.atomic import write_text
from rnn_templates.utils.output_folder import FORMAT


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """Metrics, tables and plots of one evaluation; rich prints it as tables.

    A subclass declares its fields, and names those that are metrics. It may override `baseline_name`, `_title`,
    `_detail_tables` and `_save_plots`. Fields with `repr=False` are inputs, which stay out of the JSON.

    Args:
        baseline: dict of the metrics of a baseline; None for no baseline.

    Example:
        >>> @dataclasses.dataclass(frozen=True, kw_only=True)
        ... class LengthReport(Report):
        ...     METRICS = ("mean_length",)
        ...     examples: int
        ...     mean_length: float
        >>> LengthReport(examples=3, mean_length=2.5).metrics()
        {'examples': 3, 'mean_length': 2.5}
    """

    COUNTS: ClassVar[tuple[str, ...]] = ("examples",)  # fields that count what was evaluated
    METRICS: ClassVar[tuple[str, ...]] = ()  # attributes; None is left out, and a dict is merged
    KEYS: ClassVar[dict[str, str]] = {}  # names of metrics that differ from the attributes
    SIGNATURES: ClassVar[tuple[str, ...]] = ()  # fields that describe how metrics were computed

    baseline: dict | None = None

    baseline_name = "baseline"  # heading of the column, and prefix of the baseline's metrics

    def metrics(self):
        """Returns counts, metrics, those of the baseline, and signatures as a flat dict."""
        prefix = self.baseline_name.replace(" ", "_")
        return {
            **self._values(self.COUNTS),
            **self._model_metrics(),
            **{f"{prefix}_{name}": value for name, value in (self.baseline or {}).items()},
            **self._values(self.SIGNATURES),
        }

    def as_dict(self):
        """Returns all fields but the inputs as a dict that JSON can represent."""
        flat = {*self.COUNTS, *self.METRICS, *self.SIGNATURES, "baseline", "baseline_name"}
        rest = [field.name for field in dataclasses.fields(self) if field.repr and field.name not in flat]
        return {
            **self._values(self.COUNTS),
            **self._model_metrics(),
            **self._values(self.SIGNATURES),
            "baseline": self.baseline,
            **{name: _to_json(value) for name, value in self._values(rest).items()},
        }

    def to_json(self):
        """Returns `as_dict` as JSON text.

        Raises:
            ValueError: if a value is not finite.
        """
        return _json_text(self.as_dict())

    def save(self, folder):
        """Writes `report.json`, with a key that marks files of this package, and the plots.

        Args:
            folder: str or path; created if it does not exist.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "report.json", _json_text({"format": FORMAT, **self.as_dict()}))
        self._save_plots(folder)

    def tables(self):
        """Returns a list of rich tables: the summary and details."""
        summary = summary_table(self._title(), self._model_metrics(), self.baseline, self.baseline_name)
        summary.caption = "\n".join(self._values(self.SIGNATURES).values()) or None
        return [summary, *self._detail_tables()]

    def __rich_console__(self, console, options):
        yield from self.tables()

    def _values(self, names):
        return {name: getattr(self, name) for name in names}

    def _model_metrics(self):
        found = {}
        for name, value in self._values(self.METRICS).items():
            found |= value if isinstance(value, dict) else {} if value is None else {self.KEYS.get(name, name): value}
        return found

    def _title(self):
        return ", ".join(f"{count:,} {name}" for name, count in self._values(self.COUNTS).items())

    def _detail_tables(self):
        return []

    def _save_plots(self, folder):
        """Writes the plots; Matplotlib is imported here, not with the module."""


def _json_text(values):
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _to_json(value):
    """Converts named tuples to dicts and arrays to lists, also inside of lists."""
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_to_json(item) for item in value] if isinstance(value, (list, tuple)) else value
