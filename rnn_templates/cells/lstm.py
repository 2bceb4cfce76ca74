"""Long short-term memory cell."""

import keras

from rnn_templates.cells.activations import apply_gates, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class LSTMCell(Cell):
    """Long short-term memory with a forget gate.

        i, f, g, o = split(W x_t + U h_{t-1} + b)
        c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
        h_t = sigmoid(o) * tanh(c_t)

    The cell state c changes by addition, so that its gradient does not vanish while the forget gate is open. The bias
    of the forget gate starts at one (Jozefowicz et al. 2015).

    Args:
        units: int, at least 1; size of h and c.

    Weights, as in `keras.layers.LSTM` (gate order i, f, g, o):
        kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units,).

    Source:
        Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9(8), 1997;
        Gers et al., Learning to forget, 2000.

    Example:
        >>> output, h, c = rt.Recurrent(rt.LSTMCell(8), return_state=True)(np.ones((2, 5, 3), "float32"))
        >>> c.shape
        TensorShape([2, 8])
    """

    num_gates = 4
    state_names = ("h", "c")
    forget_gate = 1

    def step(self, zx, zh, states):
        _, c = states
        i, f, g, o = apply_gates(zx + zh, "sigmoid sigmoid tanh sigmoid")
        c = f * c + i * g
        h = o * tanh(c)
        return h, (h, c)
