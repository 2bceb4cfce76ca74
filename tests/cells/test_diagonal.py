"""Cells with a diagonal recurrent kernel: those with a full one whose off-diagonal weights are zero."""

import numpy as np
import pytest
from support.cell_formulas import make_inputs, randomize

from rnn_templates.cells import DiagonalGRUCell, DiagonalLSTMCell, GRUCell, LSTMCell
from rnn_templates.layers.rnn.recurrent import Recurrent


@pytest.mark.parametrize(("diagonal", "full"), [(DiagonalGRUCell, GRUCell), (DiagonalLSTMCell, LSTMCell)])
def test_outputs_equal_those_of_a_full_kernel_with_zeros_off_the_diagonal(diagonal, full):
    x, mask = make_inputs()
    ours = randomize(Recurrent(diagonal(5), return_sequences=True), x.shape)
    theirs = Recurrent(full(5), return_sequences=True)
    theirs.build(x.shape)
    kernel, recurrent_weight, bias = ours.get_weights()
    gates = np.split(recurrent_weight, len(recurrent_weight) // 5)
    bias = np.stack([bias, np.zeros_like(bias)]) if full is GRUCell else bias
    theirs.set_weights([kernel, np.concatenate([np.diag(gate) for gate in gates], axis=1), bias])
    np.testing.assert_allclose(ours(x, mask=mask), theirs(x, mask=mask), atol=1e-6)


def test_initial_weights_are_those_of_the_source():
    cell = DiagonalGRUCell(500)
    cell.build((None, 2))
    np.testing.assert_allclose(np.std(cell.recurrent_weight), 2 / np.sqrt(5 * 500), rtol=0.1)
    z, r, g = np.split(np.asarray(cell.bias), 3)
    np.testing.assert_allclose(z, np.linspace(0, 1, 500), atol=1e-6)
    assert not r.any() and not g.any()
