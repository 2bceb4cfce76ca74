"""Independently recurrent cell."""

import keras

from rnn_templates.cells.activations import relu
from rnn_templates.cells.diagonal import DiagonalCell


@keras.saving.register_keras_serializable(package="rnn_templates")
class IndRNNCell(DiagonalCell):
    """Independently recurrent cell: the recurrent kernel is diagonal.

        h_t = relu(W x_t + u * h_{t-1} + b)

    Units are mixed by the kernel of the next layer only. The gradient through T steps is, for each unit, the product
    of T numbers u, so that its size is easy to bound. Meant for deep stacks.

    Args:
        units: int, at least 1; size of h.

    Weights:
        kernel (features, units), recurrent_weight u (units,), initially uniform in [0, 1), bias (units,).

    Source:
        Li et al., Independently recurrent neural network (IndRNN), arXiv:1803.04831.

    Example:
        >>> rt.Recurrent(rt.IndRNNCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    def build_recurrent(self):
        uniform = keras.initializers.RandomUniform(0.0, 1.0)
        self.recurrent_weight = self.add_weight(shape=(self.units,), initializer=uniform, name="recurrent_weight")

    def step(self, zx, zh, states):
        h = relu(zx + zh)
        return h, (h,)
