"""Targets of splits in the order of a model's labels."""

import dataclasses

import numpy as np
import tensorflow as tf

MAX_LISTED = 10


def align_labels(splits, labels):
    """Returns splits whose targets are numbers of the given labels, mapped by name.

    Args:
        splits: `rnn_templates.data.splits.Splits`.
        labels: tuple of str; the labels of a model; may have more than the splits, in another order.

    Returns:
        `Splits` with these labels; the same object if there is nothing to map.

    Raises:
        ValueError: if a label of the splits is not among them; the message lists both.

    Example:
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> data = make_dataset([b"good", b"bad"], np.array([1, 0]))
        >>> splits = align_labels(Splits("mine", data, None, None, ("neg", "pos")), ("pos", "neg"))
        >>> [int(target) for _, target in splits.train]
        [0, 1]
    """
    own, labels = tuple(getattr(splits, "labels", ())), tuple(labels)
    if not own or own == labels:
        return splits
    unknown = [label for label in own if label not in labels]
    if unknown:
        raise ValueError(
            f"The data has the labels {_listed(own)}, the model {_listed(labels)}: {_listed(unknown)} "
            f"{'is' if len(unknown) == 1 else 'are'} not among the latter. Build the model with `splits.labels`."
        )
    if splits.multi_label:  # the column of each label of the model; missing ones read the zero at the end
        columns = tf.constant([own.index(label) if label in own else len(own) for label in labels])

        def convert(target):
            return tf.gather(tf.concat([target, tf.zeros(1, target.dtype)], 0), columns)
    else:
        numbers = tf.constant(np.array([labels.index(label) for label in own], np.int64))

        def convert(target):
            return tf.cast(tf.gather(numbers, target), target.dtype)

    def align(dataset):
        if dataset is None:
            return None
        return dataset.map(lambda example, target, *weight: (example, convert(target), *weight))

    parts = {name: align(getattr(splits, name)) for name in ("train", "validation", "test")}
    return dataclasses.replace(splits, labels=labels, **parts)


def _listed(labels):
    return ", ".join(map(repr, labels[:MAX_LISTED])) + (f", ... ({len(labels)})" if len(labels) > MAX_LISTED else "")
