"""Minimal gated recurrent unit."""

import keras
from keras import ops

from rnn_templates.cells.activations import sigmoid
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class MinGRUCell(Cell):
    """Minimal gated recurrent unit: gate and candidate depend on the input only.

        z = sigmoid(W_z x_t + b_z)
        g = W_g x_t + b_g
        h_t = (1 - z) * h_{t-1} + z * g

    There is no product with h_{t-1}: a third of the weights of a GRU, and a shorter training step.

    Args:
        units: int, at least 1; size of h.

    Weights (gate order z, g):
        kernel (features, 2 units), bias (2 units,).

    Source:
        Feng et al., Were RNNs all we needed?, arXiv:2410.01201.

    Example:
        >>> rt.Recurrent(rt.MinGRUCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    num_gates = 2

    def build_recurrent(self):
        """Creates nothing: there are no recurrent weights."""

    def project_state(self, h):
        return None

    def step(self, zx, zh, states):
        (h,) = states
        z, g = ops.split(zx, 2, axis=-1)
        h = h + sigmoid(z) * (g - h)
        return h, (h,)
