"""LSTM with coupled input and forget gates."""

import keras

from rnn_templates.cells.activations import apply_gates, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class CoupledLSTMCell(Cell):
    """Long short-term memory with coupled input and forget gates.

    With i = 1 - f there are a quarter fewer weights.

        f, g, o = split(W x_t + U h_{t-1} + b)
        c_t = sigmoid(f) * c_{t-1} + (1 - sigmoid(f)) * tanh(g)
        h_t = sigmoid(o) * tanh(c_t)

    Args:
        units: int, at least 1; size of h and c.

    Weights (gate order f, g, o; the bias of f starts at one):
        kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (3 units,).

    Source:
        Greff et al., LSTM: a search space odyssey, arXiv:1503.04069 (there CIFG).

    Example:
        >>> rt.Recurrent(rt.CoupledLSTMCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    num_gates = 3
    state_names = ("h", "c")
    forget_gate = 0

    def step(self, zx, zh, states):
        _, c = states
        f, g, o = apply_gates(zx + zh, "sigmoid tanh sigmoid")
        c = g + f * (c - g)
        h = o * tanh(c)
        return h, (h, c)
