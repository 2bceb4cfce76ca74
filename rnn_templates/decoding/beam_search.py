"""The best of many hypotheses."""

import math

import numpy as np
import tensorflow as tf

from rnn_templates.decoding.decoder_step import NEVER, Seam, check_length, check_whole, log_normalizer, loop
from rnn_templates.decoding.greedy import greedy


def beam_search(step, memory, states, *, start, end, max_length, width=5, length_penalty=1.0, best=None, forbidden=()):
    """Follows the most probable hypotheses side by side, and returns the best of those that ended.

        score = log p(tokens) / length ** length_penalty

    The length counts the end token; a hypothesis with `max_length` tokens has ended, whatever its last one is. A row's
    search is over when none that is alive can become better than the worst of the best that it would return.

    Args:
        step, memory, states, start, end, max_length, forbidden: see `greedy`.
        width: how many hypotheses are followed, from 1, which is greedy search, up to the size of the vocabulary.
        length_penalty: at least 0; 0 prefers short sequences, 1 compares mean log-probabilities of a token.
        best: how many sequences to return, from 1 to `width`; None for all. Fewer are found sooner.

    Returns:
        `tokens, scores, log_probabilities`: (batch, best, max_length) int32, with 0 behind the end token;
        (batch, best) float32, the best first; and (batch, best) float32. Where there are fewer sequences than `best`,
        zeros with -1e9 stand for those that are missing.

    Raises:
        ValueError: if an argument is out of range, or `step` does not give what it should.

    Source:
        Wu et al., Google's neural machine translation system, arXiv:1609.08144, section 7.

    Example:
        >>> table = tf.math.log([[0.1, 0.1, 0.8], [0.1, 0.1, 0.8], [0.1, 0.7, 0.2]])
        >>> def step(tokens, memory, states):
        ...     return tf.gather(table, tokens), states
        >>> tokens, scores, _ = beam_search(step, None, tf.zeros((1, 1)), start=0, end=1, max_length=4, width=2)
        >>> tokens.numpy().tolist(), scores.numpy().round(2)
        ([[[2, 1, 0, 0], [2, 2, 1, 0]]], array([[-0.29, -0.73]], dtype=float32))
    """
    check_length(max_length)
    check_whole("width", width, 1)
    best = width if best is None else best
    check_whole("best", best, 1)
    if best > width:
        raise ValueError(f"`best` is at most the width, {width}, not {best}.")
    if not 0 <= length_penalty < math.inf:
        raise ValueError(f"`length_penalty` is a number of at least 0, not {length_penalty!r}.")
    if width == 1:  # next to what ended, a beam would go on with the second best
        tokens, log_p = greedy(step, memory, states, start=start, end=end, max_length=max_length, forbidden=forbidden)
        behind = tf.cumsum(tf.cast(tokens == end, tf.int32), axis=1, exclusive=True) > 0
        lengths = tf.reduce_sum(tf.cast(tf.logical_not(behind), tf.int32), axis=1)
        return tokens[:, None], _score(log_p, lengths, length_penalty)[:, None], log_p[:, None]
    seam = Seam(step, memory, states, end=end, forbidden=forbidden, width=width)
    return _search(seam, start, max_length, width, length_penalty, best)


def _search(seam, start, max_length, width, length_penalty, best):
    batch, places = seam.batch, tf.range(max_length)
    begins = tf.range(batch)[:, None] * width  # the first of the rows that follow a text

    def going(last, log_p, tokens, best_scores, *_):
        return tf.reduce_any(_score(log_p[:, 0], max_length, length_penalty) > best_scores[:, -1])

    def body(t, last, log_p, tokens, best_scores, best_log_p, best_tokens, states):
        logits, states = seam(last, states)
        # At most `width` of these candidates end, one a row, so that `width` others go on.
        candidates, row, token = _candidates(logits, log_p, batch, width)
        row += begins
        grown = tf.where(places == t, token[:, :, None], tf.gather(tokens, row))
        ends = token == seam.end

        scores = tf.where(tf.logical_or(ends, t + 1 == max_length), _score(candidates, t + 1, length_penalty), NEVER)
        best_scores, kept = tf.math.top_k(tf.concat([best_scores, scores], axis=1), best)
        best_log_p = tf.gather(tf.concat([best_log_p, candidates], axis=1), kept, batch_dims=1)
        best_tokens = tf.gather(tf.concat([best_tokens, grown], axis=1), kept, batch_dims=1)

        log_p, kept = tf.math.top_k(tf.where(ends, NEVER, candidates), width)
        rows = tf.reshape(tf.gather(row, kept, batch_dims=1), [-1])
        last = tf.reshape(tf.gather(token, kept, batch_dims=1), [-1])
        tokens = tf.reshape(tf.gather(grown, kept, batch_dims=1), (batch * width, max_length))
        states = [tf.gather(state, rows) for state in states]
        return last, log_p, tokens, best_scores, best_log_p, best_tokens, states

    alone = np.full((1, width), NEVER, np.float32)
    alone[0, 0] = 0  # all hypotheses of a text are the same before the first step, and one is enough
    none = tf.fill((batch, best), NEVER)
    carried = (
        seam.first(start),
        tf.zeros((batch, 1)) + alone,
        tf.zeros((batch * width, max_length), tf.int32),
        none,
        none,
        tf.zeros((batch, best, max_length), tf.int32),
        seam.states,
    )
    _, _, _, scores, log_p, tokens, _ = loop(body, going, max_length, carried)
    return tokens, scores, log_p


def _candidates(logits, log_p, batch, width):
    """The 2 * width best continuations of each text, best first.

    A text's best are among the best of its rows, so that a large top_k and a small one do, and no softmax is written.

    Returns:
        log-probabilities, the hypotheses (0 to width - 1) that they continue, and tokens; each (batch, 2 * width).
    """
    vocabulary = logits.shape[1]
    if width > vocabulary:
        raise ValueError(f"`width` is at most the size of the vocabulary, {vocabulary}, not {width}.")
    each = min(2 * width, vocabulary)
    values, ids = tf.math.top_k(logits, each)
    gained = tf.reshape(values - log_normalizer(logits, values[:, :1]), (batch, width, each))
    totals = tf.reshape(log_p[:, :, None] + gained, (batch, width * each))
    totals, places = tf.math.top_k(totals, 2 * width)
    tokens = tf.gather(tf.reshape(ids, (batch, width * each)), places, batch_dims=1)
    return totals, tf.gather(np.repeat(np.arange(width, dtype=np.int32), each), places), tokens


def _score(log_p, length, length_penalty):
    """What hypotheses are compared by; one that is out of reach stays so, however long it is."""
    scores = log_p / tf.pow(tf.cast(length, tf.float32), length_penalty)
    return tf.where(log_p > NEVER / 2, scores, NEVER)
