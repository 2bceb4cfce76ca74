"""Image preprocessor: equality of Python, graph and SavedModel, orientation, resizing."""

import io

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from rnn_templates.preprocessing.images.exif import exif_orientation
from rnn_templates.preprocessing.images.image_io import load_image_bytes, read_images
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor

RNG = np.random.default_rng(2)
SMOOTH = np.asarray(Image.fromarray(RNG.integers(0, 256, (4, 5, 3), np.uint8)).resize((60, 48), Image.BICUBIC))


def turned(order, value, kind=3, before=b"", entries=1):
    """The JPEG of `SMOOTH` with an Exif segment made by hand."""
    file = io.BytesIO()
    Image.fromarray(SMOOTH).save(file, "JPEG", quality=95)

    def number(value, width):
        return value.to_bytes(width, order)

    entry = number(0x0112, 2) + number(kind, 2) + number(1, 4)
    entry += number(value, 2) + b"\0\0" if kind == 3 else number(value, 4)
    other = number(0x010F, 2) + number(2, 2) + number(3, 4) + b"Me\0\0"
    directory = number(entries, 2) + other * (entries - 1) + entry + number(0, 4)
    tiff = {"little": b"II", "big": b"MM"}[order] + number(42, 2) + number(8, 4) + directory
    segment = b"\xff\xe1" + (len(tiff) + 8).to_bytes(2, "big") + b"Exif\0\0" + tiff
    return b"\xff\xd8" + before + segment + file.getvalue()[2:]


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("value", range(1, 9))
def test_every_orientation_equals_pillow(value, order):
    encoded = turned(order, value, kind=3 + value % 2, entries=1 + value % 3)
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded)))
    assert load_image_bytes(encoded) == encoded
    assert int(exif_orientation(tf.constant(encoded))) == value
    expected = np.asarray(image.resize((16, 16), Image.BILINEAR))
    np.testing.assert_allclose(ImagePreprocessor(16).image(encoded).astype(int), expected, atol=8)


def test_what_only_looks_like_an_orientation_turns_nothing():
    comment = b"\xff\xfe\0\x20" + b"Exif\0\0II*\0\x08\0\0\0".ljust(30, b"x")
    icc = b"\xff\xe2\xff\xff" + b"\xff\xe1" * 32766 + b"\0"
    assert int(exif_orientation(tf.constant(turned("big", 6, before=comment + icc * 2)))) == 6
    for encoded in (
        turned("little", 9),
        turned("little", 0),
        turned("big", 6, kind=2),
        turned("big", 6).replace(b"MM\0\x2a", b"MM\0\x2b"),
        turned("little", 6).replace(b"Exif", b"Exit"),
        turned("little", 6)[1:],
        turned("little", 6)[:20],
        b"\xff\xd8\xff",
        b"\xff\xd8",
        b"",
    ):
        assert int(exif_orientation(tf.constant(encoded))) == 1


def test_a_square_of_the_size_is_not_changed():
    pixels = RNG.integers(0, 256, (24, 24, 3), np.uint8)
    gray = RNG.integers(0, 256, (24, 24, 1), np.uint8)
    np.testing.assert_array_equal(ImagePreprocessor(24)([pixels, gray]), [pixels, np.broadcast_to(gray, pixels.shape)])
    np.testing.assert_array_equal(ImagePreprocessor(24, 1)([gray]), [gray])


def test_gray_equals_pillow():
    pixels = RNG.integers(0, 256, (24, 24, 3), np.uint8)
    gray = ImagePreprocessor(24, channels=1)([pixels])[0, ..., 0]
    np.testing.assert_array_equal(gray, np.asarray(Image.fromarray(pixels).convert("L")))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 90, 3), (90, 1, 3), (33, 70, 3), (7, 5, 3)], ids=str)
def test_the_whole_image_is_stretched_without_aliasing(shape):
    pixels = np.asarray(Image.fromarray(SMOOTH).resize(shape[1::-1]))
    expected = np.asarray(Image.fromarray(pixels).resize((16, 16), Image.BILINEAR))
    np.testing.assert_allclose(ImagePreprocessor(16).image(load_image_bytes(pixels)).astype(int), expected, atol=1)
    stripes = np.tile(np.array([[0], [255]], np.uint8), (64, 128))
    assert 110 < ImagePreprocessor(16)([stripes]).numpy().mean() < 145
    assert np.ptp(ImagePreprocessor(16)([stripes]).numpy()[0, :, 1:-1].astype(int)) < 10


def test_graph_saved_model_and_python_are_equal(tmp_path):
    images = read_images([SMOOTH, turned("big", 8), SMOOTH[..., 0], np.zeros((1, 1), np.uint8)])
    layer = ImagePreprocessor(20)
    one_by_one = np.stack([layer.image(image) for image in images])
    module = tf.Module()
    module.layer = layer
    module.run = tf.function(lambda images: layer(images), input_signature=[tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(module, tmp_path / "saved")
    loaded = tf.saved_model.load(tmp_path / "saved")
    for run in (layer, module.run, loaded.run):
        np.testing.assert_array_equal(run(tf.constant(images)), one_by_one)
        assert run(tf.constant([], tf.string)).shape == (0, 20, 20, 3)
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(3).map(layer)
    assert dataset.element_spec == tf.TensorSpec([None, 20, 20, 3], tf.uint8)
    np.testing.assert_array_equal(np.concatenate(list(dataset.as_numpy_iterator())), one_by_one)
    assert layer([]).shape == (0, 20, 20, 3)
    with pytest.raises(tf.errors.InvalidArgumentError):
        loaded.run(tf.constant([b"not an image"]))


def test_a_keras_file_keeps_size_and_channels(tmp_path):
    layer = ImagePreprocessor(20, 1, name="eye")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert (again.size, again.channels, again.name, again.weights) == (20, 1, "eye", [])
    assert again.compute_output_spec(keras.KerasTensor((None,), "string")).shape == (None, 20, 20, 1)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="`size` .* 0"):
        ImagePreprocessor(0)
    with pytest.raises(ValueError, match="`channels` .* 4"):
        ImagePreprocessor(8, channels=4)
    with pytest.raises(TypeError, match="`images`"):
        ImagePreprocessor(8)("cat.jpg")
    with pytest.raises(ValueError, match="image 1 is not an image"):
        ImagePreprocessor(8)([SMOOTH, b"text"])
