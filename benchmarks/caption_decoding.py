"""How a captioner's search decides its figures: greedy, and beams of several widths and length penalties.

    python benchmarks/caption_search.py runs/flickr8k --data images.tar,captions.tsv

The validation split is asked, on which such settings are chosen.
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
    data: Annotated[str, typer.Option(help="ImageArray and the table of their captions, or a data set by name.")],
):
    captioner = load_model(model)
    images, captions = captioner.read_examples(load(data, kind="captioned_images").validation)
    table = Table("search", "BLEU-1", "BLEU-4", "CIDEr-D", "ROUGE-L", "words", "different", header_style="bold")
    for width, penalty in ((None, None), *BEAMS):
        how = {"strategy": "greedy"} if width is None else {"beam_width": width, "length_penalty": penalty}
        found = caption_report(captions, captioner.generate(images, batch_size=100, progress=True, **how))
        table.add_row(
            "greedy" if width is None else f"beam {width}, length penalty {penalty}",
            *(f"{value:.2f}" for value in (found.bleu_1, found.bleu_4)),
            f"{found.cider_d:.3f}",
            *(f"{value:.2f}" for value in (found.rouge_l, found.mean_length)),
            str(found.unique_captions),
        )
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
