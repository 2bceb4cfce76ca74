"""What a captioner gets wrong about generated scenes, by kind.

    python benchmarks/scene_mistakes.py saved_models/captioning --scenes 1000 --seed 7

Scenes are drawn anew from the combinations of the validation split, so that the test split stays unseen.
"""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rnn_templates import load_model
from rnn_templates.data.synthetic.scenes import make_scenes
from rnn_templates.data.synthetic.scenes.scene import COLOURS, OUTLINES

RELATIONS = {"left", "right", "above", "below"}


def main(
    model: Annotated[Path, typer.Argument(help="Folder of a captioner of scenes.")],
    scenes: Annotated[int, typer.Option(help="How many.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the scenes; that of the data set is 1.")] = 7,
):
    captioner = load_model(model)
    drawn = list(make_scenes(scenes, "validation", seed))
    found = captioner.generate([scene["image"] for scene in drawn], progress=True)
    kinds, examples = Counter(), {}
    for scene, answer in zip(drawn, found, strict=True):
        if answer != scene["caption"]:
            kind = kind_of(scene["caption"].split(), answer.split())
            kinds[kind] += 1
            examples.setdefault(kind, f"{answer}  for  {scene['caption']}")
    table = Table("mistake", "captions", "the first", header_style="bold")
    for kind, count in kinds.most_common():
        table.add_row(kind, str(count), examples[kind])
    console = Console()
    console.print(f"{1 - kinds.total() / scenes:.3f} of {scenes:,} captions are right")
    console.print(table)


def kind_of(true, said):
    """Returns what is wrong with a caption, both as lists of words."""
    alike = len(true) == 4
    if alike and len(said) > 4:
        return f"{true[0]} alike, told as two kinds"
    if len(true) != len(said):
        return "another number of words"
    wrong = [word for word, other in zip(true, said, strict=True) if word != other]
    if len(wrong) > 1:
        return "several words"
    names = {name for shape in OUTLINES for name in (shape, f"{shape}s", f"{shape}es")}
    groups = (("relation", RELATIONS), ("colour", COLOURS), ("shape", names), ("size", {"small", "large"}))
    return next((name for name, words in groups if wrong[0] in words), "how many, or where")


if __name__ == "__main__":
    typer.run(main)
