"""Checks of attention weights."""

import numpy as np
import pytest

from rnn_templates.utils.attention_weights import as_weights, check_distributions, infer_grid


def test_the_number_of_axes_must_be_allowed():
    assert as_weights([0.5, 0.5], "(positions,)", "(words, positions)").shape == (2,)
    for weights in ([[[1.0]]], [[0.5], [0.5, 0.5]], "text"):
        with pytest.raises(ValueError, match="`weights`"):
            as_weights(weights, "(positions,)", "(words, positions)")


@pytest.mark.parametrize("row", [[0.5, 0.4], [1.1, -0.1], [np.nan, 1.0], [np.inf, 0.0]])
def test_rows_must_be_distributions(row):
    check_distributions(np.array([[0.5, 0.5], [1.04, -0.01]]))
    with pytest.raises(ValueError, match=r"`weights\[1\]`"):
        check_distributions(np.array([[0.5, 0.5], row]))


def test_the_grid_is_a_square_by_default():
    assert (infer_grid(196), infer_grid(6, (3, 2))) == ((14, 14), (3, 2))
    for positions, grid in ((0, None), (6, None), (6, (2, 2)), (6, (-2, -3))):
        with pytest.raises(ValueError, match="grid"):
            infer_grid(positions, grid)
