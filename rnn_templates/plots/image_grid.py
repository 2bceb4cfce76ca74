"""Plot of many images with their captions."""

from rnn_templates.plots.style import save_figure
from rnn_templates.plots.text_layout import TextWrapper, font_style
from rnn_templates.plots.thumbnails import thumbnail
from rnn_templates.preprocessing.text.text_lists import as_text_lists, as_texts
from rnn_templates.utils.validation import check_int, check_same_length

WIDTH, HEIGHT = 2.3, 2.3  # inches of the area of an image
GAP, MARGIN = 0.25, 0.25  # inches
CAPTION_SIZE, REFERENCE_SIZE = 10.5, 7.5  # points
LEADING = 1.4 / 72  # inches per point, from line to line
ABOVE, BELOW, BETWEEN = 0.05, 0.06, 0.03  # inches above and below a caption, and between references
BAR = 0.16  # inches of the confidence bar, with the space above it
CAPTION_LINES, REFERENCE_LINES = 6, 3  # maximum


def plot_image_grid(images, captions, path=None, *, references=None, columns=4, confidences=None):
    """Draws images in a grid, with their captions below.

    Texts that are too long end in "…".

    Args:
        images: list of images: encoded bytes, paths, or uint8 arrays (h, w, 3), (h, w, 1) or (h, w).
        captions: list of str or bytes, one an image.
        path: PNG file to write; its folder is created if it does not exist. None for none.
        references: list; for each image a text or a list of texts, small and gray below its caption. None for none.
        columns: int; images in a row. Default 4.
        confidences: list of float in [0, 1]; probability of each caption, as a bar below the image. None for none.

    Returns:
        `matplotlib.figure.Figure`. A character that no installed font has is drawn as an empty box.

    Raises:
        FileNotFoundError: if an image file does not exist.
        TypeError: if an item is no text or no image where it must be one.
        ValueError: if there is no image, the lists differ in length, an image cannot be decoded, or a confidence is no
            probability.

    Example:
        >>> images = [np.zeros((8, 8, 3), np.uint8), np.ones((8, 8, 3), np.uint8)]
        >>> figure = plot_image_grid(images, ["a dog runs", "a cat sleeps"], "grid.png", columns=2)
    """
    from matplotlib.figure import Figure

    images, captions = list(images), as_texts(captions, "captions")
    references = [[] for _ in captions] if references is None else as_text_lists(references, "references")
    _check(images, captions, references, confidences, columns)
    images = [thumbnail(image, f"images[{index}]") for index, image in enumerate(images)]
    style, boxes = font_style([*captions, *(text for texts in references for text in texts), "…"])
    wrapper = TextWrapper(style["fontfamily"])
    blocks = [
        [wrapper.wrap(caption.translate(boxes), CAPTION_SIZE, WIDTH, CAPTION_LINES)]
        + [wrapper.wrap(text.translate(boxes), REFERENCE_SIZE, WIDTH, REFERENCE_LINES) for text in texts]
        for caption, texts in zip(captions, references, strict=True)
    ]
    columns = min(columns, len(images))
    rows = [range(first, min(first + columns, len(images))) for first in range(0, len(images), columns)]
    bar = 0 if confidences is None else BAR
    areas = [max(_size(images[i])[1] for i in row) for row in rows]
    below = [max(_height(blocks[i]) for i in row) + bar for row in rows]
    height = 2 * MARGIN + sum(areas) + sum(below) + GAP * (len(rows) - 1)
    figure = Figure(figsize=(2 * MARGIN + columns * (WIDTH + GAP) - GAP, height))
    top = height - MARGIN
    for row, area, text_height in zip(rows, areas, below, strict=True):
        for column, i in enumerate(row):
            left, bottom = MARGIN + column * (WIDTH + GAP), top - area
            _draw_image(figure, images[i], left, bottom, area)
            if confidences is not None:
                _draw_bar(figure, float(confidences[i]), left, bottom)
            _draw_texts(figure, blocks[i], left, bottom - bar, style)
        top -= area + text_height + GAP
    save_figure(figure, path)
    return figure


def _check(images, captions, references, confidences, columns):
    check_same_length(images=images, captions=captions, references=references, confidences=confidences)
    check_int("columns", columns)
    for index, confidence in enumerate([] if confidences is None else confidences):
        if not -0.001 <= confidence <= 1.001:  # also if NaN; at low precision it may exceed 1
            raise ValueError(f"plot_image_grid: `confidences[{index}]` must be in [0, 1]; received {confidence}.")


def _height(blocks):
    """Returns the height in inches of a caption and its references."""
    caption, *references = map(len, blocks)
    lines = caption * CAPTION_SIZE + sum(references) * REFERENCE_SIZE
    return ABOVE + lines * LEADING + (BELOW + BETWEEN * (len(references) - 1) if references else 0)


def _size(image):
    """Returns the width and height of an image in inches."""
    height, width, _ = image.shape
    scale = min(WIDTH / width, HEIGHT / height)
    return width * scale, height * scale


def _add_axes(figure, left, bottom, width, height):
    """Returns axes without a frame, with position and size in inches."""
    total_width, total_height = figure.get_size_inches()
    axes = figure.add_axes((left / total_width, bottom / total_height, width / total_width, height / total_height))
    axes.set_axis_off()
    return axes


def _draw_image(figure, image, left, bottom, area):
    width, height = _size(image)
    _fill(_add_axes(figure, left, bottom, WIDTH, area), 1, "0.95")
    axes = _add_axes(figure, left + (WIDTH - width) / 2, bottom + (area - height) / 2, width, height)
    axes.imshow(image, aspect="auto")


def _draw_bar(figure, confidence, left, bottom):
    axes = _add_axes(figure, left, bottom - 0.12, WIDTH - 0.42, 0.05)
    _fill(axes, 1, "0.9")
    _fill(axes, confidence, "C0")
    style = {"ha": "right", "va": "center", "fontsize": REFERENCE_SIZE, "color": "0.35"}
    axes.text(WIDTH / (WIDTH - 0.42), 0.4, f"{100 * confidence:.0f} %", **style)


def _fill(axes, width, color):
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((0, 0), width, 1, color=color, linewidth=0))


def _draw_texts(figure, blocks, left, bottom, style):
    total_width, total_height = figure.get_size_inches()
    y = bottom - ABOVE
    for number, block in enumerate(blocks):
        size, color = (REFERENCE_SIZE, "0.5") if number else (CAPTION_SIZE, "0.1")
        for line in block:  # one by one: in a text of several lines, tall characters shift the baselines
            y -= size * LEADING
            figure.text(left / total_width, y / total_height, line, fontsize=size, color=color, **style)
        y -= BETWEEN if number else BELOW
