"""Report on a classification of texts or images."""

import dataclasses
from typing import ClassVar, NamedTuple

import numpy as np

from rnn_templates.evaluation.reports.base import Report
from rnn_templates.evaluation.reports.tables import examples_table, per_class_table


class Misclassification(NamedTuple):
    """A wrong prediction.

    Args:
        index: int; number of the example, from 0.
        label: str; the reference. For multi-label classification all labels, separated by commas.
        prediction: str, in the same form.
        confidence: float in [0, 1]; probability of the prediction. For multi-label classification that of the most
            confident wrong decision: p of a label that was predicted wrongly, or 1 - p of one that was missed.

    Example:
        >>> Misclassification(17, "yes", "no", 0.93).prediction
        'no'
    """

    index: int
    label: str
    prediction: str
    confidence: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassificationReport(Report):
    """Metrics, tables and plots of one classification.

    Args:
        examples: int; number of examples.
        labels: tuple of str; names of the classes.
        multi_label: whether an example may have several labels.
        accuracy: float; fraction of examples whose prediction is correct. For multi-label classification all labels of
            an example must be.
        macro_f1: float; mean F1 of all labels. A label that neither occurs nor is predicted counts as 0.
        micro_f1: float; for multi-label classification, F1 of all decisions together. None otherwise.
        macro_f1_at_fixed_threshold: float; for multi-label classification, macro F1 with the threshold 0.3 for every
            label. None otherwise.
        per_class: list of `PerClass`.
        expected_calibration_error: float in [0, 1]; of the probability of the prediction. For multi-label
            classification of the probabilities of all labels.
        reliability: list of `ReliabilityBin`.
        confusion: (labels, labels) int; rows are references. None for multi-label classification.
        worst_examples: list of `Misclassification`, the most confident first.
        inputs: dict from `index` to the raw inputs of `worst_examples`: str, or images (bytes, path or uint8 array).
            Texts are part of the JSON, images are not.
        baseline: dict of `accuracy` and `macro_f1` of the baseline; None for no baseline.
        baseline_name: str; default "bag of words".

    Example:
        >>> report = rt.evaluate(model, splits.test)  # doctest: +SKIP
        >>> report.save("runs/sentiment")  # doctest: +SKIP
    """

    METRICS: ClassVar = (
        "accuracy",
        "macro_f1",
        "micro_f1",
        "macro_f1_at_fixed_threshold",
        "expected_calibration_error",
    )
    KEYS: ClassVar = {"macro_f1_at_fixed_threshold": "macro_f1_at_0.3"}

    examples: int
    labels: tuple
    multi_label: bool
    accuracy: float
    macro_f1: float
    expected_calibration_error: float
    per_class: list
    reliability: list
    worst_examples: list
    micro_f1: float | None = None
    macro_f1_at_fixed_threshold: float | None = None
    confusion: np.ndarray | None = None
    inputs: dict = dataclasses.field(default_factory=dict, repr=False, compare=False)
    baseline_name: str = "bag of words"

    def as_dict(self):
        """Returns all fields but images as a dict that JSON can represent.

        Each of `worst_examples` has its `text`, if it is one."""
        found = super().as_dict()
        for row in found["worst_examples"]:
            if isinstance(text := self.inputs.get(row["index"]), str):
                row["text"] = text
        return found

    def _detail_tables(self):
        tables = [per_class_table("Every label", self.per_class, thresholds=self.multi_label)]
        if self.worst_examples:
            rows = [
                [row.label, row.prediction, f"{row.confidence:.3f}", self._describe(row.index)]
                for row in self.worst_examples
            ]
            tables.append(examples_table("Worst examples", ["label", "prediction", "confidence", "input"], rows))
        return tables

    def _describe(self, index):
        value = self.inputs.get(index)
        return value if isinstance(value, str) else f"example {index:,}"

    def _save_plots(self, folder):
        from rnn_templates.plots.classification import plot_confusion_matrix, plot_f1_by_label, plot_reliability_diagram

        fraction = "fraction with the label" if self.multi_label else "accuracy"
        plot_reliability_diagram(
            self.reliability, self.expected_calibration_error, folder / "reliability.png", fraction=fraction
        )
        if self.confusion is not None:
            plot_confusion_matrix(self.confusion, self.labels, folder / "confusion.png")
        else:
            plot_f1_by_label(self.per_class, folder / "labels.png")
        images = [row for row in self.worst_examples if not isinstance(self.inputs.get(row.index, ""), str)]
        if images:
            from rnn_templates.plots.image_grid import plot_image_grid

            plot_image_grid(
                [self.inputs[row.index] for row in images],
                [row.prediction for row in images],
                folder / "worst_examples.png",
                references=[f"example {row.index}, label {row.label}" for row in images],
                columns=5,
                confidences=[row.confidence for row in images],
            )
