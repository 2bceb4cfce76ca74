"""Conversion of raw texts to `tf.data` datasets."""

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.word_tokenizer import to_bytes


def as_dataset(x, y=None, sample_weight=None):
    """Returns a `tf.data.Dataset` of raw texts, with their targets and weights if given.

    Args:
        x: list or array of str or bytes, or a `tf.data.Dataset`, which is returned as it is.
        y: None, or one target per text.
        sample_weight: None, or one number per text.

    Returns:
        A dataset of scalar strings, or of tuples (text, target[, weight]).

    Raises:
        TypeError: if `x` is neither a dataset nor a collection of texts.
        ValueError: if the numbers of texts and targets differ, or there are no texts.

    Example:
        >>> from rnn_templates.tasks.inputs import as_dataset
        >>> as_dataset(["good", "bad"], [1, 0]).element_spec[0]
        TensorSpec(shape=(), dtype=tf.string, name=None)
    """
    if isinstance(x, tf.data.Dataset):
        return x
    if isinstance(x, (str, bytes)) or not hasattr(x, "__iter__"):
        raise TypeError(
            f"`x` must be a list of texts or a tf.data.Dataset of them; received {type(x).__name__}. "
            "Pass a single text as [text]."
        )
    x = x.numpy() if isinstance(x, tf.Tensor) else x
    texts = x.tolist() if hasattr(x, "tolist") else list(x)
    if not texts:
        raise ValueError("There are no texts: the list is empty.")
    for position, text in enumerate(texts):
        if not isinstance(text, (str, bytes)):
            received = f"{type(text).__name__} {text!r:.60}"
            raise TypeError(f"Item {position} of the texts must be a string; received {received}.")
    parts = [np.array([to_bytes(text) for text in texts], dtype=object)]
    for name, values in (("targets", y), ("weights", sample_weight)):
        if values is None:
            continue
        values = np.asarray(values)
        if len(values) != len(texts):
            raise ValueError(f"There are {len(texts)} texts and {len(values)} {name}; each text needs one.")
        parts.append(values.astype(object) if values.dtype.kind in "US" else values)
    return tf.data.Dataset.from_tensor_slices(tuple(parts) if len(parts) > 1 else parts[0])
