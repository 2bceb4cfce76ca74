"""Sampling: frequencies of the drawn tokens, seeds, and the limits in which it is greedy."""

import functools

import numpy as np
import pytest
import tensorflow as tf
from support.toy_decoder import END_ID, IDS, ToyDecoder

from rnn_templates.decoding import greedy, sample

LOGITS = np.array([0.3, -1.0, 1.2, 0.0, 0.9, -0.4])


def softmax(logits):
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def top(probabilities, count):
    """The distribution restricted to its most probable tokens."""
    kept = np.isin(np.arange(6), np.argsort(-probabilities)[:count])
    return np.where(kept, probabilities, 0) / probabilities[kept].sum()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, softmax(LOGITS)),
        ({"temperature": 0.5}, softmax(2 * LOGITS)),
        ({"temperature": 1e9}, np.full(6, 1 / 6)),
        ({"top_k": 3}, top(softmax(LOGITS), 3)),
        ({"top_k": 50}, softmax(LOGITS)),
        ({"top_p": 0.6}, top(softmax(LOGITS), 2)),
        ({"top_p": 0.7}, top(softmax(LOGITS), 3)),
        ({"top_k": 3, "top_p": 0.7}, top(softmax(LOGITS), 2)),
    ],
    ids=lambda value: None if isinstance(value, np.ndarray) else str(value),
)
def test_tokens_are_drawn_with_their_probability(options, expected):
    count = 20_000

    def step(tokens, memory, states):
        return tf.zeros((count, 1)) + LOGITS.astype("f"), states

    ids = {"start_id": 0, "end_id": END_ID}
    tokens, log_probs = sample(step, None, tf.zeros((count, 1)), **ids, max_length=2, seed=(4, 2), **options)
    for drawn in (tokens[:, 0], tokens.numpy()[tokens[:, 0] != END_ID][:, 1]):
        counts = np.bincount(drawn, minlength=6)
        expected_counts = expected * len(drawn)
        assert not counts[expected == 0].any()
        chi_squared = ((counts - expected_counts)[expected > 0] ** 2 / expected_counts[expected > 0]).sum()
        assert chi_squared < 20.5  # 5 degrees of freedom: one in a thousand
    log_p = np.log(softmax(LOGITS))
    own = log_p[tokens[:, 0]] + np.where(tokens[:, 0] == END_ID, 0, log_p[tokens[:, 1]])
    np.testing.assert_allclose(log_probs, own, rtol=1e-4)


@pytest.mark.parametrize(
    "options", [{"temperature": 1e-8}, {"temperature": 1e-45}, {"top_k": 1}, {"top_p": 1e-6}], ids=str
)
def test_sampling_from_the_most_probable_token_alone_is_greedy(options):
    toy = ToyDecoder(12)
    tokens, log_probs = greedy(*toy.decoder_step, **IDS, max_length=9)
    drawn, drawn_log_probs = sample(*toy.decoder_step, **IDS, max_length=9, seed=1, **options)
    np.testing.assert_array_equal(tokens, drawn)
    np.testing.assert_allclose(log_probs, drawn_log_probs, rtol=1e-6)


def test_a_banned_token_is_not_drawn_at_any_temperature():
    options = {"temperature": 1e12, "banned_ids": (END_ID, 0, 2, 4)}
    tokens, _ = sample(*ToyDecoder(13).decoder_step, **IDS, max_length=30, seed=2, **options)
    assert np.unique(tokens).tolist() == [3, 5]


def test_equal_seeds_give_equal_sequences_and_different_ones_different_sequences():
    toy = ToyDecoder(14, sharpness=0.2)
    draw = functools.partial(sample, *toy.decoder_step, **IDS, max_length=20, banned_ids=(END_ID,))
    first = draw(seed=5)[0].numpy()
    np.testing.assert_array_equal(draw(seed=5)[0], first)
    np.testing.assert_array_equal(draw(seed=tf.constant([5, 0]))[0], first)
    unseeded = tf.function(draw)
    others = [draw(seed=6), draw(seed=(5, 1)), draw(), draw(), unseeded(), unseeded()]
    outputs = [first, *(tokens.numpy() for tokens, _ in others)]
    assert len({output.tobytes() for output in outputs}) == len(outputs)
    assert len({first[row].tobytes() for row in range(4)}) == 4 and len(np.unique(first[0])) > 1
