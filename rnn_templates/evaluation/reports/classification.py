"""What an evaluation found."""

import dataclasses
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnn_templates.utils.atomic import write_text

SHOWN = 240  # characters of a text in the table of mistakes; the report holds it whole


class PerClass(NamedTuple):
    """Figures of one label; a precision, recall or F1 that is 0 / 0 is 0. `threshold` is None for one label a text."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    threshold: float | None


class Misclassification(NamedTuple):
    """A wrong answer: what the label is, what the model said, and how sure it was.

    For several labels, `label` and `answer` list them, and `probability` is that of the most_confident_errors wrong decision: p of a
    label that the text does not bear, or 1 - p of one that was left out.
    """

    text: str
    label: str
    answer: str
    probability: float


@dataclasses.dataclass(frozen=True)
class ClassificationReport:
    """Figures, tables and pictures of one evaluation; printed by rich as tables.

    Args:
        examples: how many there were.
        labels: names of the classes.
        multi_label: whether a text may bear several.
        accuracy: share of texts whose label is right; for several labels, of those with all of them right.
        macro_f1: mean of the F1 of all labels, of which one that neither occurs nor is answered counts as 0.
        micro_f1: for several labels, F1 of all decisions together.
        macro_f1_at_fixed_threshold: for several labels, macro F1 with 0.3 for every label.
        per_class: list of `PerClass`.
        expected_calibration_error: expected calibration error, in [0, 1], of the answer's probability; for several labels, of
            the probabilities of all labels of all texts.
        reliability: list of (count, share of right answers, mean probability), one a bin.
        confusion: (labels, labels) int, true labels down; None for several labels.
        worst_examples: list of `Misclassification`, the worst first.
        baseline: figures of the baseline, or None.
        baseline_name: what it is.
        images: dict of encoded pictures by the `text` of their mistakes, where examples are pictures; not part of the
            JSON.

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
    expected_calibration_error: float
    reliability: list
    worst_examples: list
    micro_f1: float | None = None
    macro_f1_at_fixed_threshold: float | None = None
    confusion: np.ndarray | None = None
    baseline: dict | None = None
    baseline_name: str = "bag of words"
    images: dict | None = dataclasses.field(default=None, repr=False, compare=False)

    def metrics(self):
        """Returns the figures that stand for the whole, a dict of numbers."""
        return {
            "examples": self.examples,
            **self._model_metrics(),
            **{
                f"{self.baseline_name.replace(' ', '_')}_{name}": value for name, value in (self.baseline or {}).items()
            },
        }

    def as_dict(self):
        """Returns everything as a dict that JSON can hold."""
        return {
            "examples": self.examples,
            **self._model_metrics(),
            "labels": list(self.labels),
            "multi_label": self.multi_label,
            "baseline": self.baseline,
            "per_class": [row._asdict() for row in self.per_class],
            "reliability": reliability_rows(self.reliability),
            "confusion": None if self.confusion is None else self.confusion.tolist(),
            "worst_examples": [mistake._asdict() for mistake in self.worst_examples],
        }

    def to_json(self):
        """Returns everything as a JSON text."""
        return json_text(self.as_dict())

    def save(self, directory):
        """Writes `report.json`, `reliability.png`, and `confusion.png` or, for several labels, `labels.png`.

        Where examples are pictures, `mistakes.png` shows the worst mistakes.
        """
        from rnn_templates.plots.classification import plot_confusion_matrix, plot_f1_by_label, plot_reliability_diagram

        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        write_text(directory / "report.json", self.to_json())
        share = "share that bears the label" if self.multi_label else "share of right answers"
        plot_reliability_diagram(
            self.reliability, self.expected_calibration_error, directory / "reliability.png", share=share
        )
        if self.confusion is not None:
            plot_confusion_matrix(self.confusion, self.labels, directory / "confusion.png")
        else:
            plot_f1_by_label(self.per_class, directory / "labels.png")
        if self.images:
            from rnn_templates.plots.image_grid import plot_image_grid

            plot_image_grid(
                [self.images[mistake.text] for mistake in self.worst_examples],
                [mistake.answer for mistake in self.worst_examples],
                directory / "mistakes.png",
                references=[f"{mistake.text}, is {mistake.label}" for mistake in self.worst_examples],
                columns=5,
                confidences=[mistake.probability for mistake in self.worst_examples],
            )

    def tables(self):
        """Returns the tables that rich prints: the summary, every label, and the worst mistakes if there are any."""
        summary = summary_table(f"{self.examples:,} examples", self._model_metrics(), self.baseline, self.baseline_name)
        classes = classes_table("Every label", self.per_class, thresholds=self.multi_label)
        return [summary, classes, *([self._mistakes()] if self.worst_examples else [])]

    def __rich_console__(self, console, options):
        yield from self.tables()

    def _model_metrics(self):
        found = {
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "micro_f1": self.micro_f1,
            "macro_f1_at_0.3": self.macro_f1_at_fixed_threshold,
            "expected_calibration_error": self.expected_calibration_error,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _mistakes(self):
        from rich.table import Table
        from rich.text import Text

        what = "text" if self.images is None else "picture"
        table = Table("is", "answered", "sure", what, title="The worst mistakes", header_style="bold")
        for label, answer, probability, text in (
            (m.label, m.answer, m.probability, m.text) for m in self.worst_examples
        ):
            # Text, not str: square brackets in a label or a review are no markup.
            table.add_row(Text(label), Text(answer), f"{probability:.3f}", Text(_cut(text)))
        return table


def json_text(found):
    """Returns a report's dict as JSON text; figures that are not numbers are an error."""
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def reliability_rows(reliability):
    """Returns rows of (count, share of right answers, mean probability) as dicts."""
    return [{"count": count, "right": share, "probability": mean} for count, share, mean in reliability]


def summary_table(title, figures, baseline=None, baseline_name=""):
    """Returns a table of the figures, with those of the same names of the baseline beside them, if there is one."""
    from rich.table import Table

    table = Table("figure", "model", title=title, header_style="bold")
    if baseline:
        table.add_column(baseline_name)
    for name, value in figures.items():
        beside = (baseline or {}).get(name)
        table.add_row(name.replace("_", " "), _shown(value), *([_shown(beside)] if beside is not None else []))
    return table


def classes_table(title, rows, *, label="label", counted="examples", thresholds=False):
    """Returns a table of `PerClass` rows; `label` and `counted` head the first and the last of its columns."""
    from rich.table import Table
    from rich.text import Text

    table = Table(label, "precision", "recall", "F1", counted, title=title, header_style="bold")
    if thresholds:
        table.add_column("threshold")
    for row in rows:
        cells = [f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", f"{row.support:,}"]
        table.add_row(Text(row.label), *cells, *([f"{row.threshold:.2f}"] if thresholds else []))
    return table


def examples_table(title, headings, rows, *, digits=1):
    """Returns a table of what was answered to which examples.

    Args:
        title: str above it.
        headings: list of str.
        rows: list of (score, texts, ...): a float, shown with so many `digits`, and lists of str, one line each.

    Example:
        >>> examples_table("The worst", ["chrF", "reference", "answer"], [(12.5, ["a dog", "one dog"], ["a cat"])])
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, title=title, header_style="bold", show_lines=True)
    for score, *cells in rows:
        # Text, not str: square brackets are no markup.
        table.add_row(f"{score:.{digits}f}", *(Text("\n".join(map(_cut, texts))) for texts in cells))
    return table


def _cut(text):
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _shown(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
