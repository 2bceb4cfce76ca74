"""RG-LRU: decay, variance, and gates that are closed."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import RGLRUCell
from rnn_templates.layers.rnn.recurrent import Recurrent

IMPLEMENTATIONS = ["while_loop", pytest.param("xla", marks=pytest.mark.xla)]


def layer_with(units, r, i, implementation="auto"):
    """A layer on one feature that is the candidate g, with constant gates given by their bias."""
    layer = Recurrent(RGLRUCell(units), return_sequences=True, implementation=implementation)
    layer.build((None, None, 1))
    cell = layer.cells[0]
    cell.kernel.assign(np.repeat([[0, 0, 1]], units, axis=1))
    cell.bias.assign(np.repeat([r, i, 0], units))
    return layer


def test_the_initial_decay_is_uniform_between_0_9_and_0_999():
    cell = RGLRUCell(2000)
    cell.build((None, 2))
    a = tf.sigmoid(cell.decay).numpy() ** 8
    assert 0.9 - 1e-5 <= a.min() < 0.901 and 0.998 < a.max() <= 0.999 + 1e-5
    assert abs(a.mean() - 0.9495) < 0.003 and abs(a.std() - 0.099 / 12**0.5) < 0.002


def test_the_variance_of_white_noise_is_kept():
    layer = layer_with(50, 100.0, 100.0)  # open gates: a is sigmoid(decay)^8, and the input is not scaled
    layer.cells[0].decay.assign(np.full(50, 4.0))
    x = np.random.default_rng(0).normal(size=(40, 400, 1)).astype("float32")
    assert abs(np.var(layer(x)[:, 100:, 0]) - 1) < 0.1


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_closed_recurrence_gate_keeps_the_state_and_has_a_finite_gradient(implementation):
    layer = layer_with(3, -1e4, 0.0, implementation)
    x, start = tf.Variable(np.ones((2, 30, 1), "float32")), tf.constant([[0.25, -2.0, 1e-20]] * 2)

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            outputs = layer(x, initial_state=[start], training=True)
            loss = tf.reduce_sum(outputs)
        return outputs, tape.gradient(loss, [x, *[weight.value for weight in layer.trainable_variables]])

    outputs, gradients = run()
    np.testing.assert_array_equal(outputs[:, -1], start)
    assert all(np.isfinite(gradient).all() for gradient in gradients)
