"""Image backbones: input range, grid of regions, branches of shape and color."""

import keras
import numpy as np
import pytest

from rnn_templates.layers.image_backbone import image_backbone

IMAGE = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)


def test_the_small_network_returns_a_grid_of_regions_row_by_row():
    backbone = image_backbone("small", 64)
    found = backbone(IMAGE).numpy().reshape(2, 8, 8, -1)
    other = IMAGE.copy()
    other[0, 60:, 60:] = 0  # the bottom right corner
    change = abs(backbone(other).numpy().reshape(2, 8, 8, -1) - found).max(axis=-1)
    assert change[0, 7, 7] > 1e-4 and change[0, :4].max() == change[0, :, :4].max() == change[1].max() == 0


def test_the_small_network_encodes_shape_in_gray_and_color_per_position():
    red, gray = np.full((2, 64, 64, 3), 240, np.uint8)
    red[20:30, 20:30], gray[20:30, 20:30] = (201, 0, 0), (60, 60, 60)  # of equal brightness
    backbone = image_backbone("small", 64)
    branches = keras.Model(backbone.input, backbone.get_layer("shape_color_concat").input)(np.stack([red, gray]))
    (shape, other_shape), (color, other_color) = (branch.numpy() for branch in branches)
    change = abs(color - other_color).max(axis=-1)
    assert abs(shape - other_shape).max() < 0.02 < 0.1 < change[2:4, 2:4].min()
    change[2:4, 2:4] = 0
    assert change.max() == 0


def test_a_pretrained_network_receives_inputs_in_its_range():
    keras.utils.set_random_seed(0)
    backbone = image_backbone("mobilenet_v2", 64)
    expected = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(64, 64, 3))
    expected.set_weights(backbone.get_layer("mobilenet_v2").get_weights())
    values = keras.applications.mobilenet_v2.preprocess_input(IMAGE.astype(np.float32))
    np.testing.assert_allclose(backbone(IMAGE), expected(values).numpy().reshape(2, 4, -1), atol=1e-5)


def test_weights_are_loaded_from_a_file(shared_data):
    file = shared_data / "encoders" / "mobilenet_v2_1.0_224_notop.weights.h5"
    one, other = (image_backbone("mobilenet_v2", size, weights=str(file)) for size in (64, 96))
    for first, second in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)
    assert one(IMAGE).numpy().std() > 0.1


@pytest.mark.parametrize("channels", [1, 3])
def test_gray_images_need_the_small_network(channels):
    assert image_backbone("small", 32, channels).input_shape == (None, 32, 32, channels)
    if channels == 1:
        with pytest.raises(ValueError, match="`channels`"):
            image_backbone("mobilenet_v2", 32, channels)
