"""Learned position embedding, initialized on a grid."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable(package="rnn_templates")
class PositionEmbedding(keras.layers.Layer):
    """Adds a learned vector to every position.

        y_j = x_j + p_j,   initially p_j = row_j a + column_j b with random vectors a, b

    With this initialization the difference of two position vectors encodes their distance and direction.

    Args:
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        x: (batch, positions, features) float with a static number of positions, those of a square grid row by row.

    Returns:
        The same shape.

    Raises:
        ValueError: if the number of positions is not static.

    Source:
        Gehring et al., Convolutional sequence to sequence learning, arXiv:1705.03122.

    Example:
        >>> from rnn_templates.layers.position_embedding import PositionEmbedding
        >>> PositionEmbedding()(keras.ops.ones((2, 49, 8))).shape
        TensorShape([2, 49, 8])
    """

    def build(self, x_shape):
        if x_shape[1] is None:
            raise ValueError(f"{self.name}: `x` must have a static number of positions; received shape {x_shape}.")
        self.positions = self.add_weight(shape=x_shape[1:], initializer=grid_initializer, name="positions")

    def call(self, x):
        return x + tf.convert_to_tensor(self.positions)

    def compute_output_shape(self, x_shape):
        return x_shape


def grid_initializer(shape, dtype=None):
    """Returns initial position vectors: grid coordinates times two random vectors.

    Rows and columns are scaled to [-1, 1]. The result has the given shape, (positions, features).

    Example:
        >>> grid_initializer((4, 8)).shape
        TensorShape([4, 8])
    """
    positions, features = shape
    side = math.ceil(positions**0.5)
    rows, columns = np.divmod(np.arange(positions), side)
    coordinates = np.stack([rows, columns], axis=1) / max(1, side - 1) * 2 - 1
    return ops.matmul(ops.cast(coordinates, dtype), keras.random.normal((2, features), stddev=0.5, dtype=dtype))
