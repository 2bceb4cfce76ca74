"""Position embedding and its grid initialization."""

import keras
import numpy as np
import pytest

from rnn_templates.layers.position_embedding import PositionEmbedding


def test_every_position_adds_its_vector_initialized_on_a_grid():
    layer = PositionEmbedding()
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    added = layer(x).numpy() - x
    np.testing.assert_allclose(added[0], added[1], atol=1e-6)
    np.testing.assert_allclose(added[0], layer.positions, atol=1e-6)
    square = added[0].reshape(2, 2, 3)
    np.testing.assert_allclose(
        square[0, 1] - square[0, 0], square[1, 1] - square[1, 0], atol=1e-6
    )  # one column to the right
    assert abs(square[0, 1] - square[0, 0]).max() > 0.1 < abs(square[1, 0] - square[0, 0]).max()
    again = PositionEmbedding.from_config(layer.get_config())
    again.build((None, 4, 3))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x), layer(x))


def test_the_number_of_positions_must_be_static():
    with pytest.raises(ValueError, match="`x`"):
        PositionEmbedding()(keras.Input((None, 3)))
