"""What a translator answers: the same alone and in a batch, by every search, and to every text there is."""

import time

import numpy as np
import pytest
import tensorflow as tf
from support.tiny_translator import CALM, SOURCES, TARGETS, WORDS, build, scattered

from rnn_templates.decoding import sequence_log_prob
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.saving import load_model

MIXED = ["a", "d c b a d c b", "b b", "c a d b d"]


@pytest.fixture(scope="module")
def learned():
    """A model that knows by heart how to reverse three words."""
    model = build(**{**CALM, "units": 24, "embedding_dim": 16, "learning_rate": 0.005, "r_drop": 1.0})
    model.fit(SOURCES * 8, TARGETS * 8, epochs=15, batch_size=24, verbose=0)
    return model


def untaught(**options):
    """A model that has learned nothing, and writes anything."""
    model = scattered(build(**options), size=0.7)
    model.encoder.get_layer("recurrent").implementation = "while_loop"  # to compile it takes longer than all these tests
    return model


@pytest.fixture(scope="module")
def wild():
    return untaught()


def log_p(model, text, tokens):
    """Log-probability of an answer, all its tokens read at once, PAD and START out of the question."""
    tokens = tokens[tokens != PAD_ID]
    source = np.array([model.preprocessor.encode(text)], np.int32)
    before = np.array([[START_ID, *tokens[:-1]]], np.int32)
    logits = model.network({"source": source, "target": before})[0].numpy().astype(np.float64)
    logits[:, [PAD_ID, START_ID]] = -np.inf
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits[np.arange(len(tokens)), tokens].sum(), len(tokens)


@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_what_was_learned_is_written_exactly(learned, search):
    assert learned.generate(SOURCES, search=search) == TARGETS
    assert learned.evaluate(SOURCES, TARGETS, verbose=0, return_dict=True)["accuracy"] == 1


def test_predict_gives_answers_and_in_words_their_alternatives(learned):
    assert learned.predict(SOURCES[:3]) == TARGETS[:3] and learned.predict(SOURCES[0]) == TARGETS[:1]
    (answer,) = learned.predict(SOURCES[:1], return_labels=True)
    sure = [answer["probability"], *(other["probability"] for other in answer["alternatives"])]
    assert answer["translation"] == TARGETS[0] and len(sure) == 3
    assert sure == sorted(sure, reverse=True) and sure[0] > 0.5


def test_a_loaded_model_gives_the_same_answers(learned, tmp_path):
    learned.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    ours, theirs = (model.generate(SOURCES, search="greedy", return_probabilities=True) for model in (learned, loaded))
    assert [text for text, _ in theirs] == [text for text, _ in ours] == TARGETS
    assert [sure for _, sure in theirs] == pytest.approx([sure for _, sure in ours], abs=1e-6)


@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_an_answer_is_the_same_alone_and_among_longer_ones(wild, search):
    together = wild.generate(MIXED, search=search, batch_size=4, return_probabilities=True)
    assert len({text for text, _ in together}) == len(MIXED), "the answers must differ to be told apart"
    for source, (text, sure) in zip(MIXED, together, strict=True):
        alone, own = wild.generate(source, search=search, return_probabilities=True)
        assert (alone, own) == (text, pytest.approx(sure, abs=1e-5))


def test_a_beam_of_one_and_draws_from_one_are_greedy(wild):
    greedy = wild.generate(MIXED, search="greedy", return_probabilities=True)
    for options in ({"search": "beam", "width": 1}, {"search": "sample", "top_k": 1, "temperature": 0.7, "seed": 3}):
        found = wild.generate(MIXED, return_probabilities=True, **options)
        assert [text for text, _ in found] == [text for text, _ in greedy]
        assert [sure for _, sure in found] == pytest.approx([sure for _, sure in greedy], abs=1e-6)


def test_greedy_takes_the_most_probable_token_at_every_step(wild):
    tokens, sure = wild.decode_examples(MIXED, "greedy")
    for text, (own,), (probability,) in zip(MIXED, tokens, sure, strict=True):
        memory, mask, *states = wild.encoder(np.array([wild.preprocessor.encode(text)], np.int32))
        token, expected = START_ID, []
        while token != END_ID and len(expected) < 16:
            logits, *states = wild.decoder([tf.constant([[token]]), memory, mask, *states])
            token = int(np.argmax(logits[0, 0, END_ID:])) + END_ID
            expected.append(token)
        assert own[own != PAD_ID].tolist() == expected
        total, length = log_p(wild, text, own)
        assert probability == pytest.approx(np.exp(total / length), rel=1e-4)


@pytest.mark.parametrize("length_penalty", [None, 0.0])
def test_a_beam_gives_different_answers_best_first_with_their_own_probabilities(wild, length_penalty):
    options = {} if length_penalty is None else {"length_penalty": length_penalty}
    tokens, sure = wild.decode_examples(MIXED, "beam", n_best=3, **options)
    for text, own, probabilities in zip(MIXED, tokens, sure, strict=True):
        assert len({tuple(one) for one in own}) == 3
        found = [log_p(wild, text, one) for one in own]
        np.testing.assert_allclose(probabilities, [np.exp(total / length) for total, length in found], rtol=1e-4)
        scores = [total / length ** options.get("length_penalty", 1.0) for total, length in found]
        assert scores == sorted(scores, reverse=True)
        assert all(np.count_nonzero(one) == length for one, (_, length) in zip(own, found, strict=True))
    best = wild.generate(MIXED, best=3, **options)
    assert best == [[wild.target_preprocessor.vocabulary.decode(one) for one in own] for own in tokens]


def test_a_beam_is_as_sure_as_a_walk_along_its_answers(wild):
    tokens, sure = wild.decode_examples(MIXED, "beam", n_best=3)
    memory, mask, *states = wild.encoder(np.array([wild.preprocessor.encode(MIXED[1])] * 3, np.int32))
    options = {"start_id": START_ID, "end_id": END_ID, "banned_ids": (PAD_ID, START_ID)}
    totals = sequence_log_prob(wild.step, (memory, mask), tuple(states), tokens[1], **options)
    np.testing.assert_allclose(np.exp(totals / np.count_nonzero(tokens[1], axis=1)), sure[1], rtol=1e-4)


def test_the_three_best_translations_differ(learned):
    for answers, target in zip(learned.generate(SOURCES, best=3), TARGETS, strict=True):
        assert answers[0] == target and len(set(answers)) == 3


def test_a_wider_beam_never_finds_less_than_greedy_where_length_does_not_count(wild):
    tokens, _ = wild.decode_examples(MIXED, "beam", n_best=1, beam_width=8, length_penalty=0.0)
    greedy, _ = wild.decode_examples(MIXED, "greedy")
    gains = [log_p(wild, text, one[0])[0] - log_p(wild, text, other[0])[0]
             for text, one, other in zip(MIXED, tokens, greedy, strict=True)]  # fmt: skip
    assert min(gains) > -1e-4 and max(gains) > 0.1


def test_draws_are_repeated_by_their_seed(wild):
    draws = [wild.generate(MIXED, search="sample", seed=seed) for seed in (1, 1, 2, None, None)]
    assert draws[0] == draws[1]
    assert len({tuple(draw) for draw in draws}) == 4


def test_the_beam_of_the_model_is_asked_for_anew(wild):
    before = wild.generate(MIXED, return_probabilities=True)
    wild.beam_width = 1
    try:
        assert wild.generate(MIXED, return_probabilities=True) != before
        assert wild.generate(MIXED) == wild.generate(MIXED, search="greedy")
    finally:
        wild.beam_width = 3


def test_a_str_is_answered_by_a_str_and_nothing_by_nothing(learned):
    source, target = SOURCES[5], TARGETS[5]
    assert learned.generate(source) == learned.generate(source.encode()) == target
    for many in ([source], (source,), np.array([source]), tf.data.Dataset.from_tensors(source)):
        assert learned.generate(many) == [target]
    assert learned.generate(tf.data.Dataset.from_tensor_slices((SOURCES, TARGETS)).batch(5)) == TARGETS
    for empty in ("", b"", " \n", "\x00", "\x00\x1f"):
        assert learned.generate(empty) == ""
        assert learned.generate([empty, source, empty]) == ["", target, ""]
    assert learned.generate(["", " "]) == ["", ""]
    assert learned.generate("", best=3) == ["", "", ""]
    assert learned.generate(["", source], return_probabilities=True)[0] == ("", 1.0)
    assert [len(one) for one in learned.generate(["", source], best=2)] == [2, 2]


HARD = {
    "invalid UTF-8": b"\xff\xfe a \xc3",
    "lone surrogate": "a \ud800 b",
    "NUL inside": "a\x00b c",
    "emoji": "👍🏽 😀 👨‍👩‍👧",
    "right to left": "שלום عالم ؟",
    "unknown script": "ᚠᛇᚻ ꦧꦱꦗꦮ",
    "invisible": "\u200b\u200d",
    "special tokens": "<END> <PAD> <START>",
}


def test_every_text_gets_an_answer(wild):
    answers = wild.generate(list(HARD.values()))
    assert [type(answer) for answer in answers] == [str] * len(HARD)
    assert wild.generate(list(HARD.values()), batch_size=1) == answers
    assert wild.generate(HARD["NUL inside"]) == wild.generate("a b c")


def test_a_long_text_is_translated_in_parts_and_in_their_order(learned):
    chosen = [SOURCES[i] for i in np.random.default_rng(0).integers(0, len(SOURCES), 40)]
    text = ". ".join(chosen)
    parts = [f"{source}." for source in chosen[:-1]] + chosen[-1:]
    found = learned.generate(parts, search="greedy", return_probabilities=True)
    whole, probability = learned.generate(text, search="greedy", return_probabilities=True)
    assert whole == " ".join(answer for answer, _ in found if answer)
    assert probability == pytest.approx(np.mean([sure for _, sure in found]), abs=1e-5)


def test_a_very_long_text_is_answered_in_bounded_time():
    model = untaught(max_source_length=64)
    for text in ("a b c d " * 1_250, "x" * 1_000_000):
        start = time.process_time()
        assert model.generate(text, search="greedy", max_length=2, batch_size=4096)
        assert time.process_time() - start < 30


def test_texts_come_back_in_the_order_they_were_given(learned):
    order = np.random.default_rng(1).permutation(len(SOURCES))
    mixed = [text for i in order for text in (SOURCES[i], "")]
    assert learned.generate(mixed, search="greedy", batch_size=5) == [t for i in order for t in (TARGETS[i], "")]


@pytest.mark.parametrize("max_length", [1, 40])
def test_an_answer_has_at_most_so_many_tokens(wild, max_length):
    tokens, _ = wild.decode_examples(MIXED, "greedy", max_length=max_length)
    lengths = [np.count_nonzero(one) for one in tokens]
    assert max(lengths) <= max_length and all(len(one[0]) == max_length for one in tokens)


@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        (["a", 3], {}, TypeError, r"Item 1 of the texts is int \(3\)"),
        ([None], {}, TypeError, r"Item 0 of the texts is NoneType"),
        ([["a"]], {}, TypeError, r"Item 0 of the texts is list"),
        (None, {}, TypeError, "not NoneType"),
        ([], {}, ValueError, "list is empty"),
        ("a", {"search": "greedy", "best": 2}, ValueError, "`best` goes with search='beam'.*'greedy'"),
        ("a", {"search": "gredy"}, ValueError, "`search` is one of beam, greedy, sample, not 'gredy'"),
        ("", {"search": "gredy"}, ValueError, "`search` is one of beam, greedy, sample, not 'gredy'"),
        ("a", {"width": 0}, ValueError, "^`width` is an integer of at least 1, not 0"),
        ("a", {"width": 1000}, ValueError, "^`width` is at most the size of the vocabulary, 263, not 1000"),
        ("a", {"best": 0}, ValueError, "`best` is an integer of at least 1, not 0"),
        ("", {"best": 0}, ValueError, "`best` is an integer of at least 1, not 0"),
        ("a", {"best": 4}, ValueError, "^`best` is at most the width, 3, not 4"),
        ("a", {"length_penalty": -1}, ValueError, "^`length_penalty` is a number of at least 0, not -1"),
        ("a", {"max_length": 0}, ValueError, "^`max_length` is an integer of at least 1, not 0"),
        ("a", {"search": "sample", "temperature": 0}, ValueError, "^`temperature` is a number above 0, not 0"),
        ("a", {"search": "sample", "top_p": 2}, ValueError, r"^`top_p` is a number in \(0, 1\], not 2"),
        ("a", {"search": "sample", "top_k": -1}, ValueError, "^`top_k` is an integer of at least 0, not -1"),
        ("a", {"batch_size": 0}, ValueError, "batch_size must be a positive integer, got 0"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_by_name(wild, x, options, error, message):
    with pytest.raises(error, match=message):
        wild.generate(x, **options)


def test_attention_says_where_the_model_looks(learned):
    source, target, weights = learned.attention("a b c")
    assert (source, target) == (["▁a", "▁b", "▁c", "<END>"], ["▁c", "▁b", "▁a", "<END>"])
    assert weights.shape == (4, 4) and weights.dtype == np.float32
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert np.ptp(weights, axis=0).max() > 0.1, "it looks elsewhere from token to token"
    source, target, weights = learned.attention("a b", "d d a")
    assert (len(source), target, weights.shape) == (3, ["▁d", "▁d", "▁a", "<END>"], (4, 3))
    assert learned.attention("")[2].tolist() == [[1.0]]


def test_attention_is_that_of_the_pass_that_makes_the_logits(wild):
    memory, mask, *states = wild.encoder(np.array([WORDS.encode("a b c", end=True)], np.int32))
    layer, seen = wild.decoder.get_layer("attention"), []
    call = layer.call
    layer.call = lambda *inputs, **options: seen.append(call(*inputs, **options)) or seen[-1]
    try:
        wild.decoder([tf.constant([[START_ID, *WORDS.encode("d a")]]), memory, mask, *states])
    finally:
        layer.call = call
    np.testing.assert_allclose(wild.attention("a b c", "d a")[2], seen[0][1][0], atol=1e-6)
