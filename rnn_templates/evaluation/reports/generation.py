"""What an evaluation of written texts found."""

import dataclasses
from pathlib import Path
from typing import NamedTuple

from rnn_templates.evaluation.reports.classification import examples_table, json_text, summary_table
from rnn_templates.utils.atomic import write_text


class LengthBucket(NamedTuple):
    """BLEU and chrF of the examples of some length; `words` is "6-10", or "501+" for the last.

    Where the answers have no four tokens in a row, BLEU is over shorter runs, so that right ones have 100 here too.
    """

    words: str
    examples: int
    bleu: float
    chrf: float


class ScoredText(NamedTuple):
    """What was answered, None if it is no text; the references; the answer; and its chrF, from 0 to 100."""

    source: str | None
    references: list
    answer: str
    chrf: float


@dataclasses.dataclass(frozen=True)
class GenerationReport:
    """Figures, tables and pictures of one evaluation of written texts; printed by rich as tables.

    Texts are equal if they are so but for space around them, and for case if the signatures say `case:lc`.

    Args:
        examples: how many there were.
        bleu, chrf: of all examples together, in percent points.
        bleu_signature, chrf_signature: how sacrebleu computed them, with its version.
        exact_match: share of answers that are equal to a reference.
        length_ratio: tokens of the answers by those of the references that are nearest in length, as BLEU counts them.
        empty: share of answers in which nothing is written.
        length_curve: list of `LengthBucket`, the shortest first.
        length_of: "source" or "reference", of which the words are counted for it, as `split` cuts them.
        worst_examples: list of `ScoredText`, the worst first.
        sample: list of `ScoredText`, spread evenly from the worst to the best.
        copied_source: share of answers that are equal to their source; None if that is no text.
        seen_in_training: share of answers that stand in the training texts; None if it was not asked.
        baseline: figures of other answers, or None.

    Example:
        >>> report = generation_report(sources, references, answers)
        >>> report.save("runs/translation")
    """

    examples: int
    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str
    exact_match: float
    length_ratio: float
    empty: float
    length_curve: list
    length_of: str
    worst_examples: list
    sample: list
    copied_source: float | None = None
    seen_in_training: float | None = None
    baseline: dict | None = None

    def metrics(self):
        """Returns the figures that stand for the whole, a dict of numbers and of the signatures."""
        return {
            "examples": self.examples,
            **self._model_metrics(),
            **{f"baseline_{name}": value for name, value in (self.baseline or {}).items()},
            **self._signatures(),
        }

    def as_dict(self):
        """Returns everything as a dict that JSON can hold."""
        return {
            "examples": self.examples,
            **self._model_metrics(),
            **self._signatures(),
            "baseline": self.baseline,
            "length_of": self.length_of,
            "length_curve": [row._asdict() for row in self.length_curve],
            "worst_examples": [row._asdict() for row in self.worst_examples],
            "sample": [row._asdict() for row in self.sample],
        }

    def to_json(self):
        """Returns everything as a JSON text."""
        return json_text(self.as_dict())

    def save(self, directory):
        """Writes `report.json` and `length.png`."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        write_text(directory / "report.json", self.to_json())
        plot_scores_by_length(self.length_curve, directory / "length.png", length_of=self.length_of)

    def tables(self):
        """Returns the tables that rich prints: summary, lengths, the worst answers if any, and answers of all kinds."""
        summary = summary_table(f"{self.examples:,} examples", self._model_metrics(), self.baseline, "baseline")
        summary.caption = "\n".join(self._signatures().values())
        worst = [_side_by_side("The worst answers", self.worst_examples)] if self.worst_examples else []
        return [summary, self._lengths(), *worst, _side_by_side("From the worst to the best", self.sample)]

    def __rich_console__(self, console, options):
        yield from self.tables()

    def _model_metrics(self):
        found = {
            "bleu": self.bleu,
            "chrf": self.chrf,
            "exact_match": self.exact_match,
            "length_ratio": self.length_ratio,
            "empty": self.empty,
            "copied_source": self.copied_source,
            "seen_in_training": self.seen_in_training,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _signatures(self):
        return {"bleu_signature": self.bleu_signature, "chrf_signature": self.chrf_signature}

    def _lengths(self):
        from rich.table import Table

        headings = (f"words of the {self.length_of}", "examples", "BLEU", "chrF")
        table = Table(*headings, title="By length", header_style="bold")
        for row in self.length_curve:
            table.add_row(row.words, f"{row.examples:,}", f"{row.bleu:.2f}", f"{row.chrf:.2f}")
        return table


def plot_scores_by_length(curve, path, *, length_of="source"):
    """Draws BLEU and chrF against the length of the texts, and how many examples there are of each.

    Args:
        curve: list of `LengthBucket`.
        path: PNG file to write.
        length_of: of what the words are counted.

    Example:
        >>> plot_scores_by_length(report.length_curve, "length.png")
    """
    from matplotlib.figure import Figure

    from rnn_templates.plots.classification import save_figure

    words, counts, bleu, chrf = zip(*curve, strict=True)
    figure = Figure(figsize=(max(4.6, 0.7 * len(curve) + 1), 5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot(range(len(words)), bleu, marker="o", markersize=5, label="BLEU")
    upper.plot(range(len(words)), chrf, marker="o", markersize=4, color="0.6", label="chrF")
    upper.set(ylabel="percent points", ylim=(-2, 102))
    upper.legend(frameon=False)
    bars = lower.bar(range(len(words)), counts, width=0.7, color="C0", alpha=0.7)
    lower.bar_label(bars, [f"{count:,}" for count in counts], fontsize=8, padding=2)
    lower.set_xticks(range(len(words)), words)
    lower.set(xlabel=f"words of the {length_of}", ylabel="examples", xlim=(-0.6, len(words) - 0.4))
    lower.margins(y=0.25)
    lower.yaxis.get_major_locator().set_params(integer=True)
    lower.yaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    for axes in (upper, lower):
        axes.grid(alpha=0.25)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    save_figure(figure, path)


def _side_by_side(title, rows):
    with_sources = any(row.source is not None for row in rows)
    headings = ["chrF", *(["source"] if with_sources else []), "reference", "answer"]
    sources = [[[row.source]] if with_sources else [] for row in rows]
    cells = [(row.chrf, *source, row.references, [row.answer]) for row, source in zip(rows, sources, strict=True)]
    return examples_table(title, headings, cells)
