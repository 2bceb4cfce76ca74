"""Scalar extended long short-term memory cell."""

import keras
import numpy as np
from keras import ops

from rnn_templates.cells.activations import apply_gates, exp, log_sigmoid, relu
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class SLSTMCell(Cell):
    """Scalar extended long short-term memory (sLSTM): an LSTM with an exponential input gate.

        i, f, z, o = split(W x_t + U h_{t-1} + b)
        l = log(sigmoid(f)) + m_{t-1} if n_{t-1} > 0, else i
        m_t = max(i, l)
        c_t = exp(l - m_t) * c_{t-1} + exp(i - m_t) * tanh(z)
        n_t = exp(l - m_t) * n_{t-1} + exp(i - m_t)
        h_t = sigmoid(o) * c_t / max(n_t, 1)

    c / n is the mean of all tanh(z), weighted by their input gates exp(i) and the forget gates since then: a large i
    revises what is stored. m is the logarithm of the largest weight, so that no exponential exceeds one and n is at
    least one; the maximum in the last line has an effect on initial states from outside of the cell only.

    Args:
        units: int, at least 1; size of h and of the states c, n and m.

    Weights (gate order i, f, z, o; the bias of f starts at 3 for the first unit to 6 for the last):
        kernel (features, 4 units), recurrent_kernel (units, 4 units), initially zero, bias (4 units,).

    Source:
        Beck et al., xLSTM: extended long short-term memory, arXiv:2405.04517, in its implementation with one head.

    Example:
        >>> h, *states = rt.Recurrent(rt.SLSTMCell(8), return_state=True)(np.ones((2, 5, 3), "float32"))
        >>> [state.shape for state in states]
        [TensorShape([2, 8]), TensorShape([2, 8]), TensorShape([2, 8]), TensorShape([2, 8])]
    """

    num_gates = 4
    state_names = ("h", "c", "n", "m")

    def build_recurrent(self):
        shape = (self.units, self.num_gates * self.units)
        self.recurrent_kernel = self.add_weight(shape=shape, initializer="zeros", name="recurrent_kernel")

    def _initial_bias(self, shape, dtype=None):
        rows = np.zeros((self.num_gates, self.units))
        rows[1] = np.linspace(3, 6, self.units)
        return ops.convert_to_tensor(rows.reshape(shape), dtype=dtype)

    def step(self, zx, zh, states):
        _, c, n, m = states
        i, f, zo = ops.split(zx + zh, [self.units, 2 * self.units], axis=-1)
        z, o = apply_gates(zo, "tanh sigmoid")
        # l - i; the differences to m follow from it without the rounding errors of a large m
        above = ops.where(n > 0, log_sigmoid(f) + m - i, ops.zeros_like(i))
        positive = relu(above)
        input_gate, forget_gate = exp(-positive), exp(above - positive)
        c = forget_gate * c + input_gate * z
        n = forget_gate * n + input_gate
        h = o * c / ops.maximum(n, 1.0)
        return h, (h, c, n, i + positive)
