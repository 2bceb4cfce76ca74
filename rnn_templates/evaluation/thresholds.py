"""From which probability on a text bears a label."""

import numpy as np

GRID = np.round(np.arange(0.02, 0.96, 0.01), 2)


def choose_thresholds(probabilities, targets, *, shrink=20.0):
    """Chooses one threshold a label that makes F1 large on held-out examples.

    A rare label's best threshold is decided by a handful of examples, and does not hold on others; so it is drawn
    toward the one threshold that is best for all labels together:

        t_l = (n_l t*_l + shrink t*) / (n_l + shrink),   n_l the examples that bear the label

    Args:
        probabilities: (examples, labels) floats in [0, 1].
        targets: (examples, labels) zeros and ones.
        shrink: how many examples the common threshold is worth; 0 trusts every label's own.

    Returns:
        A list of floats, one a label.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> choose_thresholds(np.array([[0.2], [0.8]]), np.array([[0], [1]]), shrink=0)
        [0.5]
    """
    probabilities, targets = np.asarray(probabilities), np.asarray(targets) > 0
    if probabilities.shape != targets.shape:
        raise ValueError(f"choose_thresholds: {probabilities.shape} probabilities for {targets.shape} targets.")
    answers = probabilities[None] >= GRID[:, None, None]
    hits = (answers & targets).sum(axis=1)
    f1 = 2 * hits / np.maximum(answers.sum(axis=1) + targets.sum(axis=0), 1)
    common = _middle(f1.mean(axis=1))
    counts = targets.sum(axis=0)
    own = np.array([_middle(column) if count else common for column, count in zip(f1.T, counts, strict=True)])
    return [round(float(t), 4) for t in (counts * own + shrink * common) / np.maximum(counts + shrink, 1e-12)]


def _middle(f1):
    """The middle one of the best thresholds: as far as can be from those that are worse."""
    best = np.flatnonzero(f1 >= f1.max() - 1e-12)
    return float(GRID[best[len(best) // 2]])
