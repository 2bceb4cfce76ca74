"""The tagging template: learning, architectures, offsets and spans, inputs, and errors."""

import json
import time
import unicodedata

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.tagging import TAGS as BIO
from support.tagging import build

from rnn_templates.evaluation import evaluate
from rnn_templates.preprocessing.text.tag_schemes import find_violation
from rnn_templates.preprocessing.text.token_offsets import tokenize_with_offsets
from rnn_templates.saving import load_model
from rnn_templates.tasks.predict_function import PredictFunction
from rnn_templates.templates.tagging.task import MAX_BATCH_TOKENS, MAX_SEGMENT

BIOES = ("O", "B-NAME", "E-NAME", "S-CITY")
PLAIN = ("NAME", "OTHER", "PLACE")
SENTENCES = [["Ann", "Lee", "is", "in", "Oslo"], ["Rome", "!"], ["Bo", "Ray", "left", "Rome"], ["Ann", "Lee", "left"]]
TARGETS = [
    ["B-NAME", "I-NAME", "O", "O", "B-CITY"],
    ["B-CITY", "O"],
    ["B-NAME", "I-NAME", "O", "B-CITY"],
    ["B-NAME", "I-NAME", "O"],
]
RENAMED = {
    BIO: {},
    BIOES: {"I-NAME": "E-NAME", "B-CITY": "S-CITY"},
    PLAIN: {"B-NAME": "NAME", "I-NAME": "NAME", "B-CITY": "PLACE", "O": "OTHER"},
}
ARCHITECTURES = [
    (BIO, {"crf": False, "label_smoothing": 0.1, "char_encoder": "none"}),
    (BIO, {"char_encoder": "rnn", "cell": "gru", "num_layers": 2}),
    (BIOES, {}),
    (PLAIN, {"crf": True, "char_encoder": "none"}),
    (PLAIN, {"crf": False, "cell": "mingru", "recurrent_dropout": 0.2}),
]


@pytest.fixture(scope="module")
def trained():
    """A model trained to reproduce the tags of the sentences."""
    model = build(unk_dropout=0.0, units=8, embedding_dim=8, learning_rate=0.02, randomize=False)
    model.fit(SENTENCES * 4, TARGETS * 4, epochs=25, batch_size=4, verbose=0)
    return model


@pytest.fixture(scope="module")
def model():
    """A model with random weights that no test trains."""
    return build()


def test_it_learns_tags_that_depend_on_the_context(trained):
    assert [[BIO[tag] for tag in tags] for tags in trained.predict(SENTENCES)] == TARGETS


def test_characters_distinguish_out_of_vocabulary_words():
    tokens = [[f"{stem}{end}"] for stem in "bcdfghkl" for end in ("ing", "ox")]
    options = {"crf": False, "unk_dropout": 0.0, "units": 8, "embedding_dim": 8, "learning_rate": 0.02}
    model = build(("NOUN", "VERB"), randomize=False, **options)
    model.fit(tokens[:12] * 4, [["VERB"], ["NOUN"]] * 24, epochs=15, batch_size=8, verbose=0)
    assert np.concatenate(model.predict(tokens[12:])).tolist() == [1, 0, 1, 0]


def test_a_crf_is_the_default_for_spans_only():
    options = {"units": 2, "embedding_dim": 2, "char_encoder": "none"}
    cases = [(BIO, {}, True), (BIO, {"label_smoothing": 0.1}, False), (PLAIN, {}, False), (PLAIN, {"crf": True}, True)]
    for tags, more, expected in cases:
        assert (build(tags, **options, **more).crf is not None) == expected, (tags, more)


@pytest.mark.parametrize(("tags", "options"), ARCHITECTURES, ids=str)
def test_every_architecture_trains_and_is_saved(tags, options, tmp_path):
    model, targets = build(tags, **options), [[RENAMED[tags].get(tag, tag) for tag in row] for row in TARGETS]
    model.run_eagerly = True
    data = (SENTENCES, targets)
    history = model.fit(*data, epochs=1, batch_size=2, verbose=0, validation_data=data).history
    metrics = {"loss", "accuracy"} | ({"span_f1"} if model.scheme else set())
    assert set(history) == metrics | {f"val_{name}" for name in metrics}
    assert np.isfinite(list(history.values())).all()
    predicted, probabilities = model.predict_tags(SENTENCES)
    assert [len(row) for row in predicted] == [5, 2, 4, 3]
    assert all(((row > 0) & (row < 1 + 1e-5)).all() for row in probabilities)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert (loaded.labels, loaded.scheme, loaded.max_tokens) == (model.labels, model.scheme, model.max_tokens)
    for ours, theirs in zip((predicted, probabilities), loaded.predict_tags(SENTENCES), strict=True):
        np.testing.assert_allclose(np.concatenate(theirs), np.concatenate(ours), atol=1e-6)


def test_a_text_and_its_tokens_have_the_same_tags(trained):
    text = "Bo Ray left Rome!"
    tokens = [token.text for token in tokenize_with_offsets(text)]
    from_text, from_bytes, from_tokens = trained.predict([text, text.encode(), tokens])
    np.testing.assert_array_equal(from_text, from_tokens)
    np.testing.assert_array_equal(from_text, from_bytes)
    np.testing.assert_array_equal(trained.predict(text)[0], from_text)


def test_sentences_may_be_a_dataset(trained):
    expected = [row.tolist() for row in trained.predict(SENTENCES)]
    ids = tf.ragged.constant([[BIO.index(tag) for tag in row] for row in TARGETS])
    pairs = tf.data.Dataset.from_tensor_slices((tf.ragged.constant(SENTENCES), ids))
    pairs = pairs.map(lambda tokens, tags: (tokens, tags))
    for form in (pairs, pairs.map(lambda tokens, _: tokens), tf.ragged.constant(SENTENCES)):
        assert [row.tolist() for row in trained.predict(form)] == expected
    loss, accuracy, f1 = trained.evaluate(pairs, verbose=0)
    assert (accuracy, f1) == (1.0, 1.0)


TEXTS = {
    "plain": "Ann Lee is in Oslo",
    "emoji": "👍🏽 Ann Lee 😀 is in Oslo 👨‍👩‍👧",
    "combining marks": unicodedata.normalize("NFD", "é Ann Lee is in Oslo à"),
    "right to left": "שלום Ann Lee is in Oslo عالم ؟",
    "line breaks": "Ann<br>Lee is<br /><BR/>in Oslo<br>",
    "Han": "東京 Ann Lee is in Oslo。",
    "no-break space": "Ann\u00a0Lee\u00a0is in\tOslo",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_offsets_of_tokens_and_spans_locate_their_text(trained, text):
    for given in (text, text.encode()):
        prediction = trained.predict([given], return_labels=True)[0]
        tokens = prediction["tokens"]
        assert [token["text"] for token in tokens] == [token.text for token in tokenize_with_offsets(text)]
        for part in (*tokens, *prediction["spans"]):
            covered = text[part["start"] : part["end"]]
            assert covered == part["text"] or "\u200d" in covered
            assert 0 < part["probability"] <= 1
        in_spans = {
            token["start"]
            for span in prediction["spans"]
            for token in tokens
            if span["start"] <= token["start"] < span["end"]
        }
        assert in_spans == {token["start"] for token in tokens if token["tag"] != "O"}


def test_return_labels_gives_spans_as_json(trained):
    predictions = trained.predict(["Ann Lee is in Oslo", SENTENCES[0]], return_labels=True)
    for prediction in json.loads(json.dumps(predictions)):
        spans = [(span["type"], span["text"], span["start"], span["end"]) for span in prediction["spans"]]
        assert spans == [("NAME", "Ann Lee", 0, 7), ("CITY", "Oslo", 14, 18)]
        minimum = min(token["probability"] for token in prediction["tokens"][:2])
        assert prediction["spans"][0]["probability"] == minimum
    assert "spans" not in build(PLAIN).predict(["Ann"], return_labels=True)[0]


@pytest.mark.parametrize("options", [{}, {"crf": False, "char_encoder": "rnn"}], ids=str)
def test_a_sentence_has_the_same_tags_alone_and_in_a_batch_of_longer_ones(options):
    model = build(**options)
    sentences = [SENTENCES[0], ["a-very-long-word" * 9] * 40, [], ["Ann", "Lee"]]
    batch_tags, batch_probabilities = model.predict_tags(sentences, batch_size=8)
    for number, sentence in enumerate(sentences):
        tags, probabilities = model.predict_tags([sentence])
        np.testing.assert_array_equal(tags[0], batch_tags[number])
        np.testing.assert_allclose(probabilities[0], batch_probabilities[number], atol=1e-5)


def test_accuracy_is_over_tokens_for_every_batch_size(model):
    predictions, targets = model.predict(SENTENCES), model.encode_targets(TARGETS)
    accuracy = np.mean(np.concatenate(predictions) == np.concatenate(targets))
    by_sentence = [np.mean(p == t) for p, t in zip(predictions, targets, strict=True)]
    assert accuracy != pytest.approx(np.mean(by_sentence)), "the sentences must distinguish the two averages"
    for batch_size in (1, 3):
        found = model.evaluate(SENTENCES, TARGETS, batch_size=batch_size, verbose=0, return_dict=True)
        assert found["accuracy"] == pytest.approx(accuracy, abs=1e-6)
    report = evaluate(model, (SENTENCES, TARGETS))
    assert (report.accuracy, report.tokens, report.sentences) == (pytest.approx(accuracy), 14, 4)


@pytest.mark.parametrize(("tags", "scheme"), [(BIO, "bio"), (BIOES, "bioes")])
def test_a_crf_never_violates_the_scheme(tags, scheme):
    generator = np.random.default_rng(1)
    model = build(tags)
    model.set_weights([generator.normal(size=weight.shape, scale=3) for weight in model.get_weights()])
    words = sorted({word for sentence in SENTENCES for word in sentence})
    sentences = [list(generator.choice(words, size=1 + number % 9)) for number in range(200)]
    predictions = [[tags[tag] for tag in row] for row in model.predict(sentences, batch_size=200)]
    assert [row for row in predictions if find_violation(row, scheme)] == []
    (inputs,) = model.make_batches(sentences, batch_size=200).dataset()
    greedy = [[tags[tag] for tag in row] for row in np.argmax(model.network(inputs), axis=-1)]
    assert any(find_violation(row, scheme) for row in greedy), "the scores alone must violate the scheme"


def test_weights_of_sentences_scale_the_loss(model):
    dataset = tf.data.Dataset.from_tensor_slices((["Ann", "Rome"], [[2], [1]], [1.0, 0.0]))
    weighted = model.evaluate(dataset, verbose=0, return_dict=True)["loss"]
    alone = model.evaluate([["Ann"]], [["B-NAME"]], verbose=0, return_dict=True)["loss"]
    assert weighted == pytest.approx(alone / 2, rel=1e-4)  # the mean is over tokens, not over weights


def test_tags_may_be_names_bytes_or_ids(model):
    for form in ([["B-NAME", "O"], ["B-CITY"]], [[b"B-NAME", b"O"], [b"B-CITY"]], [[2, 0], [1]],
                 [np.array([2.0, 0.0]), np.array([1])]):  # fmt: skip
        assert [row.tolist() for row in model.encode_targets(form)] == [[2, 0], [1]]
    assert [row.tolist() for row in model.encode_targets([[]])] == [[]]


EDGE_CASES = [
    ("", 0),
    (" \n\t<br>", 0),
    ([], 0),
    (["Ann", "", "left"], 3),
    (["\u200d"], 1),
    (b"\xff\xfe Ann", 3),
    ([b"\xc3", "Ann"], 2),
    ("Ann \ud800", 4),
    (["\ud800"], 1),
    ("Ann\x00left", 2),
    ("zxcvb qwerty", 2),
    ("x" * 100_000, 1),
]


def test_every_sentence_has_a_tag_per_token(model):
    sentences, lengths = [sentence for sentence, _ in EDGE_CASES], [length for _, length in EDGE_CASES]
    tags, probabilities = model.predict_tags(sentences)
    assert [len(row) for row in tags] == lengths and all(np.isfinite(row).all() for row in probabilities)
    assert [len(one["tokens"]) for one in model.predict(sentences, return_labels=True)] == lengths


@pytest.mark.slow
def test_a_very_long_text_is_tagged_in_bounded_time(model):
    start = time.monotonic()
    tags = model.predict(["Ann left Rome for good " * 8_700])[0]  # 200 kB
    assert (len(tags), time.monotonic() - start < 30) == (43_500, True)


def test_a_long_text_beside_short_ones_does_not_pad_them_all_to_its_length(model, monkeypatch):
    sizes, run = [], PredictFunction.run

    def record(self, batches, **options):
        for inputs, outputs in run(self, batches, **options):
            sizes.append(inputs["word_ids"].size)
            yield inputs, outputs

    monkeypatch.setattr(PredictFunction, "run", record)
    long = ["Ann", "left", "Rome"] * 1000
    tags, probabilities = model.predict_tags([*SENTENCES * 4, long, []])
    assert max(sizes) <= MAX_BATCH_TOKENS
    assert [len(one) for one in tags] == [len(one) for one in probabilities] == [*[5, 2, 4, 3] * 4, 3000, 0]
    parts = model.predict_tags([long[start : start + MAX_SEGMENT] for start in range(0, 3000, MAX_SEGMENT)])[0]
    np.testing.assert_array_equal(tags[-2], np.concatenate(parts))


def test_inputs_that_are_no_sentences_are_named_by_position(model):
    for sentences, error, message in (
        ([], ValueError, "`x`"),
        (None, TypeError, "`x` .*NoneType"),
        ([["Ann", 3]], TypeError, r"`x\[0\]\[1\]`.*int"),
        (["Ann", ["Lee", None]], TypeError, r"`x\[1\]\[1\]`.*NoneType"),
        (["Ann", 1.5], TypeError, r"`x\[1\]`.*float"),
        ([[["Ann"]]], TypeError, r"`x\[0\]\[0\]`.*list"),
    ):
        with pytest.raises(error, match=message):
            model.predict(sentences)


def test_tags_out_of_range_are_named_by_position(model):
    sentences, targets = [["Ann", "left"], ["Rome"]], [["B-NAME", "O"], ["B-CITY"]]
    with pytest.raises(TypeError, match="`x`"):
        model.fit("Ann left", targets, verbose=0)
    for tags, message in (
        (targets[:1], "`y`"),
        ([["O", "O"], ["O", "O"]], "Sentence 1 has 1 tokens and 2 tags"),
        ([["O", "O"], ["B-DOG"]], "Tag 0 of sentence 1 is 'B-DOG'.*'O'"),
        ([[0, 4], [0]], "Tag 1 of sentence 0 is 4"),
        ([[0, -1], [0]], "Tag 1 of sentence 0 is -1"),
        ([[0, 0.5], [0]], "Tag 1 of sentence 0 is 0.5"),
        ([[0, float("nan")], [0]], "Tag 1 of sentence 0 is nan"),
        (["OO", ["O"]], "Sentence 0 has 2 tokens and 1 tags"),
        ([["O", "O"], "O"], "tags of sentence 1 must be a list.*'O'"),
        ([0, 1], "Sentence 0 has 2 tokens and 1 tags"),
        ([np.eye(4)[:2], [0]], "Sentence 0 has 2 tokens and 8 tags"),
    ):
        with pytest.raises(ValueError, match=message):
            model.fit(sentences, tags, verbose=0)


def test_a_batched_dataset_is_an_error(model):
    tokens = tf.data.Dataset.from_tensor_slices((["Ann", "Rome"], [[2], [1]])).map(lambda t, y: (t[None], y))
    assert [len(row) for row in model.predict(tokens)] == [1, 1]
    texts = tf.data.Dataset.from_tensor_slices((["Ann", "Rome"], [[2], [1]]))
    for batched in (tokens.padded_batch(2), tokens.ragged_batch(2), texts.batch(2), tf.data.Dataset.range(3)):
        with pytest.raises(TypeError, match="`x`.*unbatched"):
            model.fit(batched, verbose=0)


def test_an_argument_out_of_range_is_named():
    for tags, options, name in (
        (["O"], {}, "tags"),
        (["O", "O"], {}, "tags"),
        (BIO, {"label_smoothing": 0.1, "crf": True}, "label_smoothing"),
        (BIO, {"char_encoder": "lstm"}, "char_encoder"),
        (BIO, {"cell": "lstn"}, "cell"),
        (BIO, {"units": 0}, "units"),
        (BIO, {"max_word_bytes": 1}, "max_word_bytes"),
        (BIO, {"max_tokens": 0}, "max_tokens"),
    ):
        with pytest.raises(ValueError, match=f"`{name}`"):
            build(tags, **options)


def test_mixed_float16_tags_an_empty_sentence_beside_others():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build()
    finally:
        keras.config.set_dtype_policy("float32")
    inputs = {"word_ids": tf.constant([[0, 0], [2, 3]]), "byte_ids": tf.constant([[[0], [0]], [[66], [67]]])}
    _, probabilities = model.predict_tensors(inputs)
    assert np.isfinite(np.asarray(probabilities, float)).all()


def test_the_best_epoch_is_that_of_the_best_spans_or_of_the_best_accuracy():
    assert (build(BIO).monitor, build(PLAIN).monitor) == ("val_span_f1", "val_accuracy")
