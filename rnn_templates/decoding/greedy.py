"""Greedy decoding, and the log-probability of given sequences."""

import tensorflow as tf

from rnn_templates.decoding.decoder_step import DecoderStep, check_max_length, decode_rows


def greedy(step, memory, states, *, start_id, end_id, max_length, banned_ids=()):
    """Decodes the most probable token at each step.

        y_t = argmax p(y | y_1 ... y_{t-1}, memory)

    Args:
        step: function `step(tokens, memory, states) -> logits, states` with tokens (rows,) int32, logits
            (rows, vocabulary) float, and states of the structure, shapes and dtypes that it received.
        memory: nest of tensors (batch, ...), constant over the steps, or None.
        states: nest of tensors (batch, ...), the states before the first step.
        start_id: int, or (batch,) int with one id per row; the first input token.
        end_id: int; id that ends a sequence.
        max_length: int >= 1 or scalar int32 tensor; maximum number of tokens, the end token included. A LiteRT file
            needs an int, and states with static shapes.
        banned_ids: ids that are not generated, such as those of padding and start; the probabilities of the others are
            renormalized.

    Returns:
        `tokens, log_probs`: (batch, max_length) int32, 0 after the end token, which is absent where a sequence reached
        `max_length`; and (batch,) float32, the log-probability of each sequence.

    Raises:
        ValueError: if an argument is out of range, or `step` returns tensors of other shapes or dtypes.

    Example:
        >>> table = tf.math.log([[0.1, 0.1, 0.8], [0.1, 0.1, 0.8], [0.1, 0.7, 0.2]])
        >>> def step(tokens, memory, states):
        ...     return tf.gather(table, tokens), states
        >>> tokens, log_probs = greedy(step, None, tf.zeros((1, 1)), start_id=0, end_id=1, max_length=4)
        >>> tokens.numpy(), tf.exp(log_probs).numpy().round(2)
        (array([[2, 1, 0, 0]], dtype=int32), array([0.56], dtype=float32))
    """
    check_max_length(max_length)

    def next_token(logits, t):
        return tf.argmax(logits, axis=-1, output_type=tf.int32)

    step = DecoderStep(step, memory, states, end_id=end_id, banned_ids=banned_ids)
    return decode_rows(step, next_token, start_id, max_length)


def sequence_log_prob(step, memory, states, tokens, *, start_id, end_id, banned_ids=()):
    """Returns the log-probability of given sequences.

        log p(y) = sum_t log p(y_t | y_1 ... y_{t-1}, memory),   up to the first end token

    Args:
        tokens: (batch, time) int; positions after an end token are ignored.
        step, memory, states, start_id, end_id, banned_ids: see `greedy`.

    Returns:
        (batch,) float32, the end token included.

    Raises:
        ValueError: if an argument is out of range, or `step` returns tensors of other shapes or dtypes.

    Example:
        >>> def step(tokens, memory, states):
        ...     return tf.zeros((2, 4)), states
        >>> log_probs = sequence_log_prob(step, None, tf.zeros((2, 1)), [[3, 1, 0], [3, 3, 1]], start_id=0, end_id=1)
        >>> tf.exp(log_probs).numpy()  # 1/4 to the power of 2 and 3
        array([0.0625  , 0.015625], dtype=float32)
    """
    tokens = tf.cast(tokens, tf.int32)
    if tokens.shape.rank != 2:
        raise ValueError(f"`tokens` must have shape (batch, time); received {tokens.shape}.")
    length = tokens.shape[1] if tokens.shape[1] is not None else tf.shape(tokens)[1]

    def next_token(logits, t):
        return tf.gather(tokens, t, axis=1)

    step = DecoderStep(step, memory, states, end_id=end_id, banned_ids=banned_ids)
    return decode_rows(step, next_token, start_id, length)[1]
