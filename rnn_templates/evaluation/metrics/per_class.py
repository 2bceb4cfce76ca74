"""Confusion matrix, and precision, recall and F1 of single classes."""

import warnings
from typing import NamedTuple

import numpy as np


class PerClass(NamedTuple):
    """Scores of one class; 0 / 0 counts as 0.

    Args:
        label: str; name of the class.
        precision, recall, f1: float in [0, 1].
        support: int; number of examples, tokens or spans of the class in the references.
        threshold: float; probability from which on the label is predicted. None for single-label classification.

    Example:
        >>> PerClass("yes", precision=1.0, recall=0.5, f1=2 / 3, support=2).support
        2
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    threshold: float | None = None


def confusion_counts(references, predictions, num_labels):
    """Returns the confusion matrix of a single-label classification.

    Args:
        references, predictions: (n,) int; class numbers.
        num_labels: int; number of classes.

    Returns:
        (num_labels, num_labels) int; rows are references.

    Example:
        >>> confusion_counts([0, 1, 1], [0, 0, 1], 2)
        array([[1, 0],
               [1, 1]])
    """
    from sklearn.metrics import confusion_matrix

    with warnings.catch_warnings():  # a set of one label is legal here
        warnings.filterwarnings("ignore", message="A single label was found")
        return confusion_matrix(references, predictions, labels=list(range(num_labels)))


def per_class_scores(references, predictions, labels):
    """Returns the scores of every class of a single-label classification.

        precision = TP / (TP + FP),   recall = TP / (TP + FN),   F1 = 2 TP / (2 TP + FP + FN)

    Args:
        references, predictions: (n,) int; class numbers.
        labels: sequence of str; names of the classes.

    Returns:
        List of `PerClass`, one a label.

    Example:
        >>> per_class_scores([0, 1, 1], [0, 0, 1], ["no", "yes"])[1]
        PerClass(label='yes', precision=1.0, recall=0.5, f1=0.66..., support=2, threshold=None)
    """
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(references, predictions, labels=list(range(len(labels))), zero_division=0)
    return [_row(label, scores) for label, *scores in zip(labels, *columns, strict=True)]


def per_label_scores(references, predictions, labels, thresholds=None):
    """Returns the scores of every label of a multi-label classification.

    Each label is a binary decision.

    Args:
        references, predictions: (n, labels) bool.
        labels: sequence of str; names of the labels.
        thresholds: sequence of float, one a label, to store in the rows; None for none.

    Returns:
        List of `PerClass`, one a label.

    Example:
        >>> per_label_scores(np.array([[True], [False]]), np.array([[True], [True]]), ["red"], [0.4])
        [PerClass(label='red', precision=0.5, recall=1.0, f1=0.66..., support=1, threshold=0.4)]
    """
    from sklearn.metrics import precision_recall_fscore_support

    rows = []
    # Column by column: scikit-learn treats a single column as two classes, and would average over both.
    for i, (label, reference, prediction) in enumerate(zip(labels, references.T, predictions.T, strict=True)):
        scores = precision_recall_fscore_support(reference, prediction, average="binary", zero_division=0)[:3]
        rows.append(_row(label, [*scores, reference.sum()], None if thresholds is None else thresholds[i]))
    return rows


def macro_f1(rows):
    """Returns the mean F1 of a list of `PerClass`.

    Example:
        >>> macro_f1([PerClass("a", 1.0, 1.0, 1.0, 3), PerClass("b", 0.0, 0.0, 0.0, 0)])
        0.5
    """
    return float(np.mean([row.f1 for row in rows]))


def _row(label, scores, threshold=None):
    precision, recall, f1, support = scores
    return PerClass(label, float(precision), float(recall), float(f1), int(support), threshold)
