"""What a model of pictures is asked, in any form."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.images.image_io import read_images


def read_image_examples(x, y=None, sample_weight=None):
    """Reads raw examples.

    Args:
        x: a list of pictures, or a uint8 array of them, see `read_images`; or a `tf.data.Dataset` of encoded pictures,
            or of (encoded picture, target[, weight]), batched or not.
        y, sample_weight: targets and weights of a list, one a picture, or None.

    Returns:
        `images, targets, weights`: three lists, the first of encoded pictures (bytes); None for what is not there.

    Raises:
        FileNotFoundError, TypeError, ValueError: as `read_images`; TypeError if a dataset holds anything else;
            ValueError if there is no example, or as many targets or weights as pictures are not.

    Example:
        >>> images, targets, _ = read_image_examples(["cat.jpg", "dog.png"], ["cat", "dog"])
    """
    parts = _rows(x) if isinstance(x, tf.data.Dataset) else [read_images(x), y, sample_weight]
    images, *others = parts
    if not images:
        raise ValueError("There is no example: the list, or the dataset, of pictures is empty.")
    others = [None if values is None else list(values) for values in [*others, None, None][:2]]
    for name, values in zip(("targets", "weights"), others, strict=True):
        if values is not None and len(values) != len(images):
            raise ValueError(f"There are {len(images)} pictures and {len(values)} {name}; each picture needs one.")
    return images, *others


def is_single_image(x):
    """Whether something is one picture, not many.

    Example:
        >>> is_single_image("cat.jpg"), is_single_image(["cat.jpg"])
        (True, False)
    """
    return isinstance(x, (str, bytes, Path)) or (isinstance(x, np.ndarray) and x.dtype == np.uint8 and x.ndim < 4)


def _rows(dataset):
    """The columns of a dataset, lists."""
    spec = dataset.element_spec
    parts = spec if isinstance(spec, tuple) else (spec,)
    pictures = parts[0]
    right = isinstance(pictures, tf.TensorSpec) and pictures.dtype == tf.string and pictures.shape.rank in (0, 1)
    if not right or len(parts) > 3:
        raise TypeError(
            f"The dataset holds {spec}; wanted pictures as the bytes of their files, scalar strings, or (picture, "
            "target[, weight]). ImageArray that are decoded already go as an array."
        )
    dataset = dataset.unbatch() if pictures.shape.rank else dataset
    rows = [row if isinstance(row, tuple) else (row,) for row in dataset.as_numpy_iterator()]
    return [list(column) for column in zip(*rows, strict=True)] or [[]]
