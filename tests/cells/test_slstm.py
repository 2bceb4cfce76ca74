"""sLSTM: the weighted mean behind its stabilized formula."""

import numpy as np
import tensorflow as tf
from support.cell_formulas import make_inputs, randomize, sigmoid

from rnn_templates.cells import SLSTMCell
from rnn_templates.layers.rnn.recurrent import Recurrent


def test_the_output_is_a_mean_weighted_by_exponential_gates():
    """The definition without the stabilizer, in closed form: without U the gates depend on the input only."""
    x, _ = make_inputs(time=9)
    layer = randomize(Recurrent(SLSTMCell(5), return_sequences=True), x.shape)
    cell = layer.cells[0]
    cell.recurrent_kernel.assign(tf.zeros_like(cell.recurrent_kernel))
    i, f, z, o = np.split(x.astype(np.float64) @ np.asarray(cell.kernel) + np.asarray(cell.bias), 4, axis=-1)
    forget = np.cumsum(np.log(sigmoid(f)), axis=1)
    for t in range(9):
        weights = np.exp(i[:, : t + 1] + forget[:, t : t + 1] - forget[:, : t + 1])
        mean = (weights * np.tanh(z[:, : t + 1])).sum(axis=1) / weights.sum(axis=1)
        np.testing.assert_allclose(layer(x)[:, t], sigmoid(o[:, t]) * mean, atol=1e-6)


def test_a_large_input_gate_replaces_the_memory_and_the_first_step_stores_a_small_one():
    kernel = np.zeros((3, 4), "float32")
    kernel[0, 0], kernel[1, 2], kernel[2, 3] = 1, 1, 1  # features: input gate, value, output gate
    layer = Recurrent(SLSTMCell(1), return_sequences=True)
    layer.build((None, None, 3))
    layer.set_weights([kernel, np.zeros((1, 4)), np.array([0, 50, 0, 50])])
    steps = [(-500, 1, 0), (-600, -1, 0), (900, -1, 0), (-900, 1, 0)]
    outputs = layer(np.array([steps], "float32"))[0, :, 0]
    np.testing.assert_allclose(outputs, np.tanh([1, 1, -1, -1]), atol=1e-6)


def test_initial_states_from_outside_of_the_cell_give_bounded_outputs():
    layer = randomize(Recurrent(SLSTMCell(4), return_sequences=True), (2, 6, 4))
    x, _ = make_inputs(batch=2)
    for n in (-1.0, -1e-30, 0.0, 1e-30, 1.0):  # the decoder of a translation gives tanh of a dense layer
        states = [tf.fill((2, 4), value) for value in (0.5, -0.9, n, -0.9)]
        assert np.abs(layer(x, initial_state=states)).max() < 2


def test_the_bias_of_the_forget_gate_starts_between_3_and_6():
    cell = SLSTMCell(4)
    cell.build((None, 2))
    np.testing.assert_allclose(np.reshape(cell.bias, (4, 4)), [[0] * 4, [3, 4, 5, 6], [0] * 4, [0] * 4])
    assert not np.any(cell.recurrent_kernel)
