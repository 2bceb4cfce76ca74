"""Where a captioner looks while it names a shape: the share of attention inside the shape's box, beside chance.

    python benchmarks/scene_attention.py saved_models/captioning --scenes 500 --picture gaze.png

The model's own captions of generated test scenes are read; words of captions that are right are counted, each noun
phrase ("a small red circle") as a whole and its noun alone.
"""

import argparse

import numpy as np

from rnn_templates import load_model, plot_image_attention
from rnn_templates.data.synthetic.scenes import make_scenes, spoken_of
from rnn_templates.data.synthetic.scenes.scene import SIDE
from rnn_templates.evaluation.metrics.attention_correctness import attention_correctness, box_coverage


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="folder of a captioner of scenes")
    parser.add_argument("--scenes", type=int, default=500)
    parser.add_argument("--picture", help="file for the picture of one scene, word by word")
    options = parser.parse_args()

    model = load_model(options.model)
    scenes = list(make_scenes(options.scenes, "test"))
    captions = model.generate([scene["image"] for scene in scenes])
    right = [scene for scene, caption in zip(scenes, captions, strict=True) if caption == scene["caption"]]
    phrases, nouns, chance = [], [], []
    for scene in right:
        words, weights = model.attention(scene["image"], scene["caption"])
        side = round(weights.shape[1] ** 0.5)
        spoken = spoken_of(scene)
        for number, objects in enumerate(spoken):
            if not objects:
                continue
            boxes = np.array([scene["objects"][one]["box"] for one in objects]) / SIDE
            inside = attention_correctness(weights[number], boxes, (side, side))
            phrases.append(inside)
            chance.append(float(np.mean(box_coverage(boxes, (side, side)))))
            if number + 1 == len(spoken) or spoken[number + 1] != objects:
                nouns.append(inside)
    print(f"{len(right)} of {len(scenes)} captions are right; {len(phrases)} words, {len(nouns)} nouns")
    print(f"share of attention inside the shape: {np.mean(phrases):.3f}, of nouns {np.mean(nouns):.3f}")
    print(f"share of the picture that the shape takes: {np.mean(chance):.3f}")
    if options.picture:
        chosen = next(scene for scene in right if " of " in scene["caption"])
        plot_image_attention(chosen["image"], *model.attention(chosen["image"], chosen["caption"]), options.picture)


if __name__ == "__main__":
    main()
