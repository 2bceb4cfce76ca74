"""Confusion matrix, and precision, recall and F1 of single classes."""

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


def precision_recall_f1(correct, predicted, actual):
    """Returns precision, recall and F1 of counts, a tuple of three floats; 0 / 0 counts as 0.

        precision = correct / predicted,   recall = correct / actual,   F1 = 2 correct / (predicted + actual)

    Args:
        correct: int; true positives.
        predicted, actual: int; positives of the predictions and of the references.

    Example:
        >>> precision_recall_f1(correct=1, predicted=2, actual=1)
        (0.5, 1.0, 0.66...)
    """
    pairs = ((correct, predicted), (correct, actual), (2 * correct, predicted + actual))
    return tuple(float(part / whole) if whole else 0.0 for part, whole in pairs)


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
    cells = np.ravel_multi_index((np.asarray(references), np.asarray(predictions)), (num_labels, num_labels))
    return np.bincount(cells, minlength=num_labels**2).reshape(num_labels, num_labels)


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
    counts = confusion_counts(references, predictions, len(labels))
    columns = zip(labels, np.diag(counts), counts.sum(axis=0), counts.sum(axis=1), strict=True)
    return [PerClass(label, *precision_recall_f1(*row), int(row[-1])) for label, *row in columns]


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
    references, predictions = np.asarray(references, bool), np.asarray(predictions, bool)
    actual, columns = references.sum(axis=0), ((references & predictions).sum(axis=0), predictions.sum(axis=0))
    thresholds = [None] * len(labels) if thresholds is None else thresholds
    rows = zip(labels, thresholds, *columns, actual, strict=True)
    return [PerClass(label, *precision_recall_f1(*row), int(row[-1]), threshold) for label, threshold, *row in rows]


def macro_f1(rows):
    """Returns the mean F1 of a list of `PerClass`.

    Example:
        >>> macro_f1([PerClass("a", 1.0, 1.0, 1.0, 3), PerClass("b", 0.0, 0.0, 0.0, 0)])
        0.5
    """
    return float(np.mean([row.f1 for row in rows]))
