"""The LSTM, stripped to what can be computed for all steps at once."""

import keras
from keras import ops

from rnn_templates.cells.activations import gates
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class MinLSTMCell(Cell):
    """Minimal long short-term memory: its gates read the input alone, and add up to one.

        f, i = sigmoid(W_f x_t + b_f), sigmoid(W_i x_t + b_i)
        g = W_g x_t + b_g
        h_t = f / (f + i) * h_{t-1} + i / (f + i) * g

    Args:
        units: size of h, a positive integer.

    Weights (gate order f, i, g; the bias of f starts at one):
        kernel (features, 3 units), bias (3 units,).

    Source:
        Feng et al., Were RNNs all we needed?, arXiv:2410.01201.

    Example:
        >>> from rnn_templates import MinLSTMCell, Recurrent
        >>> Recurrent(MinLSTMCell(8))(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])
    """

    gates = 3

    def build_recurrent(self):
        """There are none."""

    def initial_bias(self, shape, dtype=None):
        zeros, ones = ops.zeros((self.units,), dtype=dtype), ops.ones((self.units,), dtype=dtype)
        return ops.concatenate([ones, zeros, zeros])

    def recur(self, h):
        return None

    def step(self, zx, zh, states):
        (h,) = states
        z, g = ops.split(zx, [2 * self.units], axis=-1)
        f, i = gates(z, "sigmoid sigmoid")
        h = h + i / (f + i) * (g - h)
        return h, (h,)
