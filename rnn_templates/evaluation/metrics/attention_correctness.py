"""How much of a model's attention lies on the things that it names."""

import numpy as np

from rnn_templates.plots.attention import attention_array, check_attention
from rnn_templates.plots.image_attention import grid_of

BY = "attention_correctness"


def attention_correctness(weights, boxes, grid=None):
    """Returns which share of attention lies inside of boxes.

    Each place counts by the fraction of its area that is inside; where boxes overlap, it is counted once.

    Args:
        weights: (places,) or (words, places) float in [0, 1]; every row sums to 1, give or take 0.05. The places go row
            by row over a grid that covers the whole image.
        boxes: (boxes, 4) float, of (ymin, xmin, ymax, xmax) in [0, 1] of the height and the width; at least one.
        grid: (rows, columns) of the places; None for a square.

    Returns:
        Float in [0, 1], or (words,) of them.

    Raises:
        ValueError: if the shapes do not fit, a row is no distribution, or a box is none.

    Example:
        >>> attention_correctness([0.5, 0.3, 0.1, 0.1], [[0, 0, 0.5, 1]])
        0.8
    """
    weights = attention_array(weights, "(places,) or (words, places)", BY)
    if weights.ndim not in (1, 2):
        raise ValueError(f"{BY}: weights has shape {weights.shape}; wanted (places,) or (words, places).")
    rows = np.atleast_2d(weights)
    covered = box_coverage(boxes, grid_of(rows.shape[1], grid, BY))
    check_attention(rows, [f"word {number}" for number in range(len(rows))], "the places", BY)
    shares = (rows @ covered.ravel() / rows.sum(axis=1)).clip(0, 1)
    return float(shares[0]) if weights.ndim == 1 else shares


def mean_attention_correctness(weights, boxes, grid=None):
    """Returns the mean share of attention inside of what each word names, over the words that name something.

    Args:
        weights: (words, places) float, as of `attention_correctness`; of many captions, one below the other.
        boxes: list, for each word the boxes of what it names, (boxes, 4), as of `attention_correctness`; None or an empty
            list for a word that names nothing, such as "the".
        grid: (rows, columns) of the places; None for a square.

    Returns:
        Float in [0, 1]. A model that looks everywhere alike has the share of the image that the boxes cover.

    Raises:
        ValueError: as `attention_correctness`; if there are not as many of each; or if no word names anything.

    Example:
        >>> mean_attention_correctness([[0.5, 0.3, 0.1, 0.1], [1, 0, 0, 0]], [[[0, 0, 0.5, 1]], None])
        0.8
    """
    weights, boxes = attention_array(weights, "(words, places)", BY), list(boxes)
    if weights.ndim != 2 or len(weights) != len(boxes):
        raise ValueError(f"{BY}: weights has shape {weights.shape}; boxes of {len(boxes)} words want one row each.")
    named = [(row, inside) for row, inside in zip(weights, boxes, strict=True) if inside is not None and len(inside)]
    if not named:
        raise ValueError(f"{BY}: none of {len(boxes)} words has a box.")
    return float(np.mean([attention_correctness(row, inside, grid) for row, inside in named]))


def box_coverage(boxes, grid):
    """Returns the fraction of the area of every place of a grid that lies inside of boxes.

    Args:
        boxes: (boxes, 4) float, as of `attention_correctness`.
        grid: (rows, columns).

    Returns:
        (rows, columns) float in [0, 1].

    Example:
        >>> box_coverage([[0, 0, 0.25, 1]], (2, 2))
        array([[0.5, 0.5],
               [0. , 0. ]])
    """
    boxes = _checked(boxes)
    rows, columns = (np.arange(places + 1) / places for places in grid)
    # Cut at the edges of all boxes and places, every piece is inside as a whole or not at all.
    downs, acrosses = np.union1d(rows, boxes[:, 0::2]), np.union1d(columns, boxes[:, 1::2])
    inside = np.zeros((len(downs) - 1, len(acrosses) - 1), bool)
    for ymin, xmin, ymax, xmax in boxes:
        inside |= np.outer((downs[:-1] >= ymin) & (downs[1:] <= ymax), (acrosses[:-1] >= xmin) & (acrosses[1:] <= xmax))
    areas = inside * np.outer(np.diff(downs), np.diff(acrosses))
    areas = np.add.reduceat(areas, np.searchsorted(downs, rows[:-1]), axis=0)
    areas = np.add.reduceat(areas, np.searchsorted(acrosses, columns[:-1]), axis=1)
    return (areas * grid[0] * grid[1]).clip(0, 1)


def _checked(boxes):
    wanted = "wanted boxes of (ymin, xmin, ymax, xmax), from 0 to 1"
    try:
        boxes = np.asarray(boxes, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{BY}: boxes are no array of numbers ({error}); {wanted}.") from error
    if boxes.ndim != 2 or boxes.shape[1] != 4 or not len(boxes):
        raise ValueError(f"{BY}: boxes have shape {boxes.shape}; {wanted}, shape (boxes, 4).")
    for number, box in enumerate(boxes):
        if not (box.min() >= 0 and box.max() <= 1 and (box[:2] <= box[2:]).all()):  # nor is NaN
            raise ValueError(f"{BY}: box {number} is {box.tolist()}; {wanted} of the height and the width.")
    return boxes
