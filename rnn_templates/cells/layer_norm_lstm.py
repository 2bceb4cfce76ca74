"""LSTM with layer normalization."""

import keras
from keras import ops

from rnn_templates.cells.activations import apply_gates, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class LayerNormLSTMCell(Cell):
    """Long short-term memory with layer normalization of both projections and of c.

        i, f, g, o = split(LN(W x_t; a_x) + LN(U h_{t-1}; a_h) + b)
        c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
        h_t = sigmoid(o) * tanh(LN(c_t; a_c) + b_c)
        LN(z; a) = a * (z - mean(z)) / sqrt(var(z) + 1e-5)

    Args:
        units: int, at least 1; size of h and c.

    Weights:
        kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units,) as in `LSTMCell`;
        input_gain a_x (4 units,), recurrent_gain a_h (4 units,), cell_gain a_c (units,), cell_shift b_c (units,).

    Source:
        Ba, Kiros and Hinton, Layer normalization, arXiv:1607.06450.

    Example:
        >>> rt.Recurrent(rt.LayerNormLSTMCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    num_gates = 4
    state_names = ("h", "c")
    forget_gate = 1

    def build_recurrent(self):
        super().build_recurrent()
        for name, width, initializer in (
            ("input_gain", 4, "ones"),
            ("recurrent_gain", 4, "ones"),
            ("cell_gain", 1, "ones"),
            ("cell_shift", 1, "zeros"),
        ):
            setattr(self, name, self.add_weight(shape=(width * self.units,), initializer=initializer, name=name))

    def project_inputs(self, x):
        return _normalize(ops.matmul(x, self.kernel)) * self.input_gain + self.bias

    def project_state(self, h):
        return _normalize(ops.matmul(h, self.recurrent_kernel)) * self.recurrent_gain

    def step(self, zx, zh, states):
        _, c = states
        i, f, g, o = apply_gates(zx + zh, "sigmoid sigmoid tanh sigmoid")
        c = f * c + i * g
        h = o * tanh(_normalize(c) * self.cell_gain + self.cell_shift)
        return h, (h, c)


def _normalize(z):
    centered = z - ops.mean(z, axis=-1, keepdims=True)
    return centered * ops.rsqrt(ops.mean(centered * centered, axis=-1, keepdims=True) + 1e-5)
