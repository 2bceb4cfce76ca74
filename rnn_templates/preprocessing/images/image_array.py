"""Array of images that decodes on access."""

import functools

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.images.image_io import read_images
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor

MAX_CACHE_BYTES = 2**30  # decoded images are kept in memory up to this total size


class ImageArray:
    """Encoded images with the interface of a uint8 array of decoded ones.

    If all decoded images fit into `MAX_CACHE_BYTES`, each is decoded once, else on every access.

    Args:
        images: list of bytes; encoded images, as from `read_images`.
        preprocessor: `ImagePreprocessor`; defines size and channels.

    Attributes:
        encoded: object array (images,) of bytes; the encoded images.
        shape: tuple (images, size, size, channels).
        dtype: uint8.

    Raises:
        ValueError: on access, if an image cannot be decoded; names its index.

    Example:
        >>> images = read_images(np.zeros((2, 9, 9), np.uint8))
        >>> ImageArray(images, ImagePreprocessor(64))[[0, 0, 1]].shape
        (3, 64, 64, 3)
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, images, preprocessor):
        self.encoded = np.array([*images, None], dtype=object)[:-1]  # NumPy would convert a single bytes object
        self._read = _reader(preprocessor.size, preprocessor.channels)
        size = preprocessor.size
        self.shape = (len(images), size, size, preprocessor.channels)
        self._cache = None
        if np.prod(self.shape, dtype=np.int64) <= MAX_CACHE_BYTES:
            self._cache, self._cached = np.empty(self.shape, np.uint8), np.zeros(len(images), bool)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, indices):
        if self._cache is None:
            return self._decoded(indices)
        indices = np.atleast_1d(indices)
        missing = np.unique(indices[~self._cached[indices]])
        if len(missing):
            self._cache[missing] = self._decoded(missing)
            self._cached[missing] = True
        return self._cache[indices]

    def _decoded(self, indices):
        images = list(self.encoded[indices])
        try:
            return self._read(tf.constant(images, tf.string)).numpy()
        except tf.errors.InvalidArgumentError:
            read_images(images, [f"image {index}" for index in np.atleast_1d(indices)])  # raises with index and reason
            raise


@functools.lru_cache(maxsize=8)
def _reader(size, channels):
    """Returns a compiled decoder; eager execution takes several times as long."""
    strings = tf.TensorSpec((None,), tf.string)
    return tf.function(ImagePreprocessor(size, channels).call, input_signature=[strings], autograph=False)
