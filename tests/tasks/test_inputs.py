"""Raw texts as datasets."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from rnn_templates.tasks.inputs import as_dataset

TEXTS = ["good", "é \ud800", ""]
ENCODED = [b"good", "é ".encode() + b"\xed\xa0\x80", b""]


def test_all_collections_of_texts_are_equivalent():
    valid = [text for text in TEXTS if text != TEXTS[1]]
    forms = [valid, tuple(valid), np.array(valid), pd.Series(valid), tf.constant(valid), np.array(valid, object)]
    for form in forms:
        assert list(as_dataset(form).as_numpy_iterator()) == [ENCODED[0], ENCODED[2]]
    assert list(as_dataset(TEXTS).as_numpy_iterator()) == ENCODED
    dataset = tf.data.Dataset.from_tensors("x")
    assert as_dataset(dataset) is dataset


def test_targets_and_weights_are_passed_on():
    rows = list(as_dataset(TEXTS[::2], ["yes", "no"], [0.5, 2.0]).as_numpy_iterator())
    assert rows == [(b"good", b"yes", 0.5), (b"", b"no", 2.0)]


INVALID = [
    ("good", None, None, TypeError, "`x`.*str"),
    (3, None, None, TypeError, "`x`.*int"),
    ([], None, None, ValueError, "no texts"),
    (["good", None], None, None, TypeError, "Item 1 .*NoneType"),
    ([["good"]], None, None, TypeError, "Item 0 .*list"),
    (["good", float("nan")], None, None, TypeError, "Item 1 .*float"),
    (["good"], [1, 0], None, ValueError, "1 texts and 2 targets"),
    (["good"], [1], [1.0, 2.0], ValueError, "1 texts and 2 weights"),
]


def test_an_invalid_argument_is_named():
    for x, y, weights, error, message in INVALID:
        with pytest.raises(error, match=message):
            as_dataset(x, y, weights)
