"""Reads image examples given as lists, arrays or datasets."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.images.image_io import read_images


def read_image_examples(x, y=None, sample_weight=None):
    """Returns encoded images, targets and weights as lists.

    Args:
        x: list of images or uint8 array of them, see `read_images`; or `tf.data.Dataset` of encoded images or of
            (encoded image, target[, weight]), batched or not.
        y, sample_weight: None, or list of one target or weight per image; not with a dataset.

    Returns:
        A tuple `(images, targets, weights)` of lists; images are bytes, the last two may be None.

    Raises:
        FileNotFoundError, TypeError, ValueError: as `read_images`; TypeError if a dataset has other elements;
            ValueError if there is no image, or the lengths differ.

    Example:
        >>> images, targets, _ = read_image_examples(np.zeros((2, 4, 4), np.uint8), ["cat", "dog"])
        >>> len(images), targets
        (2, ['cat', 'dog'])
    """
    columns = _dataset_columns(x) if isinstance(x, tf.data.Dataset) else [read_images(x), y, sample_weight]
    images, *others = columns
    if not images:
        raise ValueError("`x` must contain at least one image; received an empty list or dataset.")
    others = [None if values is None else list(values) for values in [*others, None, None][:2]]
    for name, values in zip(("y", "sample_weight"), others, strict=True):
        if values is not None and len(values) != len(images):
            raise ValueError(f"`{name}` must have one item per image; received {len(values)} for {len(images)}.")
    return images, *others


def is_single_image(x):
    """Returns whether `x` is a single image.

    Args:
        x: anything that `read_image_examples` or `load_image_bytes` accepts.

    Returns:
        bool.

    Example:
        >>> is_single_image("cat.jpg"), is_single_image(["cat.jpg"])
        (True, False)
    """
    return isinstance(x, (str, bytes, Path)) or (isinstance(x, np.ndarray) and x.dtype == np.uint8 and x.ndim < 4)


def _dataset_columns(dataset):
    """Returns the columns of a dataset as lists."""
    spec = dataset.element_spec
    columns = spec if isinstance(spec, tuple) else (spec,)
    images = columns[0]
    is_encoded = isinstance(images, tf.TensorSpec) and images.dtype == tf.string and images.shape.rank in (0, 1)
    if not is_encoded or len(columns) > 3:
        raise TypeError(
            "`x` must be a dataset of encoded images (scalar strings), or of (image, target[, weight]); pass decoded "
            f"images as an array. Received {spec}."
        )
    dataset = dataset.unbatch() if images.shape.rank else dataset
    rows = [row if isinstance(row, tuple) else (row,) for row in dataset.as_numpy_iterator()]
    return [list(column) for column in zip(*rows, strict=True)] or [[]]
