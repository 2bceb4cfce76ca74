"""Generated pictures of coloured shapes, each with one caption."""

import random

import numpy as np
import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.scenes.captions import describe, in_order
from rnn_templates.data.synthetic.scenes.rendering import paint
from rnn_templates.data.synthetic.scenes.scene import SIDE, draw_scene

SIZES = {"train": 20000, "validation": 1000, "test": 2000}


class Scenes(tfds.core.GeneratorBasedBuilder):
    """ImageArray of one to five coloured shapes, whose caption says how many, how large, of what colour and where.

    The caption follows from the picture alone. Every picture of the validation and test splits shows a combination of
    shape and colour that no other split has, so that whoever can describe them has understood both.

    Example:
        >>> Scenes(data_dir="data").download_and_prepare()
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        thing = {name: tfds.features.Text() for name in ("shape", "colour", "size")}
        features = {
            "image": tfds.features.Image(shape=(SIDE, SIDE, 3), encoding_format="png"),
            "caption": tfds.features.Text(),
            "objects": tfds.features.Sequence({**thing, "box": tfds.features.BBoxFeature()}),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description="Generated pictures of coloured shapes, each with one caption.",
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "caption"),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(make_scenes(count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, scenes):
        for number, scene in enumerate(scenes):
            objects = [{**thing, "box": _share_of_picture(thing["box"])} for thing in scene["objects"]]
            yield number, {**scene, "objects": objects}


def make_scenes(count, split="train", seed=1):
    """Yields scenes, always the same for a seed.

    Args:
        count: how many.
        split: "train", "validation" or "test"; each picture of the last two shows a combination of shape and colour
            that no other split has.
        seed: whole number.

    Yields:
        Dicts of "image" (uint8 array (64, 64, 3)), "caption" (str) and "objects": in the order of the caption, dicts
        of "shape", "colour", "size" and "box" (top, left, bottom, right), the whole pixels that hold the object, of
        which bottom and right are the first beyond it.

    Raises:
        ValueError: if there is no such split, or `count` is below 0.

    Example:
        >>> next(make_scenes(1))["caption"]
    """
    if split not in SIZES:
        raise ValueError(f"There is no split {split!r} of scenes. Splits: {', '.join(SIZES)}.")
    if count < 0:
        raise ValueError(f"count is {count}; a number of scenes is 0 or more.")
    return _scenes(count, split, random.Random(f"{seed} {split} scenes"))


def _scenes(count, split, generator):
    for _ in range(count):
        things = in_order(draw_scene(split, generator))
        objects = [
            {"shape": thing.shape, "colour": thing.colour, "size": thing.size, "box": thing.box} for thing in things
        ]
        image = paint(things, np.random.default_rng(generator.getrandbits(64)))
        yield {"image": image, "caption": describe(things), "objects": objects}


def _share_of_picture(box):
    top, left, bottom, right = (edge / SIDE for edge in box)
    return tfds.features.BBox(ymin=top, xmin=left, ymax=bottom, xmax=right)
