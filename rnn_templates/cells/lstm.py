"""The long short-term memory cell."""

import keras
from keras import ops

from rnn_templates.cells.activations import gates, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class LSTMCell(Cell):
    """Long short-term memory with a forget gate.

        i, f, g, o = split(W x_t + U h_{t-1} + b)
        c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
        h_t = sigmoid(o) * tanh(c_t)

    The memory c changes by addition, so its gradient survives as long as the forget gate stays open. The forget
    gate's bias starts at one (Jozefowicz et al. 2015).

    Args:
        units: size of h and c, a positive integer.

    Weights, as in `keras.layers.LSTM` (gate order i, f, g, o):
        kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units,).

    Source:
        Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9(8), 1997;
        Gers et al., Learning to forget, 2000.

    Example:
        >>> from rnn_templates import LSTMCell, Recurrent
        >>> output, h, c = Recurrent(LSTMCell(8), return_state=True)(keras.ops.ones((2, 5, 3)))
        >>> c.shape
        TensorShape([2, 8])
    """

    gates = 4
    state_names = ("h", "c")

    def initial_bias(self, shape, dtype=None):
        zeros, ones = ops.zeros((self.units,), dtype=dtype), ops.ones((self.units,), dtype=dtype)
        return ops.concatenate([zeros, ones, zeros, zeros])

    def step(self, zx, zh, states):
        _, c = states
        i, f, g, o = gates(zx + zh, "sigmoid sigmoid tanh sigmoid")
        c = f * c + i * g
        h = o * tanh(c)
        return h, (h, c)
