"""The vanilla recurrent cell."""

import keras

from rnn_templates.cells.activations import tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class VanillaCell(Cell):
    """The simple recurrent cell of Elman.

        h_t = tanh(W_xh x_t + W_hh h_{t-1} + b)

    The read-out y_t = W_hy h_t is left to the model around it. Its gradient through time is a product of T matrices,
    so that it vanishes or explodes with T; `LSTMCell` and `GRUCell` are the cure.

    Args:
        units: size of h, a positive integer.

    Weights, as in `keras.layers.SimpleRNN`:
        kernel (features, units), recurrent_kernel (units, units), bias (units,).

    Source:
        Elman, Finding structure in time, Cognitive Science 14, 1990.

    Example:
        >>> from rnn_templates import Recurrent, VanillaCell
        >>> Recurrent(VanillaCell(8))(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])
    """

    def step(self, zx, zh, states):
        h = tanh(zx + zh)
        return h, (h,)
