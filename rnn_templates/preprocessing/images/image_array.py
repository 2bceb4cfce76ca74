"""Many pictures of one size, decoded when they are needed."""

import functools

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.images.image_io import read_images
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor

MAX_CACHE_BYTES = 2**30  # bytes of decoded pictures that stay in memory


class ImageArray:
    """Encoded pictures that can be indexed like an array of decoded ones.

    Few or small ones are decoded once; many large ones every time they are asked for.

    Args:
        images: list of encoded pictures (bytes).
        preprocessor: `ImagePreprocessor`.

    Example:
        >>> ImageArray([encoded], ImagePreprocessor(64))[[0, 0]].shape
        (2, 64, 64, 3)
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, images, preprocessor):
        self._images = np.array([*images, None], dtype=object)[:-1]  # one that is alone would become an array of bytes
        self._read = _reader(preprocessor.size, preprocessor.channels)
        size = preprocessor.size
        self.shape = (len(images), size, size, preprocessor.channels)
        self._cache = None
        if np.prod(self.shape, dtype=np.int64) <= MAX_CACHE_BYTES:
            self._cache, self._cached = np.empty(self.shape, np.uint8), np.zeros(len(images), bool)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, numbers):
        if self._cache is None:
            return self._decoded(numbers)
        numbers = np.atleast_1d(numbers)
        new = np.unique(numbers[~self._cached[numbers]])
        if len(new):
            self._cache[new] = self._decoded(new)
            self._cached[new] = True
        return self._cache[numbers]

    def _decoded(self, numbers):
        images = list(self._images[numbers])
        try:
            return self._read(tf.constant(images, tf.string)).numpy()
        except tf.errors.InvalidArgumentError:
            read_images(images, [f"image {number}" for number in np.atleast_1d(numbers)])  # says which, and why
            raise


@functools.lru_cache(maxsize=8)
def _reader(size, channels):
    """What reads many pictures in a graph, made once: eagerly it would take several times as long."""
    strings = tf.TensorSpec((None,), tf.string)
    return tf.function(ImagePreprocessor(size, channels).call, input_signature=[strings], autograph=False)
