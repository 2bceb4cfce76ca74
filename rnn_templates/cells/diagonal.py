"""Base class of cells whose recurrent kernel is diagonal."""

import keras
from keras import ops

from rnn_templates.cells.cell import Cell


class DiagonalCell(Cell):
    """A cell without a matrix product in the loop: each gate of a unit reads that unit alone.

        zh = [u_1 * h_{t-1}, u_2 * h_{t-1}, ...], one vector u for each gate

    Units are mixed by the kernel of the next layer only. In front of another cell in the bases of a class it replaces
    the recurrent kernel of that cell, whose step stays.

    Args:
        units: int, at least 1; size of the output and of every state.

    Weights:
        recurrent_weight u (num_gates * units,), normal with standard deviation 2 / sqrt(5 units).

    Source:
        Danieli et al., ParaRNN, arXiv:2510.21450 (initialization); Li et al., IndRNN, arXiv:1803.04831.

    Example:
        >>> from rnn_templates.cells.diagonal import DiagonalCell
        >>> class SmallLSTMCell(DiagonalCell, rt.LSTMCell):
        ...     pass
        >>> cell = SmallLSTMCell(8)
        >>> cell.build((None, 3))
        >>> tuple(cell.recurrent_weight.shape)
        (32,)
    """

    def build_recurrent(self):
        normal = keras.initializers.RandomNormal(stddev=2 / (5 * self.units) ** 0.5)
        shape = (self.num_gates * self.units,)
        self.recurrent_weight = self.add_weight(shape=shape, initializer=normal, name="recurrent_weight")

    def project_state(self, h):
        return ops.concatenate([h] * self.num_gates, axis=-1) * self.recurrent_weight
