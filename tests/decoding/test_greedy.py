"""Greedy decoding and sequence log-probabilities against a float64 reference."""

import numpy as np
import pytest
import tensorflow as tf
from support.toy_decoder import END_ID, IDS, START_ID, ToyDecoder

from rnn_templates.decoding import greedy, sequence_log_prob


@pytest.mark.parametrize("seed", range(3))
def test_the_most_probable_token_is_decoded_at_each_step(seed):
    toy = ToyDecoder(seed)
    tokens, log_probs = (output.numpy() for output in greedy(*toy.decoder_step, **IDS, max_length=8))
    assert (tokens.dtype, tokens.shape, log_probs.dtype) == (np.int32, (4, 8), np.float32)
    for row, found in enumerate(tokens):
        expected, token, hidden = [], START_ID, toy.hidden[row].astype(float)
        while len(expected) < 8 and token != END_ID:
            log_p, hidden = toy.log_softmax(row, token, hidden)
            expected.append(token := int(log_p.argmax()))
        assert found.tolist() == expected + [0] * (8 - len(expected))
        np.testing.assert_allclose(log_probs[row], toy.log_prob(row, found), rtol=1e-5)


def test_the_log_probability_of_a_sequence_stops_at_its_end():
    toy = ToyDecoder(7)
    tokens = np.array([[3, 4, 1, 0, 0], [1, 5, 5, 5, 5], [3, 3, 3, 3, 3], [0, 2, 1, 1, 1]])
    expected = [toy.log_prob(row, own) for row, own in enumerate(tokens)]
    np.testing.assert_allclose(sequence_log_prob(*toy.decoder_step, tokens, **IDS), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="`tokens`"):
        sequence_log_prob(*toy.decoder_step, tokens[0], **IDS)


def test_the_probability_of_banned_tokens_is_renormalized():
    step, states = (lambda tokens, memory, states: (tf.constant([[0.0, 5.0, 1.0, 2.0]]), states)), tf.zeros((1, 1))
    options = {"start_id": 0, "end_id": 3, "banned_ids": [1]}
    tokens, log_probs = greedy(step, None, states, **options, max_length=1)
    assert tokens.numpy() == [[3]]
    np.testing.assert_allclose(log_probs, [2 - np.logaddexp.reduce([0, 1, 2])], rtol=1e-5)
    np.testing.assert_allclose(sequence_log_prob(step, None, states, [[3]], **options), log_probs)


def test_float16_logits_are_summed_in_float32():
    toy = ToyDecoder(16)

    def step(tokens, memory, states):
        logits, states = toy.step(tokens, memory, states)
        return tf.cast(logits, tf.float16), states

    options = {**IDS, "banned_ids": (END_ID,)}
    tokens, log_probs = greedy(step, *toy.decoder_step[1:], **options, max_length=30)
    assert log_probs.dtype == tf.float32
    again = sequence_log_prob(*toy.decoder_step, tokens, **options)
    np.testing.assert_allclose(log_probs, again, rtol=2e-3)
