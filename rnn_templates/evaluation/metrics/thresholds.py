"""From which probability on a text bears a label."""

import numpy as np

GRID = np.round(np.arange(0.02, 0.96, 0.01), 2)


def choose_thresholds(probabilities, targets, *, prior_count=20.0):
    """Chooses one threshold a label that makes F1 large on held-out examples.

    A rare label's best threshold is decided by a handful of examples, and does not hold on others; so it is drawn
    toward the one threshold that is best for all labels together:

        t_l = w_l t*_l + (1 - w_l) t*,   w_l = n_l / (n_l + prior_count),   n_l the examples that bear the label

    t*_l makes the F1 of label l largest, t* the mean F1 of all labels; both are sought from 0.02 to 0.95 in steps of
    0.01, and among equally good ones the middle one is taken. A label that no example bears gets t*.

    Args:
        probabilities: (examples, labels) floats in [0, 1].
        targets: (examples, labels) zeros and ones.
        prior_count: how many examples the common threshold is worth, at least 0; 0 trusts every label's own.

    Returns:
        A list of floats, one a label.

    Raises:
        ValueError: if the shapes differ, or `prior_count` is negative.

    Example:
        >>> choose_thresholds([[0.2], [0.8]], [[0], [1]], prior_count=0)
        [0.51]
    """
    probabilities, targets = np.asarray(probabilities), np.asarray(targets) > 0
    if probabilities.shape != targets.shape or probabilities.ndim != 2:
        raise ValueError(
            f"choose_thresholds: probabilities {probabilities.shape} and targets {targets.shape}; "
            "wanted (examples, labels) for both."
        )
    if not prior_count >= 0:
        raise ValueError(f"choose_thresholds: `prior_count` counts examples, so it is 0 or more; got {prior_count!r}.")
    counts = targets.sum(axis=0)
    f1 = np.stack([_f1(probabilities >= threshold, targets, counts) for threshold in GRID])
    common = _middle_of_best(f1.mean(axis=1))
    own = np.array([_middle_of_best(column) for column in f1.T])
    weight = np.divide(counts, counts + prior_count, out=np.zeros(len(counts)), where=counts > 0)
    return [round(float(t), 4) for t in common + weight * (own - common)]


def _f1(answers, targets, counts):
    """F1 of every label; 0 where nothing is answered and nothing is there."""
    return 2 * (answers & targets).sum(axis=0) / np.maximum(answers.sum(axis=0) + counts, 1)


def _middle_of_best(f1):
    """The middle one of the best thresholds: as far as can be from those that are worse."""
    best = np.flatnonzero(f1 >= f1.max() - 1e-12)
    return float(GRID[best[len(best) // 2]])
