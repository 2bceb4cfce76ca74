"""The picture of gaze is bright where the weights are, and names each word."""

import io

import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rnn_templates.plots.image_attention import dim_unattended, grid_of, plot_image_attention, upsample_attention

SKY = np.full((30, 40, 3), (120, 160, 220), np.uint8)


def panels(figure):
    return [axes.images[0].get_array() for axes in figure.axes]


def one(places, place):
    return np.eye(places)[[place]]


def test_first_panel_is_the_image_and_every_other_has_its_word():
    figure = plot_image_attention(SKY, ["a", "dog"], np.full((2, 4), 0.25))
    assert [axes.get_title() for axes in figure.axes] == ["", "a", "dog"]
    np.testing.assert_array_equal(panels(figure)[0], SKY)


@pytest.mark.parametrize("place", range(6))
def test_panel_is_bright_where_the_model_looked_and_dark_elsewhere(place):
    _, panel = panels(plot_image_attention(SKY, ["a"], one(6, place), grid=(2, 3)))
    brightness = panel.mean(axis=-1)
    y, x = np.unravel_index(brightness.argmax(), brightness.shape)
    assert (y * 2 // 30) * 3 + x * 3 // 40 == place
    row, column = divmod(5 - place, 3)
    opposite = brightness[row * 15 + 7, int((column + 0.5) * 40 / 3)]
    if column != 1:
        assert opposite < 0.5 * brightness.max()


def test_attention_that_is_everywhere_alike_leaves_the_image_as_it_is():
    figure = plot_image_attention(SKY, ["a"], np.full((1, 49), 1 / 49))
    np.testing.assert_array_equal(panels(figure)[1], SKY)
    assert not figure.axes[1].collections  # no line


def test_line_runs_around_what_is_bright():
    figure = plot_image_attention(SKY, ["a"], one(9, 4))
    (line,) = figure.axes[1].collections
    box = line.get_paths()[0].get_extents()
    assert box.x0 < 20 < box.x1
    assert box.y0 < 15 < box.y1


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_light_is_from_nothing_to_one_and_turns_with_the_image(rows, columns, height, width, seed):
    attention = np.random.default_rng(seed).random((rows, columns))
    light = upsample_attention(attention, (height, width))
    assert light.shape == (height, width)
    assert light.min() >= 0
    assert light.max() == 1
    np.testing.assert_allclose(upsample_attention(attention[::-1], (height, width)), light[::-1], atol=1e-9)
    np.testing.assert_allclose(upsample_attention(attention.T, (width, height)), light.T, atol=1e-9)


def test_light_has_no_edges_between_places():
    light = upsample_attention(np.array([[1.0, 0.0], [0.0, 0.0]]), (64, 64))
    assert np.abs(np.diff(light, axis=0)).max() < 0.05
    assert (np.diff(light[0]) <= 0).all()


def test_image_is_itself_in_the_light_and_nearly_grey_and_dark_without():
    red = np.full((1, 2, 3), (250, 10, 10), np.uint8)
    light, dark = dim_unattended(red, np.array([[1.0, 0.0]]))[0].astype(int)
    assert light.tolist() == [250, 10, 10]
    assert dark.max() < 60
    assert np.ptp(dark) < 20


@pytest.mark.parametrize(("words", "size"), [(1, (2, 1)), (4, (5, 1)), (5, (5, 2)), (11, (5, 3))])
def test_panels_stand_side_by_side_inside_of_the_picture(words, size):
    figure = plot_image_attention(SKY, ["w"] * words, np.full((words, 4), 0.25))
    boxes = [axes.get_position() for axes in figure.axes]
    assert len(boxes) == words + 1
    assert (len({round(box.x0, 4) for box in boxes}), len({round(box.y0, 4) for box in boxes})) == size
    assert all(0 < box.x0 < box.x1 < 1 and 0 < box.y0 < box.y1 < 1 for box in boxes)
    width, height = figure.get_size_inches()
    assert boxes[0].width * width / (boxes[0].height * height) == pytest.approx(40 / 30)


def test_encoded_image_and_columns_and_file(tmp_path):
    file = io.BytesIO()
    Image.fromarray(SKY).save(file, "PNG")
    path = tmp_path / "new" / "gaze.png"
    figure = plot_image_attention(file.getvalue(), ["a", "b"], np.full((2, 4), 0.25), path, columns=1)
    np.testing.assert_array_equal(panels(figure)[0], SKY)
    assert [file.name for file in path.parent.iterdir()] == ["gaze.png"]
    height, width, _ = matplotlib.image.imread(path).shape
    assert height > 2 * width


@pytest.mark.parametrize("word", ["今日は", "😀", "$a_b^$", "▁the", "\x00", "\ue123", "w" * 99, "\n"], ids=ascii)
def test_word_of_any_script_can_be_drawn_without_a_warning(tmp_path, word):
    plot_image_attention(SKY, [word], np.full((1, 4), 0.25), tmp_path / "gaze.png")
    assert (tmp_path / "gaze.png").stat().st_size > 0


def test_weights_of_little_precision_are_drawn():
    plot_image_attention(SKY, ["a"], np.array([[0.7, 0.2, 0.1, -0.01]], np.float16))


@pytest.mark.parametrize(
    ("words", "weights", "options", "said"),
    [
        ([], np.zeros((0, 4)), {}, "there is no word"),
        (["a"], np.full((2, 4), 0.25), {}, r"shape \(2, 4\); 1 words want \(1, places\)"),
        (["a"], np.full(4, 0.25), {}, r"shape \(4,\)"),
        (["a"], [[1, 2], [3]], {}, "gaze: weights is no array of numbers"),
        (["a"], np.full((1, 6), 1 / 6), {}, r"6 places are no square; give grid"),
        (["a"], np.full((1, 6), 1 / 6), {"grid": (2, 2)}, r"6 places do not fill grid=\(2, 2\)"),
        (["a"], np.full((1, 6), 1 / 6), {"grid": (-2, -3)}, "do not fill"),
        (["a", "b"], [[0.25] * 4, [0.5] * 4], {}, "row 1 .* word 'b', sums to 2"),
        (["a"], [[np.nan] * 4], {}, "sums to nan"),
        (["a"], [[0.25] * 4], {"columns": 0}, "columns is 0"),
    ],
    ids=["no word", "words", "flat", "ragged", "square", "grid", "negative grid", "sum", "nan", "columns"],
)
def test_weights_that_are_no_attention_over_the_image_are_refused(tmp_path, words, weights, options, said):
    with pytest.raises(ValueError, match=said):
        plot_image_attention(SKY, words, weights, tmp_path / "gaze.png", **options)
    assert list(tmp_path.iterdir()) == []


def test_grid_is_a_square_unless_given():
    assert (grid_of(196), grid_of(6, (3, 2))) == ((14, 14), (3, 2))
    with pytest.raises(ValueError, match="0 places"):
        grid_of(0)


def test_words_that_are_one_text_are_told_of():
    with pytest.raises(TypeError, match="gaze: words is one text"):
        plot_image_attention(SKY, "a dog", np.full((5, 4), 0.25))
