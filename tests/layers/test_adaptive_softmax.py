"""Adaptive softmax beside a full softmax and beside its definition."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.layers.adaptive_softmax import AdaptiveSoftmax

X = np.random.default_rng(0).normal(size=(3, 4, 16)).astype("float32")
TARGETS = np.random.default_rng(1).integers(0, 40, (3, 4)).astype("int32")


def test_without_clusters_it_is_a_full_softmax_in_probabilities_loss_and_gradients():
    layer, dense = AdaptiveSoftmax(40), keras.layers.Dense(40)
    layer(X), dense(X)
    dense.set_weights([variable.numpy() for variable in layer.weights])
    full = tf.nn.log_softmax(dense(X))
    np.testing.assert_allclose(layer(X), full, atol=1e-5)
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_sum(layer.negative_log_likelihood(X, TARGETS))
        expected = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(TARGETS, dense(X)))
    ours = tape.gradient(loss, layer.trainable_variables)
    for one, other in zip(ours, tape.gradient(expected, dense.trainable_variables), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_probabilities_of_clusters_follow_the_definition_and_sum_to_one():
    layer = AdaptiveSoftmax(40, cutoffs=(10, 25), reduction=2)
    log_probs = layer(X).numpy()
    np.testing.assert_allclose(np.exp(log_probs).sum(-1), 1, atol=1e-5)
    head = tf.nn.softmax(X @ layer.head[0].numpy() + layer.head[1].numpy()).numpy()
    for number, (first, end) in enumerate(((10, 25), (25, 40))):
        projection, kernel, bias = (variable.numpy() for variable in layer.tails[number])
        assert projection.shape == (16, 16 // 2 ** (number + 1))
        tail = tf.nn.softmax(X @ projection @ kernel + bias).numpy()
        np.testing.assert_allclose(np.exp(log_probs[..., first:end]), head[..., [10 + number]] * tail, atol=1e-6)
    np.testing.assert_allclose(np.exp(log_probs[..., :10]), head[..., :10], atol=1e-6)
    losses = -np.take_along_axis(log_probs, TARGETS[..., None], -1)[..., 0]
    np.testing.assert_allclose(layer.negative_log_likelihood(X, TARGETS), losses, atol=1e-5)


def test_a_batch_without_a_target_in_a_cluster_has_a_finite_loss_and_gradient():
    layer = AdaptiveSoftmax(40, cutoffs=(10, 25))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(layer.negative_log_likelihood(X, np.zeros((3, 4), "int32")))
    gradients = tape.gradient(loss, layer.trainable_variables)
    assert np.isfinite(loss) and all(g is None or np.isfinite(tf.convert_to_tensor(g)).all() for g in gradients)


def test_a_copy_from_the_configuration_takes_the_weights():
    layer = AdaptiveSoftmax(40, cutoffs=(10,), reduction=2)
    expected = layer(X)
    copy = AdaptiveSoftmax.from_config(layer.get_config())
    copy(X)
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(copy(X), expected)


@pytest.mark.parametrize("cutoffs", [(0,), (40,), (20, 10), (10, 10), (5.5,)])
def test_cutoffs_that_do_not_increase_within_the_vocabulary_are_refused(cutoffs):
    with pytest.raises(ValueError, match="`cutoffs`"):
        AdaptiveSoftmax(40, cutoffs=cutoffs)
