"""The sentiment template: raw texts in, probabilities out, in every shape that its builder can make."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.flat import build_flat

from rnn_templates.cells.lstm import LSTMCell
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model
from rnn_templates.tasks.losses import ClassWeightedCrossentropy, balanced_class_weights
from rnn_templates.templates.sentiment.builder import search_space, sentiment_model

SHAPES = [
    {},
    {"cell": "gru", "num_layers": 2},
    {"cell": "vanilla", "bidirectional": False, "pooling": "last"},
    {"cell": LSTMCell, "pooling": "max_mean", "chunk_length": 3},
    {"pooling": "last", "num_layers": 2},
    {"chunk_length": 2, "type_dropout": 0.2, "recurrent_dropout": 0.2},
    {"adversarial_epsilon": 0.05},
    {"conv_filters": 6},
]


@pytest.mark.parametrize("options", SHAPES, ids=str)
def test_every_shape_fits_evaluates_predicts_and_survives_its_file(build, texts, targets, options, tmp_path):
    model = build(**options)
    history = model.fit(texts, targets, epochs=2, batch_size=2, verbose=0, validation_data=(texts, targets))
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} == set(history.history)
    assert np.isfinite(history.history["loss"]).all()
    probabilities = model.predict(texts)
    assert probabilities.shape == (6, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(load_model(tmp_path / "model.keras").predict(texts), probabilities, atol=1e-6)
    assert len(model.evaluate(texts, targets, verbose=0)) == 2


def test_it_learns_what_a_bag_of_words_cannot(build, texts, targets):
    keras.utils.set_random_seed(0)
    model = build(learning_rate=0.02, dropout=0.0, embedding_dropout=0.0)
    model.fit(texts * 8, targets * 8, epochs=12, batch_size=8, verbose=0)
    answers = model.predict(["bad , not good", "good , not bad"], return_labels=True)
    assert [answer["label"] for answer in answers] == ["negative", "positive"]
    assert answers[0]["probability"] == max(answers[0]["probabilities"].values())


@pytest.mark.parametrize(
    "load", ["rnn_templates.load_model", "__import__('keras').saving.load_model"], ids=["ours", "keras"]
)
def test_a_file_answers_the_same_in_a_process_that_only_imports_the_package(build, texts, tmp_path, load):
    model = build(chunk_length=3, pooling="max_mean")
    model.save(tmp_path / "model.keras")
    code = (
        "import sys, rnn_templates; assert 'tensorflow' not in sys.modules\n"
        f"model = {load}(sys.argv[1])\n"
        "print(','.join(f'{p:.6f}' for p in model.predict(sys.argv[2:])[:, 1]))"
    )
    run = [sys.executable, "-c", code, str(tmp_path / "model.keras"), *texts]
    answer = subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip().splitlines()[-1]
    np.testing.assert_allclose([float(p) for p in answer.split(",")], model.predict(texts)[:, 1], atol=2e-6)


def test_texts_may_be_a_list_an_array_or_a_dataset(build, texts, targets):
    model = build()
    expected = model.predict(texts)
    dataset = tf.data.Dataset.from_tensor_slices((texts, [label == "positive" for label in targets]))
    for form in (np.array(texts), np.array(texts, dtype=object), dataset, dataset.batch(4), tuple(texts)):
        np.testing.assert_allclose(model.predict(form), expected, atol=1e-6)
    np.testing.assert_allclose(model.predict(texts[0]), expected[:1], atol=1e-6)


def test_a_text_gets_the_same_answer_alone_and_among_longer_ones(build):
    model = build(chunk_length=4, pooling="max_mean", conv_filters=5)
    alone = model.predict(["not bad"])
    among = model.predict(["really good , not bad " * 30, "not bad", ""])
    np.testing.assert_allclose(among[1], alone[0], atol=1e-6)


def test_several_labels_a_text_are_decided_one_by_one(build, texts, tmp_path):
    hot = np.eye(3)[[0, 1, 2, 0, 1, 2]]
    model = build(("a", "b", "c"), multi_label=True, class_weights=[1.0, 2.0, 3.0])
    model.fit(texts, hot, epochs=1, verbose=0)
    model.thresholds = [0.0, 0.0, 1.1]
    assert model.predict(texts, return_labels=True)[0]["labels"] == ["a", "b"]
    model.save(tmp_path / "model.keras")
    assert load_model(tmp_path / "model.keras").thresholds == [0.0, 0.0, 1.1]


def test_optimizer_moments_are_kept_by_save(build, texts, targets, tmp_path):
    model = build()
    model.fit(texts, targets, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_training_twice_from_one_seed_gives_the_same_weights(build, texts, targets):
    def train():
        keras.utils.set_random_seed(4)
        model = build(type_dropout=0.2, recurrent_dropout=0.2)
        model.fit(texts * 4, targets * 4, epochs=2, batch_size=4, verbose=0)
        return model.get_weights()

    for one, other in zip(train(), train(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_of_classes_and_examples_change_the_loss_as_the_formula_says():
    logits = np.array([[2.0, 0.0], [0.0, 1.0]], "float32")
    plain = ClassWeightedCrossentropy()([0, 1], logits)
    weighted = ClassWeightedCrossentropy(class_weights=[3.0, 1.0])([0, 1], logits)
    each = -np.log(np.exp([2.0, 1.0]) / np.exp(logits).sum(1))
    np.testing.assert_allclose([plain, weighted], [each.mean(), (each * [3, 1]).mean()], rtol=1e-6)
    hot = ClassWeightedCrossentropy(multi_label=True, class_weights=[3.0, 1.0])([[1.0, 0.0]], logits[:1])
    positive, negative = np.log1p(np.exp(-2.0)), np.log1p(np.exp(0.0))
    np.testing.assert_allclose(hot, (3 * positive + negative) / 2, rtol=1e-6)


def test_balanced_weights_make_up_for_rare_labels():
    assert balanced_class_weights([0, 0, 0, 1], 2) == pytest.approx([4 / 6, 2.0])
    hot = np.zeros((101, 2))
    hot[:, 0], hot[0, 1] = 1, 1
    assert balanced_class_weights(hot, 2) == pytest.approx([0.0, 5.0])


def test_pretrained_vectors_are_where_training_starts():
    vocabulary = Vocabulary(["good", "bad"])
    vectors = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    model = sentiment_model(vocabulary, ["a", "b"], embedding_dim=5, pretrained_vectors=vectors)
    np.testing.assert_array_equal(model.network.get_layer("embedding").get_weights()[0], vectors)


def test_the_search_space_builds_a_model(texts):
    import keras_tuner

    options = search_space(keras_tuner.HyperParameters())
    assert build_flat(sentiment_model, Vocabulary.from_texts(texts), ["a", "b"], **options).predict(texts).shape == (
        6,
        2,
    )


HARD = {
    "empty": "",
    "spaces": " \n\t ",
    "emoji": "😀👍🏽👨‍👩‍👧",
    "right to left": "שלום עולם ؟",
    "unknown words only": "zxcvb qwerty",
    "invalid UTF-8": b"\xff\xfe\xc3 bad",
    "lone surrogate": "bad \ud800",
    "NUL": "bad\x00good",
    "a megabyte": "really bad , not good " * 50_000,
}


@pytest.mark.parametrize("chunk_length", [None, 50])
def test_hard_texts_get_a_probability(build, chunk_length):
    model = build(pooling="max_mean" if chunk_length else "attention", chunk_length=chunk_length)
    probabilities = model.predict(list(HARD.values()))
    assert np.isfinite(probabilities).all()
    for row, text in zip(probabilities, HARD.values(), strict=True):
        np.testing.assert_allclose(model.predict([text])[0], row, atol=1e-5)


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ([], ValueError, "no texts"),
        ([1.5, 2.5], TypeError, "Item 0 of the texts is float"),
        (["good", None], TypeError, "Item 1 of the texts is NoneType"),
        (["good", float("nan")], TypeError, "Item 1 of the texts is float"),
        (np.zeros((2, 3)), TypeError, "Item 0 of the texts is list"),
    ],
    ids=str,
)
def test_what_is_no_text_is_refused_by_position(build, texts, error, message):
    with pytest.raises(error, match=message):
        build().predict(texts)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (["positive", "maybe"], "Target 1 is 'maybe'; the labels are 'negative', 'positive'"),
        ([0, 2], "Target 1 is 2"),
        ([-1, 0], "Target 0 is -1"),
        ([0.5, 1.0], "Target 0 is 0.5"),
        ([0.0, float("nan")], "Target 1 is nan"),
        ([0], "2 texts and 1 targets"),
        ([[0, 1], [1, 0]], "multi_label=True"),
    ],
    ids=str,
)
def test_targets_outside_the_set_are_refused_by_position(build, targets, message):
    with pytest.raises(ValueError, match=message):
        build().fit(["good", "bad"], targets, verbose=0)


def test_multi_label_targets_that_are_not_zeros_and_ones_are_refused(build):
    model = build(("a", "b"), multi_label=True)
    with pytest.raises(ValueError, match="Target 1 is"):
        model.fit(["good", "bad"], [[0, 1], [0, 2]], verbose=0)
    with pytest.raises(ValueError, match="rows of 2 zeros and ones"):
        model.fit(["good", "bad"], ["a", "b"], verbose=0)


def test_training_without_targets_is_refused(build):
    with pytest.raises(ValueError, match="no targets"):
        build().fit(["good", "bad"], verbose=0)


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (["one"], {}, "two or more different names"),
        (["one", "one"], {}, "two or more different names"),
        (["a", "b"], {"pooling": "sum"}, "`pooling`"),
        (["a", "b"], {"pooling": "last", "chunk_length": 5}, "`chunk_length`"),
        (["a", "b"], {"class_weights": [1.0]}, "1 `class_weights` for 2 labels"),
        (["a", "b"], {"cell": "lstn"}, "`cell`"),
        (["a", "b"], {"units": 0}, "positive integer"),
    ],
    ids=str,
)
def test_an_argument_that_does_not_fit_is_named(build, labels, options, message):
    with pytest.raises(ValueError, match=message):
        build(labels, **options)


@pytest.mark.parametrize(("content", "message"), [(b"not a zip", "not a .keras file"), (None, "There is no model at")])
def test_a_file_that_is_no_model_is_refused(tmp_path, content, message):
    path = tmp_path / "model.keras"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        load_model(path)


def test_a_model_of_another_kind_is_refused(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="not a model of rnn_templates"):
        load_model(tmp_path / "model.keras")
