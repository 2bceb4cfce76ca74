"""Beam search against all sequences, enumerated in float64, and against a plain search of the same width."""

import numpy as np
import pytest
import tensorflow as tf
from support.toy_decoder import END_ID, IDS, START_ID, ToyDecoder, ending_step, lengths

from rnn_templates.decoding import beam_search, greedy, sequence_log_prob

LENGTH = 5


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize(("tokens", "width"), [(4, 81), (5, 256)])
def test_a_wide_beam_finds_the_best_of_all_sequences(tokens, width, penalty):
    toy = ToyDecoder(tokens, tokens=tokens, vocabulary_size=width, sharpness=1.0)
    options = {"beam_width": width, "n_best": 40, "length_penalty": penalty, "banned_ids": toy.banned_ids}
    found, scores, log_probs = beam_search(*toy.decoder_step, **IDS, max_length=LENGTH, **options)
    for row in range(4):
        every = toy.all_sequences(row, LENGTH)
        assert len(every) == sum((tokens - 1) ** t for t in range(LENGTH)) + (tokens - 1) ** LENGTH
        np.testing.assert_allclose(np.logaddexp.reduce(list(every.values())), 0, atol=1e-9)
        expected = sorted(((total / len(key) ** penalty, key) for key, total in every.items()), reverse=True)[:40]
        np.testing.assert_allclose(scores[row], [own for own, _ in expected], rtol=1e-5)
        for own, single, size in zip(found[row].numpy(), log_probs[row].numpy(), lengths(found[row]), strict=True):
            np.testing.assert_allclose(every[tuple(own[:size])], single, rtol=1e-5)
        assert tuple(found[row, 0, : len(expected[0][1])].numpy()) == expected[0][1]


@pytest.mark.parametrize(("width", "penalty"), [(2, 0.0), (2, 1.0), (3, 0.5), (4, 2.0), (6, 1.0)])
def test_a_beam_equals_a_plain_search_of_the_same_width(width, penalty):
    """The reference has neither bound nor batch, and continues to the maximum length."""
    for seed in range(3):
        toy = ToyDecoder(20 + seed, sharpness=1.5)
        options = {"beam_width": width, "length_penalty": penalty}
        found, scores, _ = beam_search(*toy.decoder_step, **IDS, max_length=7, **options)
        for row in range(4):
            unfinished, finished = [((), 0.0, toy.hidden[row].astype(float))], []
            for t in range(7):
                extended = sorted(toy.extend(row, unfinished), key=lambda entry: -entry[1])[: 2 * width]
                finished += [
                    (total / (t + 1) ** penalty, own) for own, total, _ in extended if own[-1] == END_ID or t == 6
                ]
                unfinished = [entry for entry in extended if entry[0][-1] != END_ID][:width]
            expected = sorted(finished, reverse=True)[:width]
            np.testing.assert_allclose(scores[row], [own for own, _ in expected], rtol=1e-5)
            sizes = lengths(found[row])
            assert [tuple(own[:size]) for own, size in zip(found[row].numpy(), sizes, strict=True)] == [
                own for _, own in expected
            ]


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_beam_of_one_is_greedy(penalty):
    for seed in range(4):
        toy = ToyDecoder(seed)
        tokens, expected = greedy(*toy.decoder_step, **IDS, max_length=9)
        options = {"beam_width": 1, "length_penalty": penalty}
        found, scores, log_probs = beam_search(*toy.decoder_step, **IDS, max_length=9, **options)
        assert (found.shape, scores.shape, log_probs.shape) == ((4, 1, 9), (4, 1), (4, 1))
        np.testing.assert_array_equal(found[:, 0], tokens)
        np.testing.assert_array_equal(log_probs[:, 0], expected)
        np.testing.assert_allclose(scores[:, 0], expected / lengths(tokens) ** penalty, rtol=1e-6)


def test_hypotheses_are_distinct_sorted_and_scored_by_their_log_probability():
    toy = ToyDecoder(5)
    options = {**IDS, "banned_ids": (0, START_ID)}
    tokens, scores, log_probs = beam_search(
        *toy.decoder_step, **options, max_length=8, beam_width=6, length_penalty=0.7
    )
    assert (np.diff(scores) <= 0).all()
    np.testing.assert_allclose(scores, log_probs / lengths(tokens) ** 0.7, rtol=1e-5)
    for rank in range(6):
        again = sequence_log_prob(*toy.decoder_step, tokens[:, rank], **options)
        np.testing.assert_allclose(again, log_probs[:, rank], rtol=1e-5)
    for row in tokens.numpy():
        assert len({tuple(own) for own in row}) == 6


def test_the_n_best_are_the_first_of_all():
    toy = ToyDecoder(6)
    every = beam_search(*toy.decoder_step, **IDS, max_length=9, beam_width=5)
    few = beam_search(*toy.decoder_step, **IDS, max_length=9, beam_width=5, n_best=2)
    for one, other in zip(every, few, strict=True):
        np.testing.assert_array_equal(one[:, :2], other)


@pytest.mark.parametrize(
    ("n_best", "penalty", "min_calls", "max_calls"), [(1, 0.0, 4, 4), (1, 1.0, 4, 4), (4, 0.0, 4, 8), (4, 1.0, 5, 200)]
)
def test_the_search_stops_when_no_unfinished_hypothesis_can_win(n_best, penalty, min_calls, max_calls):
    """Each unexpected token costs 12: the bound of unfinished hypotheses falls by 12 per step, over the length."""
    step, calls = ending_step(3)
    options = {"beam_width": 4, "n_best": n_best, "length_penalty": penalty, "max_length": 500}
    function = tf.function(lambda: beam_search(step, None, tf.zeros((2, 1), tf.int32), **IDS, **options)[0])
    tokens = function().numpy()
    assert tokens[:, 0, :5].tolist() == [[3, 3, 3, 1, 0]] * 2
    assert min_calls <= calls.numpy() <= max_calls


def test_missing_sequences_are_zeros_with_an_unreachable_score():
    def step(tokens, memory, states):
        return tf.zeros((tf.shape(tokens)[0], 6)), states

    options = {**IDS, "banned_ids": (0, 2, 4, 5), "beam_width": 4}
    tokens, scores, log_probs = beam_search(step, None, tf.zeros((1, 1)), **options, max_length=2)
    assert sorted(tokens[0, :3].numpy().tolist()) == [[1, 0], [3, 1], [3, 3]]
    assert tokens[0, 3].numpy().tolist() == [0, 0] and scores[0, 3] == log_probs[0, 3] == np.float32(-1e9)
