"""The plot of attention over an image is bright where the weights are."""

import io

import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rnn_templates.plots.image_attention import dim_unattended, plot_image_attention, upsample_attention

SKY = np.full((30, 40, 3), (120, 160, 220), np.uint8)


def panels(figure):
    return [axes.images[0].get_array() for axes in figure.axes]


def one_hot(positions, position):
    return np.eye(positions)[[position]]


def test_first_panel_is_the_image_and_every_other_has_its_word():
    figure = plot_image_attention(SKY, ["a", "dog"], np.full((2, 4), 0.25))
    assert [axes.get_title() for axes in figure.axes] == ["", "a", "dog"]
    np.testing.assert_array_equal(panels(figure)[0], SKY)


@pytest.mark.parametrize("position", range(6))
def test_a_panel_is_bright_at_the_attention_and_dark_elsewhere(position):
    _, panel = panels(plot_image_attention(SKY, ["a"], one_hot(6, position), grid=(2, 3)))
    brightness = panel.mean(axis=-1)
    y, x = np.unravel_index(brightness.argmax(), brightness.shape)
    assert (y * 2 // 30) * 3 + x * 3 // 40 == position
    row, column = divmod(5 - position, 3)
    opposite = brightness[row * 15 + 7, int((column + 0.5) * 40 / 3)]
    if column != 1:
        assert opposite < 0.5 * brightness.max()


def test_uniform_attention_leaves_the_image_unchanged():
    figure = plot_image_attention(SKY, ["a"], np.full((1, 49), 1 / 49))
    np.testing.assert_array_equal(panels(figure)[1], SKY)
    assert not figure.axes[1].collections  # no contour


def test_the_contour_is_around_the_maximum():
    figure = plot_image_attention(SKY, ["a"], one_hot(9, 4))
    (contour,) = figure.axes[1].collections
    box = contour.get_paths()[0].get_extents()
    assert box.x0 < 20 < box.x1
    assert box.y0 < 15 < box.y1


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_upsampling_is_in_the_unit_interval_and_commutes_with_flips(rows, columns, height, width, seed):
    attention = np.random.default_rng(seed).random((rows, columns))
    upsampled = upsample_attention(attention, (height, width))
    assert upsampled.shape == (height, width)
    assert upsampled.min() >= 0
    assert upsampled.max() == 1
    np.testing.assert_allclose(upsample_attention(attention[::-1], (height, width)), upsampled[::-1], atol=1e-9)
    np.testing.assert_allclose(upsample_attention(attention.T, (width, height)), upsampled.T, atol=1e-9)


def test_upsampling_has_no_edges_between_positions():
    upsampled = upsample_attention(np.array([[1.0, 0.0], [0.0, 0.0]]), (64, 64))
    assert np.abs(np.diff(upsampled, axis=0)).max() < 0.05
    assert (np.diff(upsampled[0]) <= 0).all()


def test_pixels_without_attention_are_dark_and_nearly_gray():
    red = np.full((1, 2, 3), (250, 10, 10), np.uint8)
    bright, dark = dim_unattended(red, np.array([[1.0, 0.0]]))[0].astype(int)
    assert bright.tolist() == [250, 10, 10]
    assert dark.max() < 60
    assert np.ptp(dark) < 20


@pytest.mark.parametrize(("words", "size"), [(1, (2, 1)), (4, (5, 1)), (5, (5, 2)), (11, (5, 3))])
def test_panels_are_in_a_grid_inside_of_the_figure(words, size):
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
    path = tmp_path / "new" / "attention.png"
    figure = plot_image_attention(file.getvalue(), ["a", "b"], np.full((2, 4), 0.25), path, columns=1)
    np.testing.assert_array_equal(panels(figure)[0], SKY)
    assert [file.name for file in path.parent.iterdir()] == ["attention.png"]
    height, width, _ = matplotlib.image.imread(path).shape
    assert height > 2 * width


@pytest.mark.parametrize("word", ["今日は", "😀", "$a_b^$", "▁the", "\x00", "\ue123", "w" * 99, "\n"], ids=ascii)
def test_word_of_any_script_can_be_drawn_without_a_warning(tmp_path, word):
    plot_image_attention(SKY, [word], np.full((1, 4), 0.25), tmp_path / "attention.png")
    assert (tmp_path / "attention.png").stat().st_size > 0


def test_weights_of_low_precision_are_valid():
    plot_image_attention(SKY, ["a"], np.array([[0.7, 0.2, 0.1, -0.01]], np.float16))


@pytest.mark.parametrize(
    ("words", "weights", "options", "message"),
    [
        ([], np.zeros((0, 4)), {}, "`words`"),
        (["a"], np.full((2, 4), 0.25), {}, r"`weights` .*1.*\(2, 4\)"),
        (["a"], np.full(4, 0.25), {}, r"`weights` .*\(4,\)"),
        (["a"], [[1, 2], [3]], {}, "`weights`"),
        (["a"], np.full((1, 6), 1 / 6), {}, "`weights` .*6 .*`grid"),
        (["a"], np.full((1, 6), 1 / 6), {"grid": (2, 2)}, r"`grid` .*6.*\(2, 2\)"),
        (["a"], np.full((1, 6), 1 / 6), {"grid": (-2, -3)}, "`grid`"),
        (["a", "b"], [[0.25] * 4, [0.5] * 4], {}, r"`weights\[1\]` .*sum 2"),
        (["a"], [[np.nan] * 4], {}, "sum nan"),
        (["a"], [[0.25] * 4], {"columns": 0}, "`columns` .*0"),
    ],
    ids=["no word", "words", "flat", "ragged", "square", "grid", "negative grid", "sum", "nan", "columns"],
)
def test_invalid_arguments_are_named_and_write_no_file(tmp_path, words, weights, options, message):
    with pytest.raises(ValueError, match=message):
        plot_image_attention(SKY, words, weights, tmp_path / "attention.png", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_single_text_is_no_list_of_words():
    with pytest.raises(TypeError, match="`words`"):
        plot_image_attention(SKY, "a dog", np.full((5, 4), 0.25))
