"""Beam search."""

import math

import numpy as np
import tensorflow as tf

from rnn_templates.decoding.decoder_step import NEG_INF, DecoderStep, check_max_length, decode_loop, log_normalizer
from rnn_templates.decoding.greedy import greedy
from rnn_templates.utils.validation import check_int


def beam_search(
    step,
    memory,
    states,
    *,
    start_id,
    end_id,
    max_length,
    beam_width=5,
    length_penalty=1.0,
    n_best=None,
    banned_ids=(),
):
    """Decodes the highest-scoring sequences by beam search.

        score = log p(tokens) / length ** length_penalty

    The length includes the end token. A hypothesis of `max_length` tokens is finished without an end token. The search
    stops when no unfinished hypothesis can exceed the lowest of the `n_best` scores.

    Args:
        step, memory, states, start_id, end_id, max_length, banned_ids: see `greedy`.
        beam_width: int from 1, which is greedy search, to the vocabulary size; number of unfinished hypotheses that are
            kept.
        length_penalty: float >= 0; 0 prefers short sequences, 1 compares the mean log-probability of a token.
        n_best: int from 1 to `beam_width`; number of sequences to return; None for `beam_width`. The search stops
            earlier for fewer.

    Returns:
        `tokens, scores, log_probs`: (batch, n_best, max_length) int32, 0 after the end token; (batch, n_best) float32,
        in descending order; and (batch, n_best) float32. If fewer than `n_best` sequences exist, the others are zeros
        with a score of -1e9.

    Raises:
        ValueError: if an argument is out of range, or `step` returns tensors of other shapes or dtypes.

    Source:
        Wu et al., Google's neural machine translation system, arXiv:1609.08144, section 7.

    Example:
        >>> table = tf.math.log([[0.1, 0.1, 0.8], [0.1, 0.1, 0.8], [0.1, 0.7, 0.2]])
        >>> def step(tokens, memory, states):
        ...     return tf.gather(table, tokens), states
        >>> options = {"start_id": 0, "end_id": 1, "max_length": 4, "beam_width": 2}
        >>> tokens, scores, _ = beam_search(step, None, tf.zeros((1, 1)), **options)
        >>> tokens.numpy().tolist(), scores.numpy().round(2)
        ([[[2, 1, 0, 0], [2, 2, 1, 0]]], array([[-0.29, -0.73]], dtype=float32))
    """
    check_max_length(max_length)
    check_int("beam_width", beam_width)
    n_best = beam_width if n_best is None else n_best
    check_int("n_best", n_best)
    if n_best > beam_width:
        raise ValueError(f"`n_best` must be at most `beam_width`, {beam_width}; received {n_best}.")
    if not 0 <= length_penalty < math.inf:
        raise ValueError(f"`length_penalty` must be a number of at least 0; received {length_penalty!r}.")
    options = {"end_id": end_id, "banned_ids": banned_ids}
    if beam_width == 1:  # a beam would continue with the second best token where the best one ends a hypothesis
        tokens, log_probs = greedy(step, memory, states, start_id=start_id, max_length=max_length, **options)
        after_end = tf.cumsum(tf.cast(tokens == end_id, tf.int32), axis=1, exclusive=True) > 0
        lengths = tf.reduce_sum(tf.cast(tf.logical_not(after_end), tf.int32), axis=1)
        return tokens[:, None], _score(log_probs, lengths, length_penalty)[:, None], log_probs[:, None]
    step = DecoderStep(step, memory, states, beam_width=beam_width, **options)
    return _search(step, start_id, max_length, beam_width, length_penalty, n_best)


def _search(step, start_id, max_length, beam_width, length_penalty, n_best):
    """The loop of a beam of two or more hypotheses."""
    batch, positions = step.batch, tf.range(max_length)
    row_offsets = tf.range(batch)[:, None] * beam_width  # first row of each example

    def unfinished(last, log_probs, tokens, best_scores, *_):
        return tf.reduce_any(_score(log_probs[:, 0], max_length, length_penalty) > best_scores[:, -1])

    def body(t, last, log_probs, tokens, best_scores, best_log_probs, best_tokens, states):
        logits, states = step(last, states)
        # At most `beam_width` of these candidates end, one per row, so that `beam_width` others remain.
        candidates, row, token = _candidates(logits, log_probs, batch, beam_width)
        row += row_offsets
        extended = tf.where(positions == t, token[:, :, None], tf.gather(tokens, row))
        ends = token == step.end_id

        finished = tf.logical_or(ends, t + 1 == max_length)
        scores = tf.where(finished, _score(candidates, t + 1, length_penalty), NEG_INF)
        best_scores, indices = tf.math.top_k(tf.concat([best_scores, scores], axis=1), n_best)
        best_log_probs = tf.gather(tf.concat([best_log_probs, candidates], axis=1), indices, batch_dims=1)
        best_tokens = tf.gather(tf.concat([best_tokens, extended], axis=1), indices, batch_dims=1)

        log_probs, indices = tf.math.top_k(tf.where(ends, NEG_INF, candidates), beam_width)
        rows = tf.reshape(tf.gather(row, indices, batch_dims=1), [-1])
        last = tf.reshape(tf.gather(token, indices, batch_dims=1), [-1])
        tokens = tf.reshape(tf.gather(extended, indices, batch_dims=1), (batch * beam_width, max_length))
        states = [tf.gather(state, rows) for state in states]
        return last, log_probs, tokens, best_scores, best_log_probs, best_tokens, states

    initial_log_probs = np.full((1, beam_width), NEG_INF, np.float32)
    initial_log_probs[0, 0] = 0  # the hypotheses of an example are equal before the first step; one of them is kept
    no_scores = tf.fill((batch, n_best), NEG_INF)
    loop_vars = (
        step.start_tokens(start_id),
        tf.zeros((batch, 1)) + initial_log_probs,
        tf.zeros((batch * beam_width, max_length), tf.int32),
        no_scores,
        no_scores,
        tf.zeros((batch, n_best, max_length), tf.int32),
        step.states,
    )
    _, _, _, scores, log_probs, tokens, _ = decode_loop(body, unfinished, max_length, loop_vars)
    return tokens, scores, log_probs


def _candidates(logits, log_probs, batch, beam_width):
    """The 2 * beam_width most probable continuations of each example, sorted.

    The candidates of an example are among the top of each of its rows: two small top_k replace one over all
    hypotheses times the vocabulary, and no softmax is computed.

    Returns:
        log-probabilities, the hypotheses (0 to beam_width - 1) that they continue, and tokens; each
        (batch, 2 * beam_width).
    """
    vocabulary_size = logits.shape[1]
    if beam_width > vocabulary_size:
        raise ValueError(f"`beam_width` must be at most the vocabulary size, {vocabulary_size}; received {beam_width}.")
    per_row = min(2 * beam_width, vocabulary_size)
    values, ids = tf.math.top_k(logits, per_row)
    token_log_probs = tf.reshape(values - log_normalizer(logits, values[:, :1]), (batch, beam_width, per_row))
    totals = tf.reshape(log_probs[:, :, None] + token_log_probs, (batch, beam_width * per_row))
    totals, indices = tf.math.top_k(totals, 2 * beam_width)
    tokens = tf.gather(tf.reshape(ids, (batch, beam_width * per_row)), indices, batch_dims=1)
    return totals, tf.gather(np.repeat(np.arange(beam_width, dtype=np.int32), per_row), indices), tokens


def _score(log_probs, length, length_penalty):
    """Length-normalized scores; an unreachable hypothesis keeps NEG_INF whatever its length."""
    scores = log_probs / tf.pow(tf.cast(length, tf.float32), length_penalty)
    return tf.where(log_probs > NEG_INF / 2, scores, NEG_INF)
