"""Generated images of digits and capital letters, drawn from strokes."""

import functools

import numpy as np
import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.generated import check_request, generated_info

SIZES = {"train": 12000, "validation": 1000, "test": 3000}
SIDE = 28
MARGIN = 2  # pixels between the middle of a line and the border
JITTER = 0.05  # standard deviation of a point, as a fraction of the height of a character

# Strokes through points "xy" of a grid, x from 0 to 6 to the right and y from 0 to 8 down; "~" marks a smooth one.
# Letters that resemble a digit or each other in handwriting (B, D, G, I, O, Q, S, Z) are excluded.
STROKES = {
    "0": "~30 11 04 17 38 57 64 51 30",
    "1": "12 30 38, 18 58",
    "2": "~01 20 40 62 53 34 16 08, 08 68",
    "3": "~01 20 50 62 43 24, ~24 44 66 58 28 07",
    "4": "58 50 05 65",
    "5": "60 10 04, ~04 33 54 66 58 28 07",
    "6": "~50 21 04 07 38 67 65 44 24 05",
    "7": "00 60 28",
    "8": "~34 12 11 30 51 52 34 06 07 38 67 66 34",
    "9": "~18 47 64 61 30 01 03 24 44 63",
    "A": "08 30 68, 15 55",
    "C": "~61 50 30 11 04 17 38 58 67",
    "E": "60 00 08 68, 04 44",
    "F": "60 00 08, 04 44",
    "H": "00 08, 60 68, 04 64",
    "J": "20 60, ~40 46 38 18 06",
    "K": "00 08, 60 04 68",
    "L": "00 08 68",
    "M": "08 00 35 60 68",
    "N": "08 00 68 60",
    "P": "08 00, ~00 40 61 63 44 04",
    "R": "08 00, ~00 40 61 63 44 04, 24 68",
    "T": "00 60, 30 38",
    "U": "00 05, ~05 17 38 57 65, 65 60",
    "V": "00 38 60",
    "W": "00 18 33 58 60",
    "X": "00 68, 60 08",
    "Y": "00 34 60, 34 38",
}
NAMES = tuple(STROKES)
ROWS, COLUMNS = np.mgrid[0:SIDE, 0:SIDE].reshape(2, -1, 1) + 0.5


class Glyphs(tfds.core.GeneratorBasedBuilder):
    """Images (28, 28, 1) of digits and capital letters, light on dark.

    Example:
        >>> Glyphs(data_dir="data").download_and_prepare()  # doctest: +SKIP
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {
            "image": tfds.features.Image(shape=(SIDE, SIDE, 1), encoding_format="png"),
            "label": tfds.features.ClassLabel(names=NAMES),
        }
        description = "Generated images of digits and capital letters, drawn from strokes."
        return generated_info(self, description, features, ("image", "label"))

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(make_glyphs(count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, glyphs):
        for number, (image, name) in enumerate(glyphs):
            yield number, {"image": image, "label": name}


def make_glyphs(count, split="train", seed=1):
    """Yields images of characters.

    Args:
        count: non-negative int; number of images.
        split: "train", "validation" or "test".
        seed: non-negative int; the images are a function of it and of `split`.

    Yields:
        Pairs of a uint8 array (28, 28, 1) and one of `NAMES`.

    Raises:
        ValueError: if there is no such split, or `count` or `seed` is below 0.

    Example:
        >>> image, name = next(make_glyphs(1))
        >>> image.shape, name in NAMES
        ((28, 28, 1), True)
    """
    check_request("make_glyphs", SIZES, split, count)
    if seed < 0:
        raise ValueError(f"make_glyphs: `seed` must be 0 or more; received {seed}.")
    return _glyphs(count, np.random.default_rng([seed, list(SIZES).index(split)]))


def render_glyph(name, generator):
    """Returns the image of a character: uint8 array (28, 28, 1).

    Args:
        name: one of `NAMES`.
        generator: `numpy.random.Generator` of the jitter, size, slant, rotation, position, line width, contrast, noise.

    Example:
        >>> render_glyph("R", np.random.default_rng(1)).shape
        (28, 28, 1)
    """
    points, strokes = _stroke_plan(name)
    points = _place_points(points + generator.normal(0, JITTER, points.shape), generator)
    width = generator.uniform(1.5, 3.2)
    distance = _distance([weights @ points for weights in strokes])
    coverage = np.clip(width / 2 + 0.5 - distance, 0, 1)
    dark, light = generator.uniform(0, 70), generator.uniform(140, 255)
    image = dark + (light - dark) * coverage + generator.normal(0, generator.uniform(4, 30), coverage.shape)
    return np.clip(image + 0.5, 0, 255).astype(np.uint8).reshape(SIDE, SIDE, 1)


def _glyphs(count, generator):
    for _ in range(count):
        name = NAMES[generator.integers(len(NAMES))]
        yield render_glyph(name, generator), name


def _place_points(points, generator):
    """Maps points from a unit square around 0 to pixels, with random size, slant, rotation and position."""
    height = generator.uniform(14, 19)
    x, y = points[:, 0] * height * generator.uniform(0.6, 0.8), points[:, 1] * height
    x = x - generator.uniform(-0.15, 0.25) * y
    angle = generator.uniform(-0.16, 0.16)
    cosine, sine = np.cos(angle), np.sin(angle)
    rotated = np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=1)
    low, high = MARGIN - rotated.min(axis=0), SIDE - MARGIN - rotated.max(axis=0)
    return rotated + np.clip(SIDE / 2 + generator.uniform(-2.5, 2.5, 2), low, high)


def _distance(lines):
    """The distance of the center of each pixel, (784,), to the nearest of the lines through points (n, 2)."""
    start_x, start_y = np.concatenate([line[:-1] for line in lines]).T
    along_x, along_y = np.concatenate([np.diff(line, axis=0) for line in lines]).T
    from_x, from_y = COLUMNS - start_x, ROWS - start_y
    length = along_x**2 + along_y**2
    fraction = np.clip((from_x * along_x + from_y * along_y) / length, 0, 1)
    return np.sqrt((from_x - fraction * along_x) ** 2 + (from_y - fraction * along_y) ** 2).min(axis=1)


@functools.cache
def _stroke_plan(name):
    """The distinct points of a character, and for each stroke the weights of the points that give its line.

    A point that two strokes share is one point, so that the strokes still meet after jitter.
    """
    strokes = [stroke.strip() for stroke in STROKES[name].split(",")]
    knots = list(dict.fromkeys(knot for stroke in strokes for knot in stroke.lstrip("~").split()))
    weights = [
        (_catmull_rom if stroke.startswith("~") else np.asarray)(
            np.eye(len(knots))[[knots.index(knot) for knot in stroke.lstrip("~").split()]]
        )
        for stroke in strokes
    ]
    return np.array([(int(x) / 6 - 0.5, int(y) / 8 - 0.5) for x, y in knots]), weights


def _catmull_rom(knots, steps=5):
    """The points of a Catmull-Rom spline through knots (n, any)."""
    closed = np.array_equal(knots[0], knots[-1])
    before, after = (knots[-2], knots[1]) if closed else (knots[0], knots[-1])
    a, b, c, d = (np.concatenate([[before], knots, [after]])[i : i + len(knots) - 1, None] for i in range(4))
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = b + t / 2 * (c - a) + t**2 / 2 * (2 * a - 5 * b + 4 * c - d) + t**3 / 2 * (3 * b - a - 3 * c + d)
    return np.concatenate([curve.reshape(-1, knots.shape[1]), knots[-1:]])
