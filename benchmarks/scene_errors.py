"""Errors of a captioner on generated scenes, by type.

    python benchmarks/scene_errors.py saved_models/captioning --scenes 1000 --seed 7

The scenes are newly drawn from the combinations of the validation split; the test split stays unused.
"""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rnn_templates import load_model
from rnn_templates.data.synthetic.scenes import make_scenes
from rnn_templates.data.synthetic.scenes.scene import COLORS, OUTLINES

RELATIONS = {"left", "right", "above", "below"}


def main(
    model: Annotated[Path, typer.Argument(help="Folder of a captioner of scenes.")],
    scenes: Annotated[int, typer.Option(help="Number of scenes.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the scenes; that of the data set is 1.")] = 7,
):
    """Prints the rate of correct captions and a table of error types."""
    captioner = load_model(model)
    drawn = list(make_scenes(scenes, "validation", seed))
    captions = captioner.generate([scene["image"] for scene in drawn], progress=True)
    counts, examples = Counter(), {}
    for scene, caption in zip(drawn, captions, strict=True):
        reference = scene["caption"]
        if caption != reference:
            error = error_type(reference.split(), caption.split())
            counts[error] += 1
            examples.setdefault(error, f"{caption}  for  {reference}")
    table = Table("error", "captions", "first example", header_style="bold")
    for error, count in counts.most_common():
        table.add_row(error, str(count), examples[error])
    console = Console()
    console.print(f"{1 - counts.total() / scenes:.3f} of {scenes:,} captions are correct")
    console.print(table)


def error_type(reference, caption):
    """Returns the type of an error, a str, from the words of reference and caption."""
    if len(reference) == 4 and len(caption) > 4:
        return f"{reference[0]} equal shapes, described as two groups"
    if len(reference) != len(caption):
        return "different number of words"
    wrong = [word for word, other in zip(reference, caption, strict=True) if word != other]
    if len(wrong) > 1:
        return "several words"
    shapes = {name for shape in OUTLINES for name in (shape, f"{shape}s", f"{shape}es")}
    groups = (("relation", RELATIONS), ("color", COLORS), ("shape", shapes), ("size", {"small", "large"}))
    return next((name for name, words in groups if wrong[0] in words), "number or position")


if __name__ == "__main__":
    typer.run(main)
