"""Caption metrics by decoding strategy: greedy, and beams of several widths and length penalties.

    python benchmarks/caption_decoding.py runs/flickr8k --data images.tar,captions.tsv

Evaluates the validation split, on which such settings are chosen.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rnn_templates import load, load_model
from rnn_templates.evaluation.captioning import caption_report

BEAMS = ((5, 1.0), (5, 0.7), (5, 0.5), (5, 0.4), (5, 0.0), (3, 1.0), (3, 0.7), (3, 0.4))


def main(
    model: Annotated[Path, typer.Argument(help="Folder of a trained captioner.")],
    data: Annotated[str, typer.Option(help="Images and the table of their captions, or the name of a data set.")],
):
    """Prints a table with a row per decoding strategy."""
    captioner = load_model(model)
    images, captions = captioner.read_examples(load(data, kind="captioned_images").validation)
    headers = ("decoding", "BLEU-1", "BLEU-4", "CIDEr-D", "ROUGE-L", "words", "unique captions")
    table = Table(*headers, header_style="bold")
    for name, options in strategies():
        report = caption_report(captions, captioner.generate(images, batch_size=100, progress=True, **options))
        table.add_row(
            name,
            f"{report.bleu_1:.2f}",
            f"{report.bleu_4:.2f}",
            f"{report.cider_d:.3f}",
            f"{report.rouge_l:.2f}",
            f"{report.mean_length:.2f}",
            str(report.unique_captions),
        )
    Console().print(table)


def strategies():
    """Yields the name and the options of `generate` of each decoding strategy."""
    yield "greedy", {"strategy": "greedy"}
    for width, penalty in BEAMS:
        yield f"beam {width}, length penalty {penalty}", {"beam_width": width, "length_penalty": penalty}


if __name__ == "__main__":
    typer.run(main)
