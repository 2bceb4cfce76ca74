"""Losses of classifiers against their formulas."""

import numpy as np
import pytest

from rnn_templates.tasks.losses import ClassWeightedCrossentropy, balanced_class_weights

LOGITS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


def softmax_losses(labels):
    log_p = LOGITS - np.log(np.exp(LOGITS).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels]


@pytest.mark.parametrize("weights", [None, [0.5, 1.0, 3.0]])
def test_one_label_has_the_weighted_cross_entropy_of_its_softmax(weights):
    labels = np.array([0, 2, 1, 1, 2])
    expected = softmax_losses(labels) * (1 if weights is None else np.array(weights)[labels])
    loss = ClassWeightedCrossentropy(class_weights=weights)
    for targets in (labels, labels[:, None]):
        assert float(loss(targets, LOGITS)) == pytest.approx(expected.mean(), rel=1e-5)


@pytest.mark.parametrize("weights", [None, [0.5, 1.0, 3.0]])
def test_several_labels_have_a_weighted_binary_cross_entropy_each(weights):
    targets = np.random.default_rng(1).integers(0, 2, (5, 3)).astype(np.float32)
    p = 1 / (1 + np.exp(-LOGITS))
    expected = -(np.array(weights or [1, 1, 1]) * targets * np.log(p) + (1 - targets) * np.log(1 - p))
    loss = ClassWeightedCrossentropy(multi_label=True, class_weights=weights)
    assert float(loss(targets, LOGITS)) == pytest.approx(expected.mean(), rel=1e-5)
    copy = ClassWeightedCrossentropy.from_config(loss.get_config())
    assert float(copy(targets, LOGITS)) == float(loss(targets, LOGITS))


def test_balanced_weights_compensate_for_frequencies_up_to_a_maximum():
    assert balanced_class_weights([0, 0, 0, 1], 2) == pytest.approx([4 / 6, 2.0])
    assert balanced_class_weights([0] * 99 + [1], 3, max_weight=4.0) == pytest.approx([100 / 297, 4.0, 4.0])
    multi_hot = np.array([[1, 0], [1, 0], [1, 1], [0, 0]])
    assert balanced_class_weights(multi_hot, 2) == pytest.approx([(1 / 3) ** 0.5, 3**0.5])
