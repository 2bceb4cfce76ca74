"""FastGRNN cell."""

import keras
from keras import ops

from rnn_templates.cells.activations import apply_gates
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class FastGRNNCell(Cell):
    """Gated recurrent network whose gate and candidate share both kernels.

        a = W x_t + U h_{t-1}
        z = sigmoid(a + b_z)
        g = tanh(a + b_g)
        h_t = z * h_{t-1} + (sigmoid(zeta) * (1 - z) + sigmoid(nu)) * g

    It has a third of the weights of a GRU, for microcontrollers.

    Args:
        units: int, at least 1; size of h.

    Weights:
        kernel (features, units), recurrent_kernel (units, units), bias (2, units): b_z and b_g, initially one;
        zeta (1,), initially 1, and nu (1,), initially -4.

    Source:
        Kusupati et al., FastGRNN: a fast, accurate, stable and tiny kilobyte sized gated recurrent neural network,
        arXiv:1901.02358.

    Example:
        >>> layer = rt.Recurrent(rt.FastGRNNCell(8))
        >>> layer(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
        >>> layer.count_params()
        106
    """

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel")
        self.build_recurrent()
        self.bias = self.add_weight(shape=(2, self.units), initializer="ones", name="bias")
        self.zeta = self.add_weight(shape=(1,), initializer=keras.initializers.Constant(1.0), name="zeta")
        self.nu = self.add_weight(shape=(1,), initializer=keras.initializers.Constant(-4.0), name="nu")

    def project_inputs(self, x):
        return ops.matmul(x, self.kernel)

    def step(self, zx, zh, states):
        (h,) = states
        a = zx + zh
        z, g = apply_gates(ops.concatenate([a + self.bias[0], a + self.bias[1]], axis=-1), "sigmoid tanh")
        h = z * h + (ops.sigmoid(self.zeta) * (1 - z) + ops.sigmoid(self.nu)) * g
        return h, (h,)
