"""The sentiment template: learning, architectures, labels, and errors."""

import pickle

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from support.sentiment import build

from rnn_templates.cells.lstm import LSTMCell
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model
from rnn_templates.templates.sentiment.builder import sentiment_model

TEXTS = ["not bad", "not good", "good , not bad", "bad , not good", "really good", "really bad"]
LABELS = ["positive", "negative", "positive", "negative", "positive", "negative"]
ARCHITECTURES = [
    {"cell": "gru", "num_layers": 2},
    {"cell": "vanilla", "bidirectional": False, "pooling": "last"},
    {"cell": LSTMCell, "pooling": "max_mean", "chunk_length": 3},
    {"pooling": "last", "num_layers": 2},
    {"chunk_length": 2, "type_dropout": 0.2, "recurrent_dropout": 0.2},
    {"adversarial_epsilon": 0.05},
    {"conv_filters": 6},
]


@pytest.fixture(scope="module")
def model():
    """A model with random weights that no test trains."""
    return build()


def test_it_learns_what_a_bag_of_words_cannot():
    model = build(learning_rate=0.02, dropout=0.0, embedding_dropout=0.0, randomize=False)
    model.fit(TEXTS * 8, LABELS * 8, epochs=12, batch_size=8, verbose=0)
    predictions = model.predict(["bad , not good", "good , not bad"], return_labels=True)
    assert [prediction["label"] for prediction in predictions] == ["negative", "positive"]
    assert predictions[0]["probability"] == max(predictions[0]["probabilities"].values())


@pytest.mark.parametrize("options", ARCHITECTURES, ids=str)
def test_every_architecture_trains_and_is_saved(options, tmp_path):
    model = build(**options, randomize=False)
    model.run_eagerly = True
    data = (TEXTS, LABELS)
    history = model.fit(*data, epochs=1, batch_size=2, verbose=0, validation_data=data)
    metrics = {"loss", "accuracy", "macro_f1"}
    assert metrics | {f"val_{name}" for name in metrics} == set(history.history)
    assert np.isfinite(history.history["loss"]).all()
    probabilities = model.predict(TEXTS)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(load_model(tmp_path / "model.keras").predict(TEXTS), probabilities, atol=1e-6)


def test_chunks_and_convolutions_ignore_padding():
    model = build(chunk_length=4, pooling="max_mean", conv_filters=5)
    alone = model.predict(["not bad"])
    batch = model.predict(["really good , not bad " * 30, "not bad", ""])
    np.testing.assert_allclose(batch[1], alone[0], atol=1e-6)


def test_multi_label_probabilities_have_a_threshold_each(tmp_path):
    model = build(("a", "b", "c"), multi_label=True, class_weights=[1.0, 2.0, 3.0])
    model.fit(TEXTS, np.eye(3)[[0, 1, 2, 0, 1, 2]], epochs=1, verbose=0)
    model.thresholds = [0.0, 0.0, 1.1]
    assert model.predict(TEXTS, return_labels=True)[0]["labels"] == ["a", "b"]
    model.save(tmp_path / "model.keras")
    assert load_model(tmp_path / "model.keras").thresholds == [0.0, 0.0, 1.1]


def test_training_twice_from_one_seed_gives_the_same_weights():
    def train():
        keras.utils.set_random_seed(4)
        model = build(type_dropout=0.2, recurrent_dropout=0.2, randomize=False)
        model.fit(TEXTS * 4, LABELS * 4, epochs=2, batch_size=4, verbose=0)
        return model.get_weights()

    for one, other in zip(train(), train(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_pretrained_vectors_initialize_the_embedding():
    vectors = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    model = sentiment_model(Vocabulary(["good", "bad"]), ["a", "b"], embedding_dim=5, pretrained_vectors=vectors)
    np.testing.assert_array_equal(model.network.get_layer("embedding").get_weights()[0], vectors)


EDGE_CASES = [
    "",
    " \n\t ",
    "😀👍🏽👨‍👩‍👧",
    "שלום עולם ؟",
    "zxcvb qwerty",
    b"\xff\xfe\xc3 bad",
    "bad \ud800",
    "bad\x00good",
]


@pytest.mark.parametrize("chunk_length", [None, 50])
def test_every_text_has_probabilities_that_do_not_depend_on_the_batch(chunk_length):
    model = build(pooling="max_mean" if chunk_length else "attention", chunk_length=chunk_length)
    probabilities = model.predict(EDGE_CASES)
    assert np.isfinite(probabilities).all()
    for row, text in zip(probabilities, EDGE_CASES, strict=True):
        np.testing.assert_allclose(model.predict([text])[0], row, atol=1e-5)


@pytest.mark.slow
def test_a_megabyte_of_text_has_probabilities(model):
    assert np.isfinite(model.predict(["really bad , not good " * 50_000])).all()


def test_inputs_that_are_no_texts_are_named_by_position(model):
    for texts, error, message in (
        ([], ValueError, "no texts"),
        ([1.5, 2.5], TypeError, "Item 0 .* float"),
        (["good", None], ValueError, "Row 1 .*missing"),
        (["good", float("nan")], ValueError, "Row 1 .*missing"),
        (np.zeros((2, 3)), TypeError, "Item 0 .* list"),
    ):
        with pytest.raises(error, match=message):
            model.predict(texts)


def test_targets_that_are_no_labels_are_named_by_position(model):
    for targets, message in (
        (["positive", "maybe"], "Target 1 .*'maybe'.*'negative', 'positive'"),
        ([0, 2], "Target 1 is 2"),
        ([-1, 0], "Target 0 is -1"),
        ([0.5, 1.0], "Target 0 is 0.5"),
        ([0.0, float("nan")], "Target 1 is nan"),
        ([0], "2 texts and 1 targets"),
        ([[0, 1], [1, 0]], "argmax"),
        ([[0, 1], [1, 1]], "multi_label=True"),
    ):
        with pytest.raises(ValueError, match=message):
            model.fit(["good", "bad"], targets, verbose=0)


def test_multi_label_targets_are_zeros_and_ones():
    model = build(("a", "b"), multi_label=True)
    with pytest.raises(ValueError, match="Target 1 is"):
        model.fit(["good", "bad"], [[0, 1], [0, 2]], verbose=0)
    with pytest.raises(ValueError, match="rows of 2 zeros and ones"):
        model.fit(["good", "bad"], ["a", "b"], verbose=0)


def test_an_argument_out_of_range_is_named():
    for labels, options, name in (
        (["one"], {}, "labels"),
        (["one", "one"], {}, "labels"),
        (["a", "b"], {"pooling": "sum"}, "pooling"),
        (["a", "b"], {"pooling": "last", "chunk_length": 5}, "chunk_length"),
        (["a", "b"], {"class_weights": [1.0]}, "class_weights"),
        (["a", "b"], {"cell": "lstn"}, "cell"),
        (["a", "b"], {"units": 0}, "units"),
        (["a", "b"], {"dropout": 1.0}, "dropout"),
        (["a", "b"], {"adversarial_epsilon": -1.0}, "adversarial_epsilon"),
    ):
        with pytest.raises(ValueError, match=f"`{name}`"):
            build(labels, **options)


def test_one_hot_targets_name_argmax(model):
    for targets in (np.eye(2), np.eye(2, dtype=int), np.eye(2, dtype=bool)):
        with pytest.raises(ValueError, match=r"one-hot: .*argmax\(axis=1\)"):
            model.fit(TEXTS[:2], targets)
    with pytest.raises(ValueError, match="multi_label=True"):
        model.fit(TEXTS[:2], np.ones((2, 2)))


def test_data_frames_are_fitted_and_a_missing_text_is_named():
    model = build(randomize=False)
    model.run_eagerly = True
    frame = pd.DataFrame({"text": TEXTS, "label": LABELS})
    history = model.fit(frame[["text"]], frame[["label"]], validation_split=0.5, epochs=1, verbose=0)
    assert np.isfinite(history.history["val_loss"]).all()
    assert np.isfinite(model.evaluate(frame[["text"]], frame["label"], verbose=0)).all()
    with pytest.raises(ValueError, match="Row 1 .*missing"):
        model.predict(pd.Series(["good", None]))


def test_a_larger_functional_model_trains_on_strings_and_is_saved(tmp_path):
    model = build()
    inputs = keras.Input((1,), dtype="string")
    outer = keras.Model(inputs, keras.layers.Dense(1)(model(inputs)))
    outer.compile("adam", "mse", run_eagerly=True)
    before = model.get_weights()
    outer.fit(tf.constant(TEXTS)[:, None], np.arange(6.0), epochs=1, verbose=0)
    assert not np.allclose(before[0], model.get_weights()[0])
    outer.save(tmp_path / "outer.keras")
    loaded = keras.saving.load_model(tmp_path / "outer.keras")
    np.testing.assert_allclose(loaded(tf.constant(TEXTS)), outer(tf.constant(TEXTS)), atol=1e-6)


def test_pickle_and_an_uncompiled_configuration_keep_the_model(model):
    copied = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(copied.predict(TEXTS), model.predict(TEXTS), atol=1e-7)
    config = model.get_config()
    first, second = type(model).from_config(config), type(model).from_config(config)
    assert first.labels == second.labels == model.labels and not first.get_compile_config()


def test_an_export_in_another_format_names_export_model(model, tmp_path):
    with pytest.raises(ValueError, match="`format`.*rt.export_model"):
        model.export(tmp_path / "model.onnx", format="onnx")


@pytest.mark.parametrize("pooling", ["attention", "max_mean", "last"])
def test_mixed_float16_gives_finite_probabilities_for_an_empty_text(pooling):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build(pooling=pooling, conv_filters=3)
    finally:
        keras.config.set_dtype_policy("float32")
    model.run_eagerly = True
    probabilities = model.predict(["", "not bad"])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-2)
