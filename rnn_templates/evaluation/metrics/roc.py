"""Area under the ROC curve."""

import numpy as np


def roc_auc(labels, scores):
    """Returns the probability that an anomalous sample has a higher score than a normal one; ties count half.

    Args:
        labels: (n,) bool.
        scores: (n,) floats.

    Returns:
        Float in [0, 1]; None if all labels are equal.

    Example:
        >>> from rnn_templates.evaluation.metrics.roc import roc_auc
        >>> roc_auc([0, 1, 0, 1], [0.1, 0.4, 0.2, 0.2])
        0.875
    """
    labels, scores = np.asarray(labels, bool), np.asarray(scores, np.float64)
    positive = int(labels.sum())
    negative = len(labels) - positive
    if not positive or not negative:
        return None
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # mean rank of tied scores
    return float((ranks[inverse][labels].sum() - positive * (positive + 1) / 2) / (positive * negative))
