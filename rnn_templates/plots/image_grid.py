"""A picture of many images with their captions."""

from pathlib import Path

from rnn_templates.evaluation.text_inputs import texts
from rnn_templates.plots.text_layout import TextWrapper, font_style
from rnn_templates.plots.thumbnails import thumbnail

WIDTH, HEIGHT = 2.3, 2.3  # inches of the field of an image
GAP, MARGIN = 0.25, 0.25
LARGE, SMALL = 10.5, 7.5  # points
LEADING = 1.4 / 72  # inches a point, from line to line
ABOVE, BELOW, BETWEEN = 0.05, 0.06, 0.03  # inches above and below a caption, and between references
BAR = 0.16  # inches of the bar of probability, with the space above it
MOST_LINES, MOST_SMALL_LINES = 6, 3  # of a caption, and of each reference
BY = "plot_image_grid"


def plot_image_grid(images, captions, path=None, *, references=None, columns=4, confidences=None):
    """Draws images with their captions below.

    Args:
        images: list of images: encoded bytes, paths or uint8 arrays (h, w, 3), (h, w, 1) or (h, w).
        captions: list of str, one an image.
        path: PNG file to write; its folder is made if need be. None for none.
        references: list, for each image a str or a list of str, written small and grey below its caption; None for
            none.
        columns: how many images stand side by side.
        confidences: list of float in [0, 1], how sure the model is of each caption, drawn as a bar below the image; None for
            none.

    All texts may also be bytes in UTF-8; what is too long ends in "…".

    Returns:
        `matplotlib.figure.Figure`. A character that no installed font has is drawn as an empty box.

    Raises:
        FileNotFoundError: if there is no such file.
        TypeError: if something is no text or no image where one is wanted.
        ValueError: if there is no image, if there are not as many of each, if an image cannot be read, or if a
            probability is none.

    Example:
        >>> plot_image_grid(["dog.jpg", "cat.jpg"], ["a dog runs", "a cat sleeps"], "sheet.png", columns=2)
    """
    from matplotlib.figure import Figure

    from rnn_templates.plots.classification import save_figure

    images, captions = list(images), texts(captions, "captions", BY)
    references = [[] for _ in captions] if references is None else _references(references)
    _check(images, captions, references, confidences, columns)
    pictures = [thumbnail(image, f"{BY}: image {number}") for number, image in enumerate(images)]
    style, boxes = font_style([*captions, *(text for several in references for text in several), "…"])
    lines = TextWrapper(style["fontfamily"])
    written = [
        _broken(lines, caption.translate(boxes), [text.translate(boxes) for text in several])
        for caption, several in zip(captions, references, strict=True)
    ]

    columns = min(columns, len(images))
    rows = [range(first, min(first + columns, len(images))) for first in range(0, len(images), columns)]
    fields = [max(_size(pictures[i])[1] for i in row) for row in rows]
    below = [max(_height(written[i]) for i in row) + (0 if confidences is None else BAR) for row in rows]
    height = 2 * MARGIN + sum(fields) + sum(below) + GAP * (len(rows) - 1)
    figure = Figure(figsize=(2 * MARGIN + columns * (WIDTH + GAP) - GAP, height))
    top = height - MARGIN
    for row, field, text in zip(rows, fields, below, strict=True):
        for place, i in enumerate(row):
            left, bottom = MARGIN + place * (WIDTH + GAP), top - field
            _draw_image(figure, pictures[i], left, bottom, field)
            if confidences is not None:
                _draw_bar(figure, float(confidences[i]), left, bottom)
            _write(figure, written[i], left, bottom - (0 if confidences is None else BAR), style)
        top -= field + text + GAP
    if path is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        save_figure(figure, path)
    return figure


def _references(given):
    """A list of str for each image, which may be empty."""
    given = [[several] if isinstance(several, (str, bytes)) else several for several in given]
    return [texts(several, f"the references of image {number}", BY) for number, several in enumerate(given)]


def _check(images, captions, references, confidences, columns):
    counts = {"images": len(images), "captions": len(captions), "references": len(references)}
    if confidences is not None:
        counts["probabilities (confidences)"] = len(confidences)
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        raise ValueError(f"{BY}: {said}; wanted one of each for every image.")
    if not images:
        raise ValueError(f"{BY}: there is no image.")
    if columns < 1:
        raise ValueError(f"{BY}: columns is {columns}; wanted at least 1.")
    for number, probability in enumerate(() if confidences is None else confidences):
        if not -0.001 <= probability <= 1.001:  # nor is NaN; of little precision it may exceed 1
            raise ValueError(
                f"{BY}: confidences is {probability} for image {number}; wanted a probability, from 0 to 1."
            )


def _broken(lines, caption, references):
    """TextWrapper of a caption, and of each of its references."""
    small = [lines.wrap(text, SMALL, WIDTH, MOST_SMALL_LINES) for text in references]
    return [lines.wrap(caption, LARGE, WIDTH, MOST_LINES), *small]


def _height(blocks):
    """Inches that a caption and its references take."""
    large, *small = map(len, blocks)
    return ABOVE + (large * LARGE + sum(small) * SMALL) * LEADING + (BELOW + BETWEEN * (len(small) - 1) if small else 0)


def _size(picture):
    """Width and height in inches at which a picture fits into its field."""
    height, width, _ = picture.shape
    scale = min(WIDTH / width, HEIGHT / height)
    return width * scale, height * scale


def _place(figure, left, bottom, width, height):
    """Axes without a frame at a place in inches."""
    across, up = figure.get_size_inches()
    axes = figure.add_axes((left / across, bottom / up, width / across, height / up))
    axes.set_axis_off()
    return axes


def _draw_image(figure, picture, left, bottom, field):
    width, height = _size(picture)
    _fill(_place(figure, left, bottom, WIDTH, field), 1, "0.95")
    axes = _place(figure, left + (WIDTH - width) / 2, bottom + (field - height) / 2, width, height)
    axes.imshow(picture, aspect="auto")


def _draw_bar(figure, probability, left, bottom):
    axes = _place(figure, left, bottom - 0.12, WIDTH - 0.42, 0.05)
    _fill(axes, 1, "0.9")
    _fill(axes, probability, "C0")
    number = {"ha": "right", "va": "center", "fontsize": SMALL, "color": "0.35"}
    axes.text(WIDTH / (WIDTH - 0.42), 0.4, f"{100 * probability:.0f} %", **number)


def _fill(axes, width, color):
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((0, 0), width, 1, color=color, linewidth=0))


def _write(figure, blocks, left, bottom, style):
    across, up = figure.get_size_inches()
    y = bottom - ABOVE
    for number, block in enumerate(blocks):
        size, color = (SMALL, "0.5") if number else (LARGE, "0.1")
        for line in block:  # one by one, or the height of its letters would shift it
            y -= size * LEADING
            figure.text(left / across, y / up, line, fontsize=size, color=color, **style)
        y -= BETWEEN if number else BELOW
