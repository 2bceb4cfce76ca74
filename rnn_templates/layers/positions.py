"""Where in a picture a region is."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class Positions(keras.layers.Layer):
    """Adds a learned vector to every place.

        y_j = x_j + p_j

    Args:
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        x: (batch, places, features) float; the number of places is fixed.

    Returns:
        The same shape.

    Source:
        Gehring et al., Convolutional sequence to sequence learning, arXiv:1705.03122.

    Example:
        >>> Positions()(keras.ops.ones((2, 49, 8))).shape
        TensorShape([2, 49, 8])
    """

    def build(self, x_shape):
        if x_shape[1] is None:
            raise ValueError(f"{self.name}: the number of places must be known, the input has shape {x_shape}.")
        self.positions = self.add_weight(
            shape=x_shape[1:], initializer=keras.initializers.RandomNormal(stddev=0.1), name="positions"
        )

    def call(self, x):
        return x + tf.convert_to_tensor(self.positions)

    def compute_output_shape(self, x_shape):
        return x_shape
