"""How far stated probabilities are from the truth."""

import numpy as np

BINS = 15


def expected_calibration_error(probabilities, right):
    """Returns the expected calibration error: how far, on average, a stated probability is from the share of truth.

        sum_b n_b / n |share of right answers in b - mean probability in b|   over 15 bins of equal width

    Args:
        probabilities: (n,) in [0, 1].
        right: (n,) bool.

    Source:
        Guo et al., On calibration of modern neural networks, arXiv:1706.04599.

    Example:
        >>> expected_calibration_error(np.array([0.75] * 4), np.array([True, True, True, False]))
        0.0
    """
    rows = reliability_bins(probabilities, right)
    total = sum(count for count, _, _ in rows)
    return float(sum(count * abs(share - mean) for count, share, mean in rows) / total)


def reliability_bins(probabilities, right):
    """Returns rows of (count, share of right answers, mean probability), one for each of the bins that is not empty.

    Args:
        probabilities, right: as in `expected_calibration_error`.

    Example:
        >>> reliability_bins(np.array([0.75, 0.75]), np.array([True, False]))
        [(2, 0.5, 0.75)]
    """
    probabilities, right = np.asarray(probabilities), np.asarray(right)
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    rows = []
    for b in range(BINS):
        inside = bins == b
        if inside.any():
            rows.append((int(inside.sum()), float(right[inside].mean()), float(probabilities[inside].mean())))
    return rows


def most_confident_errors(sure, wrong, most):
    """Returns the positions of the wrong answers, the most_confident_errors first; of equals, the earlier first.

    Args:
        sure: (n,) floats.
        wrong: (n,) bool.
        most: how many to return.

    Example:
        >>> most_confident_errors(np.array([0.5, 0.9, 0.7]), np.array([True, False, True]), 1)
        array([2])
    """
    wrong = np.flatnonzero(wrong)
    return wrong[np.argsort(-sure[wrong], kind="stable")][:most]
