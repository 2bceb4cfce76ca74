"""FastGRNN: size and initial weights."""

import numpy as np

from rnn_templates.cells import FastGRNNCell, GRUCell
from rnn_templates.layers.rnn.recurrent import Recurrent


def test_it_has_a_third_of_the_weights_of_a_gru():
    small, large = Recurrent(FastGRNNCell(64)), Recurrent(GRUCell(64))
    small.build((None, None, 64)), large.build((None, None, 64))
    assert abs(small.count_params() / large.count_params() - 1 / 3) < 0.01


def test_initial_weights_are_those_of_the_source():
    cell = FastGRNNCell(3)
    cell.build((None, 2))
    assert (float(cell.zeta[0]), float(cell.nu[0])) == (1, -4)
    np.testing.assert_array_equal(cell.bias, np.ones((2, 3)))
