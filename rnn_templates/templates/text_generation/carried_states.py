"""States of a recurrence that a training carries over from batch to batch."""

import tensorflow as tf


class CarriedStates:
    """Variables of any number of rows with the final states of the batch before.

    Args:
        sizes: list of int; size of each state.

    Example:
        >>> from rnn_templates.templates.text_generation.carried_states import CarriedStates
        >>> states = CarriedStates([2])
        >>> states.write([tf.ones((3, 2))])
        >>> states.read(tf.constant([False] * 3))[0].shape, float(states.read(tf.constant([True] * 3))[0][0, 0])
        (TensorShape([3, 2]), 0.0)
    """

    def __init__(self, sizes):
        self.sizes = sizes
        self._variables = [
            tf.Variable(tf.zeros((1, size)), shape=(None, size), trainable=False, name=f"carried_{number}")
            for number, size in enumerate(sizes)
        ]

    def read(self, first):
        """Returns the states before a batch: zeros if it is the first one.

        Args:
            first: (rows,) bool; all true or all false.

        Returns:
            List of (rows, size) floats.
        """
        rows = first.shape[0] or tf.shape(first)[0]

        def zeros():
            return [tf.zeros((rows, size)) for size in self.sizes]

        def carried():
            return [variable.read_value() for variable in self._variables]

        states = tf.cond(tf.reduce_all(first), zeros, carried)
        return [tf.ensure_shape(state, (first.shape[0], size)) for state, size in zip(states, self.sizes, strict=True)]

    def write(self, states):
        """Assigns the states after a batch, a list of (rows, size) floats."""
        for variable, state in zip(self._variables, states, strict=True):
            variable.assign(tf.cast(state, variable.dtype))
