"""The contact sheet shows every image with its own texts, whatever they are."""

import io

import matplotlib.image
import numpy as np
import pytest
from PIL import Image

from rnn_templates.plots.image_grid import LARGE, WIDTH, plot_image_grid
from rnn_templates.plots.text_layout import MISSING_GLYPH, TextWrapper

GREY = np.full((6, 8), 90, np.uint8)
COLORS = [np.full((8, 8, 3), color, np.uint8) for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]


def encoded(array, form):
    file = io.BytesIO()
    Image.fromarray(array).save(file, form)
    return file.getvalue()


def written(figure):
    return [text.get_text() for text in figure.texts]


def drawn(figure):
    """The colors of the figure (height, width, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


def middle_of(sheet, color):
    """Row and column of the middle of what has a color."""
    return [np.mean(side) for side in np.nonzero((sheet == color).all(axis=-1))]


def test_images_stand_in_rows_above_their_captions():
    figure = plot_image_grid(COLORS, ["red", "green", "blue"], columns=2)
    sheet = drawn(figure)
    (red_y, red_x), (green_y, green_x), (blue_y, blue_x) = (middle_of(sheet, color[0, 0]) for color in COLORS)
    assert red_y == green_y < blue_y
    assert red_x == blue_x < green_x
    assert written(figure) == ["red", "green", "blue"]
    for text, (y, x) in zip(figure.texts, ((red_y, red_x), (green_y, green_x), (blue_y, blue_x)), strict=True):
        box = text.get_window_extent()
        assert box.x0 < x < box.x0 + WIDTH * figure.dpi
        assert len(sheet) - box.y1 > y  # below the middle
        assert box.y0 >= 0


def test_image_of_any_form_is_shown_with_its_proportions(tmp_path):
    path = tmp_path / "image.png"
    path.write_bytes(encoded(GREY, "PNG"))
    for image in (GREY, GREY[..., None], np.stack([GREY] * 3, axis=-1), encoded(GREY, "BMP"), path, str(path)):
        sheet = drawn(plot_image_grid([image], [""]))
        down, across = np.nonzero((sheet == 90).all(axis=-1))
        assert np.ptp(across) / np.ptp(down) == pytest.approx(8 / 6, rel=0.02)


def test_photograph_that_was_held_upright_is_shown_so():
    file = io.BytesIO()
    turned = Image.new("RGB", (80, 40), "red")
    turned.paste("blue", (40, 0, 80, 40))
    turned.getexif()[0x0112] = 6
    turned.save(file, "JPEG", exif=turned.getexif(), quality=100, subsampling=0)
    sheet = drawn(plot_image_grid([file.getvalue()], [""]))
    (red, _), (blue, _) = ([np.mean(s) for s in np.nonzero(sheet @ m > 400)] for m in ([2, -1, -1], [-1, -1, 2]))
    assert red < blue


def test_references_are_small_and_below_the_caption():
    figure = plot_image_grid(COLORS[:2], ["red", "green"], references=[["a", "b"], "c"])
    assert written(figure) == ["red", "a", "b", "green", "c"]
    sizes = [text.get_fontsize() for text in figure.texts]
    assert sizes[1] == sizes[2] < sizes[0] == sizes[3]
    heights = [text.get_position()[1] for text in figure.texts]
    assert heights[0] > heights[1] > heights[2] > 0
    assert written(plot_image_grid(COLORS[:1], ["red"], references=[[]])) == ["red"]


def test_every_line_fits_below_its_image_and_no_word_is_lost():
    caption = "a man in a red shirt stands on the roof beside the unwiderstehlichkeitsdampfschifffahrtsgesellschaft"
    figure = plot_image_grid([GREY], [caption])
    drawn(figure)
    assert len(figure.texts) > 2
    assert "".join(written(figure)).replace(" ", "") == caption.replace(" ", "")
    assert all(text.get_window_extent().width <= WIDTH * figure.dpi * 1.02 for text in figure.texts)


def test_text_without_an_end_ends_in_dots():
    figure = plot_image_grid([GREY], ["word " * 500], references=["w" * 5000])
    assert len(figure.texts) == 6 + 3
    assert [written(figure)[i][-1] for i in (5, 8)] == ["…", "…"]


def test_lines_are_as_long_as_can_be():
    lines = TextWrapper(["sans-serif"])
    broken = lines.wrap("aa bb cc dd ee ff gg", LARGE, 0.8)
    assert " ".join(broken) == "aa bb cc dd ee ff gg"
    for line, following in zip(broken, broken[1:], strict=False):
        assert lines.width(line, LARGE) <= 0.8 < lines.width(f"{line} {following.split()[0]}", LARGE)
    assert lines.wrap("", LARGE, 1) == [""]
    assert lines.wrap("ab", LARGE, 0.01) == ["a", "b"]  # a line has one character at least


@pytest.mark.parametrize("text", ["今日は", "😀", "ا", "$a_b^$", "\x00", "\ue123", "[b]", "\n", ""], ids=ascii)
def test_text_of_any_script_can_be_drawn_without_a_warning(tmp_path, text):
    figure = plot_image_grid([GREY], [text], tmp_path / "sheet.png", references=[[text]], confidences=[0.5])
    assert drawn(figure).std() > 0


def test_character_without_a_glyph_is_a_box_and_bytes_are_read():
    assert written(plot_image_grid([GREY], ["a\U0010fffeb"])) == [f"a{MISSING_GLYPH}b"]
    assert written(plot_image_grid([GREY], [b"gr\xc3\xbcn"])) == ["grün"]


def test_bar_is_as_long_as_the_model_is_sure():
    def blue(sure):
        sheet = drawn(plot_image_grid([GREY], [""], confidences=[sure]))
        return (sheet == (31, 119, 180)).all(axis=-1).any(axis=0).sum()

    whole = blue(1.0)
    assert blue(0.25) == pytest.approx(whole / 4, abs=2)
    assert blue(0.0) == 0
    figure = plot_image_grid([GREY], [""], confidences=np.array([0.934], np.float32))
    assert any(text.get_text() == "93 %" for axes in figure.axes for text in axes.texts)


def test_picture_is_written_into_a_folder_that_is_made(tmp_path):
    path = tmp_path / "new" / "sheet.png"
    plot_image_grid(COLORS, ["red", "green", "blue"], path)
    assert [file.name for file in path.parent.iterdir()] == ["sheet.png"]
    few = matplotlib.image.imread(path).shape
    plot_image_grid(COLORS * 2, ["x"] * 6, path, columns=3)
    many = matplotlib.image.imread(path).shape
    assert few[1] == many[1]  # no empty column
    assert 1.8 < many[0] / few[0] < 2.1


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (([GREY], []), {}, "1 images, 0 captions"),
        (([GREY], ["a"]), {"references": []}, "1 images, 1 captions, 0 references"),
        (([GREY], ["a"]), {"confidences": [0.1, 0.2]}, "2 confidences"),
        (([], []), {}, "there is no image"),
        (([GREY], ["a"]), {"columns": 0}, "columns is 0"),
        (([GREY], ["a"]), {"confidences": [float("nan")]}, "confidences is nan for image 0"),
        (([GREY], ["a"]), {"confidences": [93]}, "confidences is 93 for image 0"),
        (([GREY, b"no image"], ["a", "b"]), {}, "image 1"),
        (([GREY, encoded(COLORS[0], "PNG")[:45]], ["a", "b"]), {}, "image 1"),
    ],
    ids=["captions", "references", "probabilities", "none", "columns", "nan", "percent", "no image", "cut short"],
)
def test_what_does_not_fit_is_told_of_and_leaves_no_file(tmp_path, arguments, options, said):
    with pytest.raises(ValueError, match=said):
        plot_image_grid(*arguments, tmp_path / "sheet.png", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("images", "captions", "options", "said"),
    [
        ([GREY], "a", {}, "captions is one text"),
        ([GREY], [3], {}, "example 0 of captions is 3"),
        ([GREY], ["a"], {"references": [[3]]}, "references of image 0 is 3"),
        ([GREY / 255], ["a"], {}, "image 0.*float64"),
        ([3], ["a"], {}, "image 0.*int"),
    ],
)
def test_what_is_no_text_or_no_image_is_named(images, captions, options, said):
    with pytest.raises(TypeError, match=said):
        plot_image_grid(images, captions, **options)
