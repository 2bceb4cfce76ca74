"""From encoded pictures to squares of pixels, inside a graph."""

import keras
import tensorflow as tf

from rnn_templates.preprocessing.images.exif import apply_orientation, exif_orientation
from rnn_templates.preprocessing.images.image_io import read_images


@keras.saving.register_keras_serializable(package="rnn_templates")
class ImagePreprocessor(keras.layers.Layer):
    """Reads encoded pictures as squares of pixels, the same in Python and inside a graph.

    The whole picture is squeezed into the square (antialiased, bilinear); one that has the size already is not changed.
    A JPEG that a camera held turned stands upright. Grey is 0.299 red + 0.587 green + 0.114 blue.

    Args:
        size: height and width of the squares, a positive integer.
        channels: 3 for RGB or 1 for grey.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        images: (batch,) string tensor of encoded pictures as from `read_images`, or a list of pictures in any form.

    Returns:
        (batch, size, size, channels) uint8.

    Raises:
        ValueError: if `size` is not positive or `channels` neither 3 nor 1, or one of a list cannot be read.
        tf.errors.InvalidArgumentError: if an encoded picture of a tensor cannot be read.

    Example:
        >>> preprocessor = ImagePreprocessor(64)
        >>> preprocessor(["cat.jpg", np.zeros((9, 9), np.uint8)]).shape
        TensorShape([2, 64, 64, 3])
    """

    def __init__(self, size=224, channels=3, **kwargs):
        super().__init__(autocast=False, trainable=False, **{k: v for k, v in kwargs.items() if k != "trainable"})
        if size < 1:
            raise ValueError(f"ImagePreprocessor: `size` must be positive, got {size!r}.")
        if channels not in (1, 3):
            raise ValueError(f"ImagePreprocessor: `channels` must be 3 (RGB) or 1 (grey), got {channels!r}.")
        self.size = size
        self.channels = channels
        self.built = True  # no weights to wait for: an export may track it before it is ever called

    def image(self, encoded):
        """Returns the square (size, size, channels), a uint8 array, of one encoded picture (bytes)."""
        return self._square(tf.constant(encoded, tf.string)).numpy()

    def __call__(self, images, **kwargs):
        if isinstance(images, str | bytes):
            raise TypeError("ImagePreprocessor wants many pictures; one picture is [picture].")
        if isinstance(images, list | tuple):  # Keras takes nothing but tensors further on
            images = tf.constant(read_images(images), tf.string, shape=[len(images)])
        return super().__call__(images, **kwargs)

    def call(self, images):
        square = tf.TensorSpec((self.size, self.size, self.channels), tf.uint8)
        return tf.map_fn(self._square, images, fn_output_signature=square)

    def _square(self, encoded):
        image = tf.ensure_shape(tf.io.decode_image(encoded, 3, expand_animations=False), (None, None, 3))
        image = tf.ensure_shape(apply_orientation(image, exif_orientation(encoded)), (None, None, 3))
        if self.channels == 1:
            red, green, blue = tf.unstack(tf.cast(image, tf.int32), axis=-1)
            image = ((red * 19595 + green * 38470 + blue * 7471 + 32768) // 65536)[..., tf.newaxis]
        square = tf.image.resize(tf.cast(image, tf.float32), (self.size, self.size), antialias=True)
        return tf.saturate_cast(tf.round(square), tf.uint8)

    def compute_output_shape(self, images_shape):
        return (images_shape[0], self.size, self.size, self.channels)

    def compute_output_spec(self, images):
        return keras.KerasTensor(self.compute_output_shape(images.shape), dtype="uint8")

    def get_config(self):
        return {"name": self.name, "size": self.size, "channels": self.channels}
