"""A cell, or a stack of cells, over time."""

import keras
import tensorflow as tf

from rnn_templates.layers.rnn import bucketing
from rnn_templates.layers.rnn.cudnn import run_keras_layer
from rnn_templates.layers.rnn.implementation import IMPLEMENTATIONS, choose_implementation, run_loop
from rnn_templates.layers.rnn.step import StepMasks


@keras.saving.register_keras_serializable(package="rnn_templates")
class Recurrent(keras.layers.Layer):
    """Runs a cell over the time axis, in one or both directions, alone or stacked.

    The input projection x W + b of all steps is one matrix product outside the loop. A masked step leaves every state
    as it is, so right padding changes nothing.

    Args:
        cell: a cell such as `LSTMCell(64)`, or a list of cells: each reads the outputs of the one before it.
        return_sequences: whether to return the outputs of all steps, or the last one only.
        return_state: whether to return the final states too.
        go_backwards: whether to read the sequence from its end; outputs come in the order of reading, as in Keras.
        bidirectional: whether a second set of cells reads backwards; both outputs are concatenated, so that their size
            is twice the cell's. Every layer of a stack reads both directions of the layer below.
        dropout: fraction of the inputs of each cell to drop in training, in [0, 1), the same at every step.
        recurrent_dropout: fraction of h_{t-1} to drop in training, in [0, 1), the same at every step (variational).
        zoneout: fraction of every state that stays as it was at a step, in [0, 1): drawn anew at every step in
            training, and its mean, a blend of old and new, otherwise.
        implementation: "auto"; "while_loop", a TensorFlow loop; or "xla", XLA's loop with its own backpropagation through
            time. All give the same answers; `explain_implementation()` says which is taken. An exported graph is never compiled.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: (batch, time, features) float.
        initial_state: None for zeros, or a list of (batch, units) floats, layer by layer: the states of the forward
            cell, then those of the backward cell.
        mask: None, or (batch, time) bool; false marks padding.

    Returns:
        (batch, time, size) or (batch, size); with `return_state` a tuple of that and the final states in the order of
        `initial_state`.

    Raises:
        ValueError: if `go_backwards` and `bidirectional` are both set, or `initial_state` has a wrong number of states.

    Source:
        Schuster and Paliwal, Bidirectional recurrent neural networks, 1997;
        Gal and Ghahramani, A theoretically grounded application of dropout in RNNs, arXiv:1512.05287;
        Krueger et al., Zoneout: regularizing RNNs by randomly preserving hidden activations, arXiv:1606.01305.

    Example:
        >>> layer = Recurrent([LSTMCell(8), LSTMCell(8)], bidirectional=True, return_sequences=True)
        >>> layer(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 5, 16])
    """

    stateful = False  # keras.layers.Bidirectional reads this and sets the next; to keep states there is `Stateful`
    zero_output_for_mask = False

    def __init__(
        self,
        cell,
        *,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        bidirectional=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        zoneout=0.0,
        implementation="auto",
        **kwargs,
    ):
        super().__init__(**kwargs)
        if go_backwards and bidirectional:
            raise ValueError("Recurrent: choose `go_backwards` or `bidirectional`; the latter reads both ways already.")
        if implementation not in IMPLEMENTATIONS:
            raise ValueError(
                f"Recurrent: `implementation` is one of {', '.join(IMPLEMENTATIONS)}, not {implementation!r}."
            )
        self.supports_masking = True
        self.cells = list(cell) if isinstance(cell, (list, tuple)) else [cell]
        self.backward_cells = [self._backward_copy(cell) for cell in self.cells] if bidirectional else []
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.bidirectional = bidirectional
        self.dropout = _fraction("dropout", dropout)
        self.recurrent_dropout = _fraction("recurrent_dropout", recurrent_dropout)
        self.zoneout = _fraction("zoneout", zoneout)
        self.implementation = implementation
        self.seed_generator = keras.random.SeedGenerator()

    @staticmethod
    def _backward_copy(cell):
        """A cell like this one with weights of its own, for the other direction."""
        return type(cell).from_config({**cell.get_config(), "name": f"backward_{cell.name}"})

    @property
    def directions(self):
        """Pairs of (cell, reads backwards) in the order of their states, one list a layer of the stack."""
        if self.bidirectional:
            pairs = zip(self.cells, self.backward_cells, strict=True)
            return [[(forward, False), (backward, True)] for forward, backward in pairs]
        return [[(cell, self.go_backwards and depth == 0)] for depth, cell in enumerate(self.cells)]

    def build(self, sequences_shape, initial_state_shape=None):
        features = sequences_shape[-1]
        for layer in self.directions:
            for cell, _ in layer:
                if not cell.built:  # a cell that was read from a file is built already
                    cell.build((None, features))
            features = sum(cell.units for cell, _ in layer)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs, last, states = self.unroll(sequences, initial_state, mask, training, self.return_sequences)
        result = outputs if self.return_sequences else last
        return (result, *states) if self.return_state else result

    def unroll(self, sequences, initial_state=None, mask=None, training=False, return_sequences=True):
        """Reads sequences; arguments as in a call.

        Returns:
            `outputs, last, states`: (batch, time, size), or None where `return_sequences` is false; (batch, size), the
            output of the last step; and a list of the final states, (batch, units) each.
        """
        form, _ = self._choose_implementation(sequences.shape[1])
        states = self._initial_states(sequences, initial_state)
        x = tf.transpose(sequences, (1, 0, 2))
        if mask is not None:
            mask = tf.transpose(tf.cast(mask, tf.bool))[:, :, None]
        steps, batch = x.shape[0] or tf.shape(x)[0], x.shape[1] or tf.shape(x)[1]
        if form == "xla":  # XLA compiles for every shape anew, so that there should be few
            x, states, mask = bucketing.pad_to_bucket(x, states, mask, pad_batch=not training)
        final, outputs, lasts = [], x, []
        for depth, layer in enumerate(self.directions):
            wanted = return_sequences or depth + 1 < len(self.directions)
            inputs, outputs, lasts = self._input_dropout(outputs, self.dropout, training), [], []
            for cell, backwards in layer:
                own, states = tuple(states[: len(cell.state_names)]), states[len(cell.state_names) :]
                sequence, last = self._unroll_cell(form, cell, inputs, own, mask, backwards, wanted, training)
                if wanted:
                    outputs.append(tf.reverse(sequence, [0]) if backwards and self.bidirectional else sequence)
                lasts.append(last[0])
                final.extend(last)
            outputs = tf.concat(outputs, axis=-1) if wanted else None
            if self.go_backwards and mask is not None and depth == 0:
                mask = tf.reverse(mask, [0])  # outputs come in the order of reading, and so must the mask above them
        if mask is not None and return_sequences and (self.bidirectional or self.zero_output_for_mask):
            outputs = tf.where(mask, outputs, tf.zeros_like(outputs))  # as Keras: padding of both directions is zero
        if form == "xla":
            outputs, lasts, final = bucketing.crop_to_length(
                outputs, lasts, final, steps, batch, reversed_time=self.go_backwards
            )
        outputs = tf.transpose(outputs, (1, 0, 2)) if return_sequences else None
        return outputs, tf.concat(lasts, axis=-1), final

    def step(self, inputs, states=None):
        """Reads one step of a stream: what it answers equals what the whole sequence gives at that step.

        Args:
            inputs: (batch, features) float, x_t.
            states: None at the beginning, or what the step before returned.

        Returns:
            `output, states`: (batch, units) float, and a list of (batch, units) floats.

        Raises:
            ValueError: if the layer reads backwards, for which the end of the stream would be needed.

        Example:
            >>> layer = Recurrent(LSTMCell(8))
            >>> output, states = layer.step(keras.ops.ones((1, 3)))
            >>> output, states = layer.step(keras.ops.ones((1, 3)), states)
        """
        if self.bidirectional or self.go_backwards:
            raise ValueError(f"{self.name}: a layer that reads backwards cannot be streamed.")
        inputs = tf.convert_to_tensor(inputs)
        if not self.built:
            self.build((inputs.shape[0], None, inputs.shape[-1]))
        _, output, states = self.unroll(inputs[:, None], states, return_sequences=False)
        return output, states

    def _unroll_cell(self, form, cell, inputs, states, mask, backwards, return_sequences, training):
        """One cell over time-major inputs."""
        if backwards:
            inputs = tf.reverse(inputs, [0])
            mask = None if mask is None else tf.reverse(mask, [0])
        if form == "cudnn":
            return run_keras_layer(cell, inputs, states, mask, training)
        drop = None
        if training and self.recurrent_dropout:
            drop = keras.random.dropout(tf.ones_like(states[0]), self.recurrent_dropout, seed=self.seed_generator)
        zones = self._zoneout_masks(inputs, states, training) if self.zoneout else None
        masks = StepMasks(mask, drop, zones)
        zx = cell.project_inputs(inputs)
        return run_loop(form, cell, zx, states, masks, sequences=return_sequences, training=training)

    def _zoneout_masks(self, inputs, states, training):
        """How much of each state stays as it was, at every step."""
        if not training:
            return tuple(tf.fill((1, 1, 1), tf.cast(self.zoneout, state.dtype)) for state in states)
        shapes = [tf.concat([tf.shape(inputs)[:1], tf.shape(state)], axis=0) for state in states]
        draws = [keras.random.uniform(shape, seed=self.seed_generator) for shape in shapes]
        return tuple(tf.cast(draw < self.zoneout, state.dtype) for draw, state in zip(draws, states, strict=True))

    def _choose_implementation(self, steps):
        plain = not (self.recurrent_dropout or self.zoneout)
        return choose_implementation(
            self.implementation, self.compute_dtype, steps, [*self.cells, *self.backward_cells], plain
        )

    def explain_implementation(self, steps=None):
        """Says which form of the time loop a `tf.function`, such as those of `fit` and `predict`, takes here, and why.

        Args:
            steps: length of the sequences, if it is known.

        Example:
            >>> Recurrent(LSTMCell(8), implementation="while_loop").explain_implementation()
            "while_loop: implementation='while_loop'"
        """
        with tf.Graph().as_default():
            form, reason = self._choose_implementation(steps)
        return f"{form}: {reason}"

    def _input_dropout(self, inputs, rate, training):
        """Variational dropout: one mask for all time steps of a time-major tensor."""
        if not (training and rate):
            return inputs
        return inputs * keras.random.dropout(tf.ones_like(inputs[:1]), rate, seed=self.seed_generator)

    def _initial_states(self, sequences, initial_state):
        cells = [cell for layer in self.directions for cell, _ in layer]
        if initial_state is None:
            batch = sequences.shape[0] or tf.shape(sequences)[0]
            return [tf.cast(state, self.compute_dtype) for cell in cells for state in cell.get_initial_state(batch)]
        states = [tf.cast(state, self.compute_dtype) for state in tf.nest.flatten(initial_state)]
        wanted = sum(len(cell.state_names) for cell in cells)
        if len(states) != wanted:
            names = [name for cell in cells for name in cell.state_names]
            raise ValueError(f"{self.name}: `initial_state` has {len(states)} tensors, wanted {wanted}: {names}.")
        return states

    def compute_mask(self, sequences, mask=None):
        output = mask if self.return_sequences else None
        if not self.return_state:
            return output
        return [output] + [None for layer in self.directions for cell, _ in layer for _ in cell.state_names]

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        batch, time = sequences_shape[0], sequences_shape[1]
        size = sum(cell.units for cell, _ in self.directions[-1])
        output = (batch, time, size) if self.return_sequences else (batch, size)
        if not self.return_state:
            return output
        states = [(batch, cell.units) for layer in self.directions for cell, _ in layer for _ in cell.state_names]
        return (output, *states)

    def get_config(self):
        cells = [keras.saving.serialize_keras_object(cell) for cell in self.cells]
        return {
            **super().get_config(),
            "cell": cells if len(cells) > 1 else cells[0],
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "bidirectional": self.bidirectional,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "zoneout": self.zoneout,
            "implementation": self.implementation,
        }

    @classmethod
    def from_config(cls, config):
        cell = config.pop("cell")
        many = isinstance(cell, list)
        cells = [keras.saving.deserialize_keras_object(one) for one in (cell if many else [cell])]
        return cls(cells if many else cells[0], **config)


def _fraction(name, value):
    if not 0 <= value < 1:
        raise ValueError(f"Recurrent: `{name}` is the fraction to drop, in [0, 1); got {value!r}.")
    return float(value)
