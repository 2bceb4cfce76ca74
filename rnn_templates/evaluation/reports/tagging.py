"""What an evaluation of tags found."""

import dataclasses
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnn_templates.evaluation.reports.classification import (
    SHOWN,
    classes_table,
    json_text,
    reliability_rows,
    summary_table,
)
from rnn_templates.utils.atomic import write_text


class Confusion(NamedTuple):
    """How often `answer` was given where `tag` is right, and the first place: the token at `position` of `sentence`."""

    tag: str
    answer: str
    count: int
    word: str
    sentence: list
    position: int


class TaggingError(NamedTuple):
    """A wrong answer, to the token at `position` of `sentence`, and the probability that the model stated for it."""

    word: str
    tag: str
    answer: str
    probability: float
    sentence: list
    position: int


@dataclasses.dataclass(frozen=True)
class TaggingReport:
    """Figures, tables and pictures of one evaluation of tags; printed by rich as tables.

    Args:
        sentences, tokens: how many there were.
        labels: names of the tags.
        scheme: "bio" or "bioes" if the tags write spans, or None.
        accuracy: share of tokens whose tag is right.
        sentence_accuracy: share of sentences whose tags are all right; those of an empty one are.
        per_class: list of `PerClass`, one a tag, or one a type of spans if there is a scheme.
        confusion: (labels, labels) int, true tags down.
        confusions: list of `Confusion`, the most frequent first, at most 20.
        spans: dict of figures of the spans, as of `span_scores`; None without a scheme.
        invalid_sequences: how many answers to sentences break the scheme; None without one.
        oov_tokens: how many tokens are words that the model does not know; None if it was not asked.
        oov_accuracy: share of those whose tag is right; None if there are none.
        expected_calibration_error: expected calibration error, in [0, 1], of the answers' probabilities; None without those.
        reliability: list of (count, share of right answers, mean probability), one a bin; None without probabilities.
        worst_examples: list of `TaggingError`, the most_confident_errors first, one a sentence; empty without probabilities.
        baseline: figures of the most frequent tag, or None.

    Example:
        >>> report = tagging_report(tokens, true, answered, labels=labels)
        >>> report.save("runs/tagging")
    """

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
    invalid_sequences: int | None = None
    oov_tokens: int | None = None
    oov_accuracy: float | None = None
    expected_calibration_error: float | None = None
    reliability: list | None = None
    worst_examples: list = dataclasses.field(default_factory=list)
    baseline: dict | None = None

    def metrics(self):
        """Returns the figures that stand for the whole, a dict of numbers."""
        return {
            "sentences": self.sentences,
            "tokens": self.tokens,
            **self._model_metrics(),
            **{f"most_frequent_tag_{name}": value for name, value in (self.baseline or {}).items()},
        }

    def as_dict(self):
        """Returns everything as a dict that JSON can hold."""
        return {
            "sentences": self.sentences,
            "tokens": self.tokens,
            **self._model_metrics(),
            "labels": list(self.labels),
            "scheme": self.scheme,
            "baseline": self.baseline,
            "per_class": [row._asdict() for row in self.per_class],
            "reliability": None if self.reliability is None else reliability_rows(self.reliability),
            "confusion": self.confusion.tolist(),
            "confusions": [confusion._asdict() for confusion in self.confusions],
            "worst_examples": [mistake._asdict() for mistake in self.worst_examples],
        }

    def to_json(self):
        """Returns everything as a JSON text."""
        return json_text(self.as_dict())

    def save(self, directory):
        """Writes `report.json`, `confusion.png`, `labels.png`, and `reliability.png` if there are probabilities.

        Tags that write no span at all, such as O alone, have no `labels.png`.
        """
        from rnn_templates.plots.classification import plot_confusion_matrix, plot_f1_by_label, plot_reliability_diagram

        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        write_text(directory / "report.json", self.to_json())
        plot_confusion_matrix(self.confusion, self.labels, directory / "confusion.png", errors_only=True)
        if self.per_class:
            counted = (
                "test tokens that bear the tag" if self.scheme is None else "spans of the type in the test sentences"
            )
            plot_f1_by_label(self.per_class, directory / "labels.png", counted=counted)
        if self.reliability is not None:
            plot_reliability_diagram(self.reliability, self.expected_calibration_error, directory / "reliability.png")

    def tables(self):
        """Returns the tables that rich prints: summary, tags or types, and confusions and most_confident_errors mistakes if any."""
        title = f"{self.sentences:,} sentences, {self.tokens:,} tokens"
        kind, counted = ("tag", "tokens") if self.scheme is None else ("type", "spans")
        return [
            summary_table(title, self._model_metrics(), self.baseline, "most frequent tag"),
            classes_table(f"Every {kind}", self.per_class, label=kind, counted=counted),
            *([self._confusions()] if self.confusions else []),
            *([self._worst()] if self.worst_examples else []),
        ]

    def __rich_console__(self, console, options):
        yield from self.tables()

    def _model_metrics(self):
        found = {
            "accuracy": self.accuracy,
            "sentence_accuracy": self.sentence_accuracy,
            "oov_tokens": self.oov_tokens,
            "oov_rate": None if self.oov_tokens is None else self.oov_tokens / self.tokens,
            "oov_accuracy": self.oov_accuracy,
            **(self.spans or {}),
            "invalid_sequences": self.invalid_sequences,
            "expected_calibration_error": self.expected_calibration_error,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _confusions(self):
        from rich.table import Table
        from rich.text import Text

        table = Table("is", "answered", "times", "for example", title="The most frequent mistakes", header_style="bold")
        for row in self.confusions:
            table.add_row(Text(row.tag), Text(row.answer), f"{row.count:,}", _marked(row.sentence, row.position))
        return table

    def _worst(self):
        from rich.table import Table
        from rich.text import Text

        table = Table("is", "answered", "sure", "sentence", title="The worst mistakes", header_style="bold")
        for row in self.worst_examples:
            sentence = _marked(row.sentence, row.position)
            table.add_row(Text(row.tag), Text(row.answer), f"{row.probability:.3f}", sentence)
        return table


def _marked(sentence, position):
    """The sentence as a line, its token marked, and cut on both sides so that the mark is seen."""
    from rich.text import Text

    before, after = " ".join(sentence[:position]), " ".join(sentence[position + 1 :])
    room = SHOWN // 2
    before = before if len(before) <= room else f"…{before[1 - room :]}"
    after = after if len(after) <= room else f"{after[: room - 1]}…"
    word = Text(f"»{sentence[position]}«", style="bold")
    return Text(" ").join([*([Text(before)] if before else []), word, *([Text(after)] if after else [])])
