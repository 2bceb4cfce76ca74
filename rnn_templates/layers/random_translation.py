"""Data augmentation by random translations of whole pixels."""

import keras
import tensorflow as tf

from rnn_templates.utils.validation import check_ints


@keras.saving.register_keras_serializable(package="rnn_templates")
class RandomTranslation(keras.layers.Layer):
    """Translates every image by random whole pixels in training.

    Vertical and horizontal offsets are drawn per image, uniformly from -max_pixels to max_pixels. Border pixels are
    repeated. `keras.layers.RandomTranslation` draws real offsets as fractions of the image size: with nearest-neighbor
    interpolation the largest offsets have half the probability of the others.

    Args:
        max_pixels: int >= 0; largest offset in each direction.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        images: (batch, height, width, channels).

    Returns:
        The same shape and dtype; outside of training the images unchanged.

    Raises:
        ValueError: if `max_pixels` is not an integer of at least 0.

    Example:
        >>> from rnn_templates.layers.random_translation import RandomTranslation
        >>> RandomTranslation(2)(keras.ops.ones((1, 28, 28, 1)), training=True).shape
        TensorShape([1, 28, 28, 1])
    """

    def __init__(self, max_pixels, **kwargs):
        super().__init__(**kwargs)
        check_ints("RandomTranslation", minimum=0, max_pixels=max_pixels)
        self.max_pixels = max_pixels
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if not (training and self.max_pixels):
            return images
        for axis in (1, 2):
            size, batch = images.shape[axis], tf.shape(images)[0]
            offset = keras.random.randint((batch, 1), -self.max_pixels, self.max_pixels + 1, seed=self.seed_generator)
            indices = tf.clip_by_value(tf.range(size)[None] + offset, 0, size - 1)
            images = tf.gather(images, indices, axis=axis, batch_dims=1)
        return images

    def compute_output_shape(self, images_shape):
        return images_shape

    def get_config(self):
        return {**super().get_config(), "max_pixels": self.max_pixels}
