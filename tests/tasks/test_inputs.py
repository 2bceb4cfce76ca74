"""Raw texts as datasets."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import rnn_templates as rt
from rnn_templates.data.splits import make_dataset
from rnn_templates.tasks.inputs import as_dataset, is_raw, read_column, read_targets, split_validation

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
    (["good", None], None, None, ValueError, "Row 1 .*missing"),
    (pd.Series(["good", None, "bad"], [7, 8, 9]), None, None, ValueError, r"Row 1 \(index 8\) .*dropna"),
    (pd.Series(["good", np.nan]), None, None, ValueError, r"Row 1 of the texts is missing \(nan\)"),
    ([["good"]], None, None, TypeError, "Item 0 .*list"),
    (["good", 1.5], None, None, TypeError, "Item 1 .*float"),
    (["good"], [1, 0], None, ValueError, "1 texts and 2 targets"),
    (["good"], [1], [1.0, 2.0], ValueError, "1 texts and 2 weights"),
]


def test_an_invalid_argument_is_named():
    for x, y, weights, error, message in INVALID:
        with pytest.raises(error, match=message):
            as_dataset(x, y, weights)


def test_a_table_of_one_column_is_that_column_and_of_several_an_error():
    frame = pd.DataFrame({"text": ["good", "bad"], "label": [1, 0]})
    assert read_column(frame[["text"]]).tolist() == ["good", "bad"]
    assert read_targets(frame[["label"]]).tolist() == [1, 0]
    assert read_targets(pd.DataFrame({"a": [1, 0], "b": [0, 1]})).tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match=r"df\['text'\].*text, label"):
        read_column(frame)


def test_the_validation_data_are_the_last_rows_of_lists_arrays_and_series():
    texts = list("abcde")
    for x, y in (
        (texts, list(range(5))),
        (np.array(texts), np.arange(5)),
        (pd.Series(texts, list("vwxyz")), np.arange(5)),
    ):
        train, validation = split_validation(x, y, None, 0.3)
        assert [list(train[0]), list(train[1]), train[2]] == [texts[:3], [0, 1, 2], None]
        assert [list(validation[0]), list(validation[1])] == [texts[3:], [3, 4]]
    with pytest.raises(ValueError, match="dataset"):
        split_validation(tf.data.Dataset.from_tensors("x"), None, None, 0.5)


def test_ids_are_not_raw_texts():
    assert (
        is_raw(pd.Series(["good"])) and is_raw(["good"]) and is_raw([["a", "b"], ["c"]]) and is_raw(np.array(["good"]))
    )
    assert not any(
        map(is_raw, ([], [[1, 2]], np.zeros((2, 3)), tf.constant([1]), tf.constant(["good"]), {"source": 1}))
    )


def test_a_dataset_of_few_labeled_examples_keeps_its_targets():
    model = rt.sentiment_model(rt.Vocabulary.from_texts(["good", "bad"]), ["no", "yes"], units=2, embedding_dim=2)
    batches = model.make_batches(make_dataset(["good", "bad"], np.array([1, 0])), batch_size=2)
    assert batches.targets.tolist() == [1, 0] and len(batches) == 1


def test_a_preprocessor_of_a_damaged_configuration_is_named():
    model = rt.load_model("sentiment")
    with pytest.raises(TypeError, match="`preprocessor` must be a layer; received str"):
        type(model)(model.network, "os.system", labels=model.labels)
