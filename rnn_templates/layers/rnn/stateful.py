"""A recurrence that goes on from batch to batch."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class Stateful(keras.layers.Wrapper):
    """Keeps the states of a `Recurrent` from one batch to the next: row i goes on where row i before it ended.

    For streams that are cut into windows. A gradient ends where its window begins, which is truncated backpropagation
    through time, BPTT(k1, k2): every k1 steps the weights move, by a gradient that reaches k2 steps back.
    `tbptt_windows` makes such windows.

    Args:
        layer: a `Recurrent` that reads forwards.
        carry_after: the step of a window after which the states for the next one are taken, k1; None for the last step, for
            windows that do not overlap.

    Call arguments:
        sequences: (batch, time, features) float with a fixed batch size, as from `keras.Input(batch_shape=...)`.
        mask: None, or (batch, time) bool.

    Returns:
        What the layer returns.

    Raises:
        ValueError: if the layer reads backwards, or the batch size is not fixed.

    Source:
        Williams and Peng, An efficient gradient-based algorithm for on-line training of recurrent network
        trajectories, Neural Computation 2, 1990.

    Example:
        >>> layer = Stateful(Recurrent(LSTMCell(8)))
        >>> first, second = layer(keras.ops.ones((2, 5, 3))), layer(keras.ops.ones((2, 5, 3)))
        >>> layer.reset_state()
    """

    def __init__(self, layer, carry_after=None, **kwargs):
        super().__init__(layer, **kwargs)
        if layer.bidirectional or layer.go_backwards:
            raise ValueError("Stateful: a layer that reads backwards would need the end of the stream.")
        if carry_after is not None and (not isinstance(carry_after, int) or carry_after < 1):
            raise ValueError(f"Stateful: `carry_after` is None or a positive number of steps, not {carry_after!r}.")
        self.supports_masking = True
        self.carry_after = carry_after

    def build(self, sequences_shape):
        batch = sequences_shape[0]
        if batch is None:
            raise ValueError(
                f"{self.name}: a stateful layer needs a batch size: keras.Input(batch_shape=(batch, ...))."
            )
        if not self.layer.built:
            self.layer.build(sequences_shape)
        cells = [cell for layer in self.layer.directions for cell, _ in layer]
        self._states = [
            self.add_weight(shape=(batch, cell.units), initializer="zeros", trainable=False, name=f"{cell.name}_{name}")
            for cell in cells
            for name in cell.state_names
        ]
        self.built = True

    def call(self, sequences, mask=None, training=False):
        states = [tf.cast(tf.convert_to_tensor(kept), self.compute_dtype) for kept in self._states]
        whole = self.carry_after is None or (sequences.shape[1] is not None and self.carry_after >= sequences.shape[1])
        outputs, last, after = self._read(sequences, states, mask, training, slice(None, self.carry_after))
        for kept, state in zip(self._states, after, strict=True):
            kept.assign(tf.cast(state, kept.dtype))
        if not whole:  # the rest of a window that overlaps with the next
            more, last, after = self._read(sequences, after, mask, training, slice(self.carry_after, None))
            outputs = tf.concat([outputs, more], axis=1)
        result = outputs if self.layer.return_sequences else last
        return (result, *after) if self.layer.return_state else result

    def _read(self, sequences, states, mask, training, part):
        return self.layer.unroll(sequences[:, part], states, None if mask is None else mask[:, part], training)

    def reset_state(self):
        """Begins anew, with zeros."""
        for kept in self._states:
            kept.assign(tf.zeros_like(kept))

    def compute_mask(self, sequences, mask=None):
        return self.layer.compute_mask(sequences, mask)

    def compute_output_shape(self, sequences_shape):
        return self.layer.compute_output_shape(sequences_shape)

    def get_config(self):
        return {**super().get_config(), "carry_after": self.carry_after}
