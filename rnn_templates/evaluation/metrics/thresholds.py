"""Decision thresholds of a multi-label classifier."""

import numpy as np

GRID = np.round(np.arange(0.02, 0.96, 0.01), 2)


def choose_thresholds(probabilities, targets, *, prior_count=20.0):
    """Returns one threshold a label that maximizes F1 on held-out examples.

    The best threshold of a rare label depends on a few examples and does not generalize; so it is shrunk toward the
    best common threshold:

        t_l = w_l t*_l + (1 - w_l) t*,   w_l = n_l / (n_l + prior_count),   n_l = number of positive examples

    t*_l maximizes the F1 of label l, t* the mean F1 of all labels, both over a grid from 0.02 to 0.95 in steps of
    0.01; ties go to the middle one. A label without a positive example gets t*.

    Args:
        probabilities: (examples, labels) float in [0, 1].
        targets: (examples, labels) of 0 and 1.
        prior_count: float of at least 0; weight of the common threshold, in examples. 0 disables the shrinkage.

    Returns:
        List of float, one a label.

    Raises:
        ValueError: if the shapes differ, or `prior_count` is negative.

    Example:
        >>> choose_thresholds([[0.2], [0.8]], [[0], [1]], prior_count=0)
        [0.51]
    """
    probabilities, targets = np.asarray(probabilities), np.asarray(targets) > 0
    if probabilities.shape != targets.shape or probabilities.ndim != 2:
        raise ValueError(
            "choose_thresholds: `probabilities` and `targets` must both have the shape (examples, labels); "
            f"received {probabilities.shape} and {targets.shape}."
        )
    if not prior_count >= 0:
        raise ValueError(f"choose_thresholds: `prior_count` must be at least 0; received {prior_count!r}.")
    counts = targets.sum(axis=0)
    f1 = np.stack([_f1(probabilities >= threshold, targets, counts) for threshold in GRID])
    common = _middle_of_best(f1.mean(axis=1))
    own = np.array([_middle_of_best(column) for column in f1.T])
    weight = np.divide(counts, counts + prior_count, out=np.zeros(len(counts)), where=counts > 0)
    return [round(float(t), 4) for t in common + weight * (own - common)]


def _f1(predictions, targets, counts):
    """Returns the F1 of every label; 0 without predictions and positive examples."""
    return 2 * (predictions & targets).sum(axis=0) / np.maximum(predictions.sum(axis=0) + counts, 1)


def _middle_of_best(f1):
    """Returns the middle one of the best thresholds, the farthest from worse ones."""
    best = np.flatnonzero(f1 >= f1.max() - 1e-12)
    return float(GRID[best[len(best) // 2]])
