"""Sampling from the token distribution: temperature, top-k, top-p."""

import numpy as np
import tensorflow as tf

from rnn_templates.decoding.decoder_step import NEG_INF, DecoderStep, check_max_length, decode_rows
from rnn_templates.decoding.draw_token import check_sampling


def sample(
    step,
    memory,
    states,
    *,
    start_id,
    end_id,
    max_length,
    temperature=1.0,
    top_k=0,
    top_p=1.0,
    seed=None,
    banned_ids=(),
):
    """Samples each token from the distribution of its step.

        y_t ~ softmax(logits / temperature), restricted to the top_k most probable tokens, and of these to the smallest
        set of most probable tokens with a total probability of at least top_p

    LiteRT has no such random op: `rnn_templates.decoding.draw_token.portable_sample` can be exported to it.

    Args:
        step, memory, states, start_id, end_id, max_length, banned_ids: see `greedy`.
        temperature: float > 0 or scalar tensor; values below 1 sharpen the distribution.
        top_k: int >= 0; number of tokens that can be drawn; 0 for all.
        top_p: float in (0, 1]; probability of the tokens that can be drawn.
        seed: int, two ints, or a tensor of these; equal seeds give equal sequences; None draws a seed.

    Returns:
        `tokens, log_probs` as `greedy`; the log-probabilities are those of the model, before temperature, top-k, top-p.

    Raises:
        ValueError: if an argument is out of range, or `step` returns tensors of other shapes or dtypes.

    Source:
        Holtzman et al., The curious case of neural text degeneration, arXiv:1904.09751, for `top_p`.

    Example:
        >>> def step(tokens, memory, states):
        ...     return tf.zeros((tf.shape(tokens)[0], 5)), states
        >>> tokens, log_probs = sample(step, None, tf.zeros((2, 1)), start_id=0, end_id=1, max_length=4, seed=7)
        >>> tokens.shape
        TensorShape([2, 4])
    """
    check_max_length(max_length)
    check_sampling(temperature=temperature, top_k=top_k, top_p=top_p)
    seed = _stateless_seed(seed)
    temperature = tf.maximum(tf.cast(temperature, tf.float32), 1e-6)  # below this a quotient could be infinite

    def next_token(logits, t):
        values, ids = logits, None
        if top_k or top_p < 1:
            values, ids = tf.math.top_k(logits, min(top_k or logits.shape[1], logits.shape[1]))
        scaled = (values - tf.reduce_max(values, axis=-1, keepdims=True)) / temperature
        scaled = tf.where(values > NEG_INF / 2, scaled, NEG_INF)  # a high temperature must not unban a token
        if top_p < 1:
            more_probable = tf.cumsum(tf.nn.softmax(scaled), axis=-1, exclusive=True)
            scaled = tf.where(more_probable < top_p, scaled, NEG_INF)
        step_seed = tf.random.experimental.stateless_fold_in(seed, t)
        drawn = tf.random.stateless_categorical(scaled, 1, step_seed, dtype=tf.int32)
        return (drawn if ids is None else tf.gather(ids, drawn, batch_dims=1))[:, 0]

    step = DecoderStep(step, memory, states, end_id=end_id, banned_ids=banned_ids)
    return decode_rows(step, next_token, start_id, max_length)


def _stateless_seed(seed):
    """Two integers, as TensorFlow's stateless random ops take them."""
    if seed is None:
        return tf.random.uniform((2,), maxval=tf.int32.max, dtype=tf.int32)
    invalid = ValueError(f"`seed` must be an int, two ints or None; received {seed!r}.")
    try:
        seed = seed if tf.is_tensor(seed) else np.asarray(seed)
        dtype = tf.as_dtype(seed.dtype)
    except (TypeError, ValueError) as error:
        raise invalid from error
    if not dtype.is_integer or tuple(seed.shape) not in ((), (2,)):
        raise invalid
    seed = tf.cast(seed, tf.int64)
    return tf.stack([seed, tf.zeros_like(seed)]) if seed.shape.rank == 0 else seed
