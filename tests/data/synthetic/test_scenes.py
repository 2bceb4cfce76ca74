"""Generated scenes: captions that the pixels determine, and combinations that only one split contains."""

import functools
import itertools
import random
import re
from collections import Counter

import numpy as np
import pytest

from rnn_templates.data.synthetic.scenes import SIZES, Scenes, builder, make_scenes, word_objects
from rnn_templates.data.synthetic.scenes.captions import describe
from rnn_templates.data.synthetic.scenes.rendering import coverage
from rnn_templates.data.synthetic.scenes.scene import HELD_OUT, SceneObject, sample_scene

SPLITS = ("train", "validation", "test")
SHADES = {
    "black": (30, 30, 30), "blue": (30, 110, 220), "brown": (120, 70, 30), "green": (30, 150, 70),
    "pink": (240, 130, 180), "purple": (125, 40, 150), "red": (215, 30, 40), "yellow": (235, 190, 20),
}  # fmt: skip
TURNS = np.arange(40) * np.pi / 20
CORNERS = {
    "circle": [(np.cos(turn), np.sin(turn)) for turn in TURNS],
    "cross": [(2, 0), (4, 0), (4, 2), (6, 2), (6, 4), (4, 4), (4, 6), (2, 6), (2, 4), (0, 4), (0, 2), (2, 2)],
    "diamond": [(0, -3), (2, 0), (0, 3), (-2, 0)],
    "square": [(0, 0), (0, 1), (1, 1), (1, 0)],
    "star": [(r * np.sin(turn), -r * np.cos(turn)) for turn, r in zip(TURNS[::4], (1, 0.45) * 5, strict=True)],
    "triangle": [(0, 0), (1, -(3**0.5)), (2, 0)],
}


@pytest.fixture(scope="module")
def made():
    return {split: list(make_scenes(120, split)) for split in SPLITS}


@pytest.fixture(scope="module")
def drawn():
    return {split: [sample_scene(split, random.Random(f"{split} {number}")) for number in range(1200)]
            for split in SPLITS}  # fmt: skip


def inside_polygon(x, y, corners):
    inside = np.zeros(x.shape, bool)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside


@functools.cache
def stencils(height, width):
    """How much of each pixel of a box, and of those around it, a shape covers that more or less fills it."""
    y, x = np.mgrid[-1 : height + 1 : 1 / 3, -1 : width + 1 : 1 / 3] + 1 / 6
    found = []
    for (name, corners), turn, grown in itertools.product(CORNERS.items(), np.radians((-6, 0, 6)), (-0.5, 0, 0.5)):
        turned = np.array(corners) @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
        turned = (turned - turned.min(axis=0)) / np.ptp(turned, axis=0)
        placed = turned * (width + 2 * grown, height + 2 * grown) - grown
        fine = inside_polygon(x, y, [tuple(corner) for corner in placed])
        found.append((name, fine.reshape(height + 2, 3, width + 2, 3).mean(axis=(1, 3))))
    return found


def detect_shapes(image):
    """The (size, color, shape, box) of all shapes of an image, from its pixels."""
    from scipy import ndimage

    image = image.astype(float)
    ground = np.median(np.concatenate([image[:2].reshape(-1, 3), image[-2:].reshape(-1, 3)]), axis=0)
    numbers, count = ndimage.label(abs(image - ground).sum(axis=2) > 75, np.ones((3, 3)))
    found = []
    masks = [numbers == number for number in range(1, count + 1)]
    for mask in (mask for mask in masks if mask.sum() > 9):  # the others are noise
        core = ndimage.binary_erosion(mask)
        ink = np.median(image[core if core.any() else mask], axis=0)
        color = min(SHADES, key=lambda name: np.linalg.norm(ink - SHADES[name]))
        cover = (image - ground) @ (ink - ground) / np.sum((ink - ground) ** 2)
        (top, bottom), (left, right) = ((places.min(), places.max() + 1) for places in np.nonzero(mask & (cover > 0.5)))
        around = cover[top - 1 : bottom + 1, left - 1 : right + 1]
        shape = min(stencils(bottom - top, right - left), key=lambda stencil: np.sum((around - stencil[1]) ** 2))[0]
        rows, columns = ndimage.find_objects(mask.astype(int))[0]
        box = (rows.start, columns.start, rows.stop, columns.stop)
        found.append(("small" if max(np.ptp(box[::2]), np.ptp(box[1::2])) < 17.5 else "large", color, shape, box))
    return found


def describe_detections(found):
    """The caption of detected shapes, by an independent implementation of the rules."""
    counts = Counter(thing[:3] for thing in found)
    kinds = sorted(counts, key=lambda kind: (-counts[kind], ("large", "small").index(kind[0]), kind[1], kind[2]))
    phrases = []
    for kind in kinds:
        number = ("a", "two", "three", "four", "five")[counts[kind] - 1]
        plural = {"cross": "crosses"}.get(kind[2], f"{kind[2]}s")
        phrases.append(" ".join((number, *kind[:2], kind[2] if counts[kind] == 1 else plural)))
    middles = {thing[:3]: ((thing[3][0] + thing[3][2]) / 2, (thing[3][1] + thing[3][3]) / 2) for thing in found}
    if len(found) == 1:
        row, column = (sum(place > border for border in (64 / 3, 128 / 3)) for place in middles[kinds[0]])
        place = " ".join(word for word in (("top", "", "bottom")[row], ("left", "", "right")[column]) if word)
        before = "in" if " " in place or not place else "on" if row == 1 else "at"
        return f"{phrases[0]} {before} the {place or 'middle'}"
    if len(phrases) == 1:
        return phrases[0]
    if len(found) > 2:
        return f"{phrases[0]} and {phrases[1]}"
    down, right = np.subtract(middles[kinds[0]], middles[kinds[1]])
    sideways = ("left of", "right of")[int(right > 0)]
    return f"{phrases[0]} {sideways if abs(right) > abs(down) else ('above', 'below')[int(down > 0)]} {phrases[1]}"


@pytest.mark.parametrize("split", SPLITS)
def test_the_caption_can_be_read_from_the_pixels(split, made):
    assert [describe_detections(detect_shapes(scene["image"])) for scene in made[split]] == [
        scene["caption"] for scene in made[split]
    ]


@pytest.mark.parametrize("split", SPLITS)
def test_objects_and_boxes_are_those_of_the_image(split, made):
    for scene in made[split]:
        seen = sorted(detect_shapes(scene["image"]), key=lambda thing: thing[3])
        expected = sorted(scene["objects"], key=lambda thing: thing["box"])
        pairs = [min(seen, key=lambda one: np.abs(np.subtract(one[3], thing["box"])).sum()) for thing in expected]
        assert len(seen) == len(expected) == len({one[3] for one in pairs})
        for one, thing in zip(pairs, expected, strict=True):
            assert one[:3] == (thing["size"], thing["color"], thing["shape"])
            assert np.abs(np.subtract(one[3], thing["box"])).max() <= 2


def test_no_pixel_of_a_shape_is_outside_its_box(drawn):
    for thing in itertools.chain(*drawn["train"][:100]):
        top, left, bottom, right = thing.box
        cover = coverage(thing.outline)
        assert cover.max() == 1
        whole = cover.sum()
        cover[top:bottom, left:right] = 0
        assert cover.sum() < 0.02 * whole and cover.max() < 0.3


@pytest.mark.parametrize("split", SPLITS)
def test_shapes_are_separated_from_each_other_and_the_border(split, drawn):
    for things in drawn[split]:
        for top, left, bottom, right in (thing.box for thing in things):
            assert min(top, left) >= 2 and max(bottom, right) <= 62
        for (top, left, bottom, right), other in itertools.combinations([thing.box for thing in things], 2):
            gaps = (other[0] - bottom, other[1] - right, top - other[2], left - other[3])
            assert max(gaps) >= 3


def test_small_and_large_are_unambiguous(drawn):
    longest = {"small": [], "large": []}
    for thing in itertools.chain(*drawn["train"]):
        longest[thing.size].append(np.ptp(thing.outline, axis=0).max())
    for size, (least, most) in {"small": (11, 14), "large": (20, 25)}.items():
        assert least <= min(longest[size]) < least + 0.1
        assert most - 0.1 < max(longest[size]) <= most


def test_positions_and_relations_are_unambiguous(drawn):
    for things in drawn["train"]:
        middles = np.array([thing.center for thing in things])
        if len(things) == 1:
            assert min(abs(middles[0][:, None] - [64 / 3, 128 / 3]).ravel()) >= 4
        elif len(things) == 2 and things[0].appearance != things[1].appearance:
            short, long = sorted(abs(middles[0] - middles[1]))
            assert long >= 1.5 * short + 6


def test_every_image_of_a_split_contains_a_combination_of_that_split_only(drawn):
    shown = {split: [{(t.shape, t.color) for t in things} for things in drawn[split]] for split in SPLITS}
    for split in ("validation", "test"):
        others = set().union(*itertools.chain(*(shown[other] for other in SPLITS if other != split)))
        assert all(combinations - others for combinations in shown[split])
        assert set().union(*shown[split]) - others == set(HELD_OUT[split])
        for one in ("shape", "color"):  # none of them alone gives the combination away
            assert max(Counter(pair[one == "color"] for pair in HELD_OUT[split]).values()) == 1


def test_training_shows_every_shape_color_and_size_often_and_with_others(drawn):
    things = list(itertools.chain(*drawn["train"]))
    pairs = Counter((thing.shape, thing.color) for thing in things)
    assert len(pairs) == 6 * 8 - 11
    assert min(pairs.values()) > 20
    shapes, colors = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    assert len(shapes) == 6 and min(shapes.values()) >= 6
    assert len(colors) == 8 and min(colors.values()) >= 4
    assert len({thing.appearance for thing in things}) == 2 * len(pairs)


def test_captions_do_not_depend_on_the_order_of_the_shapes(drawn):
    for things in drawn["test"][:300]:
        caption = describe(things)
        assert {describe(order) for order in itertools.permutations(things)} == {caption}


@pytest.mark.parametrize("split", SPLITS)
def test_captions_are_plain_and_varied(split, drawn):
    captions = [describe(things) for things in drawn[split]]
    assert all(re.fullmatch("[a-z]+( [a-z]+){3,9}", caption) for caption in captions)
    assert len(set(captions)) > 0.5 * len(captions)
    text = " | ".join(captions)
    for part in ("above", "below", "left of", "right of", "two", "three", "four", "five", "and", "in the top left",
                 "at the top", "in the top right", "on the left", "in the middle", "on the right",
                 "in the bottom left", "at the bottom", "in the bottom right"):  # fmt: skip
        assert len(re.findall(rf"\b{part}\b", text)) >= 0.01 * len(captions), part


def square(size, color, x, y, width):
    return SceneObject(size, color, "square", ((x, y), (x + width, y), (x + width, y + width), (x, y + width)))


@pytest.mark.parametrize(
    ("things", "caption"),
    [
        ([square("small", "red", 5, 45, 12)], "a small red square in the bottom left"),
        ([square("small", "red", 26, 26, 12)], "a small red square in the middle"),
        ([square("small", "red", 5, 5, 12), square("large", "red", 8, 35, 22)],
         "a large red square below a small red square"),
        ([square("small", "red", 5, 5, 12), square("small", "blue", 40, 8, 12)],
         "a small blue square right of a small red square"),
        ([square("small", "red", 5, 5, 12), square("small", "red", 40, 8, 12)], "two small red squares"),
        ([square("large", "blue", 35, 5, 22), square("small", "red", 5, 5, 12), square("small", "red", 8, 40, 12)],
         "two small red squares and a large blue square"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "scene",
)  # fmt: skip
def test_a_scene_has_the_expected_caption(things, caption):
    assert describe(things) == caption


@pytest.mark.parametrize("split", SPLITS)
def test_each_word_refers_to_the_objects_it_describes(split, made):
    several = {"a": 1, "two": 2, "three": 3, "four": 4, "five": 5}
    kinds = {"shape": set(CORNERS), "color": set(SHADES), "size": {"small", "large"}}
    for scene in made[split]:
        words, references = scene["caption"].split(), word_objects(scene)
        assert len(words) == len(references)
        for word, objects in zip(words, references, strict=True):
            singular = word.removesuffix("es") if word == "crosses" else re.sub("(?<!s)s$", "", word)
            names = [name for name, members in kinds.items() if singular in members]
            assert bool(objects) == bool(names or word in several), word
            for name in names:
                assert {scene["objects"][number][name] for number in objects} == {singular}
            if word in several:
                assert len(objects) == several[word]
        order = [number for objects, _ in itertools.groupby(references) for number in objects]
        assert order == list(range(len(scene["objects"])))


def test_words_between_noun_phrases_refer_to_no_object():
    kinds = [("small", "red", "star"), ("small", "red", "star"), ("large", "blue", "star")]
    objects = [dict(zip(("size", "color", "shape"), kind, strict=True)) for kind in kinds]
    caption = "two small red stars and a large blue star"
    assert word_objects({"caption": caption, "objects": objects}) == [(0, 1)] * 4 + [()] + [(2,)] * 4


def test_the_same_seed_gives_the_same_scenes(made):
    again = list(make_scenes(40, "test"))
    for one, other in zip(again, made["test"], strict=False):
        assert (one["caption"], one["objects"]) == (other["caption"], other["objects"])
        np.testing.assert_array_equal(one["image"], other["image"])
    assert [scene["caption"] for scene in make_scenes(40, "test", seed=2)] != [one["caption"] for one in again]
    assert [scene["caption"] for scene in again[:3]] == [
        "three large pink diamonds",
        "a large green triangle above a small red circle",
        "two large blue squares and two small brown squares",
    ]


def test_images_of_one_caption_differ(made):
    images = [scene["image"].tobytes() for split in SPLITS for scene in made[split]]
    assert len(set(images)) == len(images)
    grounds = [scene["image"][:2].mean() for scene in made["train"]]
    assert min(grounds) > 190 and np.ptp(grounds) > 15


def test_a_wrong_split_or_count_is_named():
    with pytest.raises(ValueError, match="`split`.*train, validation, test"):
        make_scenes(1, "valid")
    with pytest.raises(ValueError, match="`count`"):
        make_scenes(-1)


def test_the_builder_writes_what_make_scenes_yields(tmp_path, monkeypatch):
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    monkeypatch.setattr(builder, "SIZES", {"train": 20, "validation": 6, "test": 10})
    scenes = Scenes(data_dir=str(tmp_path))
    scenes.download_and_prepare()
    for split, count in builder.SIZES.items():
        rows = tfds.as_numpy(scenes.as_dataset(split=split, shuffle_files=False))
        for row, scene in zip(rows, make_scenes(count, split), strict=True):
            np.testing.assert_array_equal(row["image"], scene["image"])
            assert row["caption"].decode() == scene["caption"]
            for name in ("shape", "color", "size"):
                assert [text.decode() for text in row["objects"]["colour" if name == "color" else name]] == [
                    one[name] for one in scene["objects"]
                ]
            np.testing.assert_array_equal(row["objects"]["box"] * 64, [one["box"] for one in scene["objects"]])
    assert scenes.info.supervised_keys == ("image", "caption")
    assert set(SIZES) == set(SPLITS)
