"""An LSTM that normalizes what its gates read."""

import keras
from keras import ops

from rnn_templates.cells.activations import gates, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class LayerNormLSTMCell(Cell):
    """Long short-term memory with layer normalization: the scale of inputs and states cannot drift over time.

        i, f, g, o = split(LN(W x_t; a_x) + LN(U h_{t-1}; a_h) + b)
        c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
        h_t = sigmoid(o) * tanh(LN(c_t; a_c) + b_c)
        LN(z; a) = a * (z - mean(z)) / sqrt(var(z) + 1e-5)

    Args:
        units: size of h and c, a positive integer.

    Weights:
        kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units,) as in `LSTMCell`;
        input_gain (4 units,), recurrent_gain (4 units,), memory_gain (units,), memory_shift (units,).

    Source:
        Ba, Kiros and Hinton, Layer normalization, arXiv:1607.06450.

    Example:
        >>> from rnn_templates import LayerNormLSTMCell, Recurrent
        >>> Recurrent(LayerNormLSTMCell(8))(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])
    """

    gates = 4
    state_names = ("h", "c")

    def build_recurrent(self):
        super().build_recurrent()
        for name, width, start in (
            ("input_gain", 4, "ones"),
            ("recurrent_gain", 4, "ones"),
            ("memory_gain", 1, "ones"),
            ("memory_shift", 1, "zeros"),
        ):
            setattr(self, name, self.add_weight(shape=(width * self.units,), initializer=start, name=name))

    def initial_bias(self, shape, dtype=None):
        zeros, ones = ops.zeros((self.units,), dtype=dtype), ops.ones((self.units,), dtype=dtype)
        return ops.concatenate([zeros, ones, zeros, zeros])

    def project(self, x):
        return _normalized(ops.matmul(x, self.kernel)) * self.input_gain + self.bias

    def recur(self, h):
        return _normalized(ops.matmul(h, self.recurrent_kernel)) * self.recurrent_gain

    def step(self, zx, zh, states):
        _, c = states
        i, f, g, o = gates(zx + zh, "sigmoid sigmoid tanh sigmoid")
        c = f * c + i * g
        h = o * tanh(_normalized(c) * self.memory_gain + self.memory_shift)
        return h, (h, c)


def _normalized(z):
    centred = z - ops.mean(z, axis=-1, keepdims=True)
    return centred * ops.rsqrt(ops.mean(centred * centred, axis=-1, keepdims=True) + 1e-5)
