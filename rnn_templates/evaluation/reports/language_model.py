"""Report of a language model."""

import dataclasses
from typing import ClassVar, NamedTuple

from rnn_templates.evaluation.reports.base import Report
from rnn_templates.evaluation.reports.tables import examples_table


class Passage(NamedTuple):
    """A passage of a text, with its mean surprisal.

    Args:
        text: str.
        bits_per_character: float.

    Example:
        >>> from rnn_templates.evaluation.reports.language_model import Passage
        >>> Passage("to be", 1.5).bits_per_character
        1.5
    """

    text: str
    bits_per_character: float


class PositionBucket(NamedTuple):
    """Mean loss of the tokens at some distance from the beginning of a text.

    Args:
        first, last: int; positions, from 0.
        tokens: int; number of tokens.
        nats: float; mean of -log p.

    Example:
        >>> from rnn_templates.evaluation.reports.language_model import PositionBucket
        >>> PositionBucket(0, 15, 16, 2.5).nats
        2.5
    """

    first: int
    last: int
    tokens: int
    nats: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class LanguageModelReport(Report):
    """Likelihood of texts under a language model.

    Args:
        examples, tokens, characters: int; number of texts, of their tokens, and of their characters.
        nats_per_character, bits_per_character: float; negative log-likelihood by the number of characters.
        perplexity: float; of a token: exp of the mean negative log-likelihood of a token.
        confident: float; fraction of the tokens whose probability is at least 1/2.
        unknown: float; fraction of the tokens that are not in the vocabulary.
        position_curve: list of `PositionBucket`.
        worst_examples: list of `Passage`, the least probable passages first.
        sample: list of `Passage` at equal distances, from the least probable to the most probable.
        baseline: dict of the metrics of the n-gram model; None for no baseline.

    Example:
        >>> from rnn_templates.evaluation.language_model import language_model_report
        >>> report = language_model_report(["ab"], [np.array([3, 4])], [np.log([0.5, 0.25])], np.ones(5))
        >>> report.bits_per_character
        1.5
    """

    COUNTS: ClassVar = ("examples", "tokens", "characters")
    METRICS: ClassVar = ("nats_per_character", "bits_per_character", "perplexity", "confident", "unknown")

    examples: int
    tokens: int
    characters: int
    nats_per_character: float
    bits_per_character: float
    perplexity: float
    confident: float
    unknown: float
    position_curve: list
    worst_examples: list
    sample: list

    baseline_name = "n-gram"

    def _detail_tables(self):
        headings = ["position", "tokens", "nats a token"]
        rows = [[f"{row.first:,} to {row.last:,}", f"{row.tokens:,}", f"{row.nats:.3f}"] for row in self.position_curve]
        worst = [_passage_table("Least probable passages", self.worst_examples)] if self.worst_examples else []
        return [
            examples_table("By position in the text", headings, rows),
            *worst,
            _passage_table("From the least to the most probable", self.sample),
        ]

    def _save_plots(self, folder):
        from rnn_templates.plots.loss_by_position import plot_loss_by_position

        plot_loss_by_position(self.position_curve, folder / "loss_by_position.png", self.baseline)


def _passage_table(title, rows):
    cells = [[f"{row.bits_per_character:.2f}", repr(row.text)[1:-1]] for row in rows]
    return examples_table(title, ["bits a character", "passage"], cells, lines=True)
