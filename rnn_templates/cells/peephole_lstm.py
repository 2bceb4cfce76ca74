"""LSTM with peephole connections."""

import keras
from keras import ops

from rnn_templates.cells.activations import sigmoid, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class PeepholeLSTMCell(Cell):
    """Long short-term memory whose gates also depend on the cell state.

        zi, zf, zg, zo = split(W x_t + U h_{t-1} + b)
        c_t = sigmoid(zf + p_f * c_{t-1}) * c_{t-1} + sigmoid(zi + p_i * c_{t-1}) * tanh(zg)
        h_t = sigmoid(zo + p_o * c_t) * tanh(c_t)

    The peephole connections p help with counting and precise timing.

    Args:
        units: int, at least 1; size of h and c.

    Weights:
        kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units,) as in `LSTMCell`;
        peepholes (3, units): p_i, p_f, p_o.

    Source:
        Gers and Schmidhuber, Recurrent nets that time and count, 2000.

    Example:
        >>> rt.Recurrent(rt.PeepholeLSTMCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    num_gates = 4
    state_names = ("h", "c")
    forget_gate = 1

    def build_recurrent(self):
        super().build_recurrent()
        self.peepholes = self.add_weight(shape=(3, self.units), initializer="zeros", name="peepholes")

    def step(self, zx, zh, states):
        _, c = states
        p_i, p_f, p_o = self.peepholes[0], self.peepholes[1], self.peepholes[2]
        zi, zf, zg, zo = ops.split(zx + zh, 4, axis=-1)
        c = sigmoid(zf + p_f * c) * c + sigmoid(zi + p_i * c) * tanh(zg)
        h = sigmoid(zo + p_o * c) * tanh(c)
        return h, (h, c)
