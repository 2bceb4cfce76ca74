"""Report on captions of images."""

import dataclasses
from typing import ClassVar, NamedTuple

from rnn_templates.evaluation.reports.base import Report
from rnn_templates.evaluation.reports.tables import examples_table
from rnn_templates.preprocessing.text.captions import normalize_caption


class ScoredCaption(NamedTuple):
    """A generated caption with its score.

    Args:
        index: int; number of the image, from 0.
        references: list of str.
        candidate: str; the generated caption.
        cider_d: float in [0, 10].

    Example:
        >>> ScoredCaption(3, ["a dog runs"], "a dog", 2.5).candidate
        'a dog'
    """

    index: int
    references: list
    candidate: str
    cider_d: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaptionReport(Report):
    """Metrics, tables and an image grid of one evaluation of captions.

    Captions are compared after `normalize_caption`, split at spaces.

    Args:
        examples: int; number of images.
        bleu_1, bleu_2, bleu_3, bleu_4: float in [0, 100]; BLEU of the corpus with n-grams of up to 1 to 4 words,
            unsmoothed, with the closest reference length.
        bleu_signature: str; the settings of sacrebleu, with its version.
        cider_d: float in [0, 10]; mean over the images, on the scale on which papers print 1.0 as 100.
        rouge_l: float in [0, 100]; mean over the images.
        exact_match: float; fraction of candidates that equal a reference.
        empty: float; fraction of candidates without a word.
        unique_captions, unique_fraction: int and float; number of different candidates, and that by the number of
            images.
        vocabulary: int; number of different words in the candidates.
        mean_length: float; mean number of words of a candidate.
        seen_in_training: float; fraction of candidates that equal a training caption. None without training captions.
        worst_examples: list of `ScoredCaption`, the lowest CIDEr-D first.
        sample: list of `ScoredCaption`, from the lowest to the highest CIDEr-D at equal distances.
        images: dict from `index` to the images of `worst_examples` and `sample`, not part of the JSON; None for none.
        baseline: dict of the metrics of a baseline; None for no baseline.

    Example:
        >>> from rnn_templates.evaluation.captioning import caption_report
        >>> caption_report([["A dog runs."], ["Two men sit."]], ["a dog runs", "a dog"]).exact_match
        0.5
    """

    METRICS: ClassVar = (
        "bleu_1",
        "bleu_2",
        "bleu_3",
        "bleu_4",
        "cider_d",
        "rouge_l",
        "exact_match",
        "empty",
        "unique_captions",
        "unique_fraction",
        "vocabulary",
        "mean_length",
        "seen_in_training",
    )
    SIGNATURES: ClassVar = ("bleu_signature",)

    examples: int
    bleu_1: float
    bleu_2: float
    bleu_3: float
    bleu_4: float
    bleu_signature: str
    cider_d: float
    rouge_l: float
    exact_match: float
    empty: float
    unique_captions: int
    unique_fraction: float
    vocabulary: int
    mean_length: float
    worst_examples: list
    sample: list
    seen_in_training: float | None = None
    images: dict | None = dataclasses.field(default=None, repr=False, compare=False)

    def _title(self):
        return f"{self.examples:,} images"

    def _detail_tables(self):
        worst = [_scored_table("Worst examples", self.worst_examples)] if self.worst_examples else []
        return [*worst, _scored_table("From the worst to the best", self.sample)]

    def _save_plots(self, folder):
        if not self.images:
            return
        from rnn_templates.plots.image_grid import plot_image_grid

        plot_image_grid(
            [self.images[row.index] for row in self.sample],
            [row.candidate for row in self.sample],
            folder / "image_grid.png",
            references=[list(map(normalize_caption, row.references)) for row in self.sample],
            columns=min(5, len(self.sample)),
        )


def _scored_table(title, rows):
    cells = [[f"{row.cider_d:.2f}", f"{row.index:,}", row.references, row.candidate] for row in rows]
    return examples_table(title, ["CIDEr-D", "image", "references", "candidate"], cells, lines=True)
