"""What a decoder and its search know of each other: `step(tokens, memory, states) -> logits, states`."""

import numpy as np
import tensorflow as tf

NEVER = -1e9  # a log-probability below all others, and yet a number that can be added up without becoming infinite


class Seam:
    """A step function with what it reads and what it carries on, checked once and called with one row a hypothesis.

    Args:
        step: a function of tokens (rows,) int32, memory and states, that returns logits (rows, vocabulary) and states.
        memory: nest of tensors (batch, ...) that no step changes; None where there is nothing.
        states: nest of tensors (batch, ...), those before the first step.
        end: id that ends a sequence.
        forbidden: ids that are never produced.
        width: how many rows each row of the batch becomes.

    Raises:
        ValueError: if `memory` or `states` do not fit together, or, when called, `step` does not give what it should.
    """

    def __init__(self, step, memory, states, *, end, forbidden=(), width=1):
        check_whole("end", end, 0)
        self.end = end
        self._step, self._structure = step, states
        memory = tf.nest.map_structure(lambda part: None if part is None else tf.convert_to_tensor(part), memory)
        states = [tf.convert_to_tensor(state) for state in tf.nest.flatten(states)]
        self.forbidden = tuple(forbidden)
        self.batch = _batch([part for part in tf.nest.flatten(memory) if part is not None] + states)
        self.spread = tf.reshape(tf.range(self.batch)[:, None] + tf.zeros((width,), tf.int32), [-1])
        if width > 1:
            memory = tf.nest.map_structure(lambda part: None if part is None else tf.gather(part, self.spread), memory)
            states = [tf.gather(state, self.spread) for state in states]
        self.memory, self.states = memory, states

    def __call__(self, tokens, states):
        """Returns logits (rows, vocabulary) float32, those of forbidden ids out of reach, and states as a flat list."""
        logits, new = self._step(tokens, self.memory, tf.nest.pack_sequence_as(self._structure, states))
        if logits.shape.rank != 2 or logits.shape[1] is None:
            raise ValueError(f"`step` gave logits of shape {logits.shape}, wanted (rows, vocabulary).")
        if self.end >= logits.shape[1]:
            raise ValueError(f"`end` is {self.end}, which is no id of a vocabulary of {logits.shape[1]}.")
        logits, new = tf.cast(logits, tf.float32), tf.nest.flatten(new)
        if len(new) != len(states):
            raise ValueError(f"`step` was given {len(states)} states and gave back {len(new)}.")
        if self.forbidden:
            logits += _bias(self.forbidden, logits.shape[1])
        return logits, new

    def first(self, start):
        """The tokens (rows,) int32 before the first step."""
        start = tf.convert_to_tensor(start)
        if not start.dtype.is_integer or start.shape.rank not in (0, 1):
            raise ValueError(f"`start` is an int or (batch,) int, not {start.dtype.name} of shape {start.shape}.")
        return tf.gather(tf.zeros((self.batch,), tf.int32) + tf.cast(start, tf.int32), self.spread)


def loop(body, going, max_length, carried):
    """Runs `body(t, *carried)` while `going(*carried)` and t < max_length; shapes and dtypes stay what they were."""

    def advance(t, *before):
        after = body(t, *before)
        return t + 1, *tf.nest.map_structure(_alike, before, tuple(after))

    return tf.while_loop(
        lambda t, *now: tf.logical_and(t < max_length, going(*now)), advance, (tf.constant(0), *carried)
    )[1:]


def log_normalizer(logits, largest):
    """Returns log sum exp of logits (rows, vocabulary), given the largest of each row (rows, 1): (rows, 1) float32."""
    largest = tf.maximum(largest, NEVER)
    total = tf.reduce_sum(tf.exp(logits - largest), axis=-1, keepdims=True)
    return largest + tf.math.log(tf.maximum(total, 1.0))  # the largest alone gives one, if it is a number at all


def check_length(max_length):
    """Raises ValueError if `max_length` is not what a search takes."""
    if not tf.is_tensor(max_length):
        check_whole("max_length", max_length, 1)
    elif max_length.shape.rank not in (0, None) or max_length.dtype != tf.int32:
        raise ValueError(f"`max_length` is an integer or a scalar int32 tensor, not {max_length!r}.")


def check_whole(name, value, least):
    """Raises ValueError unless an argument is an integer of at least so much."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"`{name}` is an integer of at least {least}, not {value!r}.")


def _batch(parts):
    """How many rows all tensors have: an int where that is known, otherwise a scalar tensor."""
    if not parts:
        raise ValueError("`memory` and `states` hold no tensor, so that the size of the batch is not known.")
    sizes = set()
    for part in parts:
        if part.shape.rank == 0:
            raise ValueError("`memory` and `states` hold tensors with a leading axis, the rows; one is a scalar.")
        sizes.add(part.shape[0])
    sizes.discard(None)
    if len(sizes) > 1:
        raise ValueError(f"`memory` and `states` differ in their number of rows: {sorted(sizes)}.")
    return sizes.pop() if sizes else tf.shape(parts[0])[0]


def _bias(forbidden, vocabulary):
    bias = np.zeros(vocabulary, np.float32)
    for token in forbidden:
        if not 0 <= token < vocabulary:
            raise ValueError(f"`forbidden` holds {token}, which is no id of a vocabulary of {vocabulary}.")
        bias[token] = NEVER
    return bias


def _alike(before, after):
    """A carried tensor after a step; a LiteRT file needs the static shape, and has no op that only asserts it."""
    if before.dtype != after.dtype or not before.shape.is_compatible_with(after.shape):
        raise ValueError(
            f"`step` was given a state of shape {before.shape} and dtype {before.dtype.name}, and gave back one of "
            f"shape {after.shape} and dtype {after.dtype.name}."
        )
    if before.shape.is_fully_defined():
        return tf.reshape(after, before.shape)
    return tf.ensure_shape(after, before.shape)
