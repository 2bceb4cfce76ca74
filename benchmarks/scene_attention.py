"""Attention correctness of a captioner on generated scenes: the fraction of attention inside the named shape.

    python benchmarks/scene_attention.py saved_models/captioning --scenes 500 --figure attention.png

Evaluates the model's own captions of generated test scenes. Only correct captions count; results are over all words of
a noun phrase ("a small red circle"), and over its noun alone.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from rnn_templates import load_model, plot_image_attention
from rnn_templates.data.synthetic.scenes import make_scenes, word_objects
from rnn_templates.data.synthetic.scenes.scene import SIDE
from rnn_templates.evaluation.metrics.attention_correctness import attention_correctness, box_coverage


def main(
    model: Annotated[Path, typer.Argument(help="Folder of a captioner of scenes.")],
    scenes: Annotated[int, typer.Option(help="Number of test scenes.", min=1)] = 500,
    figure: Annotated[Path | None, typer.Option(help="File for a plot of the attention of one caption.")] = None,
):
    """Prints the attention correctness, and the area of the shapes for comparison."""
    captioner = load_model(model)
    drawn = list(make_scenes(scenes, "test"))
    captions = captioner.generate([scene["image"] for scene in drawn])
    correct = [scene for scene, caption in zip(drawn, captions, strict=True) if caption == scene["caption"]]
    phrases, nouns, areas = [], [], []
    for scene in correct:
        _, weights = captioner.attention(scene["image"], scene["caption"])
        grid = (round(weights.shape[1] ** 0.5),) * 2
        mentioned = word_objects(scene)
        for index, objects in enumerate(mentioned):
            if not objects:
                continue
            boxes = np.array([scene["objects"][one]["box"] for one in objects]) / SIDE
            phrases.append(attention_correctness(weights[index], boxes, grid))
            areas.append(float(np.mean(box_coverage(boxes, grid))))
            if index + 1 == len(mentioned) or mentioned[index + 1] != objects:
                nouns.append(phrases[-1])
    print(f"{len(correct)} of {scenes} captions are correct; {len(phrases)} words, {len(nouns)} nouns")
    print(f"attention inside the shape: {np.mean(phrases):.3f}, of nouns {np.mean(nouns):.3f}")
    print(f"area of the shape: {np.mean(areas):.3f} of the image")
    if figure is not None:
        chosen = next(scene for scene in correct if " of " in scene["caption"])
        plot_image_attention(chosen["image"], *captioner.attention(chosen["image"], chosen["caption"]), figure)


if __name__ == "__main__":
    typer.run(main)
