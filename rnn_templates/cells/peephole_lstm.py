"""An LSTM whose gates see the memory."""

import keras
from keras import ops

from rnn_templates.cells.activations import sigmoid, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class PeepholeLSTMCell(Cell):
    """Long short-term memory with peepholes: the gates look at the memory, and so can count and time.

        zi, zf, zg, zo = split(W x_t + U h_{t-1} + b)
        c_t = sigmoid(zf + p_f * c_{t-1}) * c_{t-1} + sigmoid(zi + p_i * c_{t-1}) * tanh(zg)
        h_t = sigmoid(zo + p_o * c_t) * tanh(c_t)

    Args:
        units: size of h and c, a positive integer.

    Weights:
        kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units,) as in `LSTMCell`;
        peepholes (3, units): p_i, p_f, p_o.

    Source:
        Gers and Schmidhuber, Recurrent nets that time and count, 2000.

    Example:
        >>> from rnn_templates import PeepholeLSTMCell, Recurrent
        >>> Recurrent(PeepholeLSTMCell(8))(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])
    """

    gates = 4
    state_names = ("h", "c")

    def build_recurrent(self):
        super().build_recurrent()
        self.peepholes = self.add_weight(shape=(3, self.units), initializer="zeros", name="peepholes")

    def initial_bias(self, shape, dtype=None):
        zeros, ones = ops.zeros((self.units,), dtype=dtype), ops.ones((self.units,), dtype=dtype)
        return ops.concatenate([zeros, ones, zeros, zeros])

    def step(self, zx, zh, states):
        _, c = states
        p_i, p_f, p_o = self.peepholes[0], self.peepholes[1], self.peepholes[2]
        zi, zf, zg, zo = ops.split(zx + zh, 4, axis=-1)
        c = sigmoid(zf + p_f * c) * c + sigmoid(zi + p_i * c) * tanh(zg)
        h = sigmoid(zo + p_o * c) * tanh(c)
        return h, (h, c)
