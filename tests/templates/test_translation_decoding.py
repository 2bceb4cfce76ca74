"""Decoding of a translator: strategies, batches, long and unusual texts, attention weights."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.randomize import randomize_weights
from support.translation import VOCABULARY, build
from support.translation import examples as SOURCES
from support.translation import targets as TARGETS

from rnn_templates.decoding import sequence_log_prob
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.saving import load_model

MIXED = ["a", "d c b a d c b", "b b", "c a d b d"]


@pytest.fixture(scope="module")
def trained():
    """A model that was trained to reverse three words."""
    no_dropout = dict.fromkeys(
        ("dropout", "embedding_dropout", "memory_dropout", "type_dropout", "label_smoothing"), 0.0
    )
    model = build(units=24, embedding_dim=16, learning_rate=0.005, r_drop=1.0, randomize=False, **no_dropout)
    model.fit(SOURCES * 8, TARGETS * 8, epochs=15, batch_size=24, verbose=0)
    return model


@pytest.fixture(scope="module")
def model():
    """A model with random weights."""
    return randomize_weights(build(max_source_length=16, max_target_length=16), scale=0.7)


def log_prob(model, text, tokens):
    """Log-probability and length of a hypothesis, from one teacher-forced pass without the banned tokens."""
    tokens = tokens[tokens != PAD_ID]
    source = np.array([model.preprocessor.encode(text)], np.int32)
    before = np.array([[START_ID, *tokens[:-1]]], np.int32)
    logits = model.network({"source": source, "target": before})[0].numpy().astype(np.float64)
    logits[:, [PAD_ID, START_ID]] = -np.inf
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits[np.arange(len(tokens)), tokens].sum(), len(tokens)


@pytest.mark.parametrize("strategy", ["greedy", "beam"])
def test_it_learns_to_reverse_words(trained, strategy):
    assert trained.generate(SOURCES, strategy=strategy) == TARGETS
    assert trained.evaluate(SOURCES, TARGETS, verbose=0, return_dict=True)["accuracy"] == 1


def test_predict_returns_texts_or_dicts_with_alternatives(trained):
    assert trained.predict(SOURCES[:3]) == TARGETS[:3] and trained.predict(SOURCES[0]) == TARGETS[:1]
    (prediction,) = trained.predict(SOURCES[:1], return_labels=True)
    probabilities = [prediction["probability"], *(other["probability"] for other in prediction["alternatives"])]
    assert prediction["translation"] == TARGETS[0] and len(probabilities) == 3
    assert probabilities == sorted(probabilities, reverse=True) and probabilities[0] > 0.5


def test_a_loaded_model_generates_the_same_texts(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    ours, theirs = (
        model.generate(SOURCES, strategy="greedy", return_probabilities=True) for model in (trained, loaded)
    )
    assert [text for text, _ in theirs] == [text for text, _ in ours] == TARGETS
    assert [probabilities for _, probabilities in theirs] == pytest.approx(
        [probabilities for _, probabilities in ours], abs=1e-6
    )


@pytest.mark.parametrize("strategy", ["greedy", "beam"])
def test_a_text_is_the_same_alone_and_in_a_batch_of_longer_ones(model, strategy):
    together = model.generate(MIXED, strategy=strategy, batch_size=4, return_probabilities=True)
    assert len({text for text, _ in together}) == len(MIXED), "the texts must differ"
    for source, (text, probabilities) in zip(MIXED, together, strict=True):
        alone, own = model.generate(source, strategy=strategy, return_probabilities=True)
        assert (alone, own) == (text, pytest.approx(probabilities, abs=1e-5))


def test_a_beam_of_one_and_samples_from_one_token_are_greedy(model):
    greedy = model.generate(MIXED, strategy="greedy", return_probabilities=True)
    for options in (
        {"strategy": "beam", "beam_width": 1},
        {"strategy": "sample", "top_k": 1, "temperature": 0.7, "seed": 3},
    ):
        found = model.generate(MIXED, return_probabilities=True, **options)
        assert [text for text, _ in found] == [text for text, _ in greedy]
        assert [probabilities for _, probabilities in found] == pytest.approx(
            [probabilities for _, probabilities in greedy], abs=1e-6
        )


def test_greedy_takes_the_most_probable_token_at_every_step(model):
    tokens, probabilities = model.decode_examples(MIXED, "greedy")
    for text, (own,), (probability,) in zip(MIXED, tokens, probabilities, strict=True):
        memory, mask, *states = model.encoder(np.array([model.preprocessor.encode(text)], np.int32))
        token, expected = START_ID, []
        while token != END_ID and len(expected) < 16:
            logits, *states = model.decoder([tf.constant([[token]]), memory, mask, *states])
            token = int(np.argmax(logits[0, 0, END_ID:])) + END_ID
            expected.append(token)
        assert own[own != PAD_ID].tolist() == expected
        total, length = log_prob(model, text, own)
        assert probability == pytest.approx(np.exp(total / length), rel=1e-4)


@pytest.mark.parametrize("length_penalty", [None, 0.0])
def test_a_beam_returns_different_hypotheses_best_first_with_their_probabilities(model, length_penalty):
    options = {} if length_penalty is None else {"length_penalty": length_penalty}
    tokens, probabilities = model.decode_examples(MIXED, "beam", n_best=3, **options)
    for text, own, actual in zip(MIXED, tokens, probabilities, strict=True):
        assert len({tuple(one) for one in own}) == 3
        found = [log_prob(model, text, one) for one in own]
        np.testing.assert_allclose(actual, [np.exp(total / length) for total, length in found], rtol=1e-4)
        scores = [total / length ** options.get("length_penalty", 1.0) for total, length in found]
        assert scores == sorted(scores, reverse=True)
        assert all(np.count_nonzero(one) == length for one, (_, length) in zip(own, found, strict=True))
    best = model.generate(MIXED, n_best=3, **options)
    assert best == [[model.target_preprocessor.vocabulary.decode(one) for one in own] for own in tokens]


def test_the_probabilities_of_a_beam_are_those_of_its_sequences(model):
    tokens, probabilities = model.decode_examples(MIXED, "beam", n_best=3)
    memory, mask, *states = model.encoder(np.array([model.preprocessor.encode(MIXED[1])] * 3, np.int32))
    options = {"start_id": START_ID, "end_id": END_ID, "banned_ids": (PAD_ID, START_ID)}
    totals = sequence_log_prob(model.step, (memory, mask), tuple(states), tokens[1], **options)
    np.testing.assert_allclose(np.exp(totals / np.count_nonzero(tokens[1], axis=1)), probabilities[1], rtol=1e-4)


def test_the_three_best_translations_differ(trained):
    for texts, target in zip(trained.generate(SOURCES, n_best=3), TARGETS, strict=True):
        assert texts[0] == target and len(set(texts)) == 3


def test_a_wider_beam_is_at_least_as_probable_as_greedy_without_length_penalty(model):
    tokens, _ = model.decode_examples(MIXED, "beam", n_best=1, beam_width=8, length_penalty=0.0)
    greedy, _ = model.decode_examples(MIXED, "greedy")
    gains = [log_prob(model, text, one[0])[0] - log_prob(model, text, other[0])[0]
             for text, one, other in zip(MIXED, tokens, greedy, strict=True)]  # fmt: skip
    assert min(gains) > -1e-4 and max(gains) > 0.1


def test_samples_depend_on_the_seed(model):
    draws = [model.generate(MIXED, strategy="sample", seed=seed) for seed in (1, 1, 2, None, None)]
    assert draws[0] == draws[1]
    assert len({tuple(draw) for draw in draws}) == 4


def test_a_changed_beam_width_takes_effect(model):
    before = model.generate(MIXED, return_probabilities=True)
    model.beam_width = 1
    try:
        assert model.generate(MIXED, return_probabilities=True) != before
        assert model.generate(MIXED) == model.generate(MIXED, strategy="greedy")
    finally:
        model.beam_width = 3


def test_a_str_gives_a_str_and_an_empty_text_an_empty_one(trained):
    source, target = SOURCES[5], TARGETS[5]
    assert trained.generate(source) == trained.generate(source.encode()) == target
    for many in ([source], (source,), np.array([source]), tf.data.Dataset.from_tensors(source)):
        assert trained.generate(many) == [target]
    assert trained.generate(tf.data.Dataset.from_tensor_slices((SOURCES, TARGETS)).batch(5)) == TARGETS
    for empty in ("", b"", " \n", "\x00", "\x00\x1f"):
        assert trained.generate(empty) == ""
        assert trained.generate([empty, source, empty]) == ["", target, ""]
    assert trained.generate(["", " "]) == ["", ""]
    assert trained.generate("", n_best=3) == ["", "", ""]
    assert trained.generate(["", source], return_probabilities=True)[0] == ("", 1.0)
    assert [len(one) for one in trained.generate(["", source], n_best=2)] == [2, 2]


EDGE_CASES = {
    "invalid UTF-8": b"\xff\xfe a \xc3",
    "lone surrogate": "a \ud800 b",
    "NUL inside": "a\x00b c",
    "emoji": "👍🏽 😀 👨‍👩‍👧",
    "right to left": "שלום عالم ؟",
    "unknown script": "ᚠᛇᚻ ꦧꦱꦗꦮ",
    "invisible": "\u200b\u200d",
    "special tokens": "<END> <PAD> <START>",
}


def test_every_text_is_accepted(model):
    texts = model.generate(list(EDGE_CASES.values()))
    assert [type(prediction) for prediction in texts] == [str] * len(EDGE_CASES)
    assert model.generate(list(EDGE_CASES.values()), batch_size=1) == texts
    assert model.generate(EDGE_CASES["NUL inside"]) == model.generate("a b c")


def test_a_long_text_is_split_and_the_order_kept(trained):
    chosen = [SOURCES[i] for i in np.random.default_rng(0).integers(0, len(SOURCES), 40)]
    text = ". ".join(chosen)
    parts = [f"{source}." for source in chosen[:-1]] + chosen[-1:]
    found = trained.generate(parts, strategy="greedy", return_probabilities=True)
    whole, probability = trained.generate(text, strategy="greedy", return_probabilities=True)
    assert whole == " ".join(prediction for prediction, _ in found if prediction)
    assert probability == pytest.approx(np.mean([probabilities for _, probabilities in found]), abs=1e-5)


@pytest.mark.slow
def test_a_very_long_text_takes_bounded_time():
    model = build(max_source_length=64)
    for text in ("a b c d " * 1_250, "x" * 1_000_000):
        start = time.process_time()
        assert model.generate(text, strategy="greedy", max_length=2, batch_size=4096)
        assert time.process_time() - start < 30


def test_the_order_of_the_texts_is_kept(trained):
    order = np.random.default_rng(1).permutation(len(SOURCES))
    mixed = [text for i in order for text in (SOURCES[i], "")]
    assert trained.generate(mixed, strategy="greedy", batch_size=5) == [t for i in order for t in (TARGETS[i], "")]


@pytest.mark.parametrize("max_length", [1, 40])
def test_max_length_bounds_the_number_of_tokens(model, max_length):
    tokens, _ = model.decode_examples(MIXED, "greedy", max_length=max_length)
    lengths = [np.count_nonzero(one) for one in tokens]
    assert max(lengths) <= max_length and all(len(one[0]) == max_length for one in tokens)


INVALID = [
    (["a", 3], {}, TypeError, "Item 1 of the texts"),
    ([None], {}, ValueError, "Row 0 of the texts is missing"),
    ([["a"]], {}, TypeError, "Item 0 of the texts"),
    (None, {}, TypeError, "`x`"),
    ([], {}, ValueError, "no texts"),
    ("a", {"strategy": "greedy", "n_best": 2}, ValueError, "`n_best`.*greedy"),
    ("a", {"strategy": "gredy"}, ValueError, "`strategy`.*beam, greedy, sample"),
    ("", {"strategy": "gredy"}, ValueError, "`strategy`.*beam, greedy, sample"),
    ("a", {"beam_width": 0}, ValueError, "`beam_width`"),
    ("a", {"beam_width": 1000}, ValueError, "`beam_width`.*263"),
    ("a", {"n_best": 0}, ValueError, "`n_best`"),
    ("", {"n_best": 0}, ValueError, "`n_best`"),
    ("a", {"n_best": 4}, ValueError, "`n_best`.*3"),
    ("a", {"length_penalty": -1}, ValueError, "`length_penalty`"),
    ("a", {"max_length": 0}, ValueError, "`max_length`"),
    ("a", {"strategy": "sample", "temperature": 0}, ValueError, "`temperature`"),
    ("a", {"strategy": "sample", "top_p": 2}, ValueError, "`top_p`"),
    ("a", {"strategy": "sample", "top_k": -1}, ValueError, "`top_k`"),
    ("a", {"batch_size": 0}, ValueError, "batch_size"),
]


def test_an_invalid_argument_is_named(model):
    for x, options, error, message in INVALID:
        with pytest.raises(error, match=message):
            model.generate(x, **options)


def test_attention_returns_tokens_and_weights(trained):
    source, target, weights = trained.attention("a b c")
    assert (source, target) == (["▁a", "▁b", "▁c", "<END>"], ["▁c", "▁b", "▁a", "<END>"])
    assert weights.shape == (4, 4) and weights.dtype == np.float32
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert np.ptp(weights, axis=0).max() > 0.1, "the weights must depend on the target token"
    source, target, weights = trained.attention("a b", "d d a")
    assert (len(source), target, weights.shape) == (3, ["▁d", "▁d", "▁a", "<END>"], (4, 3))
    assert trained.attention("")[2].tolist() == [[1.0]]


def test_attention_is_that_of_the_forward_pass(model):
    memory, mask, *states = model.encoder(np.array([VOCABULARY.encode("a b c", end=True)], np.int32))
    layer, seen = model.decoder.get_layer("attention"), []
    call = layer.call
    layer.call = lambda *inputs, **options: seen.append(call(*inputs, **options)) or seen[-1]
    try:
        model.decoder([tf.constant([[START_ID, *VOCABULARY.encode("d a")]]), memory, mask, *states])
    finally:
        layer.call = call
    np.testing.assert_allclose(model.attention("a b c", "d a")[2], seen[0][1][0], atol=1e-6)


@pytest.mark.parametrize("strategy", ["greedy", "beam"])
def test_a_row_of_padding_gives_no_tokens_and_does_not_change_the_others(model, strategy):
    source = model.encode(["a b", "c"])["source"]
    padded = np.concatenate([source, np.zeros_like(source[:1])])
    tokens, probabilities = model.decode(tf.constant(padded), strategy)
    expected, _ = model.decode(tf.constant(source), strategy)
    np.testing.assert_array_equal(tokens[:2], expected)
    assert not np.any(tokens[2]) and (probabilities[2].numpy() == 1).all()
    assert all(np.isfinite(np.asarray(part, float)).all() for part in model.encode_source(tf.constant(padded)))


def test_mixed_float16_translates_an_empty_text(model):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        half = build(max_source_length=16, max_target_length=8, units=4, embedding_dim=4)
    finally:
        keras.config.set_dtype_policy("float32")
    tokens, probabilities = half.decode(tf.constant([[0, 0], [2, 0], [260, 2]]), "greedy")
    assert not np.any(tokens[:2]) and np.isfinite(probabilities).all()
