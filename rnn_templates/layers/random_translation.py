"""ImageArray that are never twice at the same place."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class RandomTranslation(keras.layers.Layer):
    """Moves every picture a little in training, each another way; what comes in from outside repeats the border.

    Args:
        pixels: how far at most, in each direction, a non-negative integer.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        pictures: (batch, height, width, channels).

    Returns:
        The same shape and dtype; outside of training the pictures as they are.

    Raises:
        ValueError: if `pixels` is no integer of at least 0.

    Example:
        >>> RandomTranslation(2)(keras.ops.ones((1, 28, 28, 1)), training=True).shape
        TensorShape([1, 28, 28, 1])
    """

    def __init__(self, pixels, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(pixels, int) or isinstance(pixels, bool) or pixels < 0:
            raise ValueError(f"RandomTranslation: `pixels` is an integer of at least 0, got {pixels!r}.")
        self.pixels = pixels
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, pictures, training=False):
        if not (training and self.pixels):
            return pictures
        for axis in (1, 2):
            size, batch = pictures.shape[axis], tf.shape(pictures)[0]
            far = keras.random.randint((batch, 1), -self.pixels, self.pixels + 1, seed=self.seed_generator)
            places = tf.clip_by_value(tf.range(size)[None] + far, 0, size - 1)
            pictures = tf.gather(pictures, places, axis=axis, batch_dims=1)
        return pictures

    def compute_output_shape(self, pictures_shape):
        return pictures_shape

    def get_config(self):
        return {**super().get_config(), "pixels": self.pixels}
