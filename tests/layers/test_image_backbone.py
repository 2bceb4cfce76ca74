"""What the networks see: the right numbers, the whole picture, in a grid."""

import keras
import numpy as np
import pytest

from rnn_templates.layers.image_backbone import image_backbone

PICTURE = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)


def test_the_small_one_sees_a_grid_of_regions_row_by_row():
    backbone = image_backbone("small", 64)
    found = backbone(PICTURE).numpy().reshape(2, 8, 8, -1)
    other = PICTURE.copy()
    other[0, 60:, 60:] = 0  # the corner below, on the right
    moved = abs(backbone(other).numpy().reshape(2, 8, 8, -1) - found).max(axis=-1)
    assert moved[0, 7, 7] > 1e-4 and moved[0, :4].max() == moved[0, :, :4].max() == moved[1].max() == 0


def test_the_small_one_sees_form_in_grey_and_the_colour_of_each_place_by_itself():
    red, grey = np.full((2, 64, 64, 3), 240, np.uint8)
    red[20:30, 20:30], grey[20:30, 20:30] = (201, 0, 0), (60, 60, 60)  # equally bright
    backbone = image_backbone("small", 64)
    seen = keras.Model(backbone.input, backbone.get_layer("form_and_colour").input)(np.stack([red, grey]))
    (form, other_form), (colour, other_colour) = (part.numpy() for part in seen)
    moved = abs(colour - other_colour).max(axis=-1)
    assert abs(form - other_form).max() < 0.02 < 0.1 < moved[2:4, 2:4].min()
    moved[2:4, 2:4] = 0
    assert moved.max() == 0


def test_a_pretrained_one_is_that_of_keras_on_the_numbers_that_it_wants():
    keras.utils.set_random_seed(0)
    backbone = image_backbone("mobilenet_v2", 64)
    wanted = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(64, 64, 3))
    wanted.set_weights(backbone.get_layer("mobilenet_v2").get_weights())
    numbers = keras.applications.mobilenet_v2.preprocess_input(PICTURE.astype(np.float32))
    np.testing.assert_allclose(backbone(PICTURE), wanted(numbers).numpy().reshape(2, 4, -1), atol=1e-5)


def test_weights_come_from_a_file(shared_data):
    file = shared_data / "encoders" / "mobilenet_v2_1.0_224_notop.weights.h5"
    one, other = (image_backbone("mobilenet_v2", size, weights=str(file)) for size in (64, 96))
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert one(PICTURE).numpy().std() > 0.1


@pytest.mark.parametrize("channels", [1, 3])
def test_grey_pictures_are_for_our_own_network(channels):
    assert image_backbone("small", 32, channels).input_shape == (None, 32, 32, channels)
    if channels == 1:
        with pytest.raises(ValueError, match="sees colours"):
            image_backbone("mobilenet_v2", 32, channels)
