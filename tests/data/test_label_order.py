"""align_labels: a permutation, a subset, several labels, tags, and labels that the model does not have."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.data.label_order import align_labels
from rnn_templates.data.splits import Splits, make_dataset


def targets(splits, name="train"):
    return [target.tolist() for _, target in getattr(splits, name).as_numpy_iterator()]


def test_targets_are_mapped_by_the_names_of_the_labels():
    data = make_dataset([b"x", b"y", b"z"], np.array([0, 1, 1]))
    splits = Splits("mine", data, data, None, ("neg", "pos"))
    assert align_labels(splits, ("neg", "pos")) is splits
    swapped = align_labels(splits, ("pos", "neg"))
    assert swapped.labels == ("pos", "neg")
    assert targets(swapped) == targets(swapped, "validation") == [1, 0, 0]
    assert targets(align_labels(splits, ("pos", "unsure", "neg"))) == [2, 0, 0]
    hot = make_dataset([b"x", b"y"], np.array([[1, 0], [1, 1]], np.float32))
    several = Splits("mine", hot, None, None, ("a", "b"), multi_label=True)
    assert targets(align_labels(several, ("b", "c", "a"))) == [[0, 0, 1], [1, 0, 1]]
    tags = tf.data.Dataset.from_tensors((tf.constant(["Ann", "left"]), tf.constant([1, 0], tf.int64)))
    assert targets(align_labels(Splits("mine", tags, None, None, ("O", "NAME")), ("NAME", "O"))) == [[0, 1]]


def test_labels_that_the_model_does_not_have_are_an_error_with_both_lists():
    data = make_dataset([b"x"], np.array([0]))
    with pytest.raises(ValueError, match=r"'neg', 'new'.* 'pos', 'neg': 'new' is not among"):
        align_labels(Splits("mine", data, None, None, ("neg", "new")), ("pos", "neg"))
