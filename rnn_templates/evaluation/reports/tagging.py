"""Report on a tagging of tokens."""

import dataclasses
from typing import ClassVar, NamedTuple

import numpy as np

from rnn_templates.evaluation.reports.base import Report
from rnn_templates.evaluation.reports.tables import MAX_CHARACTERS, examples_table, per_class_table
from rnn_templates.plots.style import truncate_label


class Confusion(NamedTuple):
    """A pair of tags that are confused, with the first occurrence.

    Args:
        reference, prediction: str; the tags.
        count: int; number of tokens.
        word: str; token of the first occurrence.
        sentence: list of str; its tokens.
        position: int; index of the token in `sentence`.

    Example:
        >>> Confusion("NOUN", "VERB", 12, "run", ["a", "run"], 1).count
        12
    """

    reference: str
    prediction: str
    count: int
    word: str
    sentence: list
    position: int


class TaggingError(NamedTuple):
    """A wrong prediction for a token.

    Args:
        word: str; the token.
        reference, prediction: str; the tags.
        confidence: float in [0, 1]; probability of the prediction.
        sentence: list of str; tokens of the sentence.
        position: int; index of the token in `sentence`.

    Example:
        >>> TaggingError("run", "NOUN", "VERB", 0.93, ["a", "run"], 1).prediction
        'VERB'
    """

    word: str
    reference: str
    prediction: str
    confidence: float
    sentence: list
    position: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaggingReport(Report):
    """Metrics, tables and plots of one tagging.

    Args:
        sentences, tokens: int; their numbers.
        labels: tuple of str; the tags.
        scheme: "bio" or "bioes" if the tags encode spans; None otherwise.
        accuracy: float; fraction of tokens with the correct tag.
        sentence_accuracy: float; fraction of sentences with correct tags throughout; an empty sentence is correct.
        oov_tokens: int; number of out-of-vocabulary tokens. None if no vocabulary was given.
        oov_accuracy: float; fraction of those with the correct tag. None if there are none.
        spans: dict of the span metrics, as from `span_scores`; None without a scheme.
        raw: dict of the metrics on raw text, as from `segmentation_scores`; None if the raw texts are unknown.
        invalid_sequences: int; number of predicted tag sequences that violate the scheme. None without a scheme.
        expected_calibration_error: float in [0, 1]; of the probabilities of the predictions. None without
            probabilities.
        per_class: list of `PerClass`, one a tag, or one a span type if there is a scheme.
        confusion: (labels, labels) int; rows are references.
        confusions: list of `Confusion`, the most frequent first, at most 20.
        reliability: list of `ReliabilityBin`; None without probabilities.
        worst_examples: list of `TaggingError`, the most confident first, at most one a sentence; empty without
            probabilities.
        baseline: dict of the metrics of `most_frequent_tag_baseline`; None for no baseline.

    Example:
        >>> from rnn_templates.evaluation.tagging import tagging_report
        >>> report = tagging_report([["a", "dog"]], [["DET", "NOUN"]], [["DET", "DET"]], labels=["DET", "NOUN"])
        >>> report.metrics()
        {'sentences': 1, 'tokens': 2, 'accuracy': 0.5, 'sentence_accuracy': 0.0}
    """

    COUNTS: ClassVar = ("sentences", "tokens")
    METRICS: ClassVar = (
        "accuracy",
        "sentence_accuracy",
        "raw",
        "oov_tokens",
        "oov_rate",
        "oov_accuracy",
        "spans",
        "invalid_sequences",
        "expected_calibration_error",
    )
    baseline_name = "most frequent tag"

    sentences: int
    tokens: int
    labels: tuple
    scheme: str | None
    accuracy: float
    sentence_accuracy: float
    per_class: list
    confusion: np.ndarray
    confusions: list
    spans: dict | None = None
    raw: dict | None = None
    invalid_sequences: int | None = None
    oov_tokens: int | None = None
    oov_accuracy: float | None = None
    expected_calibration_error: float | None = None
    reliability: list | None = None
    worst_examples: list = dataclasses.field(default_factory=list)

    @property
    def oov_rate(self):
        """Fraction of out-of-vocabulary tokens; None if no vocabulary was given."""
        return None if self.oov_tokens is None else self.oov_tokens / self.tokens

    def _detail_tables(self):
        label, counted = ("tag", "tokens") if self.scheme is None else ("type", "spans")
        tables = [per_class_table(f"Every {label}", self.per_class, label=label, counted=counted)]
        for title, heading, rows, number in (
            ("Most frequent confusions", "count", self.confusions, lambda row: f"{row.count:,}"),
            ("Worst examples", "confidence", self.worst_examples, lambda row: f"{row.confidence:.3f}"),
        ):
            if rows:
                cells = [
                    [row.reference, row.prediction, number(row), _mark_token(row.sentence, row.position)]
                    for row in rows
                ]
                tables.append(examples_table(title, ["reference", "prediction", heading, "sentence"], cells))
        return tables

    def _save_plots(self, folder):
        from rnn_templates.plots.classification import plot_confusion_matrix, plot_f1_by_label, plot_reliability_diagram

        plot_confusion_matrix(self.confusion, self.labels, folder / "confusion.png", errors_only=True)
        if self.per_class:
            counted = "test tokens with the tag" if self.scheme is None else "spans of the type in the test sentences"
            plot_f1_by_label(self.per_class, folder / "labels.png", counted=counted)
        if self.reliability is not None:
            plot_reliability_diagram(self.reliability, self.expected_calibration_error, folder / "reliability.png")


def _mark_token(sentence, position):
    """Returns a sentence with one token marked, truncated on both sides."""
    from rich.text import Text

    before, after = " ".join(sentence[:position]), " ".join(sentence[position + 1 :])
    before = truncate_label(before[::-1], MAX_CHARACTERS // 2)[::-1]
    after = truncate_label(after, MAX_CHARACTERS // 2)
    token = Text(f"»{sentence[position]}«", style="bold")
    return Text(" ").join([*([Text(before)] if before else []), token, *([Text(after)] if after else [])])
