"""What is in a scene: a few shapes of one or two kinds, drawn at random, clear of each other and of doubt."""

import math
from typing import NamedTuple

SIDE = 64
MARGIN, GAP = 2, 3  # pixels to the border, and between two shapes
WIDTHS = {"small": (11, 14), "large": (20, 25)}  # pixels of the longer side
COLOURS = {
    "black": (35, 35, 40), "blue": (35, 115, 225), "brown": (125, 75, 35), "green": (35, 150, 70),
    "pink": (245, 130, 185), "purple": (125, 40, 150), "red": (215, 35, 40), "yellow": (240, 195, 20),
}  # fmt: skip
THIRDS = (0, 17), (26, 38), (47, 64)  # where a centre may be, so that its third of the picture is beyond doubt
MOST_LARGE = 3
COUNTS = {  # how many of each kind are in a scene, and how often
    (1,): 25, (2,): 5, (3,): 5, (4,): 5, (5,): 5, (1, 1): 35, (2, 1): 4, (2, 2): 4, (3, 1): 4, (3, 2): 4, (4, 1): 4,
}  # fmt: skip


def _ring(corners, *radii, start=-90):
    angles = (math.radians(start + 360 * corner / corners) for corner in range(corners))
    return tuple(
        (radii[corner % len(radii)] * math.cos(angle), radii[corner % len(radii)] * math.sin(angle))
        for corner, angle in enumerate(angles)
    )


ARM = 0.36  # half of its width
OUTLINES = {
    "circle": _ring(24, 1),
    "cross": ((-ARM, -1), (ARM, -1), (ARM, -ARM), (1, -ARM), (1, ARM), (ARM, ARM),
              (ARM, 1), (-ARM, 1), (-ARM, ARM), (-1, ARM), (-1, -ARM), (-ARM, -ARM)),
    "diamond": ((0, -1), (0.72, 0), (0, 1), (-0.72, 0)),
    "square": _ring(4, 1, start=-45),
    "star": _ring(10, 1, 0.44),
    "triangle": _ring(3, 1),
}  # fmt: skip

# No picture of another split shows these; each shape and each colour is missing at most twice.
HELD_OUT = {
    "validation": (
        ("circle", "green"), ("cross", "purple"), ("square", "yellow"), ("star", "black"), ("triangle", "blue"),
    ),
    "test": (
        ("circle", "red"), ("cross", "yellow"), ("diamond", "pink"), ("square", "blue"), ("star", "green"),
        ("triangle", "brown"),
    ),
}  # fmt: skip
SHOWN = tuple(
    (shape, colour)
    for shape in OUTLINES
    for colour in COLOURS
    if all((shape, colour) not in pairs for pairs in HELD_OUT.values())
)


class Thing(NamedTuple):
    """One shape of a scene.

    Args:
        size: "small" or "large".
        colour: one of `COLOURS`.
        shape: one of `OUTLINES`.
        outline: its corners (x, y) in pixels.
    """

    size: str
    colour: str
    shape: str
    outline: tuple

    @property
    def kind(self):
        return self.size, self.colour, self.shape

    @property
    def box(self):
        """The whole pixels (top, left, bottom, right) that hold it; bottom and right are the first beyond."""
        columns, rows = zip(*self.outline, strict=True)
        return math.floor(min(rows)), math.floor(min(columns)), math.ceil(max(rows)), math.ceil(max(columns))

    @property
    def centre(self):
        top, left, bottom, right = self.box
        return (left + right) / 2, (top + bottom) / 2


def draw_scene(split, generator):
    """Returns the shapes of a random scene.

    There is one shape, or two to five of one kind, or two of different kinds that stand clearly beside or above each
    other, or three to five of two kinds. At most three are large. Shapes do not touch.

    Args:
        split: "train", "validation" or "test"; in the last two at least one kind is a combination of shape and colour
            that no other split shows.
        generator: `random.Random`.

    Returns:
        A tuple of `Thing`, in no special order.

    Example:
        >>> [thing.kind for thing in draw_scene("train", random.Random(2))]
    """
    counts = generator.choices(list(COUNTS), COUNTS.values())[0]
    kinds = _kinds(split, counts, generator)
    wanted = [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]
    while True:
        things = []
        for kind in wanted:
            thing = _place(kind, things, generator)
            if thing is None:
                break
            things.append(thing)
        else:
            if _is_clear(things):
                return tuple(things)


def relation(one, other):
    """Returns where one `Thing` is, seen from another: "left of", "right of", "above" or "below"."""
    (x, y), (other_x, other_y) = one.centre, other.centre
    if abs(x - other_x) > abs(y - other_y):
        return "left of" if x < other_x else "right of"
    return "above" if y < other_y else "below"


def third(position):
    """Returns in which third of the picture a column or row is: 0, 1 or 2."""
    return int(3 * position / SIDE)


def _kinds(split, counts, generator):
    """As many different kinds as there are counts; at least one is a combination that the split has for itself."""
    combinations = (HELD_OUT.get(split, SHOWN), SHOWN)[: len(counts)]
    while True:
        pairs = [generator.choice(choices) for choices in combinations]
        kinds = [(generator.choice(tuple(WIDTHS)), colour, shape) for shape, colour in pairs]
        generator.shuffle(kinds)
        large = sum(count for kind, count in zip(kinds, counts, strict=True) if kind[0] == "large")
        if len(set(kinds)) == len(kinds) and large <= MOST_LARGE:
            return kinds


def _place(kind, others, generator, tries=60):
    """A thing of a kind where nothing else is, or None if no such place is found."""
    corners = _corners(kind, generator)
    room = [SIDE - MARGIN - max(along) for along in zip(*corners, strict=True)]
    taken = [other.box for other in others]
    for _ in range(tries):
        x, y = (generator.uniform(MARGIN, end) for end in room)
        thing = Thing(*kind, tuple((x + right, y + down) for right, down in corners))
        box = thing.box
        if all(_apart(box, other) for other in taken):
            return thing
    return None


def _corners(kind, generator):
    """A shape that is turned a little, of a width that fits its size, whose box begins at (0, 0)."""
    turn = math.radians(generator.uniform(-7, 7))
    cosine, sine = math.cos(turn), math.sin(turn)
    turned = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in OUTLINES[kind[2]]]
    left, top = (min(along) for along in zip(*turned, strict=True))
    longest = max(max(along) - min(along) for along in zip(*turned, strict=True))
    scale = generator.uniform(*WIDTHS[kind[0]]) / longest
    return [((x - left) * scale, (y - top) * scale) for x, y in turned]


def _apart(one, other):
    return any(one[end] + GAP <= other[start] or other[end] + GAP <= one[start] for start, end in ((0, 2), (1, 3)))


def _is_clear(things):
    if len(things) == 1:
        return all(THIRDS[third(place)][0] <= place <= THIRDS[third(place)][1] for place in things[0].centre)
    if len(things) == 2 and things[0].kind != things[1].kind:
        short, long = sorted(abs(a - b) for a, b in zip(things[0].centre, things[1].centre, strict=True))
        return long >= 6 + 1.5 * short
    return True
