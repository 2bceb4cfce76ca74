"""Scores of classes against scikit-learn, on random predictions with classes that do not occur."""

import warnings

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

from rnn_templates.evaluation.metrics.per_class import (
    confusion_counts,
    per_class_scores,
    per_label_scores,
    precision_recall_f1,
)

LABELS = ("a", "b", "c", "d", "never")


@pytest.mark.parametrize("seed", range(8))
def test_confusion_matrix_precision_recall_and_f1_are_those_of_scikit_learn(seed):
    random = np.random.default_rng(seed)
    references, predictions = random.integers(0, 1 + seed % 4, (2, 40))
    numbers = list(range(len(LABELS)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="A single label was found")
        expected = confusion_matrix(references, predictions, labels=numbers)
    np.testing.assert_array_equal(confusion_counts(references, predictions, len(LABELS)), expected)
    columns = precision_recall_fscore_support(references, predictions, labels=numbers, zero_division=0)
    rows = per_class_scores(references, predictions, LABELS)
    np.testing.assert_allclose([row[1:5] for row in rows], np.transpose(columns), rtol=1e-12)


@pytest.mark.parametrize("labels", [1, 3])
def test_scores_of_labels_are_those_of_scikit_learn_column_by_column(labels):
    random = np.random.default_rng(labels)
    references, predictions = random.random((2, 30, labels)) < 0.3
    predictions[:, 0] = False  # 0 / 0
    rows = per_label_scores(references, predictions, LABELS[:labels], np.full(labels, 0.25))
    for i, row in enumerate(rows):
        expected = precision_recall_fscore_support(
            references[:, i], predictions[:, i], average="binary", zero_division=0
        )
        np.testing.assert_allclose(row[1:4], expected[:3], rtol=1e-12)
        assert (row.support, row.threshold) == (references[:, i].sum(), 0.25)
    micro = precision_recall_f1((references & predictions).sum(), predictions.sum(), references.sum())
    np.testing.assert_allclose(micro[2], f1_score(references.ravel(), predictions.ravel(), zero_division=0))
