"""The step function of a decoder, and the loop over it."""

import numpy as np
import tensorflow as tf

from rnn_templates.utils.validation import check_int

MAX_LENGTH = 16_384  # a search reserves this many ids for each hypothesis
NEG_INF = -1e9  # a log-probability below all reachable ones; finite, so that sums of it stay finite in float32


class DecoderStep:
    """Validated step function with its memory and initial states.

    Args:
        step: function `step(tokens, memory, states) -> logits, states` with tokens (rows,) int32, logits
            (rows, vocabulary) float, and states of the structure, shapes and dtypes that it received.
        memory: nest of tensors (batch, ...), constant over the steps; None stands for an absent tensor.
        states: nest of tensors (batch, ...), the states before the first step.
        end_id: int >= 0; id that ends a sequence.
        banned_ids: ids whose logits are lowered by 1e9, so that they are not generated.
        beam_width: int >= 1; number of rows, the hypotheses, per example of the batch.

    Call arguments:
        tokens: (rows,) int32; the previous tokens.
        states: flat list of tensors (rows, ...).

    Returns:
        `logits, states`: (rows, vocabulary) float32, and the new states as a flat list.

    Raises:
        ValueError: if `memory` and `states` have different numbers of rows or none; and, when called, if `step` returns
            logits that are not (rows, vocabulary), or another number of states than it received.

    Example:
        >>> def uniform(tokens, memory, states):
        ...     return tf.zeros((4, 5)), states
        >>> step = DecoderStep(uniform, None, tf.zeros((2, 1)), end_id=1, beam_width=2)
        >>> step.start_tokens(3).numpy().tolist()
        [3, 3, 3, 3]
        >>> logits, states = step(step.start_tokens(3), step.states)
        >>> logits.shape, len(states)
        (TensorShape([4, 5]), 1)
    """

    def __init__(self, step, memory, states, *, end_id, banned_ids=(), beam_width=1):
        check_int("end_id", end_id, 0)
        self.end_id = end_id
        self.banned_ids = tuple(banned_ids)
        self._step, self._structure = step, states
        memory = tf.nest.map_structure(lambda part: None if part is None else tf.convert_to_tensor(part), memory)
        states = [tf.convert_to_tensor(state) for state in tf.nest.flatten(states)]
        self.batch = _batch_size([part for part in tf.nest.flatten(memory) if part is not None] + states)
        self.row_index = tf.reshape(tf.range(self.batch)[:, None] + tf.zeros((beam_width,), tf.int32), [-1])
        if beam_width > 1:
            memory, states = tf.nest.map_structure(
                lambda part: None if part is None else tf.gather(part, self.row_index), (memory, states)
            )
        self.memory, self.states = memory, states

    def __call__(self, tokens, states):
        logits, new = self._step(tokens, self.memory, tf.nest.pack_sequence_as(self._structure, states))
        if logits.shape.rank != 2 or logits.shape[1] is None:
            raise ValueError(f"`step` must return logits of shape (rows, vocabulary); returned {logits.shape}.")
        if self.end_id >= logits.shape[1]:
            raise ValueError(f"`end_id` must be below the vocabulary size, {logits.shape[1]}; received {self.end_id}.")
        logits, new = tf.cast(logits, tf.float32), tf.nest.flatten(new)
        if len(new) != len(states):
            raise ValueError(f"`step` received {len(states)} states and returned {len(new)}.")
        if self.banned_ids:
            logits += _ban(self.banned_ids, logits.shape[1])
        return logits, new

    def start_tokens(self, start_id):
        """Returns the first input tokens (rows,) int32, from int or (batch,) int."""
        start_id = tf.convert_to_tensor(start_id)
        if not start_id.dtype.is_integer or start_id.shape.rank not in (0, 1):
            raise ValueError(
                f"`start_id` must be an int or (batch,) int; received {start_id.dtype.name} of shape {start_id.shape}."
            )
        return tf.gather(tf.zeros((self.batch,), tf.int32) + tf.cast(start_id, tf.int32), self.row_index)


def decode_rows(step, next_token, start_id, max_length):
    """Decodes one sequence per row until all rows have ended.

    Args:
        step: `DecoderStep`.
        next_token: function `next_token(logits, t) -> (rows,) int32`.
        start_id: int or (batch,) int; the token before the first step.
        max_length: int or scalar int32 tensor.

    Returns:
        `tokens, log_probs`: (rows, max_length) int32, 0 after the end token; (rows,) float32, the log-probability of
        each sequence, its end token included.

    Example:
        >>> def uniform(tokens, memory, states):
        ...     return tf.zeros((2, 4)), states
        >>> step = DecoderStep(uniform, None, tf.zeros((2, 1)), end_id=1)
        >>> tokens, log_probs = decode_rows(step, lambda logits, t: tf.constant([1, 3]), start_id=0, max_length=2)
        >>> tokens.numpy().tolist(), tf.exp(log_probs).numpy().tolist()
        ([[1, 0], [3, 3]], [0.25, 0.0625])
    """
    positions = tf.range(max_length)

    def body(t, last, unfinished, tokens, log_probs, states):
        logits, states = step(last, states)
        token = tf.where(unfinished, next_token(logits, t), 0)
        normalizer = log_normalizer(logits, tf.reduce_max(logits, axis=-1, keepdims=True))
        token_log_prob = (tf.gather(logits, token[:, None], batch_dims=1) - normalizer)[:, 0]
        log_probs += tf.where(unfinished, tf.maximum(token_log_prob, NEG_INF), 0.0)
        tokens = tf.where(positions == t, token[:, None], tokens)
        return token, tf.logical_and(unfinished, token != step.end_id), tokens, log_probs, states

    rows = tf.zeros((step.batch,), tf.int32)
    tokens = tf.zeros((step.batch, max_length), tf.int32)
    loop_vars = (step.start_tokens(start_id), rows == 0, tokens, tf.cast(rows, tf.float32), step.states)
    _, _, tokens, log_probs, _ = decode_loop(
        body, lambda last, unfinished, *_: tf.reduce_any(unfinished), max_length, loop_vars
    )
    return tokens, log_probs


def decode_loop(body, unfinished, max_length, loop_vars):
    """Runs `body(t, *loop_vars)` while `unfinished(*loop_vars)` and t < max_length.

    Shapes and dtypes of the loop variables must not change. Returns the loop variables after the last step.

    Example:
        >>> [total] = decode_loop(lambda t, x: (x + t,), lambda x: x < 5, 10, (tf.constant(0),))
        >>> int(total)
        6
    """

    def advance(t, *before):
        after = body(t, *before)
        return t + 1, *tf.nest.map_structure(_check_same_spec, before, tuple(after))

    return tf.while_loop(
        lambda t, *now: tf.logical_and(t < max_length, unfinished(*now)), advance, (tf.constant(0), *loop_vars)
    )[1:]


def log_normalizer(logits, largest):
    """Returns log sum exp of logits (rows, vocabulary), given their row maxima.

    `largest` is (rows, 1) float32, and so is the result.

    Example:
        >>> log_normalizer(tf.zeros((1, 4)), tf.zeros((1, 1))).numpy().round(3)
        array([[1.386]], dtype=float32)
    """
    largest = tf.maximum(largest, NEG_INF)
    total = tf.reduce_sum(tf.exp(logits - largest), axis=-1, keepdims=True)
    return largest + tf.math.log(tf.maximum(total, 1.0))  # exp(largest - largest) is 1, unless it is not a number


def check_max_length(max_length):
    """Raises ValueError unless `max_length` is an int from 1 to 16,384, or an int32 scalar.

    Example:
        >>> check_max_length(32)
    """
    if not tf.is_tensor(max_length):
        check_int("max_length", max_length)
        if max_length > MAX_LENGTH:
            raise ValueError(f"`max_length` must be an integer from 1 to {MAX_LENGTH:,}; received {max_length!r}.")
    elif max_length.shape.rank not in (0, None) or max_length.dtype != tf.int32:
        raise ValueError(f"`max_length` must be an integer or a scalar int32 tensor; received {max_length!r}.")


def _batch_size(parts):
    """The number of rows of all tensors; a scalar tensor if not static."""
    if not parts:
        raise ValueError("`memory` and `states` must hold a tensor, which gives the batch size; received none.")
    sizes = set()
    for part in parts:
        if part.shape.rank == 0:
            raise ValueError("`memory` and `states` must hold tensors with a leading batch axis; received a scalar.")
        sizes.add(part.shape[0])
    sizes.discard(None)
    if len(sizes) > 1:
        raise ValueError(f"`memory` and `states` must have the same number of rows; received {sorted(sizes)}.")
    return sizes.pop() if sizes else tf.shape(parts[0])[0]


def _ban(banned_ids, vocabulary_size):
    """The bias (vocabulary,) that is added to the logits."""
    bias = np.zeros(vocabulary_size, np.float32)
    for token in banned_ids:
        if not 0 <= token < vocabulary_size:
            raise ValueError(
                f"`banned_ids` must be ids below the vocabulary size, {vocabulary_size}; received {token}."
            )
        bias[token] = NEG_INF
    return bias


def _check_same_spec(before, after):
    """A loop variable after a step, with the static shape of the one before."""
    if before.dtype != after.dtype or not before.shape.is_compatible_with(after.shape):
        raise ValueError(
            f"`step` received a state of shape {before.shape} and dtype {before.dtype.name}, and returned one of shape "
            f"{after.shape} and dtype {after.dtype.name}."
        )
    if before.shape.is_fully_defined():  # LiteRT needs it, and has no op that only asserts a shape
        return tf.reshape(after, before.shape)
    return tf.ensure_shape(after, before.shape)
