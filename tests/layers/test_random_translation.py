"""Random translation: all offsets are drawn equally often, and the border is repeated."""

import numpy as np
import pytest

from rnn_templates.layers.random_translation import RandomTranslation


def test_every_offset_is_equally_probable_and_the_border_is_repeated():
    image = np.random.default_rng(0).integers(0, 255, (6, 5, 2)).astype("float32")
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), "edge")
    expected = {padded[y : y + 6, x : x + 5].tobytes(): 0 for y in range(3) for x in range(3)}
    assert len(expected) == 9
    images = np.repeat(image[None], 900, axis=0)
    layer = RandomTranslation(1)
    for translated in layer(images, training=True).numpy():
        expected[translated.tobytes()] += 1  # raises for any other image
    assert min(expected.values()) > 50
    np.testing.assert_array_equal(layer(images), images)
    np.testing.assert_array_equal(RandomTranslation(0)(images, training=True), images)
    assert RandomTranslation.from_config(layer.get_config()).max_pixels == 1


@pytest.mark.parametrize("value", [-1, 1.5, True])
def test_invalid_arguments_are_named(value):
    with pytest.raises(ValueError, match="`max_pixels`"):
        RandomTranslation(value)
