"""A recurrence of neurons that do not mix."""

import keras

from rnn_templates.cells.activations import relu
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class IndRNNCell(Cell):
    """Independently recurrent: each neuron sees its own past alone, and a layer above mixes them.

        h_t = relu(W x_t + u * h_{t-1} + b)

    The gradient through T steps is a product of T numbers u, whose size can be seen and bounded; meant for deep stacks.

    Args:
        units: size of h, a positive integer.

    Weights:
        kernel (features, units), recurrent_weight u (units,), between 0 and 1 at the start, bias (units,).

    Source:
        Li et al., Independently recurrent neural network (IndRNN), arXiv:1803.04831.

    Example:
        >>> from rnn_templates import IndRNNCell, Recurrent
        >>> Recurrent(IndRNNCell(8))(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])
    """

    def build_recurrent(self):
        between = keras.initializers.RandomUniform(0.0, 1.0)
        self.recurrent_weight = self.add_weight(shape=(self.units,), initializer=between, name="recurrent_weight")

    def recur(self, h):
        return h * self.recurrent_weight

    def step(self, zx, zh, states):
        h = relu(zx + zh)
        return h, (h,)
