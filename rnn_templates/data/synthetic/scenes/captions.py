"""The one caption of a scene, and which of its words speak of which shape."""

from itertools import groupby

from rnn_templates.data.synthetic.scenes.scene import relation, third

NUMBERS = ("no", "a", "two", "three", "four", "five")
PLACES = (
    ("in the top left", "at the top", "in the top right"),
    ("on the left", "in the middle", "on the right"),
    ("in the bottom left", "at the bottom", "in the bottom right"),
)
PHRASE = 4  # words: how many, size, colour, shape


def in_order(things):
    """Returns the shapes of a scene in the order of its caption.

    The kind of which there are more comes first, then the large one, then the alphabet decides, of the colours before
    the shapes. Shapes of one kind go from top to bottom.
    """
    kinds = [thing.kind for thing in things]
    return tuple(
        sorted(things, key=lambda thing: (-kinds.count(thing.kind), thing.size != "large", thing.kind, thing.box))
    )


def describe(things):
    """Returns the caption of a scene, which follows from the picture alone.

    Args:
        things: the `Thing`s of a scene, of one or two kinds, in any order.

    Returns:
        str, lower case and without punctuation: "a small red circle in the top left", "three small yellow squares",
        "a large blue star above a small green cross" or "two small red circles and a large blue star".
    """
    things = in_order(things)
    phrases = [_phrase(kind, len(list(alike))) for kind, alike in groupby(thing.kind for thing in things)]
    if len(things) == 1:
        column, row = things[0].centre
        return f"{phrases[0]} {PLACES[third(row)][third(column)]}"
    return f" {relation(*things) if len(things) == 2 else 'and'} ".join(phrases)


def spoken_of(scene):
    """Returns which objects each word of a caption speaks of.

    Args:
        scene: what `make_scenes` yields.

    Returns:
        A list with a tuple for each word of the caption: positions in `scene["objects"]`, or none for the words
        between and after the nouns, such as "left of", "and" or "in the middle".

    Example:
        >>> scene = next(make_scenes(1))
        >>> list(zip(scene["caption"].split(), spoken_of(scene)))
    """
    kinds = [(thing["size"], thing["colour"], thing["shape"]) for thing in scene["objects"]]
    first, *second = (
        tuple(number for number, other in enumerate(kinds) if other == kind) for kind in dict.fromkeys(kinds)
    )
    others = len(scene["caption"].split()) - PHRASE * (1 + len(second))
    return [first] * PHRASE + [()] * others + [objects for objects in second for _ in range(PHRASE)]


def _phrase(kind, count):
    ending = "" if count == 1 else "es" if kind[-1].endswith("s") else "s"
    return f"{NUMBERS[count]} {' '.join(kind)}{ending}"
