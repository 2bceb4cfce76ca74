"""Where in a picture a region is."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable(package="rnn_templates")
class PositionEmbedding(keras.layers.Layer):
    """Adds a learned vector to every place.

        y_j = x_j + p_j,   at the start p_j = row_j a + column_j b,   a and b drawn at random

    So from the first step a difference of two places says how far apart they are, and in which direction.

    Args:
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        x: (batch, places, features) float; the number of places is fixed, those of a square row by row.

    Returns:
        The same shape.

    Source:
        Gehring et al., Convolutional sequence to sequence learning, arXiv:1705.03122.

    Example:
        >>> PositionEmbedding()(keras.ops.ones((2, 49, 8))).shape
        TensorShape([2, 49, 8])
    """

    def build(self, x_shape):
        if x_shape[1] is None:
            raise ValueError(f"{self.name}: the number of places must be known, the input has shape {x_shape}.")
        self.positions = self.add_weight(shape=x_shape[1:], initializer=grid_initializer, name="positions")

    def call(self, x):
        return x + tf.convert_to_tensor(self.positions)

    def compute_output_shape(self, x_shape):
        return x_shape


def grid_initializer(shape, dtype=None):
    """Returns the first vectors (places, features): row and column, from -1 to 1, in two directions drawn at random."""
    places, features = shape
    side = math.ceil(places**0.5)
    rows, columns = np.divmod(np.arange(places), side)
    where = np.stack([rows, columns], axis=1) / max(1, side - 1) * 2 - 1
    return ops.matmul(ops.cast(where, dtype), keras.random.normal((2, features), stddev=0.5, dtype=dtype))
