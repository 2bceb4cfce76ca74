"""Generated pictures of digits and capital letters, drawn from strokes."""

import functools

import numpy as np
import tensorflow_datasets as tfds

SIZES = {"train": 12000, "validation": 1000, "test": 3000}
SIDE = 28
MARGIN = 2  # pixels between the middle of a line and the border
WOBBLE = 0.05  # of the height of a character

# Strokes through points "xy" of a grid, x from 0 to 6 to the right and y from 0 to 8 down; "~" makes one smooth. The
# letters that a hand can make look like a digit or like each other (B, D, G, I, O, Q, S, Z) are left out.
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
    """Digits and capital letters of 28 x 28 pixels, light on dark, as if written by hand in a hurry.

    Example:
        >>> Glyphs(data_dir="data").download_and_prepare()
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {
            "image": tfds.features.Image(shape=(SIDE, SIDE, 1), encoding_format="png"),
            "label": tfds.features.ClassLabel(names=NAMES),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description="Generated pictures of digits and capital letters, drawn from strokes.",
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "label"),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(make_glyphs(count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, glyphs):
        for number, (image, name) in enumerate(glyphs):
            yield number, {"image": image, "label": name}


def make_glyphs(count, split="train", seed=1):
    """Yields pictures of characters, always the same for a seed.

    Args:
        count: how many.
        split: "train", "validation" or "test".
        seed: whole number of at least 0.

    Yields:
        Pairs of a uint8 array (28, 28, 1) and one of `NAMES`.

    Raises:
        ValueError: if there is no such split, or `count` or `seed` is below 0.

    Example:
        >>> image, name = next(make_glyphs(1))
    """
    if split not in SIZES:
        raise ValueError(f"There is no split {split!r} of glyphs. Splits: {', '.join(SIZES)}.")
    if count < 0:
        raise ValueError(f"count is {count}; a number of glyphs is 0 or more.")
    if seed < 0:
        raise ValueError(f"seed is {seed}; a seed of glyphs is 0 or more.")
    return _glyphs(count, np.random.default_rng([seed, list(SIZES).index(split)]))


def draw(name, generator):
    """Returns a picture of a character: uint8 array (28, 28, 1).

    Args:
        name: one of `NAMES`.
        generator: `numpy.random.Generator` of everything in which two pictures of a character differ.

    Example:
        >>> draw("R", np.random.default_rng(1)).shape
        (28, 28, 1)
    """
    points, strokes = _plan(name)
    points = _write(points + generator.normal(0, WOBBLE, points.shape), generator)
    thick = generator.uniform(1.5, 3.2)
    away = _distance([weights @ points for weights in strokes])
    cover = np.clip(thick / 2 + 0.5 - away, 0, 1)
    dark, light = generator.uniform(0, 70), generator.uniform(140, 255)
    picture = dark + (light - dark) * cover + generator.normal(0, generator.uniform(4, 30), cover.shape)
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8).reshape(SIDE, SIDE, 1)


def _glyphs(count, generator):
    for _ in range(count):
        name = NAMES[generator.integers(len(NAMES))]
        yield draw(name, generator), name


def _write(points, generator):
    """From a square of side 1 around 0 into the picture: stretched, slanted, turned and moved by chance."""
    tall = generator.uniform(14, 19)
    x, y = points[:, 0] * tall * generator.uniform(0.6, 0.8), points[:, 1] * tall
    x = x - generator.uniform(-0.15, 0.25) * y
    turn = generator.uniform(-0.16, 0.16)
    cosine, sine = np.cos(turn), np.sin(turn)
    placed = np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=1)
    low, high = MARGIN - placed.min(axis=0), SIDE - MARGIN - placed.max(axis=0)
    return placed + np.clip(SIDE / 2 + generator.uniform(-2.5, 2.5, 2), low, high)


def _distance(lines):
    """How far the middle of each pixel, (784,), is from the nearest of lines through points (n, 2)."""
    start_x, start_y = np.concatenate([line[:-1] for line in lines]).T
    along_x, along_y = np.concatenate([np.diff(line, axis=0) for line in lines]).T
    from_x, from_y = COLUMNS - start_x, ROWS - start_y
    length = along_x**2 + along_y**2
    share = np.clip((from_x * along_x + from_y * along_y) / length, 0, 1)
    return np.sqrt((from_x - share * along_x) ** 2 + (from_y - share * along_y) ** 2).min(axis=1)


@functools.cache
def _plan(name):
    """The different points of a character, and for each stroke the weights of them that give the points of its line.

    A point that two strokes share is one point, so that they still meet when a hand moves it.
    """
    strokes = [stroke.strip() for stroke in STROKES[name].split(",")]
    places = list(dict.fromkeys(place for stroke in strokes for place in stroke.lstrip("~").split()))
    weights = [
        (_smooth if stroke.startswith("~") else np.asarray)(
            np.eye(len(places))[[places.index(place) for place in stroke.lstrip("~").split()]]
        )
        for stroke in strokes
    ]
    return np.array([(int(x) / 6 - 0.5, int(y) / 8 - 0.5) for x, y in places]), weights


def _smooth(knots, steps=5):
    """The points of a Catmull-Rom curve through knots (n, any)."""
    closed = np.array_equal(knots[0], knots[-1])
    before, after = (knots[-2], knots[1]) if closed else (knots[0], knots[-1])
    a, b, c, d = (np.concatenate([[before], knots, [after]])[i : i + len(knots) - 1, None] for i in range(4))
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = b + t / 2 * (c - a) + t**2 / 2 * (2 * a - 5 * b + 4 * c - d) + t**3 / 2 * (3 * b - a - 3 * c + d)
    return np.concatenate([curve.reshape(-1, knots.shape[1]), knots[-1:]])
