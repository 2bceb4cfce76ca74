"""The tagging template: sentences in, tags of their words out, in every shape that its builder can make."""

import json
import subprocess
import sys
import unicodedata

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.flat import build_flat

from rnn_templates.evaluation import evaluate
from rnn_templates.preprocessing.text.tag_schemes import find_violation
from rnn_templates.preprocessing.text.token_offsets import tokenize_with_offsets
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model
from rnn_templates.templates.tagging.builder import search_space, tagging_model

BIO = ("O", "B-CITY", "B-NAME", "I-NAME")
BIOES = ("O", "B-NAME", "E-NAME", "S-CITY")
PLAIN = ("NAME", "OTHER", "PLACE")
SENTENCES = [["Ann", "Lee", "is", "in", "Oslo"], ["Rome", "!"], ["Bo", "Ray", "left", "Rome"], ["Ann", "Lee", "left"]]
TAGS = [
    ["B-NAME", "I-NAME", "O", "O", "B-CITY"], ["B-CITY", "O"], ["B-NAME", "I-NAME", "O", "B-CITY"],
    ["B-NAME", "I-NAME", "O"],
]  # fmt: skip
OTHER = {
    BIO: {},
    BIOES: {"I-NAME": "E-NAME", "B-CITY": "S-CITY"},
    PLAIN: {"B-NAME": "NAME", "I-NAME": "NAME", "B-CITY": "PLACE", "O": "OTHER"},
}
SHAPES = [
    {},
    {"crf": False},
    {"crf": False, "label_smoothing": 0.1, "char_encoder": "none"},
    {"char_encoder": "rnn", "cell": "gru", "num_layers": 2},
    {"char_encoder": "none", "tags": PLAIN},
    {"tags": BIOES},
    {"tags": PLAIN, "crf": False, "cell": "mingru", "recurrent_dropout": 0.2},
]


def build(tags=BIO, seed=1, **options):
    keras.utils.set_random_seed(seed)
    small = {"units": 8, "embedding_dim": 8, "char_units": 8, "max_word_bytes": 6, "learning_rate": 0.02}
    return build_flat(tagging_model, Vocabulary.from_tokens(SENTENCES), tags, **{**small, **options})


def tagged(tags=BIO):
    return [[OTHER[tags].get(tag, tag) for tag in own] for own in TAGS]


@pytest.fixture(scope="module")
def learned():
    """A model that knows the sentences by heart."""
    model = build(dropout=0.0, unk_dropout=0.0)
    model.fit(SENTENCES * 4, TAGS * 4, epochs=25, batch_size=4, verbose=0)
    return model


@pytest.mark.parametrize("options", SHAPES, ids=str)
def test_every_shape_fits_evaluates_predicts_and_survives_its_file(options, tmp_path):
    model, targets = build(**options), tagged(options.get("tags", BIO))
    data = (SENTENCES, targets)
    history = model.fit(*data, epochs=1, batch_size=2, verbose=0, validation_data=data).history
    figures = {"loss", "accuracy"} | ({"span_f1"} if model.scheme else set())
    assert set(history) == figures | {f"val_{name}" for name in figures}
    assert np.isfinite(list(history.values())).all()
    tags, sure = model.predict_tags(SENTENCES)
    assert [len(own) for own in tags] == [5, 2, 4, 3]
    assert all(((own > 0) & (own < 1 + 1e-5)).all() for own in sure)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert (loaded.labels, loaded.scheme, loaded.max_tokens) == (model.labels, model.scheme, model.max_tokens)
    loaded_tags, loaded_sure = loaded.predict_tags(SENTENCES)
    for ours, theirs in ((tags, loaded_tags), (sure, loaded_sure)):
        np.testing.assert_allclose(np.concatenate(theirs), np.concatenate(ours), atol=1e-6)


def test_a_few_sentences_are_learned_by_heart(learned):
    assert [[BIO[tag] for tag in own] for own in learned.predict(SENTENCES)] == TAGS


def test_letters_tell_apart_words_that_the_vocabulary_does_not_know():
    tokens = [[f"{stem}{end}"] for stem in "bcdfghkl" for end in ("ing", "ox")]
    model = build(("NOUN", "VERB"), crf=False, unk_dropout=0.0, dropout=0.0)
    model.fit(tokens[:12] * 4, [["VERB"], ["NOUN"]] * 24, epochs=15, batch_size=8, verbose=0)
    assert np.concatenate(model.predict(tokens[12:])).tolist() == [1, 0, 1, 0]


def test_a_text_and_its_tokens_have_the_same_tags(learned):
    text = "Bo Ray left Rome!"
    tokens = [token.text for token in tokenize_with_offsets(text)]
    of_text, of_bytes, from_tokens = learned.predict([text, text.encode(), tokens])
    np.testing.assert_array_equal(of_text, from_tokens)
    np.testing.assert_array_equal(of_text, of_bytes)
    np.testing.assert_array_equal(learned.predict(text)[0], of_text)


def test_sentences_may_come_as_a_dataset(learned):
    expected = [own.tolist() for own in learned.predict(SENTENCES)]
    numbers = tf.ragged.constant([[BIO.index(tag) for tag in own] for own in TAGS])
    pairs = tf.data.Dataset.from_tensor_slices((tf.ragged.constant(SENTENCES), numbers))
    pairs = pairs.map(lambda tokens, tags: (tokens, tags))
    for form in (pairs, pairs.map(lambda tokens, _: tokens), tf.ragged.constant(SENTENCES)):
        assert [own.tolist() for own in learned.predict(form)] == expected
    loss, accuracy, f1 = learned.evaluate(pairs, verbose=0)
    assert (accuracy, f1) == (1.0, 1.0)


WRITTEN = {
    "plain": "Ann Lee is in Oslo",
    "emoji": "👍🏽 Ann Lee 😀 is in Oslo 👨‍👩‍👧",
    "combining marks": unicodedata.normalize("NFD", "é Ann Lee is in Oslo à"),
    "right to left": "שלום Ann Lee is in Oslo عالم ؟",
    "line breaks": "Ann<br>Lee is<br /><BR/>in Oslo<br>",
    "Han": "東京 Ann Lee is in Oslo。",
    "no-break space": "Ann\u00a0Lee\u00a0is in\tOslo",
}


@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize("text", WRITTEN.values(), ids=list(WRITTEN))
def test_spans_stand_where_they_say(learned, text, as_bytes):
    answer = learned.predict([text.encode() if as_bytes else text], return_labels=True)[0]
    tokens = answer["tokens"]
    assert [token["text"] for token in tokens] == [token.text for token in tokenize_with_offsets(text)]
    for piece in (*tokens, *answer["spans"]):
        held = text[piece["start"] : piece["end"]]
        assert held == piece["text"] or "\u200d" in held
        assert 0 < piece["probability"] <= 1
    covered = {token["start"] for span in answer["spans"] for token in tokens
               if span["start"] <= token["start"] < span["end"]}  # fmt: skip
    assert covered == {token["start"] for token in tokens if token["tag"] != "O"}


def test_the_answer_in_words_names_spans_and_is_json(learned):
    answers = learned.predict(["Ann Lee is in Oslo", SENTENCES[0]], return_labels=True)
    for answer in json.loads(json.dumps(answers)):
        assert [(span["type"], span["text"], span["start"], span["end"]) for span in answer["spans"]] == [
            ("NAME", "Ann Lee", 0, 7), ("CITY", "Oslo", 14, 18),
        ]  # fmt: skip
        least = min(token["probability"] for token in answer["tokens"][:2])
        assert answer["spans"][0]["probability"] == least
    assert "spans" not in build(PLAIN).predict(["Ann"], return_labels=True)[0]


@pytest.mark.parametrize("options", [{}, {"crf": False, "char_encoder": "rnn"}], ids=str)
def test_a_sentence_gets_the_same_answer_alone_and_among_longer_ones(options):
    model = build(**options)
    sentences = [SENTENCES[0], ["a-very-long-word" * 9] * 40, [], ["Ann", "Lee"]]
    together_tags, together = model.predict_tags(sentences, batch_size=8)
    for number, sentence in enumerate(sentences):
        tags, sure = model.predict_tags([sentence])
        np.testing.assert_array_equal(tags[0], together_tags[number])
        np.testing.assert_allclose(sure[0], together[number], atol=1e-5)


def test_accuracy_is_a_share_of_words_whatever_the_batches():
    model = build()
    answers = model.predict(SENTENCES)
    truth = model.encode_targets(TAGS)
    share = np.mean(np.concatenate(answers) == np.concatenate(truth))
    weighted = [np.mean(a == t) for a, t in zip(answers, truth, strict=True)]
    assert share != pytest.approx(np.mean(weighted)), "the sentences must be of use to tell the two apart"
    for batch_size in (1, 3):
        found = model.evaluate(SENTENCES, TAGS, batch_size=batch_size, verbose=0, return_dict=True)
        assert found["accuracy"] == pytest.approx(share, abs=1e-6)
    report = evaluate(model, (SENTENCES, TAGS))
    assert (report.accuracy, report.tokens, report.sentences) == (pytest.approx(share), 14, 4)


@pytest.mark.parametrize(("tags", "scheme"), [(BIO, "bio"), (BIOES, "bioes")])
def test_answers_of_a_crf_never_break_the_scheme(tags, scheme):
    generator = np.random.default_rng(0)
    model = build(tags)
    model.set_weights([generator.normal(size=weight.shape, scale=3) for weight in model.get_weights()])
    words = sorted({word for sentence in SENTENCES for word in sentence})
    sentences = [list(generator.choice(words, size=1 + number % 9)) for number in range(200)]
    answers = [[tags[tag] for tag in own] for own in model.predict(sentences, batch_size=200)]
    assert [find_violation(own, scheme) for own in answers if find_violation(own, scheme)] == []
    (inputs,) = model.make_batches(sentences, batch_size=200).dataset()
    alone = [[tags[tag] for tag in own] for own in np.argmax(model.network(inputs), axis=-1)]
    assert any(find_violation(own, scheme) for own in alone), (
        "the weights must be such that the CRF has something to mend"
    )


@pytest.mark.parametrize(
    "load", ["rnn_templates.load_model", "__import__('keras').saving.load_model"], ids=["ours", "keras"]
)
def test_a_file_answers_the_same_in_a_process_that_only_imports_the_package(learned, tmp_path, load):
    learned.save(tmp_path / "model.keras")
    code = (
        "import json, sys, rnn_templates; assert 'tensorflow' not in sys.modules\n"
        f"model = {load}(sys.argv[1])\n"
        "print(json.dumps(model.predict(json.loads(sys.argv[2]), return_labels=True)))"
    )
    asked = [*SENTENCES, "Bo Ray, never seen"]
    run = [sys.executable, "-c", code, str(tmp_path / "model.keras"), json.dumps(asked)]
    answer = subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip().splitlines()[-1]
    for ours, theirs in zip(learned.predict(asked, return_labels=True), json.loads(answer), strict=True):
        assert [token["tag"] for token in ours["tokens"]] == [token["tag"] for token in theirs["tokens"]]
        assert [token["probability"] for token in theirs["tokens"]] == pytest.approx(
            [token["probability"] for token in ours["tokens"]], abs=1e-5
        )


def test_the_search_space_builds_a_model():
    import keras_tuner

    options = search_space(keras_tuner.HyperParameters())
    assert len(build_flat(tagging_model, Vocabulary.from_tokens(SENTENCES), BIO, **options).predict(SENTENCES)) == 4


def test_training_twice_from_one_seed_gives_the_same_weights():
    def train():
        model = build(seed=4, recurrent_dropout=0.2)
        model.fit(SENTENCES * 2, TAGS * 2, epochs=2, batch_size=4, verbose=0)
        return model.get_weights()

    for one, other in zip(train(), train(), strict=True):
        np.testing.assert_array_equal(one, other)
