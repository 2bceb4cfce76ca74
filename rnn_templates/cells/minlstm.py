"""Minimal long short-term memory cell."""

import keras
from keras import ops

from rnn_templates.cells.activations import sigmoid
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class MinLSTMCell(Cell):
    """Minimal long short-term memory.

    The gates depend on the input only and are normalized to sum to one.

        f, i = sigmoid(W_f x_t + b_f), sigmoid(W_i x_t + b_i)
        g = W_g x_t + b_g
        h_t = f / (f + i) * h_{t-1} + i / (f + i) * g

    The quotient is computed from log sigmoid, so that it is defined where both gates underflow to zero:

        i / (f + i) = sigmoid(log i - log f)

    Args:
        units: int, at least 1; size of h.

    Weights (gate order f, i, g; the bias of f starts at one):
        kernel (features, 3 units), bias (3 units,).

    Source:
        Feng et al., Were RNNs all we needed?, arXiv:2410.01201.

    Example:
        >>> rt.Recurrent(rt.MinLSTMCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    num_gates = 3
    forget_gate = 0

    def build_recurrent(self):
        """Creates nothing: there are no recurrent weights."""

    def project_state(self, h):
        return None

    def step(self, zx, zh, states):
        (h,) = states
        f, i, g = ops.split(zx, 3, axis=-1)
        h = h + sigmoid(ops.log_sigmoid(i) - ops.log_sigmoid(f)) * (g - h)
        return h, (h,)
