"""What an evaluation of captions found."""

import dataclasses
from pathlib import Path
from typing import NamedTuple

from rnn_templates.evaluation.reports.classification import examples_table, json_text, summary_table
from rnn_templates.preprocessing.text.captions import normalize_caption
from rnn_templates.utils.atomic import write_text


class ScoredCaption(NamedTuple):
    """The number of an image, from 0; its references; the answer; and the CIDEr-D of that, from 0 to 10."""

    example: int
    references: list
    answer: str
    cider_d: float


@dataclasses.dataclass(frozen=True)
class CaptionReport:
    """Figures, tables and a contact sheet of one evaluation of captions; printed by rich as tables.

    Captions are compared as `normalize_caption` leaves them, split at spaces.

    Args:
        examples: how many images there were.
        bleu_1, bleu_2, bleu_3, bleu_4: of n-grams of up to so many words, over all images together, unsmoothed, with
            the length of the nearest reference; in percent points.
        bleu_signature: how sacrebleu computed them, with its version.
        cider_d: mean over the images, on the scale on which 1.0 is what papers print as 100; at most 10.
        rouge_l: mean over the images, in percent points.
        exact_match: share of answers that are equal to a reference.
        empty: share of answers without a word.
        unique_captions, unique_fraction: how many different answers there are, and that by the number of images.
        vocabulary: how many different words the answers use.
        mean_length: mean number of words of an answer.
        worst_examples: list of `ScoredCaption`, the worst by CIDEr-D first.
        sample: list of `ScoredCaption`, spread evenly from the worst to the best.
        seen_in_training: share of answers that stand in the training captions; None if it was not asked.
        baseline: figures of other answers, or None.
        images: dict of the images of `worst` and `spread` by their numbers, or None; not part of the JSON.

    Example:
        >>> report = caption_report(references, answers, images=images)
        >>> report.save("runs/captioning")
    """

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
    baseline: dict | None = None
    images: dict | None = dataclasses.field(default=None, repr=False, compare=False)

    def metrics(self):
        """Returns the figures that stand for the whole, a dict of numbers and of the signature."""
        return {
            "examples": self.examples,
            **self._model_metrics(),
            **{f"baseline_{name}": value for name, value in (self.baseline or {}).items()},
            "bleu_signature": self.bleu_signature,
        }

    def as_dict(self):
        """Returns everything but the images as a dict that JSON can hold."""
        return {
            "examples": self.examples,
            **self._model_metrics(),
            "bleu_signature": self.bleu_signature,
            "baseline": self.baseline,
            "worst_examples": [row._asdict() for row in self.worst_examples],
            "sample": [row._asdict() for row in self.sample],
        }

    def to_json(self):
        """Returns everything but the images as a JSON text."""
        return json_text(self.as_dict())

    def save(self, directory):
        """Writes `report.json`, and, if there are images, `plot_image_grid.png` of the spread."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        write_text(directory / "report.json", self.to_json())
        if self.images:
            from rnn_templates.plots.image_grid import plot_image_grid

            plot_image_grid(
                [self.images[row.example] for row in self.sample],
                [row.answer for row in self.sample],
                directory / "plot_image_grid.png",
                references=[list(map(normalize_caption, row.references)) for row in self.sample],
                columns=min(5, len(self.sample)),
            )

    def tables(self):
        """Returns the tables that rich prints: the summary, the worst answers if any, and answers of all kinds."""
        summary = summary_table(f"{self.examples:,} images", self._model_metrics(), self.baseline, "baseline")
        summary.caption = self.bleu_signature
        worst = [_side_by_side("The worst answers", self.worst_examples)] if self.worst_examples else []
        return [summary, *worst, _side_by_side("From the worst to the best", self.sample)]

    def __rich_console__(self, console, options):
        yield from self.tables()

    def _model_metrics(self):
        found = {
            "bleu_1": self.bleu_1,
            "bleu_2": self.bleu_2,
            "bleu_3": self.bleu_3,
            "bleu_4": self.bleu_4,
            "cider_d": self.cider_d,
            "rouge_l": self.rouge_l,
            "exact_match": self.exact_match,
            "empty": self.empty,
            "unique_captions": self.unique_captions,
            "unique_fraction": self.unique_fraction,
            "vocabulary": self.vocabulary,
            "mean_length": self.mean_length,
            "seen_in_training": self.seen_in_training,
        }
        return {name: value for name, value in found.items() if value is not None}


def _side_by_side(title, rows):
    cells = [(row.cider_d, [f"{row.example:,}"], row.references, [row.answer]) for row in rows]
    return examples_table(title, ["CIDEr-D", "image", "references", "answer"], cells, digits=2)
