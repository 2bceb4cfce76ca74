"""What an evaluation found."""

import dataclasses
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np


class PerClass(NamedTuple):
    """Figures of one label."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    threshold: float | None


class Mistake(NamedTuple):
    """A wrong answer: what the label is, what the model said, and how sure it was.

    For several labels `probability` is that of the true combination.
    """

    text: str
    label: str
    answer: str
    probability: float


@dataclasses.dataclass(frozen=True)
class Report:
    """Figures, tables and pictures of one evaluation; printed by rich as tables.

    Args:
        examples: how many there were.
        labels: names of the classes.
        multi_label: whether a text may bear several.
        accuracy: share of texts whose label is right; for several labels, of those with all of them right.
        macro_f1: mean of the F1 of all labels.
        micro_f1: for several labels, F1 of all decisions together.
        macro_f1_at_fixed_threshold: for several labels, macro F1 with 0.3 for every label.
        per_class: list of `PerClass`.
        calibration_error: expected calibration error, in [0, 1].
        reliability: list of (count, share of right answers, mean probability), one a bin.
        confusion: (labels, labels) int, true labels down; None for several labels.
        worst: list of `Mistake`, the worst first.
        baseline: figures of the bag of words, or None.

    Example:
        >>> report = evaluate(model, splits.test)
        >>> report.save("runs/sentiment")
    """

    examples: int
    labels: tuple
    multi_label: bool
    accuracy: float
    macro_f1: float
    per_class: list
    calibration_error: float
    reliability: list
    worst: list
    micro_f1: float | None = None
    macro_f1_at_fixed_threshold: float | None = None
    confusion: np.ndarray | None = None
    baseline: dict | None = None

    def figures(self):
        """Returns the figures that stand for the whole, a dict of floats."""
        names = ("accuracy", "macro_f1", "micro_f1", "macro_f1_at_fixed_threshold", "calibration_error")
        found = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        for name, value in (self.baseline or {}).items():
            found[f"bag_of_words_{name}"] = value
        return {"examples": self.examples, **found}

    def as_dict(self):
        """Returns everything as a dict that JSON can hold."""
        return {
            **self.figures(),
            "per_class": [row._asdict() for row in self.per_class],
            "reliability": [{"count": n, "right": share, "probability": mean} for n, share, mean in self.reliability],
            "confusion": None if self.confusion is None else self.confusion.tolist(),
            "worst": [mistake._asdict() for mistake in self.worst],
        }

    def save(self, directory):
        """Writes `report.json`, `reliability.png`, and `confusion.png` or, for several labels, `labels.png`."""
        from rnn_templates.evaluation.pictures import confusion_picture, label_picture, reliability_picture

        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        beside = directory / ".report.json"
        beside.write_text(json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(beside, directory / "report.json")
        reliability_picture(self.reliability, self.calibration_error, directory / "reliability.png")
        if self.confusion is not None:
            confusion_picture(self.confusion, self.labels, directory / "confusion.png")
        else:
            label_picture(self.per_class, directory / "labels.png")

    def __rich_console__(self, console, options):
        from rich.table import Table
        from rich.text import Text

        summary = Table("figure", "value", title=f"{self.examples} examples", header_style="bold")
        for name, value in list(self.figures().items())[1:]:
            summary.add_row(name.replace("_", " "), f"{value:.4f}")
        yield summary
        classes = Table("label", "precision", "recall", "F1", "examples", title="Every label", header_style="bold")
        if self.multi_label:
            classes.add_column("threshold")
        for row in self.per_class:
            cells = [row.label, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", str(row.support)]
            classes.add_row(*cells, *([f"{row.threshold:.2f}"] if self.multi_label else []))
        yield classes
        if self.worst:
            mistakes = Table("is", "answered", "sure", "text", title="The worst mistakes", header_style="bold")
            for mistake in self.worst:
                text = mistake.text if len(mistake.text) <= 240 else f"{mistake.text[:239]}…"
                mistakes.add_row(mistake.label, mistake.answer, f"{mistake.probability:.3f}", Text(text))
            yield mistakes
