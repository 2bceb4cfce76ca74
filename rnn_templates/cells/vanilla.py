"""Vanilla recurrent cell."""

import keras

from rnn_templates.cells.activations import tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class VanillaCell(Cell):
    """Simple recurrent cell (Elman network).

        h_t = tanh(W_xh x_t + W_hh h_{t-1} + b)

    The output layer y_t = W_hy h_t belongs to the model. The gradient through T steps is a product of T matrices, so
    that it vanishes or explodes for large T; `LSTMCell` and `GRUCell` reduce this.

    Args:
        units: int, at least 1; size of h.

    Weights, as in `keras.layers.SimpleRNN`:
        kernel (features, units), recurrent_kernel (units, units), bias (units,).

    Source:
        Elman, Finding structure in time, Cognitive Science 14, 1990.

    Example:
        >>> rt.Recurrent(rt.VanillaCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    def step(self, zx, zh, states):
        h = tanh(zx + zh)
        return h, (h,)
