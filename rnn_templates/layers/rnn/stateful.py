"""Recurrent layer that keeps its states between batches."""

import keras
import tensorflow as tf

from rnn_templates.utils.validation import check_ints


@keras.saving.register_keras_serializable(package="rnn_templates")
class Stateful(keras.layers.Wrapper):
    """Keeps the states of a `Recurrent` between batches.

    Row i continues row i of the previous batch, for streams that are split into windows. A gradient ends where its
    window begins, which is truncated backpropagation through time, BPTT(k1, k2): an update every k1 steps, by a
    gradient over k2 steps. `tbptt_windows` makes such windows.

    Args:
        layer: a `Recurrent` without `go_backwards` and `bidirectional`.
        carry_after: int, at least 1; the step of a window after which the states for the next window are taken, k1.
            None for the last step, for windows that do not overlap.

    Call arguments:
        sequences: (batch, time, features) float with a fixed batch size, as from `keras.Input(batch_shape=...)`.
        mask: None, or (batch, time) bool.

    Returns:
        The results of the layer.

    Raises:
        ValueError: if the layer processes reversed time, `carry_after` is out of range, or the batch size is not fixed.

    Source:
        Williams and Peng, An efficient gradient-based algorithm for on-line training of recurrent network
        trajectories, Neural Computation 2, 1990.

    Example:
        >>> layer = rt.Stateful(rt.Recurrent(rt.LSTMCell(8)))
        >>> window = np.ones((2, 5, 3), "float32")
        >>> first, second = layer(window), layer(window)
        >>> layer.reset_state()
        >>> np.array_equal(layer(window), first)
        True
    """

    def __init__(self, layer, carry_after=None, **kwargs):
        super().__init__(layer, **kwargs)
        if layer.bidirectional or layer.go_backwards:
            raise ValueError("Stateful: `layer` must not have `bidirectional` or `go_backwards`.")
        if carry_after is not None:
            check_ints("Stateful", carry_after=carry_after)
        self.supports_masking = True
        self.carry_after = carry_after

    def build(self, sequences_shape):
        batch = sequences_shape[0]
        if batch is None:
            raise ValueError(f"{self.name}: the batch size must be fixed, as by keras.Input(batch_shape=(batch, ...)).")
        if not self.layer.built:
            self.layer.build(sequences_shape)
        self._states = [
            self.add_weight(shape=(batch, units), initializer="zeros", trainable=False, name=f"{cell.name}_{name}")
            for cell in self.layer.ordered_cells
            for name, units in zip(cell.state_names, cell.state_sizes, strict=True)
        ]
        self.built = True

    def call(self, sequences, mask=None, training=False):
        states = [tf.cast(tf.convert_to_tensor(state), self.compute_dtype) for state in self._states]
        time, split = sequences.shape[1], self.carry_after
        outputs, last_output, states = self._unroll(sequences, states, mask, training, slice(None, split))
        for variable, state in zip(self._states, states, strict=True):
            variable.assign(tf.cast(state, variable.dtype))
        if split is not None and (time is None or split < time):  # the part that overlaps with the next window
            rest, last_output, states = self._unroll(sequences, states, mask, training, slice(split, None))
            outputs = tf.concat([outputs, rest], axis=1)
        result = outputs if self.layer.return_sequences else last_output
        return (result, *states) if self.layer.return_state else result

    def _unroll(self, sequences, states, mask, training, part):
        return self.layer.unroll(sequences[:, part], states, None if mask is None else mask[:, part], training)

    def reset_state(self):
        """Sets all states to zero.

        Example:
            >>> layer = rt.Stateful(rt.Recurrent(rt.LSTMCell(8)))
            >>> _ = layer(np.ones((2, 5, 3), "float32"))
            >>> layer.reset_state()
        """
        for variable in self._states:
            variable.assign(tf.zeros_like(variable))

    def compute_mask(self, sequences, mask=None):
        return self.layer.compute_mask(sequences, mask)

    def compute_output_shape(self, sequences_shape):
        return self.layer.compute_output_shape(sequences_shape)

    def get_config(self):
        return {**super().get_config(), "carry_after": self.carry_after}
