"""The gated recurrent unit."""

import keras
from keras import ops

from rnn_templates.cells.activations import gates, kept, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class GRUCell(Cell):
    """Gated recurrent unit, in the form that resets after the matrix product (cuDNN's, and the default of Keras).

        z = sigmoid(x_t W_z + h_{t-1} U_z + b_z)
        r = sigmoid(x_t W_r + h_{t-1} U_r + b_r)
        g = tanh(x_t W_g + b_g + r * (h_{t-1} U_g + b'_g))
        h_t = z * h_{t-1} + (1 - z) * g

    Args:
        units: size of h, a positive integer.

    Weights, as in `keras.layers.GRU(reset_after=True)` (gate order z, r, g):
        kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units): a row for x, a row for h.

    Source:
        Cho et al., Learning phrase representations using RNN encoder-decoder, arXiv:1406.1078.

    Example:
        >>> from rnn_templates import GRUCell, Recurrent
        >>> Recurrent(GRUCell(8), return_sequences=True)(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 5, 8])
    """

    gates = 3
    recurrent_bias = True

    def step(self, zx, zh, states):
        (h,) = states
        x_zr, x_g = ops.split(zx, [2 * self.units], axis=-1)
        h_zr, h_g = ops.split(zh, [2 * self.units], axis=-1)
        z, r = gates(x_zr + h_zr, "sigmoid sigmoid")
        g = tanh(x_g + r * kept(h_g))
        h = g + z * (h - g)
        return h, (h,)
