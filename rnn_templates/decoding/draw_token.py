"""Random draw of a token in integer and elementary ops, the same in every exported file."""

import numpy as np
import tensorflow as tf

from rnn_templates.decoding.decoder_step import NEG_INF, DecoderStep, check_max_length, decode_rows
from rnn_templates.utils.validation import check_int

MODULUS = 2**31 - 1  # a prime; products of two residues fit into int64
ROUNDS = ((48271, 16807), (69621, 40692), (39373, 14711))  # multipliers of Lehmer generators


def uniform_draw(seed, t):
    """Returns a number in [0, 1) that depends on a seed and a step alone.

        x_0 = a_1 seed + b_1 t + 1,   x_i = (a_i x_{i-1} + b_i) (x_{i-1} + t + i)   modulo m = 2^31 - 1
        u = x_3 / m

    LiteRT has no random op with a seed that is an input; this is integer arithmetic, equal on all platforms.

    Args:
        seed: () int, int32 or int64 tensor, at least 0.
        t: () int, int32 or int64 tensor, at least 0.

    Returns:
        () float32 tensor.

    Example:
        >>> from rnn_templates.decoding.draw_token import uniform_draw
        >>> [round(float(uniform_draw(seed, 0)), 3) for seed in (7, 7)]
        [0.81, 0.81]
    """
    seed, t = tf.cast(seed, tf.int64), tf.cast(t, tf.int64)
    modulus = tf.constant(MODULUS, tf.int64)

    def reduce(x):
        return tf.math.floormod(x, modulus)

    (first, second), *_ = ROUNDS
    x = reduce(reduce(reduce(seed) * first) + reduce(reduce(t) * second) + 1)
    for number, (multiplier, shift) in enumerate(ROUNDS, start=1):
        x = reduce(reduce(multiplier * x + shift) * reduce(x + t + number))
    return tf.minimum(tf.cast(x, tf.float32) / MODULUS, 1 - 2.0**-24)


def draw_token(logits, t, *, seed, temperature=1.0, top_k=0, top_p=1.0):
    """Draws one token per row.

        y ~ softmax(logits / temperature), restricted to the top_k most probable tokens, and of these to the smallest
        set of most probable tokens with a total probability of at least top_p

    The tokens are sorted by probability, and the one is taken in whose interval of the cumulative probability
    `uniform_draw(seed, t)` falls. All rows of a call have the same draw.

    Args:
        logits: (rows, vocabulary) float32.
        t: () int32; number of the step.
        seed: () int32 or int; equal seeds give equal tokens.
        temperature: () float > 0; values below 1 sharpen the distribution; 0 is greedy.
        top_k: () int32 of at least 0; 0 for all tokens.
        top_p: () float in (0, 1].

    Returns:
        (rows,) int32.

    Source:
        Holtzman et al., The curious case of neural text degeneration, arXiv:1904.09751, for `top_p`.

    Example:
        >>> from rnn_templates.decoding.draw_token import draw_token
        >>> draw_token(tf.math.log([[0.1, 0.7, 0.2]]), 0, seed=3, top_k=1).numpy().tolist()
        [1]
    """
    vocabulary_size = logits.shape[1]
    values, ids = tf.math.top_k(logits, vocabulary_size)
    temperature = tf.maximum(tf.cast(temperature, tf.float32), 1e-6)  # below this a quotient could be infinite
    weights = tf.exp((values - values[:, :1]) / temperature)
    weights = tf.where(values > NEG_INF / 2, weights, 0.0)  # a high temperature must not unban a token
    top_k = tf.cast(top_k, tf.int32)
    rank = np.arange(vocabulary_size, dtype=np.int32)[None]
    weights = tf.where(tf.logical_or(top_k <= 0, rank < top_k), weights, 0.0)
    total = tf.reduce_sum(weights, axis=-1, keepdims=True)
    before = tf.cumsum(weights, axis=-1) - weights
    weights = tf.where(before < tf.cast(top_p, tf.float32) * total, weights, 0.0)
    cumulative = tf.cumsum(weights, axis=-1)
    target = uniform_draw(seed, t) * cumulative[:, -1:]
    index = tf.reduce_sum(tf.cast(cumulative <= target, tf.int32), axis=-1, keepdims=True)
    last = tf.reduce_sum(tf.cast(weights > 0, tf.int32), axis=-1, keepdims=True) - 1
    return tf.gather(ids, tf.minimum(index, last), batch_dims=1)[:, 0]


def portable_sample(
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
    seed=0,
    banned_ids=(),
):
    """Samples each token with `draw_token`; can be exported to LiteRT, with all options as inputs of the file.

    Args:
        step, memory, states, start_id, end_id, max_length, banned_ids: see `rnn_templates.decoding.greedy.greedy`.
        temperature, top_k, top_p, seed: numbers or scalar tensors; see `draw_token`.

    Returns:
        `tokens, log_probs` as `greedy`; the log-probabilities are those of the model, before temperature, top-k, top-p.

    Raises:
        ValueError: if an argument is out of range, or `step` returns tensors of other shapes or dtypes.

    Example:
        >>> from rnn_templates.decoding.draw_token import portable_sample
        >>> def step(tokens, memory, states):
        ...     return tf.zeros((tf.shape(tokens)[0], 5)), states
        >>> tokens, _ = portable_sample(step, None, tf.zeros((2, 1)), start_id=0, end_id=1, max_length=4, seed=7)
        >>> tokens.shape
        TensorShape([2, 4])
    """
    check_max_length(max_length)
    check_sampling(temperature=temperature, top_k=top_k, top_p=top_p)

    def next_token(logits, t):
        return draw_token(logits, t, seed=seed, temperature=temperature, top_k=top_k, top_p=top_p)

    step = DecoderStep(step, memory, states, end_id=end_id, banned_ids=banned_ids)
    return decode_rows(step, next_token, start_id, max_length)


def check_sampling(*, temperature, top_k, top_p):
    """Raises ValueError if an option of sampling that is no tensor is out of range.

    Example:
        >>> from rnn_templates.decoding.draw_token import check_sampling
        >>> check_sampling(temperature=0.8, top_k=0, top_p=1.0)
    """
    if not tf.is_tensor(temperature) and not 0 < temperature < np.inf:
        raise ValueError(f"`temperature` must be a number above 0; received {temperature!r}.")
    if not tf.is_tensor(top_k):
        check_int("top_k", top_k, 0)
    if not tf.is_tensor(top_p) and not 0 < top_p <= 1:
        raise ValueError(f"`top_p` must be in (0, 1]; received {top_p!r}.")
