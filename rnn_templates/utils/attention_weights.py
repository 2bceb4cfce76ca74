"""Checks of attention weights."""

import math
import re

import numpy as np

TOLERANCE = 0.05  # of the sum of a row; float16 and int8 weights do not add up exactly


def as_weights(weights, *axes):
    """Returns attention weights as a float64 array.

    Args:
        weights: array or nested lists of numbers.
        *axes: str; the allowed axes, such as "(target, source)".

    Raises:
        ValueError: if `weights` is no array of numbers or has another number of axes.

    Example:
        >>> as_weights([[0.25, 0.75]], "(target, source)").shape
        (1, 2)
    """
    wanted = " or ".join(axes)
    try:
        weights = np.asarray(weights, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"`weights` must be an array of numbers {wanted}: {error}.") from error
    if weights.ndim not in {len(re.findall(r"\w+", names)) for names in axes}:
        raise ValueError(f"`weights` must have the axes {wanted}; received shape {weights.shape}.")
    return weights


def check_distributions(weights):
    """Raises ValueError if a row of weights is no distribution.

    Weights must be at least 0 and sum to 1, within 0.05.

    Args:
        weights: (rows, positions) float.

    Example:
        >>> check_distributions(np.array([[0.25, 0.75]]))
    """
    for row, values in enumerate(weights):
        low, total = values.min(), values.sum()
        if not (low >= -TOLERANCE and abs(total - 1) <= TOLERANCE):  # also if NaN
            raise ValueError(
                f"`weights[{row}]` must be a distribution; received one with sum {total:.4g} and minimum {low:.4g}."
            )


def infer_grid(positions, grid=None):
    """Returns the rows and columns of a grid with a number of positions.

    Args:
        positions: int; number of positions.
        grid: (rows, columns); None for a square.

    Raises:
        ValueError: if `positions` is no square number, or not the number of positions of `grid`.

    Example:
        >>> infer_grid(49)
        (7, 7)
    """
    if grid is None:
        side = math.isqrt(positions)
        if not positions or side * side != positions:
            raise ValueError(f"`weights` have {positions} positions, no square number; give `grid=(rows, columns)`.")
        return side, side
    rows, columns = grid
    if min(rows, columns) < 1 or rows * columns != positions:
        raise ValueError(f"`grid` must have {positions} positions, one a weight; received {tuple(grid)}.")
    return rows, columns
