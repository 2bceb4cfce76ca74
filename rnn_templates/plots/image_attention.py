"""Plot of attention over an image, word by word."""

import math

import numpy as np

from rnn_templates.plots.style import save_figure, truncate_label
from rnn_templates.plots.text_layout import font_style
from rnn_templates.plots.thumbnails import thumbnail
from rnn_templates.preprocessing.text.text_lists import as_texts
from rnn_templates.utils.attention_weights import as_weights, check_distributions, infer_grid
from rnn_templates.utils.validation import check_int

PANEL, GAP, MARGIN, TITLE = 2.0, 0.1, 0.15, 0.26  # inches; PANEL is the longer side of a panel
BLUR_SIGMA = 0.5  # standard deviation of the Gaussian of one position, in positions
BACKGROUND_BRIGHTNESS = 0.38  # of pixels without attention
BACKGROUND_TINT = np.array([0.85, 0.95, 1.2])  # their red, green and blue
CONTOUR_LEVEL = 0.5  # of the attention relative to its maximum


def plot_image_attention(image, words, weights, path=None, *, grid=None, columns=5):
    """Draws an image once for every word, bright where the attention is high.

    The attention of each panel is scaled to a maximum of 1, so that panels show its position, not its concentration.
    A contour marks half of the maximum. The first panel is the image itself.

    Args:
        image: encoded bytes, a path, or a uint8 array (h, w, 3), (h, w, 1) or (h, w).
        words: list of str or bytes, one a panel.
        weights: (words, positions) float in [0, 1]; every row sums to 1, within 0.05. Positions are in row-major order
            on a grid that covers the image.
        path: PNG file to write; its folder is created if it does not exist. None for none.
        grid: (rows, columns) of the positions; None for a square grid.
        columns: int; panels in a row. Default 5.

    Returns:
        `matplotlib.figure.Figure`. A character that no installed font has is drawn as an empty box.

    Raises:
        FileNotFoundError: if the image file does not exist.
        TypeError: if a word is no text, or `image` no image.
        ValueError: if there is no word, the shapes do not match, a row is no distribution, or the image cannot be
            decoded.

    Source:
        Xu et al., Neural image caption generation with visual attention, arXiv:1502.03044, figure 3.

    Example:
        >>> image = np.zeros((32, 32, 3), np.uint8)
        >>> figure = plot_image_attention(image, ["a", "dog"], [[0.25, 0.25, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1]])
    """
    from matplotlib.figure import Figure

    words = [truncate_label(word) for word in as_texts(words, "words")]
    if not words:
        raise ValueError("plot_image_attention: `words` must have at least one word.")
    check_int("columns", columns)
    weights = as_weights(weights, "(words, positions)")
    if len(weights) != len(words):
        raise ValueError(
            f"plot_image_attention: `weights` must have a row a word, {len(words)}; received shape {weights.shape}."
        )
    grid = infer_grid(weights.shape[1], grid)
    check_distributions(weights)
    image = thumbnail(image, "image")
    maps = [None, *(upsample_attention(row.reshape(grid), image.shape[:2]) for row in weights)]

    style, boxes = font_style(words)
    columns = min(columns, len(maps))
    rows = math.ceil(len(maps) / columns)
    scale = PANEL / max(image.shape)
    width, height = image.shape[1] * scale, image.shape[0] * scale
    total_width = 2 * MARGIN + columns * (width + GAP) - GAP
    total_height = 2 * MARGIN + rows * (height + TITLE + GAP) - GAP
    figure = Figure(figsize=(total_width, total_height))
    for number, attention in enumerate(maps):
        row, column = divmod(number, columns)
        left, top = MARGIN + column * (width + GAP), total_height - MARGIN - TITLE - row * (height + TITLE + GAP)
        axes = figure.add_axes(
            (left / total_width, (top - height) / total_height, width / total_width, height / total_height)
        )
        axes.imshow(image if attention is None else dim_unattended(image, attention), aspect="auto")
        axes.set_axis_off()
        if attention is not None:
            if attention.min() < CONTOUR_LEVEL:
                axes.contour(attention, [CONTOUR_LEVEL], colors=["#ffd24d"], linewidths=1.1)
            axes.set_title(words[number - 1].translate(boxes), fontsize=11, pad=5, **style)
    save_figure(figure, path)
    return figure


def upsample_attention(attention, size):
    """Upsamples attention over positions to pixels, smoothed by a Gaussian.

    Args:
        attention: (rows, columns) float.
        size: (height, width) in pixels.

    Returns:
        (height, width) float in [0, 1], with the maximum 1.

    Example:
        >>> upsample_attention(np.array([[1.0, 0.0]]), (1, 4)).round(2)
        array([[1.  , 0.77, 0.28, 0.05]])
    """
    row_weights, column_weights = (
        _gaussian_weights(pixels, positions) for pixels, positions in zip(size, attention.shape, strict=True)
    )
    pixels = row_weights @ np.maximum(attention, 0) @ column_weights.T  # int8 weights may be slightly below 0
    return pixels / pixels.max()


def dim_unattended(image, attention):
    """Darkens an image and removes its colors where attention is low.

    Args:
        image: (h, w, 3) uint8.
        attention: (h, w) float in [0, 1].

    Returns:
        (h, w, 3) uint8; unchanged at attention 1, dark and gray at 0.

    Example:
        >>> dim_unattended(np.full((1, 2, 3), 200, np.uint8), np.array([[1.0, 0.0]]))[0]
        array([[200, 200, 200],
               [ 65,  72,  91]], dtype=uint8)
    """
    luminance = (image @ np.array([0.299, 0.587, 0.114]))[..., None]
    background = BACKGROUND_BRIGHTNESS * luminance * BACKGROUND_TINT
    return np.round(background + attention[..., None] * (image - background)).astype(np.uint8)


def _gaussian_weights(pixels, positions):
    """Returns (pixels, positions) float; rows are weights that sum to 1."""
    centers = (np.arange(pixels) + 0.5) / pixels * positions
    weights = np.exp(-(((centers[:, None] - np.arange(positions) - 0.5) / BLUR_SIGMA) ** 2) / 2)
    return weights / weights.sum(axis=1, keepdims=True)
