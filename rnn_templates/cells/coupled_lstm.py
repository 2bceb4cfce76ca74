"""An LSTM with one gate for keeping and taking in."""

import keras
from keras import ops

from rnn_templates.cells.activations import gates, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class CoupledLSTMCell(Cell):
    """Long short-term memory that takes in as much as it forgets: i = 1 - f, and a quarter of the weights less.

        f, g, o = split(W x_t + U h_{t-1} + b)
        c_t = sigmoid(f) * c_{t-1} + (1 - sigmoid(f)) * tanh(g)
        h_t = sigmoid(o) * tanh(c_t)

    Args:
        units: size of h and c, a positive integer.

    Weights (gate order f, g, o; the bias of f starts at one):
        kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (3 units,).

    Source:
        Greff et al., LSTM: a search space odyssey, arXiv:1503.04069 (there CIFG).

    Example:
        >>> from rnn_templates import CoupledLSTMCell, Recurrent
        >>> Recurrent(CoupledLSTMCell(8))(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])
    """

    gates = 3
    state_names = ("h", "c")

    def initial_bias(self, shape, dtype=None):
        zeros, ones = ops.zeros((self.units,), dtype=dtype), ops.ones((self.units,), dtype=dtype)
        return ops.concatenate([ones, zeros, zeros])

    def step(self, zx, zh, states):
        _, c = states
        f, g, o = gates(zx + zh, "sigmoid tanh sigmoid")
        c = g + f * (c - g)
        h = o * tanh(c)
        return h, (h, c)
