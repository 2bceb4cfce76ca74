"""Calibration of predicted probabilities."""

from typing import NamedTuple

import numpy as np

BINS = 15


class ReliabilityBin(NamedTuple):
    """A bin of a reliability diagram.

    Args:
        count: int; number of predictions in the bin.
        accuracy: float in [0, 1]; fraction of them that is correct.
        confidence: float in [0, 1]; mean of their probabilities.

    Example:
        >>> ReliabilityBin(count=2, accuracy=0.5, confidence=0.75).accuracy
        0.5
    """

    count: int
    accuracy: float
    confidence: float


def expected_calibration_error(probabilities, correct):
    """Returns the expected calibration error, in [0, 1].

        ECE = sum_b n_b / n |accuracy(b) - confidence(b)|   over 15 bins of equal width

    Args:
        probabilities: (n,) float in [0, 1]; confidence of each prediction.
        correct: (n,) bool; whether each prediction is correct.

    Source:
        Guo et al., On calibration of modern neural networks, arXiv:1706.04599.

    Example:
        >>> expected_calibration_error(np.array([0.75] * 4), np.array([True, True, True, False]))
        0.0
    """
    bins = reliability_bins(probabilities, correct)
    total = sum(row.count for row in bins)
    return float(sum(row.count * abs(row.accuracy - row.confidence) for row in bins) / total)


def reliability_bins(probabilities, correct):
    """Returns the non-empty ones of 15 bins of a reliability diagram.

    Args:
        probabilities, correct: as in `expected_calibration_error`.

    Returns:
        List of `ReliabilityBin`, in the order of their probabilities.

    Example:
        >>> reliability_bins(np.array([0.75, 0.75]), np.array([True, False]))
        [ReliabilityBin(count=2, accuracy=0.5, confidence=0.75)]
    """
    probabilities, correct = np.asarray(probabilities), np.asarray(correct)
    numbers = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    rows = []
    for number in range(BINS):
        inside = numbers == number
        if inside.any():
            accuracy, confidence = float(correct[inside].mean()), float(probabilities[inside].mean())
            rows.append(ReliabilityBin(int(inside.sum()), accuracy, confidence))
    return rows


def most_confident_errors(confidences, wrong, limit=None):
    """Returns the indices of wrong predictions, the most confident first.

    Ties keep their order.

    Args:
        confidences: (n,) float.
        wrong: (n,) bool.
        limit: int; maximum number of indices; None for all.

    Returns:
        (k,) int.

    Example:
        >>> most_confident_errors(np.array([0.5, 0.9, 0.7]), np.array([True, False, True]), 1)
        array([2])
    """
    wrong = np.flatnonzero(wrong)
    return wrong[np.argsort(-confidences[wrong], kind="stable")][:limit]
