"""Image preprocessor: encoded images to resized pixels, in a graph."""

import keras
import tensorflow as tf

from rnn_templates.preprocessing.images.exif import apply_orientation, exif_orientation
from rnn_templates.preprocessing.images.image_io import read_images


@keras.saving.register_keras_serializable(package="rnn_templates")
class ImagePreprocessor(keras.layers.Layer):
    """Decodes images and resizes them to squares.

    Python and graph give identical results.

    The image is stretched to the square with antialiased bilinear interpolation; an image of that size is not changed.
    The Exif orientation of a JPEG is applied. Gray is 0.299 red + 0.587 green + 0.114 blue.

    Args:
        size: int >= 1; height and width of the output.
        channels: 3 (RGB) or 1 (gray).
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        images: (batch,) string tensor of encoded images, as from `read_images`; or list of images in any form.

    Returns:
        (batch, size, size, channels) uint8 tensor.

    Raises:
        ValueError: if `size` or `channels` is invalid, or an image of a list cannot be read.
        tf.errors.InvalidArgumentError: if an encoded image of a tensor cannot be decoded.

    Example:
        >>> ImagePreprocessor(64)([np.zeros((9, 9), np.uint8), np.zeros((5, 8, 3), np.uint8)]).shape
        TensorShape([2, 64, 64, 3])
    """

    def __init__(self, size=224, channels=3, **kwargs):
        super().__init__(autocast=False, trainable=False, **{k: v for k, v in kwargs.items() if k != "trainable"})
        if size < 1:
            raise ValueError(f"ImagePreprocessor: `size` must be positive; received {size!r}.")
        if channels not in (1, 3):
            raise ValueError(f"ImagePreprocessor: `channels` must be 3 (RGB) or 1 (gray); received {channels!r}.")
        self.size = size
        self.channels = channels
        self.built = True  # it has no weights; an export may track it before its first call

    def image(self, encoded):
        """Returns the decoded and resized pixels of one image.

        Args:
            encoded: bytes of an image file, as from `load_image_bytes`.

        Returns:
            (size, size, channels) uint8 array.

        Example:
            >>> ImagePreprocessor(8, channels=1).image(read_images([np.zeros((9, 9), np.uint8)])[0]).shape
            (8, 8, 1)
        """
        return self._square(tf.constant(encoded, tf.string)).numpy()

    def __call__(self, images, **kwargs):
        if isinstance(images, str | bytes):
            raise TypeError("ImagePreprocessor: `images` must be a list of images; received a single image.")
        if isinstance(images, list | tuple):  # Keras passes only tensors to `call`
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
