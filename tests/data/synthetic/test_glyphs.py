"""Generated characters: deterministic, inside the image, distinguishable."""

import numpy as np
import pytest

from rnn_templates.data.synthetic import glyphs
from rnn_templates.data.synthetic.glyphs import NAMES, SIZES, Glyphs, make_glyphs, render_glyph

SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def made():
    return {split: list(make_glyphs(count, split)) for split, count in (("train", 1500), ("test", 500))}


def test_no_two_characters_resemble_each_other():
    assert len(NAMES) == len(set(NAMES)) == 28
    assert set("0123456789") < set(NAMES)
    assert not set(NAMES) & set("OQDISZGB")


def test_an_image_is_small_gray_and_light_on_dark(made):
    for image, name in made["train"]:
        assert image.shape == (28, 28, 1) and image.dtype == np.uint8
        assert name in NAMES
    mean = np.mean([image[..., 0] for image, _ in made["train"]], axis=0)
    border = np.concatenate([mean[0], mean[-1], mean[:, 0], mean[:, -1]])
    assert border.mean() < 45 < 70 < mean[8:20, 8:20].mean()


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_inside_the_image(name):
    generator = np.random.default_rng(5)
    points, strokes = glyphs._stroke_plan(name)
    for _ in range(100):
        written = glyphs._place_points(points + generator.normal(0, glyphs.JITTER, points.shape), generator)
        for weights in strokes:
            line = weights @ written
            assert line.min() > 1 and line.max() < 27


@pytest.mark.parametrize("name", NAMES)
def test_a_character_is_drawn_through_its_points(name):
    for stroke, weights in zip(glyphs.STROKES[name].split(","), glyphs._stroke_plan(name)[1], strict=True):
        line = weights @ glyphs._stroke_plan(name)[0]
        places = [(int(x) / 6 - 0.5, int(y) / 8 - 0.5) for x, y in stroke.strip().lstrip("~").split()]
        assert all(np.linalg.norm(line - place, axis=1).min() < 1e-9 for place in places)
        np.testing.assert_allclose((line[0], line[-1]), (places[0], places[-1]), atol=1e-9)


def test_distances_equal_those_to_many_points_of_the_strokes():
    points, strokes = glyphs._stroke_plan("R")
    written = 14 + 18 * points
    lines = [weights @ written for weights in strokes]
    steps = np.linspace(0, 1, 200)[:, None, None]
    dense = np.concatenate([((1 - steps) * line[:-1] + steps * line[1:]).reshape(-1, 2) for line in lines])
    y, x = np.mgrid[0:28, 0:28].reshape(2, -1, 1) + 0.5
    nearest = np.hypot(x - dense[:, 0], y - dense[:, 1]).min(axis=1)
    np.testing.assert_allclose(glyphs._distance(lines), nearest, atol=0.05)


def test_all_characters_are_equally_frequent(made):
    counts = [sum(name == one for _, one in made["train"]) for name in NAMES]
    assert min(counts) > 0.5 * 1500 / 28 and max(counts) < 1.7 * 1500 / 28


def test_a_linear_model_learns_much_but_not_all(made):
    from sklearn.linear_model import RidgeClassifier

    (train, train_names), (test, test_names) = (
        (np.array([image.ravel() for image, _ in made[split]]) / 255, [name for _, name in made[split]])
        for split in ("train", "test")
    )
    accuracy = RidgeClassifier(alpha=30).fit(train, train_names).score(test, test_names)
    assert 0.4 < accuracy < 0.8


def test_the_same_glyphs_are_made_every_time(made):
    for (image, name), (other, other_name) in zip(make_glyphs(60), made["train"], strict=False):
        assert name == other_name
        np.testing.assert_array_equal(image, other)
    assert "".join(name for _, name in make_glyphs(12, "test")) == "ME71JX5830U8"


def test_splits_and_seeds_have_different_images(made):
    streams = [made["train"][:400], made["test"][:400], make_glyphs(400, "validation"), make_glyphs(400, seed=2)]
    images = [image.tobytes() for stream in streams for image, _ in stream]
    assert len(set(images)) == len(images) == 1600


def test_two_images_of_a_character_differ_in_more_than_noise():
    generator = np.random.default_rng(2)
    masks = np.array([render_glyph("K", generator)[..., 0] > 110 for _ in range(20)])
    overlap = [np.mean(one & other) / np.mean(one | other) for one, other in zip(masks, masks[1:], strict=False)]
    assert np.mean(overlap) < 0.6


def test_a_wrong_split_count_or_seed_is_named():
    with pytest.raises(ValueError, match="`split`.*train, validation, test"):
        make_glyphs(1, "valid")
    with pytest.raises(ValueError, match="`count`"):
        make_glyphs(-1)
    with pytest.raises(ValueError, match="`seed`"):
        make_glyphs(1, seed=-1)


def test_the_builder_writes_what_make_glyphs_yields(tmp_path, monkeypatch):
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    monkeypatch.setattr(glyphs, "SIZES", {"train": 40, "validation": 10, "test": 20})
    built = Glyphs(data_dir=str(tmp_path))
    built.download_and_prepare()
    for split, count in glyphs.SIZES.items():
        rows = tfds.as_numpy(built.as_dataset(split=split, shuffle_files=False))
        for row, (image, name) in zip(rows, make_glyphs(count, split), strict=True):
            np.testing.assert_array_equal(row["image"], image)
            assert built.info.features["label"].int2str(row["label"]) == name
    assert tuple(built.info.features["label"].names) == NAMES
    assert built.info.supervised_keys == ("image", "label")
    assert set(SIZES) == set(SPLITS)
