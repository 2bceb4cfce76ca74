"""One hypothesis a row, token after token: the most probable, a drawn, or a given one."""

import numpy as np
import tensorflow as tf

from rnn_templates.decoding.decoder_step import NEVER, Seam, check_length, check_whole, log_normalizer, loop


def greedy(step, memory, states, *, start, end, max_length, forbidden=()):
    """Takes the most probable token at each step.

    Args:
        step: a function `step(tokens, memory, states) -> logits, states` of tokens (rows,) int32, with logits
            (rows, vocabulary) float and states as they went in.
        memory: nest of tensors (batch, ...) that no step changes, or None.
        states: nest of tensors (batch, ...), those before the first step.
        start: id that is fed first, an int, or one for each row, (batch,) int.
        end: id that ends a sequence.
        max_length: how many tokens a sequence has at most, that of the end included; at least 1, an int or a scalar
            int tensor. A LiteRT file needs an int, and states with static shapes.
        forbidden: ids that are never produced, such as those of padding and start; the others share their probability.

    Returns:
        `tokens, scores`: (batch, max_length) int32, with 0 behind the end token, which is missing where it was not
        reached; and (batch,) float32, the log-probability of these tokens.

    Raises:
        ValueError: if an argument is out of range, or `step` does not give what it should.

    Example:
        >>> table = tf.math.log([[0.1, 0.1, 0.8], [0.1, 0.1, 0.8], [0.1, 0.7, 0.2]])
        >>> def step(tokens, memory, states):
        ...     return tf.gather(table, tokens), states
        >>> tokens, scores = greedy(step, None, tf.zeros((1, 1)), start=0, end=1, max_length=4)
        >>> tokens.numpy(), tf.exp(scores).numpy().round(2)
        (array([[2, 1, 0, 0]], dtype=int32), array([0.56], dtype=float32))
    """
    check_length(max_length)

    def choose(logits, t):
        return tf.argmax(logits, axis=-1, output_type=tf.int32)

    return _walk(Seam(step, memory, states, end=end, forbidden=forbidden), choose, start, max_length)


def sample(
    step,
    memory,
    states,
    *,
    start,
    end,
    max_length,
    temperature=1.0,
    top_k=0,
    top_p=1.0,
    seed=None,
    forbidden=(),
):
    """Draws each token from the probabilities of its step. Not for a LiteRT file, which has no such op.

    Args:
        step, memory, states, start, end, max_length, forbidden: see `greedy`.
        temperature: what logits are divided by, above 0: below 1 the probable becomes more probable.
        top_k: draw from so many of the most probable tokens; 0 for all.
        top_p: draw from the fewest most probable tokens that have this probability together, in (0, 1]; of those that
            `temperature` and `top_k` leave.
        seed: an int, two ints, or such a tensor: the same seed gives the same answer. None draws one.

    Returns:
        `tokens, scores` as `greedy`; a score is the model's own log-probability, whatever it was drawn from.

    Raises:
        ValueError: if an argument is out of range, or `step` does not give what it should.

    Source:
        Holtzman et al., The curious case of neural text degeneration, arXiv:1904.09751, for `top_p`.

    Example:
        >>> def step(tokens, memory, states):
        ...     return tf.zeros((tf.shape(tokens)[0], 5)), states
        >>> tokens, scores = sample(step, None, tf.zeros((2, 1)), start=0, end=1, max_length=4, seed=7)
        >>> tokens.shape
        TensorShape([2, 4])
    """
    check_length(max_length)
    if not tf.is_tensor(temperature) and not 0 < temperature < np.inf:
        raise ValueError(f"`temperature` is a number above 0, not {temperature!r}.")
    check_whole("top_k", top_k, 0)
    if not 0 < top_p <= 1:
        raise ValueError(f"`top_p` is a number in (0, 1], not {top_p!r}.")
    seed = _seed(seed)
    temperature = tf.maximum(tf.cast(temperature, tf.float32), 1e-6)  # below this a quotient could be infinite

    def choose(logits, t):
        values, ids = logits, None
        if top_k or top_p < 1:
            values, ids = tf.math.top_k(logits, min(top_k or logits.shape[1], logits.shape[1]))
        weights = (values - tf.reduce_max(values, axis=-1, keepdims=True)) / temperature
        weights = tf.where(values > NEVER / 2, weights, NEVER)  # no temperature makes a forbidden token probable
        if top_p < 1:
            more_probable = tf.cumsum(tf.nn.softmax(weights), axis=-1, exclusive=True)
            weights = tf.where(more_probable < top_p, weights, NEVER)
        drawn = tf.random.stateless_categorical(
            weights, 1, tf.random.experimental.stateless_fold_in(seed, t), dtype=tf.int32
        )
        return (drawn if ids is None else tf.gather(ids, drawn, batch_dims=1))[:, 0]

    return _walk(Seam(step, memory, states, end=end, forbidden=forbidden), choose, start, max_length)


def score(step, memory, states, tokens, *, start, end, forbidden=()):
    """Runs the step function along given sequences.

    Args:
        tokens: (batch, time) int; what stands behind an end token is not read.
        step, memory, states, start, end, forbidden: see `greedy`.

    Returns:
        (batch,) float32: the log-probability of each sequence, that of its end token included.

    Raises:
        ValueError: if an argument is out of range, or `step` does not give what it should.

    Example:
        >>> def step(tokens, memory, states):
        ...     return tf.zeros((2, 4)), states
        >>> scores = score(step, None, tf.zeros((2, 1)), [[3, 1, 0], [3, 3, 1]], start=0, end=1)
        >>> tf.exp(scores).numpy()  # 1/4 to the power of 2 and 3
        array([0.0625  , 0.015625], dtype=float32)
    """
    tokens = tf.cast(tokens, tf.int32)
    if tokens.shape.rank != 2:
        raise ValueError(f"`tokens` has shape {tokens.shape}, wanted (batch, time).")
    length = tokens.shape[1] if tokens.shape[1] is not None else tf.shape(tokens)[1]

    def choose(logits, t):
        return tf.gather(tokens, t, axis=1)

    return _walk(Seam(step, memory, states, end=end, forbidden=forbidden), choose, start, length)[1]


def _walk(seam, choose, start, max_length):
    """Feeds each row the token that `choose(logits, t)` gave it, until all rows have ended."""
    places = tf.range(max_length)

    def body(t, last, going, tokens, scores, states):
        logits, states = seam(last, states)
        token = tf.where(going, choose(logits, t), 0)
        chosen = tf.gather(logits, token[:, None], batch_dims=1)
        gained = chosen - log_normalizer(logits, tf.reduce_max(logits, axis=-1, keepdims=True))
        scores += tf.where(going, tf.maximum(gained[:, 0], NEVER), 0.0)
        tokens = tf.where(places == t, token[:, None], tokens)
        return token, tf.logical_and(going, token != seam.end), tokens, scores, states

    rows = tf.zeros((seam.batch,), tf.int32)
    tokens = tf.zeros((seam.batch, max_length), tf.int32)
    carried = (seam.first(start), rows == 0, tokens, tf.cast(rows, tf.float32), seam.states)
    _, _, tokens, scores, _ = loop(body, lambda last, going, *_: tf.reduce_any(going), max_length, carried)
    return tokens, scores


def _seed(seed):
    """Two integers, as TensorFlow's stateless random ops take them."""
    if seed is None:
        return tf.random.uniform((2,), maxval=tf.int32.max, dtype=tf.int32)
    wanted = ValueError(f"`seed` is an int, two ints or None, not {seed!r}.")
    try:
        seed = seed if tf.is_tensor(seed) else np.asarray(seed)
        number = tf.as_dtype(seed.dtype)
    except (TypeError, ValueError) as error:
        raise wanted from error
    if not number.is_integer or tuple(seed.shape) not in ((), (2,)):
        raise wanted
    seed = tf.cast(seed, tf.int64)
    return tf.stack([seed, tf.zeros_like(seed)]) if seed.shape.rank == 0 else seed
