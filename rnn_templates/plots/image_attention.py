"""A picture of where a model looked in an image while it wrote each word."""

import math
from pathlib import Path

import numpy as np

from rnn_templates.evaluation.text_inputs import texts
from rnn_templates.plots.attention import attention_array, check_attention
from rnn_templates.plots.classification import save_figure, truncate_label
from rnn_templates.plots.text_layout import font_style
from rnn_templates.plots.thumbnails import thumbnail

PANEL, GAP, MARGIN, TITLE = 2.0, 0.1, 0.15, 0.26  # inches; a panel is no wider and no higher
BLUR_SIGMA = 0.5  # standard deviation of the light of one place, in places
BACKGROUND_BRIGHTNESS = 0.38  # brightness of what the model does not look at
BACKGROUND_TINT = np.array([0.85, 0.95, 1.2])  # red, green and blue of it
CONTOUR_LEVEL = 0.5  # light at which a line is drawn
BY = "gaze"


def plot_image_attention(image, words, weights, path=None, *, grid=None, columns=5):
    """Draws an image once for every word, bright where the model looked and dark elsewhere.

    Each panel is dim_unattended as if its brightest place had all light there is, so that it shows where the model looked, not how
    firmly. A line runs where there is half of that.

    Args:
        image: encoded bytes, a path or a uint8 array (h, w, 3), (h, w, 1) or (h, w).
        words: list of str or bytes, one a panel.
        weights: (words, places) float in [0, 1]; every row sums to 1, give or take 0.05. The places go row by row over
            a grid that covers the whole image.
        path: PNG file to write; its folder is made if need be. None for none.
        grid: (rows, columns) of the places; None for a square.
        columns: how many panels stand side by side, the first of them the image as it is.

    Returns:
        `matplotlib.figure.Figure`. A character that no installed font has is drawn as an empty box.

    Raises:
        FileNotFoundError: if there is no such file.
        TypeError: if a word is no text, or the image none.
        ValueError: if there is no word, the shapes do not fit, a row is no distribution, or the image cannot be read.

    Source:
        Xu et al., Show, attend and tell: neural image caption generation with visual attention, arXiv:1502.03044,
        figure 3.

    Example:
        >>> words, weights = captioner.attention("dog.jpg")
        >>> plot_image_attention("dog.jpg", words, weights, "gaze.png")
    """
    from matplotlib.figure import Figure

    words = [truncate_label(word) for word in texts(words, "words", BY)]
    if not words:
        raise ValueError(f"{BY}: there is no word.")
    if columns < 1:
        raise ValueError(f"{BY}: columns is {columns}; wanted at least 1.")
    weights = attention_array(weights, "(words, places)", BY)
    if weights.ndim != 2 or len(weights) != len(words):
        raise ValueError(f"{BY}: weights has shape {weights.shape}; {len(words)} words want ({len(words)}, places).")
    grid = grid_of(weights.shape[1], grid, BY)
    check_attention(weights, [f"the word {word!r}" for word in words], "the places", BY)
    picture = thumbnail(image, f"{BY}: the image")
    lights = [None, *(upsample_attention(row.reshape(grid), picture.shape[:2]) for row in weights)]

    style, boxes = font_style(words)
    columns = min(columns, len(lights))
    rows = math.ceil(len(lights) / columns)
    scale = PANEL / max(picture.shape)
    width, height = picture.shape[1] * scale, picture.shape[0] * scale
    across = 2 * MARGIN + columns * (width + GAP) - GAP
    up = 2 * MARGIN + rows * (height + TITLE + GAP) - GAP
    figure = Figure(figsize=(across, up))
    for number, light in enumerate(lights):
        row, column = divmod(number, columns)
        left, top = MARGIN + column * (width + GAP), up - MARGIN - TITLE - row * (height + TITLE + GAP)
        axes = figure.add_axes((left / across, (top - height) / up, width / across, height / up))
        axes.imshow(picture if light is None else dim_unattended(picture, light), aspect="auto")
        axes.set_axis_off()
        if light is not None:
            if light.min() < CONTOUR_LEVEL:
                axes.contour(light, [CONTOUR_LEVEL], colors=["#ffd24d"], linewidths=1.1)
            axes.set_title(words[number - 1].translate(boxes), fontsize=11, pad=5, **style)
    if path is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        save_figure(figure, path)
    return figure


def grid_of(places, grid=None, by=BY):
    """Returns the rows and columns of a grid of so many places, a square if `grid` is None.

    Raises:
        ValueError: if they are no square, or not those of `grid`.

    Example:
        >>> grid_of(49)
        (7, 7)
    """
    if grid is None:
        side = math.isqrt(places)
        if not places or side * side != places:
            raise ValueError(f"{by}: {places} places are no square; give grid=(rows, columns).")
        return side, side
    rows, columns = grid
    if min(rows, columns) < 1 or rows * columns != places:
        raise ValueError(f"{by}: {places} places do not fill grid={grid}, which has {rows * columns}.")
    return rows, columns


def upsample_attention(attention, size):
    """Returns attention over places as light over pixels, without an edge between places.

    Args:
        attention: (rows, columns) float.
        size: (height, width) in pixels.

    Returns:
        (height, width) float, from 0 to 1, where it is brightest.

    Example:
        >>> upsample_attention(np.array([[1.0, 0.0]]), (1, 4)).round(2)
        array([[1.  , 0.77, 0.28, 0.05]])
    """
    down, across = (_gaussian_weights(pixels, places) for pixels, places in zip(size, attention.shape, strict=True))
    light = down @ np.maximum(attention, 0) @ across.T  # int8 weights may be a little below 0
    return light / light.max()


def dim_unattended(picture, light):
    """Returns a picture as it is in the light, and dark and grey elsewhere.

    Args:
        picture: (h, w, 3) uint8.
        light: (h, w) float in [0, 1].

    Returns:
        (h, w, 3) uint8.

    Example:
        >>> dim_unattended(np.full((1, 2, 3), 200, np.uint8), np.array([[1.0, 0.0]]))[0]
        array([[200, 200, 200],
               [ 65,  72,  91]], dtype=uint8)
    """
    night = BACKGROUND_BRIGHTNESS * (picture @ np.array([0.299, 0.587, 0.114]))[..., None] * BACKGROUND_TINT
    return np.round(night + light[..., None] * (picture - night)).astype(np.uint8)


def _gaussian_weights(pixels, places):
    """(pixels, places): how much of the light of each place falls on each pixel."""
    at = (np.arange(pixels) + 0.5) / pixels * places
    near = np.exp(-(((at[:, None] - np.arange(places) - 0.5) / BLUR_SIGMA) ** 2) / 2)
    return near / near.sum(axis=1, keepdims=True)
