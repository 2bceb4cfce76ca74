"""DropConnect on recurrent kernels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import rnn_templates as rt
from rnn_templates.layers.rnn.drop_connect import DropConnectRecurrent

X = np.random.default_rng(0).normal(size=(4, 6, 3)).astype("float32")


def run(layer, x, implementation):
    layer.implementation = implementation
    tf_function = tf.function(lambda values: layer(values, training=True))
    layer.seed_generator.state.assign(tf.zeros_like(layer.seed_generator.state))
    with tf.GradientTape() as tape:
        outputs = tf_function(tf.constant(x))
        loss = tf.reduce_sum(outputs * outputs)
    return outputs.numpy(), [gradient.numpy() for gradient in tape.gradient(loss, layer.trainable_variables)]


@pytest.mark.xla
@pytest.mark.parametrize("recurrent_dropout", [0.0, 0.3])
def test_both_loops_drop_the_same_weights_and_have_the_same_gradients(recurrent_dropout):
    keras.utils.set_random_seed(1)
    layer = DropConnectRecurrent(
        [rt.LSTMCell(8), rt.LSTMCell(8)], drop_connect=0.4, recurrent_dropout=recurrent_dropout, return_sequences=True
    )
    layer(X)
    expected, gradients = run(layer, X, "while_loop")
    actual, others = run(layer, X, "xla")
    np.testing.assert_allclose(actual, expected, atol=1e-5)
    for one, other in zip(gradients, others, strict=True):
        np.testing.assert_allclose(other, one, atol=1e-4)
    for variable, gradient in zip(layer.trainable_variables, gradients, strict=True):
        dropped = np.mean(gradient == 0)
        assert 0.25 < dropped < 0.55 if variable.name == "recurrent_kernel" else dropped < 0.1, variable.path


def test_outside_training_it_is_a_recurrent_of_the_same_weights():
    layer = DropConnectRecurrent(rt.GRUCell(8), drop_connect=0.5)
    plain = rt.Recurrent(rt.GRUCell(8))
    layer(X), plain(X)
    plain.set_weights(layer.get_weights()[: len(plain.weights)])
    np.testing.assert_array_equal(layer(X), plain(X))


def test_masks_differ_between_calls_and_the_expected_kernel_is_the_kernel():
    keras.utils.set_random_seed(2)
    layer = DropConnectRecurrent(rt.VanillaCell(64), drop_connect=0.5, recurrent_dropout=0.2)
    layer(X)
    first, second = layer(X, training=True).numpy(), layer(X, training=True).numpy()
    assert not np.allclose(first, second)
    # the output of the second step of a linear part: its mean over masks is that without dropping
    layer = DropConnectRecurrent(rt.VanillaCell(256), drop_connect=0.5)
    small = 0.01 * X[:1, :2]
    plain = layer(small).numpy()
    mean = np.mean([layer(small, training=True).numpy() for _ in range(40)], axis=0)
    assert np.abs(mean - plain).max() < 0.5 * np.abs(plain).max()


def test_a_cell_without_recurrent_kernel_and_a_rate_of_one_are_refused():
    with pytest.raises(ValueError, match="`drop_connect`"):
        DropConnectRecurrent(rt.LSTMCell(4), drop_connect=1.0)
    with pytest.raises(ValueError, match="`drop_connect`.*IndRNNCell"):
        DropConnectRecurrent(rt.IndRNNCell(4), drop_connect=0.5)(X)


def test_the_configuration_has_the_rate():
    config = DropConnectRecurrent(rt.LSTMCell(4), drop_connect=0.25, return_sequences=True).get_config()
    copy = DropConnectRecurrent.from_config(config)
    assert (copy.drop_connect, copy.return_sequences) == (0.25, True)
