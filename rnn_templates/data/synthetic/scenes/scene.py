"""Random scenes: shapes of one or two appearances, separated and unambiguous."""

import math
from typing import NamedTuple

SIDE = 64
MARGIN, GAP = 2, 3  # pixels to the border, and between two objects
WIDTHS = {"small": (11, 14), "large": (20, 25)}  # pixels of the longer side
COLORS = {
    "black": (35, 35, 40), "blue": (35, 115, 225), "brown": (125, 75, 35), "green": (35, 150, 70),
    "pink": (245, 130, 185), "purple": (125, 40, 150), "red": (215, 35, 40), "yellow": (240, 195, 20),
}  # fmt: skip
THIRDS = (0, 17), (26, 38), (47, 64)  # allowed coordinates of a center, so that its third of the image is unambiguous
MAX_LARGE = 3
COUNTS = {  # numbers of objects of each appearance in a scene, and their weights
    (1,): 25, (2,): 5, (3,): 5, (4,): 5, (5,): 5, (1, 1): 35, (2, 1): 4, (2, 2): 4, (3, 1): 4, (3, 2): 4, (4, 1): 4,
}  # fmt: skip


def _ring(corners, *radii, start=-90):
    angles = (math.radians(start + 360 * corner / corners) for corner in range(corners))
    return tuple(
        (radii[corner % len(radii)] * math.cos(angle), radii[corner % len(radii)] * math.sin(angle))
        for corner, angle in enumerate(angles)
    )


ARM = 0.36  # half of the width of an arm of a cross
OUTLINES = {
    "circle": _ring(24, 1),
    "cross": ((-ARM, -1), (ARM, -1), (ARM, -ARM), (1, -ARM), (1, ARM), (ARM, ARM),
              (ARM, 1), (-ARM, 1), (-ARM, ARM), (-1, ARM), (-1, -ARM), (-ARM, -ARM)),
    "diamond": ((0, -1), (0.72, 0), (0, 1), (-0.72, 0)),
    "square": _ring(4, 1, start=-45),
    "star": _ring(10, 1, 0.44),
    "triangle": _ring(3, 1),
}  # fmt: skip

# Combinations that no image of another split contains; each shape and each color is missing at most twice.
HELD_OUT = {
    "validation": (
        ("circle", "green"), ("cross", "purple"), ("square", "yellow"), ("star", "black"), ("triangle", "blue"),
    ),
    "test": (
        ("circle", "red"), ("cross", "yellow"), ("diamond", "pink"), ("square", "blue"), ("star", "green"),
        ("triangle", "brown"),
    ),
}  # fmt: skip
TRAIN_COMBINATIONS = tuple(
    (shape, color)
    for shape in OUTLINES
    for color in COLORS
    if all((shape, color) not in pairs for pairs in HELD_OUT.values())
)


class SceneObject(NamedTuple):
    """One shape of a scene.

    Args:
        size: "small" or "large".
        color: one of `COLORS`.
        shape: one of `OUTLINES`.
        outline: its corners (x, y) in pixels.

    Example:
        >>> SceneObject("small", "red", "square", ((5, 5), (17, 5), (17, 17), (5, 17))).center
        (11.0, 11.0)
    """

    size: str
    color: str
    shape: str
    outline: tuple

    @property
    def appearance(self):
        """The tuple (size, color, shape)."""
        return self.size, self.color, self.shape

    @property
    def box(self):
        """The bounding box (top, left, bottom, right) in whole pixels, with exclusive bottom and right."""
        columns, rows = zip(*self.outline, strict=True)
        return math.floor(min(rows)), math.floor(min(columns)), math.ceil(max(rows)), math.ceil(max(columns))

    @property
    def center(self):
        """The center (x, y) of the bounding box."""
        top, left, bottom, right = self.box
        return (left + right) / 2, (top + bottom) / 2


def sample_scene(split, generator):
    """Returns the objects of a random scene.

    There is one object, or two to five of one appearance, or two of different appearances that are clearly beside or
    above each other, or three to five of two appearances. At most three are large. Objects do not touch.

    Args:
        split: "train", "validation" or "test"; in the last two at least one object has a combination of shape and color
            that no other split contains.
        generator: `random.Random`.

    Returns:
        Tuple of `SceneObject`, in random order.

    Example:
        >>> import random
        >>> 1 <= len(sample_scene("train", random.Random(2))) <= 5
        True
    """
    counts = generator.choices(list(COUNTS), COUNTS.values())[0]
    appearances = _sample_appearances(split, counts, generator)
    wanted = [one for one, count in zip(appearances, counts, strict=True) for _ in range(count)]
    while True:
        objects = []
        for appearance in wanted:
            placed = _place(appearance, objects, generator)
            if placed is None:
                break
            objects.append(placed)
        else:
            if _is_unambiguous(objects):
                return tuple(objects)


def relation(one, other):
    """Returns the position of one `SceneObject` relative to another.

    Returns:
        "left of", "right of", "above" or "below".

    Example:
        >>> one = SceneObject("small", "red", "square", ((5, 5), (17, 5), (17, 17), (5, 17)))
        >>> relation(one, one._replace(outline=((40, 8), (52, 8), (52, 20), (40, 20))))
        'left of'
    """
    (x, y), (other_x, other_y) = one.center, other.center
    if abs(x - other_x) > abs(y - other_y):
        return "left of" if x < other_x else "right of"
    return "above" if y < other_y else "below"


def third(coordinate):
    """Returns the third of the image, 0 to 2, of a coordinate.

    Example:
        >>> third(32)
        1
    """
    return int(3 * coordinate / SIDE)


def _sample_appearances(split, counts, generator):
    """As many different appearances as there are counts, with a combination that is only in this split."""
    combinations = (HELD_OUT.get(split, TRAIN_COMBINATIONS), TRAIN_COMBINATIONS)[: len(counts)]
    while True:
        pairs = [generator.choice(choices) for choices in combinations]
        appearances = [(generator.choice(tuple(WIDTHS)), color, shape) for shape, color in pairs]
        generator.shuffle(appearances)
        large = sum(count for one, count in zip(appearances, counts, strict=True) if one[0] == "large")
        if len(set(appearances)) == len(appearances) and large <= MAX_LARGE:
            return appearances


def _place(appearance, others, generator, tries=60):
    """An object at a free position, or None if no such position is found."""
    corners = _sample_corners(appearance, generator)
    limits = [SIDE - MARGIN - max(along) for along in zip(*corners, strict=True)]
    taken = [other.box for other in others]
    for _ in range(tries):
        x, y = (generator.uniform(MARGIN, end) for end in limits)
        placed = SceneObject(*appearance, tuple((x + right, y + down) for right, down in corners))
        box = placed.box
        if all(_separated(box, other) for other in taken):
            return placed
    return None


def _sample_corners(appearance, generator):
    """The corners of a slightly rotated shape with a random width of its size, relative to its bounding box."""
    size, _, shape = appearance
    angle = math.radians(generator.uniform(-7, 7))
    cosine, sine = math.cos(angle), math.sin(angle)
    rotated = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in OUTLINES[shape]]
    left, top = (min(along) for along in zip(*rotated, strict=True))
    longest = max(max(along) - min(along) for along in zip(*rotated, strict=True))
    scale = generator.uniform(*WIDTHS[size]) / longest
    return [((x - left) * scale, (y - top) * scale) for x, y in rotated]


def _separated(one, other):
    return any(one[end] + GAP <= other[start] or other[end] + GAP <= one[start] for start, end in ((0, 2), (1, 3)))


def _is_unambiguous(objects):
    if len(objects) == 1:
        return all(THIRDS[third(one)][0] <= one <= THIRDS[third(one)][1] for one in objects[0].center)
    if len(objects) == 2 and objects[0].appearance != objects[1].appearance:
        short, long = sorted(abs(a - b) for a, b in zip(objects[0].center, objects[1].center, strict=True))
        return long >= 6 + 1.5 * short
    return True
