"""Builder of the generated images of colored shapes with captions."""

import random

import numpy as np
import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.generated import check_request, generated_info
from rnn_templates.data.synthetic.scenes.captions import describe, sort_objects
from rnn_templates.data.synthetic.scenes.rendering import render
from rnn_templates.data.synthetic.scenes.scene import SIDE, sample_scene

SIZES = {"train": 20000, "validation": 1000, "test": 2000}


class Scenes(tfds.core.GeneratorBasedBuilder):
    """Captioned images of one to five colored shapes.

    A caption states number, size, color, shape and position; it is a function of the image. Each image of the
    validation and test splits contains a combination of shape and color that is in no other split, so that these splits
    measure compositional generalization.

    Example:
        >>> Scenes(data_dir="data").download_and_prepare()  # doctest: +SKIP
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        names = {name: tfds.features.Text() for name in ("shape", "colour", "size")}  # names of version 1.0.0
        features = {
            "image": tfds.features.Image(shape=(SIDE, SIDE, 3), encoding_format="png"),
            "caption": tfds.features.Text(),
            "objects": tfds.features.Sequence({**names, "box": tfds.features.BBoxFeature()}),
        }
        description = "Generated images of colored shapes, with one caption each."
        return generated_info(self, description, features, ("image", "caption"))

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(make_scenes(count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, scenes):
        for number, scene in enumerate(scenes):
            objects = [
                {"shape": one["shape"], "colour": one["color"], "size": one["size"], "box": _normalized_box(one["box"])}
                for one in scene["objects"]
            ]
            yield number, {**scene, "objects": objects}


def make_scenes(count, split="train", seed=1):
    """Yields scenes: images with captions and objects.

    Args:
        count: non-negative int; number of scenes.
        split: "train", "validation" or "test"; each image of the last two contains a combination of shape and color
            that is in no other split.
        seed: int; the scenes are a function of it and of `split`.

    Yields:
        Dicts of "image" (uint8 array (64, 64, 3)), "caption" (str) and "objects": in the order of the caption, dicts
        of "shape", "color", "size" and "box" (top, left, bottom, right), in whole pixels, with exclusive bottom and
        right.

    Raises:
        ValueError: if there is no such split, or `count` is below 0.

    Example:
        >>> next(make_scenes(1))["image"].shape
        (64, 64, 3)
    """
    check_request("make_scenes", SIZES, split, count)
    return _scenes(count, split, random.Random(f"{seed} {split} scenes"))


def _scenes(count, split, generator):
    for _ in range(count):
        objects = sort_objects(sample_scene(split, generator))
        fields = [{"shape": one.shape, "color": one.color, "size": one.size, "box": one.box} for one in objects]
        image = render(objects, np.random.default_rng(generator.getrandbits(64)))
        yield {"image": image, "caption": describe(objects), "objects": fields}


def _normalized_box(box):
    top, left, bottom, right = (edge / SIDE for edge in box)
    return tfds.features.BBox(ymin=top, xmin=left, ymax=bottom, xmax=right)
