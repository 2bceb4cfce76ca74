"""One layer of a stack of recurrent cells, in one direction or in both."""

from typing import NamedTuple

import tensorflow as tf


class StackedLayer(NamedTuple):
    """One layer of a stack: one cell, or a forward and a backward cell.

    cells: tuple of one or two cells.
    reversed_time: tuple of bool, one per cell; whether it processes reversed time.

    Example:
        >>> StackedLayer((rt.LSTMCell(8), rt.LSTMCell(8)), (False, True)).units
        16
    """

    cells: tuple
    reversed_time: tuple

    @property
    def units(self):
        """Size of the concatenated outputs."""
        return sum(cell.units for cell in self.cells)

    @property
    def num_states(self):
        """Number of states of all cells."""
        return sum(len(cell.state_names) for cell in self.cells)

    def run(self, unroll_cell, inputs, states, mask, return_sequences):
        """Runs the cells over time-major inputs.

        Args:
            unroll_cell: callable `(cell, inputs, states, mask, return_sequences) -> (outputs, last_output, states)`.
            inputs: (time, batch, features) float.
            states: list of (batch, units) floats.
            mask: None, or (time, batch or 1, 1) bool.
            return_sequences: bool; whether to return the outputs of all steps.

        Returns:
            `outputs, last_outputs, states`: (time, batch, size) or None, in reversed time for a single cell that
            processes it; a list of (batch, units), one per cell; a list of the final states.

        Example:
            >>> def unroll_cell(cell, inputs, states, mask, return_sequences):
            ...     last = tf.reduce_sum(inputs, axis=0)
            ...     return tf.cumsum(inputs), last, (last,)
            >>> layer = StackedLayer((rt.VanillaCell(1), rt.VanillaCell(1)), (False, True))
            >>> x, start = tf.constant([[[1.0]], [[2.0]]]), [tf.zeros((1, 1))] * 2
            >>> outputs, last_outputs, states = layer.run(unroll_cell, x, start, None, True)
            >>> outputs[:, 0].numpy().tolist()
            [[1.0, 3.0], [3.0, 2.0]]
        """
        outputs, last_outputs, final_states = [], [], []
        for cell, reversed_time in zip(self.cells, self.reversed_time, strict=True):
            own, states = tuple(states[: len(cell.state_names)]), states[len(cell.state_names) :]
            x, padding = (reverse(inputs), reverse(mask)) if reversed_time else (inputs, mask)
            sequence, last, own = unroll_cell(cell, x, own, padding, return_sequences)
            if return_sequences:
                outputs.append(reverse(sequence) if reversed_time and len(self.cells) > 1 else sequence)
            last_outputs.append(last)
            final_states.extend(own)
        return tf.concat(outputs, axis=-1) if return_sequences else None, last_outputs, final_states


def reverse(tensor):
    """Returns a time-major tensor in reversed time; None for None.

    Example:
        >>> reverse(tf.constant([1, 2])).numpy().tolist()
        [2, 1]
    """
    return None if tensor is None else tf.reverse(tensor, [0])
