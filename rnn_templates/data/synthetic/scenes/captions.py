"""Captions of scenes, and the objects that each word refers to."""

from itertools import groupby

from rnn_templates.data.synthetic.scenes.scene import relation, third

NUMBERS = ("no", "a", "two", "three", "four", "five")
POSITIONS = (
    ("in the top left", "at the top", "in the top right"),
    ("on the left", "in the middle", "on the right"),
    ("in the bottom left", "at the bottom", "in the bottom right"),
)
WORDS_PER_NOUN_PHRASE = 4  # number, size, color, shape


def sort_objects(objects):
    """Returns the objects of a scene in the order of its caption.

    Objects of the same appearance are a group. Larger groups come first, then those of large objects, then the
    alphabetical order of colors and shapes decides. Within a group the order is from top to bottom.

    Args:
        objects: sequence of `SceneObject`.

    Example:
        >>> import random
        >>> from rnn_templates.data.synthetic.scenes.scene import sample_scene
        >>> objects = sample_scene("train", random.Random(1))
        >>> len(sort_objects(objects)) == len(objects)
        True
    """
    appearances = [one.appearance for one in objects]

    def position(one):
        return -appearances.count(one.appearance), one.size != "large", one.appearance, one.box

    return tuple(sorted(objects, key=position))


def describe(objects):
    """Returns the caption of a scene.

    Args:
        objects: sequence of `SceneObject`, of one or two appearances, in any order.

    Returns:
        str, lower case and without punctuation: "a small red circle in the top left", "three small yellow squares",
        "a large blue star above a small green cross" or "two small red circles and a large blue star".

    Example:
        >>> from rnn_templates.data.synthetic.scenes.scene import SceneObject
        >>> describe([SceneObject("small", "red", "square", ((5, 5), (17, 5), (17, 17), (5, 17)))])
        'a small red square in the top left'
    """
    objects = sort_objects(objects)
    groups = groupby(one.appearance for one in objects)
    phrases = [_noun_phrase(appearance, len(list(group))) for appearance, group in groups]
    if len(objects) == 1:
        column, row = objects[0].center
        return f"{phrases[0]} {POSITIONS[third(row)][third(column)]}"
    return f" {relation(*objects) if len(objects) == 2 else 'and'} ".join(phrases)


def word_objects(scene):
    """Returns the objects that each word of a caption refers to.

    Args:
        scene: dict of `make_scenes`.

    Returns:
        List with a tuple for each word of the caption: indices into `scene["objects"]`, none for words outside of the
        noun phrases, such as "left of", "and" or "in the middle".

    Example:
        >>> objects = [{"size": "small", "color": "red", "shape": "star"}]
        >>> word_objects({"caption": "a small red star at the top", "objects": objects})
        [(0,), (0,), (0,), (0,), (), (), ()]
    """
    appearances = [(one["size"], one["color"], one["shape"]) for one in scene["objects"]]
    first, *second = (
        tuple(number for number, other in enumerate(appearances) if other == appearance)
        for appearance in dict.fromkeys(appearances)
    )
    others = len(scene["caption"].split()) - WORDS_PER_NOUN_PHRASE * (1 + len(second))
    words_of_second = [objects for objects in second for _ in range(WORDS_PER_NOUN_PHRASE)]
    return [first] * WORDS_PER_NOUN_PHRASE + [()] * others + words_of_second


def _noun_phrase(appearance, count):
    ending = "" if count == 1 else "es" if appearance[-1].endswith("s") else "s"
    return f"{NUMBERS[count]} {' '.join(appearance)}{ending}"
