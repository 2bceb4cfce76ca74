"""Image examples given as lists, arrays and datasets."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.preprocessing.images.image_inputs import is_single_image, read_image_examples
from rnn_templates.preprocessing.images.image_io import read_images

PIXELS = np.random.default_rng(4).integers(0, 256, (3, 4, 5), np.uint8)
IMAGES = read_images(PIXELS)


def test_lists_and_arrays_are_read():
    assert read_image_examples(PIXELS) == (IMAGES, None, None)
    assert read_image_examples([*PIXELS], ("a", "b", "c"), [1, 2, 3]) == (IMAGES, ["a", "b", "c"], [1, 2, 3])


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("batched", [False, True])
def test_datasets_are_read(columns, batched):
    values = (np.array(IMAGES, dtype=object), np.array([0, 1, 2]), np.array([0.5, 1.0, 2.0]))[:columns]
    dataset = tf.data.Dataset.from_tensor_slices(values if columns > 1 else values[0])
    images, targets, weights = read_image_examples(dataset.batch(2) if batched else dataset)
    assert images == IMAGES
    assert targets == (None if columns < 2 else [0, 1, 2])
    assert weights == (None if columns < 3 else [0.5, 1.0, 2.0])


@pytest.mark.parametrize(
    ("x", "y", "weights", "error", "message"),
    [
        ([], None, None, ValueError, "`x`"),
        (PIXELS, [0], None, ValueError, "`y` .*1 for 3"),
        (PIXELS, None, [1.0], ValueError, "`sample_weight` .*1 for 3"),
        ("cat.jpg", None, None, TypeError, "`images`"),
        (tf.data.Dataset.from_tensor_slices(PIXELS), None, None, TypeError, "`x`"),
        (tf.data.Dataset.from_tensor_slices(IMAGES).take(0), None, None, ValueError, "`x`"),
    ],
    ids=["empty", "targets", "weights", "single", "decoded", "empty dataset"],
)
def test_invalid_examples_are_rejected_by_name(x, y, weights, error, message):
    with pytest.raises(error, match=message):
        read_image_examples(x, y, weights)


def test_a_single_image_is_recognized():
    singles = "cat.jpg", Path("cat.jpg"), IMAGES[0], PIXELS[0], np.zeros((4, 5, 3), np.uint8)
    assert all(map(is_single_image, singles))
    assert not any(map(is_single_image, (["cat.jpg"], IMAGES, np.zeros((2, 4, 5, 3), np.uint8), None)))
