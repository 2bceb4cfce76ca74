"""Arrays of encoded images: equality with decoding each, caching, and errors."""

import numpy as np
import pytest

from rnn_templates.preprocessing.images import image_array
from rnn_templates.preprocessing.images.image_array import ImageArray
from rnn_templates.preprocessing.images.image_io import read_images
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor

PIXELS = np.random.default_rng(3).integers(0, 256, (5, 7, 9, 3), np.uint8)
IMAGES = read_images(PIXELS)


@pytest.mark.parametrize("max_bytes", [0, 2**30], ids=["decoded on access", "cached"])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_indexed_like_an_array_of_decoded_images(monkeypatch, max_bytes, channels):
    monkeypatch.setattr(image_array, "MAX_CACHE_BYTES", max_bytes)
    preprocessor = ImagePreprocessor(6, channels)
    expected = np.stack([preprocessor.image(image) for image in IMAGES])
    array = ImageArray(IMAGES, preprocessor)
    assert (array.shape, array.dtype, len(array)) == (expected.shape, expected.dtype, 5)
    for indices in ([0, 0, 4], np.array([3, 1]), np.arange(5), np.arange(5)[::-1]):
        np.testing.assert_array_equal(array[indices], expected[indices])


def test_a_cached_image_is_decoded_once(monkeypatch):
    array = ImageArray(IMAGES, ImagePreprocessor(6))
    decoded = []
    monkeypatch.setattr(array, "_decoded", lambda indices: decoded.extend(indices) or np.zeros((len(indices), 6, 6, 3)))
    for indices in ([1, 2], [2, 1, 1], [2, 3]):
        array[indices]
    assert decoded == [1, 2, 3]


def test_an_array_of_one_image_works():
    assert ImageArray(IMAGES[:1], ImagePreprocessor(6))[[0]].shape == (1, 6, 6, 3)


def test_a_damaged_image_is_named_by_its_index():
    array = ImageArray([*IMAGES, b"no image"], ImagePreprocessor(6))
    with pytest.raises(ValueError, match="image 5 is not an image"):
        array[[0, 5]]
