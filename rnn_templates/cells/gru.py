"""Gated recurrent unit."""

import keras
from keras import ops

from rnn_templates.cells.activations import apply_gates, save_residual, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class GRUCell(Cell):
    """Gated recurrent unit.

    The reset gate is applied after the matrix product, as in cuDNN and by default in Keras.

        z = sigmoid(x_t W_z + h_{t-1} U_z + b_z)
        r = sigmoid(x_t W_r + h_{t-1} U_r + b_r)
        g = tanh(x_t W_g + b_g + r * (h_{t-1} U_g + b'_g))
        h_t = z * h_{t-1} + (1 - z) * g

    Args:
        units: int, at least 1; size of h.

    Weights, as in `keras.layers.GRU(reset_after=True)` (gate order z, r, g):
        kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units): a row for x, a row for h.

    Source:
        Cho et al., Learning phrase representations using RNN encoder-decoder, arXiv:1406.1078.

    Example:
        >>> rt.Recurrent(rt.GRUCell(8), return_sequences=True)(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 5, 8])
    """

    num_gates = 3
    use_recurrent_bias = True

    def step(self, zx, zh, states):
        (h,) = states
        x_zr, x_g = ops.split(zx, [2 * self.units], axis=-1)
        h_zr, h_g = ops.split(zh, [2 * self.units], axis=-1)
        z, r = apply_gates(x_zr + h_zr, "sigmoid sigmoid")
        g = tanh(x_g + r * save_residual(h_g))
        h = g + z * (h - g)
        return h, (h,)
