"""Inputs of a tagger: unusual sentences, invalid sentences and tags, invalid arguments."""

import time

import numpy as np
import pytest
import tensorflow as tf
from support.flat import build_flat

from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.tagging.builder import tagging_model

BIO = ("O", "B-CITY", "B-NAME", "I-NAME")
SENTENCES, TAGS = [["Ann", "left"], ["Rome"]], [["B-NAME", "O"], ["B-CITY"]]
SMALL = {"units": 4, "embedding_dim": 4, "char_units": 8, "max_word_bytes": 6}


def build(tags=BIO, **options):
    return build_flat(tagging_model, Vocabulary.from_tokens(SENTENCES), tags, **{**SMALL, **options})


@pytest.fixture(scope="module")
def model():
    return build()


EDGE_CASES = {
    "empty": ("", 0),
    "spaces": (" \n\t<br>", 0),
    "no tokens": ([], 0),
    "an empty token": (["Ann", "", "left"], 3),
    "invisible token": (["\u200d"], 1),
    "invalid UTF-8": (b"\xff\xfe Ann", 3),
    "invalid UTF-8 in a token": ([b"\xc3", "Ann"], 2),
    "lone surrogate": ("Ann \ud800", 4),
    "lone surrogate in a token": (["\ud800"], 1),
    "NUL": ("Ann\x00left", 2),
    "unknown words only": ("zxcvb qwerty", 2),
    "a long word": ("x" * 100_000, 1),
}


def test_unusual_sentences_get_a_tag_per_token(model):
    sentences = [sentence for sentence, _ in EDGE_CASES.values()]
    for name, prediction in zip(EDGE_CASES, model.predict_examples(sentences), strict=True):
        assert (name, len(prediction.outputs)) == (name, EDGE_CASES[name][1])
        assert np.isfinite(prediction.scores).all()
    predictions = model.predict(sentences, return_labels=True)
    assert [len(prediction["tokens"]) for prediction in predictions] == [count for _, count in EDGE_CASES.values()]


@pytest.mark.slow
def test_a_very_long_text_is_tagged_in_bounded_time(model):
    text = "Ann left Rome for good " * 8_700  # 200 kB
    start = time.monotonic()
    tags = model.predict([text])[0]
    assert (len(tags), time.monotonic() - start < 30) == (43_500, True)


INVALID_SENTENCES = [
    ([], ValueError, "`x`"),
    (None, TypeError, "`x` .*NoneType"),
    ([["Ann", 3]], TypeError, r"`x\[0\]\[1\]`.*int"),
    (["Ann", ["Lee", None]], TypeError, r"`x\[1\]\[1\]`.*NoneType"),
    (["Ann", 1.5], TypeError, r"`x\[1\]`.*float"),
    ([[["Ann"]]], TypeError, r"`x\[0\]\[0\]`.*list"),
]


def test_an_invalid_sentence_is_named_by_its_position(model):
    for sentences, error, message in INVALID_SENTENCES:
        with pytest.raises(error, match=message):
            model.predict(sentences)


INVALID_TAGS = [
    ("Ann left", TAGS, TypeError, "`x`"),
    (SENTENCES, None, ValueError, "`y`"),
    (SENTENCES, TAGS[:1], ValueError, "`y`"),
    (SENTENCES, [["O", "O"], ["O", "O"]], ValueError, "Sentence 1 has 1 tokens and 2 tags"),
    (SENTENCES, [["O", "O"], ["B-DOG"]], ValueError, "Tag 0 of sentence 1 is 'B-DOG'.*'O'"),
    (SENTENCES, [[0, 4], [0]], ValueError, "Tag 1 of sentence 0 is 4"),
    (SENTENCES, [[0, -1], [0]], ValueError, "Tag 1 of sentence 0 is -1"),
    (SENTENCES, [[0, 0.5], [0]], ValueError, "Tag 1 of sentence 0 is 0.5"),
    (SENTENCES, [[0, float("nan")], [0]], ValueError, "Tag 1 of sentence 0 is nan"),
    (SENTENCES, ["OO", ["O"]], ValueError, "Sentence 0 has 2 tokens and 1 tags"),
    (SENTENCES, [["O", "O"], "O"], ValueError, "tags of sentence 1"),
    (SENTENCES, [0, 1], ValueError, "Sentence 0 has 2 tokens and 1 tags"),
    (SENTENCES, [np.eye(4)[:2], [0]], ValueError, "Sentence 0 has 2 tokens and 8 tags"),
]


def test_an_invalid_tag_is_named_by_its_position(model):
    for sentences, tags, error, message in INVALID_TAGS:
        with pytest.raises(error, match=message):
            model.fit(sentences, tags, verbose=0)


def test_names_and_ids_of_tags_are_equivalent(model):
    forms = [TAGS, [[b"B-NAME", b"O"], [b"B-CITY"]], [[2, 0], [1]], [np.array([2.0, 0.0]), np.array([1])]]
    for form in forms:
        assert [ids.tolist() for ids in model.encode_targets(form)] == [[2, 0], [1]]
    assert [ids.tolist() for ids in model.encode_targets([[]])] == [[]]


def test_a_batched_dataset_is_an_error(model):
    tokens = tf.data.Dataset.from_tensor_slices((["Ann", "Rome"], [[2], [1]])).map(lambda t, y: (t[None], y))
    assert [len(own) for own in model.predict(tokens)] == [1, 1]
    texts = tf.data.Dataset.from_tensor_slices((["Ann", "Rome"], [[2], [1]]))
    for batched in (tokens.padded_batch(2), tokens.ragged_batch(2), texts.batch(2), tf.data.Dataset.range(3)):
        with pytest.raises(TypeError, match="`x`.*unbatched"):
            model.fit(batched, verbose=0)


def test_sample_weights_scale_the_loss(model):
    dataset = tf.data.Dataset.from_tensor_slices((["Ann", "Rome"], [[2], [1]], [1.0, 0.0]))
    weighted = model.evaluate(dataset, verbose=0, return_dict=True)["loss"]
    alone = model.evaluate([["Ann"]], [["B-NAME"]], verbose=0, return_dict=True)["loss"]
    assert weighted == pytest.approx(
        alone / 2, rel=1e-4
    )  # the loss is divided by the number of tokens, not by the weights


@pytest.mark.parametrize(
    ("tags", "options", "message"),
    [
        (["O"], {}, "two or more different names"),
        (["O", "O"], {}, "two or more different names"),
        (BIO, {"label_smoothing": 0.1}, "`label_smoothing`"),
        (BIO, {"char_encoder": "lstm"}, "`char_encoder`"),
        (BIO, {"cell": "lstn"}, "`cell`"),
        (BIO, {"units": 0}, "`units`"),
        (BIO, {"max_word_bytes": 1}, "`max_word_bytes`"),
        (BIO, {"max_tokens": 0}, "`max_tokens`"),
    ],
    ids=str,
)
def test_an_invalid_argument_is_named(tags, options, message):
    with pytest.raises(ValueError, match=message):
        build(tags, **options)
