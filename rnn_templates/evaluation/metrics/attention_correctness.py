"""Attention correctness: fraction of the attention inside boxes of objects."""

import numpy as np

from rnn_templates.utils.attention_weights import as_weights, check_distributions, infer_grid


def attention_correctness(weights, boxes, grid=None):
    """Returns the fraction of the attention that falls into boxes.

        sum_i a_i c_i / sum_i a_i,   c_i = fraction of the area of position i inside the union of the boxes

    Args:
        weights: (positions,) or (words, positions) float in [0, 1]; every row sums to 1, within 0.05. Positions are
            in row-major order on a grid that covers the image.
        boxes: (boxes, 4) float; (ymin, xmin, ymax, xmax) as fractions of height and width; at least one box.
        grid: (rows, columns) of the positions; None for a square grid.

    Returns:
        Float in [0, 1], or (words,) float.

    Raises:
        ValueError: if the shapes do not match, a row is no distribution, or a box is invalid.

    Source:
        Liu et al., Attention correctness in neural image captioning, arXiv:1605.09553.

    Example:
        >>> round(attention_correctness([0.5, 0.3, 0.1, 0.1], [[0, 0, 0.5, 1]]), 6)
        0.8
    """
    weights = as_weights(weights, "(positions,)", "(words, positions)")
    rows = np.atleast_2d(weights)
    covered = box_coverage(boxes, infer_grid(rows.shape[1], grid))
    check_distributions(rows)
    fractions = (rows @ covered.ravel() / rows.sum(axis=1)).clip(0, 1)
    return float(fractions[0]) if weights.ndim == 1 else fractions


def mean_attention_correctness(weights, boxes, grid=None):
    """Returns the mean attention correctness over the words that refer to an object.

    Args:
        weights: (words, positions) float, as in `attention_correctness`; rows of several captions may be concatenated.
        boxes: list; for each word the boxes of its object, (boxes, 4), as in `attention_correctness`; None or an empty
            list for a word without an object, such as "the".
        grid: (rows, columns) of the positions; None for a square grid.

    Returns:
        Float in [0, 1]. Uniform attention has the fraction of the image that the boxes cover.

    Raises:
        ValueError: as `attention_correctness`; if the numbers of rows and words differ; or if no word has a box.

    Example:
        >>> round(mean_attention_correctness([[0.5, 0.3, 0.1, 0.1], [1, 0, 0, 0]], [[[0, 0, 0.5, 1]], None]), 6)
        0.8
    """
    weights, boxes = as_weights(weights, "(words, positions)"), list(boxes)
    if len(weights) != len(boxes):
        raise ValueError(f"`weights` must have a row a word, {len(boxes)}; received shape {weights.shape}.")
    named = [(row, own) for row, own in zip(weights, boxes, strict=True) if own is not None and len(own)]
    if not named:
        raise ValueError(f"`boxes` must have a box for at least one word; received none for {len(boxes)} words.")
    return float(np.mean([attention_correctness(row, own, grid) for row, own in named]))


def box_coverage(boxes, grid):
    """Returns the fraction of every grid position inside the union of boxes.

    Args:
        boxes: (boxes, 4) float, as in `attention_correctness`.
        grid: (rows, columns).

    Returns:
        (rows, columns) float in [0, 1].

    Raises:
        ValueError: if a box is invalid.

    Example:
        >>> box_coverage([[0, 0, 0.25, 1]], (2, 2))
        array([[0.5, 0.5],
               [0. , 0. ]])
    """
    boxes = _check_boxes(boxes)
    rows, columns = (np.arange(positions + 1) / positions for positions in grid)
    # Cut at the edges of all boxes and positions, every cell is entirely inside or entirely outside.
    y_edges, x_edges = np.union1d(rows, boxes[:, 0::2]), np.union1d(columns, boxes[:, 1::2])
    inside = np.zeros((len(y_edges) - 1, len(x_edges) - 1), bool)
    for ymin, xmin, ymax, xmax in boxes:
        in_rows = (y_edges[:-1] >= ymin) & (y_edges[1:] <= ymax)
        inside |= np.outer(in_rows, (x_edges[:-1] >= xmin) & (x_edges[1:] <= xmax))
    areas = inside * np.outer(np.diff(y_edges), np.diff(x_edges))
    areas = np.add.reduceat(areas, np.searchsorted(y_edges, rows[:-1]), axis=0)
    areas = np.add.reduceat(areas, np.searchsorted(x_edges, columns[:-1]), axis=1)
    return (areas * grid[0] * grid[1]).clip(0, 1)


def _check_boxes(boxes):
    form = "(ymin, xmin, ymax, xmax) with values from 0 to 1"
    try:
        boxes = np.asarray(boxes, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"`boxes` must be an array of {form}: {error}.") from error
    if boxes.ndim != 2 or boxes.shape[1] != 4 or not len(boxes):
        raise ValueError(f"`boxes` must have the shape (boxes, 4), each {form}; received shape {boxes.shape}.")
    for index, box in enumerate(boxes):
        if not (box.min() >= 0 and box.max() <= 1 and (box[:2] <= box[2:]).all()):  # also if NaN
            raise ValueError(f"`boxes[{index}]` must be {form}; received {box.tolist()}.")
    return boxes
