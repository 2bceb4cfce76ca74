"""Report on generated texts."""

import dataclasses
from typing import ClassVar, NamedTuple

from rnn_templates.evaluation.reports.base import Report
from rnn_templates.evaluation.reports.tables import examples_table


class LengthBucket(NamedTuple):
    """BLEU and chrF of the examples in a range of lengths.

    BLEU uses the effective n-gram order, so that correct texts of fewer than four tokens have 100.

    Args:
        words: str; range of the number of words, such as "6-10", or "501+" for the last bucket.
        examples: int; number of examples.
        bleu, chrf: float in [0, 100].

    Example:
        >>> LengthBucket("6-10", 120, 31.5, 55.0).words
        '6-10'
    """

    words: str
    examples: int
    bleu: float
    chrf: float


class ScoredText(NamedTuple):
    """A generated text with its score.

    Args:
        source: str; the input. None if it is no text.
        references: list of str.
        hypothesis: str; the generated text.
        chrf: float in [0, 100].

    Example:
        >>> ScoredText("ein Hund", ["a dog"], "a dog", 100.0).hypothesis
        'a dog'
    """

    source: str | None
    references: list
    hypothesis: str
    chrf: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class GenerationReport(Report):
    """Metrics, tables and a plot of one evaluation of generated texts.

    Two texts are equal if they are after stripping whitespace, and lowercasing if the signatures have `case:lc`.

    Args:
        examples: int; number of examples.
        bleu, chrf: float in [0, 100]; of the corpus.
        bleu_signature, chrf_signature: str; the settings of sacrebleu, with its version.
        exact_match: float; fraction of hypotheses that equal a reference.
        length_ratio: float; tokens of the hypotheses by those of the closest references in length, as in BLEU.
        empty: float; fraction of empty hypotheses.
        copied_source: float; fraction of hypotheses that equal their source. None if sources are no texts.
        seen_in_training: float; fraction of hypotheses that equal a training text. None without training texts.
        length_of: "source" or "reference"; the text whose words, as from `tokenize`, define the length.
        length_curve: list of `LengthBucket`, the shortest first.
        worst_examples: list of `ScoredText`, the lowest chrF first.
        sample: list of `ScoredText`, from the lowest to the highest chrF at equal distances.
        baseline: dict of the metrics of a baseline; None for no baseline.

    Example:
        >>> from rnn_templates.evaluation.generation import generation_report
        >>> generation_report(["ein Hund"], ["a dog"], ["a dog"]).exact_match
        1.0
    """

    METRICS: ClassVar = (
        "bleu",
        "chrf",
        "exact_match",
        "length_ratio",
        "empty",
        "copied_source",
        "seen_in_training",
    )
    SIGNATURES: ClassVar = ("bleu_signature", "chrf_signature")

    examples: int
    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str
    exact_match: float
    length_ratio: float
    empty: float
    length_of: str
    length_curve: list
    worst_examples: list
    sample: list
    copied_source: float | None = None
    seen_in_training: float | None = None

    def _detail_tables(self):
        worst = [_scored_table("Worst examples", self.worst_examples)] if self.worst_examples else []
        return [self._length_table(), *worst, _scored_table("From the worst to the best", self.sample)]

    def _length_table(self):
        headings = [f"words of the {self.length_of}", "examples", "BLEU", "chrF"]
        rows = [[row.words, f"{row.examples:,}", f"{row.bleu:.2f}", f"{row.chrf:.2f}"] for row in self.length_curve]
        return examples_table("By length", headings, rows)

    def _save_plots(self, folder):
        from rnn_templates.plots.scores_by_length import plot_scores_by_length

        plot_scores_by_length(self.length_curve, folder / "length.png", length_of=self.length_of)


def _scored_table(title, rows):
    with_sources = any(row.source is not None for row in rows)
    headings = ["chrF", *(["source"] if with_sources else []), "reference", "hypothesis"]
    cells = [
        [f"{row.chrf:.1f}", *([row.source] if with_sources else []), row.references, row.hypothesis] for row in rows
    ]
    return examples_table(title, headings, cells, lines=True)
