"""The grid of images has every image with its own texts."""

import io

import matplotlib.image
import numpy as np
import pytest
from PIL import Image
from support.rendering import pixels

from rnn_templates.plots.image_grid import WIDTH, plot_image_grid
from rnn_templates.plots.text_layout import MISSING_GLYPH

GRAY = np.full((6, 8), 90, np.uint8)
COLORS = [np.full((8, 8, 3), color, np.uint8) for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]


def encoded(array, form):
    file = io.BytesIO()
    Image.fromarray(array).save(file, form)
    return file.getvalue()


def colors(figure):
    """Returns the pixels without alpha, as int."""
    return pixels(figure)[..., :3].astype(int)


def texts(figure):
    return [text.get_text() for text in figure.texts]


def center_of(image, color):
    """Returns the mean row and column of the pixels of a color."""
    return [np.mean(side) for side in np.nonzero((image == color).all(axis=-1))]


def test_images_are_in_rows_above_their_captions():
    figure = plot_image_grid(COLORS, ["red", "green", "blue"], columns=2)
    image = colors(figure)
    (red_y, red_x), (green_y, green_x), (blue_y, blue_x) = (center_of(image, color[0, 0]) for color in COLORS)
    assert red_y == green_y < blue_y
    assert red_x == blue_x < green_x
    assert texts(figure) == ["red", "green", "blue"]
    for text, (y, x) in zip(figure.texts, ((red_y, red_x), (green_y, green_x), (blue_y, blue_x)), strict=True):
        box = text.get_window_extent()
        assert box.x0 < x < box.x0 + WIDTH * figure.dpi
        assert len(image) - box.y1 > y  # below the center
        assert box.y0 >= 0


def test_images_of_any_form_keep_their_aspect_ratio(tmp_path):
    path = tmp_path / "image.png"
    path.write_bytes(encoded(GRAY, "PNG"))
    for image in (GRAY, GRAY[..., None], np.stack([GRAY] * 3, axis=-1), encoded(GRAY, "BMP"), path, str(path)):
        image = colors(plot_image_grid([image], [""]))
        down, across = np.nonzero((image == 90).all(axis=-1))
        assert np.ptp(across) / np.ptp(down) == pytest.approx(8 / 6, rel=0.02)


def test_the_exif_orientation_is_applied():
    file = io.BytesIO()
    turned = Image.new("RGB", (80, 40), "red")
    turned.paste("blue", (40, 0, 80, 40))
    turned.getexif()[0x0112] = 6
    turned.save(file, "JPEG", exif=turned.getexif(), quality=100, subsampling=0)
    image = colors(plot_image_grid([file.getvalue()], [""]))
    (red, _), (blue, _) = ([np.mean(s) for s in np.nonzero(image @ m > 400)] for m in ([2, -1, -1], [-1, -1, 2]))
    assert red < blue


def test_references_are_small_and_below_the_caption():
    figure = plot_image_grid(COLORS[:2], ["red", "green"], references=[["a", "b"], "c"])
    assert texts(figure) == ["red", "a", "b", "green", "c"]
    sizes = [text.get_fontsize() for text in figure.texts]
    assert sizes[1] == sizes[2] < sizes[0] == sizes[3]
    heights = [text.get_position()[1] for text in figure.texts]
    assert heights[0] > heights[1] > heights[2] > 0
    assert texts(plot_image_grid(COLORS[:1], ["red"], references=[[]])) == ["red"]


def test_every_line_fits_below_its_image_and_no_word_is_lost():
    caption = "a man in a red shirt stands on the roof beside the unwiderstehlichkeitsdampfschifffahrtsgesellschaft"
    figure = plot_image_grid([GRAY], [caption])
    colors(figure)
    assert len(figure.texts) > 2
    assert "".join(texts(figure)).replace(" ", "") == caption.replace(" ", "")
    assert all(text.get_window_extent().width <= WIDTH * figure.dpi * 1.02 for text in figure.texts)


def test_long_texts_are_truncated():
    figure = plot_image_grid([GRAY], ["word " * 500], references=["w" * 5000])
    assert len(figure.texts) == 6 + 3
    assert [texts(figure)[i][-1] for i in (5, 8)] == ["…", "…"]


@pytest.mark.parametrize("text", ["今日は", "😀", "ا", "$a_b^$", "\x00", "\ue123", "[b]", "\n", ""], ids=ascii)
def test_text_of_any_script_can_be_drawn_without_a_warning(tmp_path, text):
    figure = plot_image_grid([GRAY], [text], tmp_path / "grid.png", references=[[text]], confidences=[0.5])
    assert colors(figure).std() > 0


def test_characters_without_a_glyph_are_boxes_and_bytes_are_decoded():
    assert texts(plot_image_grid([GRAY], ["a\U0010fffeb"])) == [f"a{MISSING_GLYPH}b"]
    assert texts(plot_image_grid([GRAY], [b"gr\xc3\xbcn"])) == ["grün"]


def test_the_bar_has_the_length_of_the_confidence():
    def blue(confidence):
        image = colors(plot_image_grid([GRAY], [""], confidences=[confidence]))
        return (image == (31, 119, 180)).all(axis=-1).any(axis=0).sum()

    whole = blue(1.0)
    assert blue(0.25) == pytest.approx(whole / 4, abs=2)
    assert blue(0.0) == 0
    figure = plot_image_grid([GRAY], [""], confidences=np.array([0.934], np.float32))
    assert any(text.get_text() == "93 %" for axes in figure.axes for text in axes.texts)


def test_the_file_has_the_size_of_the_grid(tmp_path):
    path = tmp_path / "new" / "grid.png"
    plot_image_grid(COLORS, ["red", "green", "blue"], path)
    assert [file.name for file in path.parent.iterdir()] == ["grid.png"]
    few = matplotlib.image.imread(path).shape
    plot_image_grid(COLORS * 2, ["x"] * 6, path, columns=3)
    many = matplotlib.image.imread(path).shape
    assert few[1] == many[1]  # no empty column
    assert 1.8 < many[0] / few[0] < 2.1


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([GRAY], []), {}, "1 `images`, 0 `captions`"),
        (([GRAY], ["a"]), {"references": []}, "0 `references`"),
        (([GRAY], ["a"]), {"confidences": [0.1, 0.2]}, "2 `confidences`"),
        (([], []), {}, "`images`"),
        (([GRAY], ["a"]), {"columns": 0}, "`columns`"),
        (([GRAY], ["a"]), {"confidences": [float("nan")]}, r"`confidences\[0\]` .*nan"),
        (([GRAY], ["a"]), {"confidences": [93]}, r"`confidences\[0\]` .*93"),
        (([GRAY, b"no image"], ["a", "b"]), {}, r"images\[1\]"),
        (([GRAY, encoded(COLORS[0], "PNG")[:45]], ["a", "b"]), {}, r"images\[1\]"),
    ],
    ids=["captions", "references", "confidences", "none", "columns", "nan", "percent", "no image", "truncated"],
)
def test_invalid_arguments_are_named_and_write_no_file(tmp_path, arguments, options, message):
    with pytest.raises(ValueError, match=message):
        plot_image_grid(*arguments, tmp_path / "grid.png", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("images", "captions", "options", "message"),
    [
        ([GRAY], "a", {}, "`captions`"),
        ([GRAY], [3], {}, r"`captions\[0\]`"),
        ([GRAY], ["a"], {"references": [[3]]}, r"`references\[0\]\[0\]`"),
        ([GRAY / 255], ["a"], {}, r"images\[0\].*float64"),
        ([3], ["a"], {}, r"images\[0\].*int"),
    ],
)
def test_items_of_a_wrong_type_are_named(images, captions, options, message):
    with pytest.raises(TypeError, match=message):
        plot_image_grid(images, captions, **options)
