"""Runs a stack of layers over a batch of sequences, in parts of the batch where that uses more cores."""

from typing import NamedTuple

import keras
import tensorflow as tf

from rnn_templates.cells.cell import Cell
from rnn_templates.layers.rnn import bucketing
from rnn_templates.layers.rnn.batch_parts import BatchParts, num_parts
from rnn_templates.layers.rnn.cudnn import run_keras_layer
from rnn_templates.layers.rnn.implementation import run_loop
from rnn_templates.layers.rnn.stacked_layer import reverse
from rnn_templates.layers.rnn.step import sample_masks


class Unrolling(NamedTuple):
    """The settings with which a stack of layers runs over time.

    implementation: str, from `choose_implementation`.
    training: bool; whether gradients will be taken.
    dropout, recurrent_dropout, zoneout: floats in [0, 1); see `Recurrent`.
    seed: `keras.random.SeedGenerator`.
    zero_masked: bool; whether the outputs of masked steps are zeros.

    Example:
        >>> from rnn_templates.layers.rnn.stacked_layer import StackedLayer
        >>> cell = rt.LSTMCell(8)
        >>> cell.build((None, 3))
        >>> states = [tf.zeros((2, 8)), tf.zeros((2, 8))]
        >>> unrolling = Unrolling("while_loop", False, 0.0, 0.0, 0.0, None, False)
        >>> outputs, last_output, states = unrolling.run([StackedLayer((cell,), (False,))], tf.ones((2, 5, 3)), states)
        >>> outputs.shape, last_output.shape
        (TensorShape([2, 5, 8]), TensorShape([2, 8]))
    """

    implementation: str
    training: bool
    dropout: float
    recurrent_dropout: float
    zoneout: float
    seed: keras.random.SeedGenerator | None
    zero_masked: bool

    def run(self, stack, sequences, states, mask=None, return_sequences=True):
        """Runs the layers, with one XLA loop per core.

        Args:
            stack: list of `StackedLayer`, from the bottom up.
            sequences: (batch, time, features) float.
            states: list of (batch, units) floats, in the order of the cells.
            mask: None, or (batch, time) bool.
            return_sequences: bool; whether to return the outputs of all steps.

        Returns:
            `outputs, last_output, states`; see `Recurrent.unroll`.
        """
        rows = sequences.shape[0]
        count = num_parts(rows, len(stack[0].cells)) if self.implementation == "xla" else 1
        parts = BatchParts(tf.shape(sequences)[0] if rows is None else rows, count)
        results = [
            self._run_part(stack, *part, return_sequences, parts.sampler(index))
            for index, part in enumerate(parts.split((sequences, list(states), mask)))
        ]
        return parts.concat(results)

    def _run_part(self, stack, sequences, states, mask, return_sequences, draw):
        """The whole stack over one part of the batch."""
        x = tf.transpose(sequences, (1, 0, 2))
        if mask is not None:
            mask = tf.transpose(tf.cast(mask, tf.bool))[:, :, None]
        if self.implementation == "xla":  # which compiles for every shape
            x, states, mask = bucketing.pad_to_bucket(x, states, mask, pad_batch=not self.training)
        final_states = []
        for layer in stack:
            every = return_sequences or layer is not stack[-1]
            own, states = states[: layer.num_states], states[layer.num_states :]

            def unroll_cell(*arguments):
                return self._unroll_cell(*arguments, draw)

            x, last_outputs, own = layer.run(unroll_cell, self._drop(x, layer.cells[0], draw), own, mask, every)
            final_states += own
            if layer.reversed_time == (True,) and mask is not None:
                mask = reverse(mask)  # the outputs are in reversed order, and so the mask above them
        return self._finish(stack, sequences, x, last_outputs, final_states, mask)

    def _drop(self, x, cell, draw):
        """Variational dropout of time-major inputs: one mask for all steps, of the features that kernels project."""
        if not (self.training and self.dropout):
            return x

        kept = getattr(cell, "unprojected", 0)

        def sample(rows):
            ones = tf.ones((1, rows, x.shape[2] - kept), x.dtype)
            factors = keras.random.dropout(ones, self.dropout, seed=self.seed)
            return tf.pad(factors, ((0, 0), (0, 0), (0, kept)), constant_values=1) if kept else factors

        return x * draw(sample, axis=1)

    def _unroll_cell(self, cell, inputs, states, mask, return_sequences, draw):
        """One cell over time-major inputs: the outputs or None, the last output, and the final states."""
        if self.implementation == "cudnn":
            outputs, states = run_keras_layer(cell, inputs, states, mask, self.training)
            return outputs, states[0], states
        rates = {"recurrent_dropout": self.recurrent_dropout, "zoneout": self.zoneout}
        masks = sample_masks(mask, inputs, states, **rates, training=self.training, seed=self.seed, draw=draw)
        options = {"return_sequences": return_sequences, "training": self.training}
        if isinstance(cell, Cell):
            zx = cell.project_inputs(inputs)
            outputs, states = run_loop(self.implementation, cell, zx, states, masks, **options)
            return outputs, states[0], states
        with cell.dropout_masks(inputs, states):
            start = cell.before_first_step(inputs, states)
            outputs, (last, *states) = run_loop(self.implementation, cell, inputs, start, masks, **options)
        return outputs, last, states

    def _finish(self, stack, sequences, outputs, last_outputs, states, mask):
        """Batch-major outputs without the padding of the buckets, the last output and the final states."""
        if mask is not None and outputs is not None and self.zero_masked:
            outputs = tf.where(mask, outputs, tf.zeros_like(outputs))  # as in Keras
        if self.implementation == "xla":
            batch, steps = (size or tf.shape(sequences)[axis] for axis, size in enumerate(sequences.shape[:2]))
            reversed_time = stack[0].reversed_time == (True,)
            outputs, last_outputs, states = bucketing.crop_to_length(
                outputs, last_outputs, states, steps, batch, reversed_time=reversed_time
            )
        outputs = None if outputs is None else tf.transpose(outputs, (1, 0, 2))
        return outputs, tf.concat(last_outputs, axis=-1), list(states)
