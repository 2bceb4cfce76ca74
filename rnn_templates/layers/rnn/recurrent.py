"""Recurrent layer: a cell, or a stack of cells, over time."""

import keras
import tensorflow as tf

from rnn_templates.layers.rnn.batch_parts import num_parts
from rnn_templates.layers.rnn.implementation import IMPLEMENTATIONS, choose_implementation
from rnn_templates.layers.rnn.keras_cell import as_cell, check_cells
from rnn_templates.layers.rnn.stacked_layer import StackedLayer
from rnn_templates.layers.rnn.unrolling import Unrolling
from rnn_templates.utils.validation import check_fractions

OPTIONS = (  # of the configuration, beside the cell
    "return_sequences",
    "return_state",
    "go_backwards",
    "bidirectional",
    "dropout",
    "recurrent_dropout",
    "zoneout",
    "implementation",
)


@keras.saving.register_keras_serializable(package="rnn_templates")
class Recurrent(keras.layers.Layer):
    """Runs a cell, or a stack of cells, over the time axis.

    The input projection x W + b of all steps is one matrix product outside the loop. A masked step leaves every state
    unchanged, so that right padding changes nothing.

    Args:
        cell: a cell such as `LSTMCell(64)`, or a list of cells; each reads the outputs of the previous one. A cell of
            Keras, any layer with `state_size` and `call(inputs, states)`, runs in the while loop.
        return_sequences: bool; whether to return the outputs of all steps, or the last one only.
        return_state: bool; whether to return the final states too.
        go_backwards: bool; whether to process the sequence in reversed time; outputs are in that order, as in Keras.
        bidirectional: bool; whether a second set of cells processes reversed time. The outputs of both are
            concatenated, so that their size is twice that of the cell. Every layer of a stack reads both directions of
            the layer below.
        dropout: float in [0, 1); probability of dropping an input of a cell in training, the same at every step.
        recurrent_dropout: float in [0, 1); probability of dropping a unit of h_{t-1} in training, the same at every
            step (variational).
        zoneout: float in [0, 1); probability that a unit of a state keeps its previous value: sampled at every step in
            training, and otherwise its expectation, a blend of the previous and the new value.
        implementation: "auto"; "while_loop", portable TensorFlow ops; or "xla", a loop compiled by XLA with its own
            backpropagation through time. Results are the same; `explain_implementation()` reports the choice. The
            exporters of this package never export the XLA loop. Before `model.export` of another Keras model pass
            "while_loop", or enter `rnn_templates.layers.rnn.implementation.saved_model_export`.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: (batch, time, features) float.
        initial_state: None for zeros, or a list of (batch, units) floats, layer by layer: the states of the forward
            cell, then those of the backward cell.
        mask: None, or (batch, time) bool; false marks padding.

    Returns:
        (batch, time, size) or (batch, size) float; with `return_state` a tuple of it and the states as `initial_state`.

    Raises:
        ValueError: if an argument is out of range, `cell` is not a cell, `go_backwards` and `bidirectional` are both
            set, an argument is not available for a cell of Keras, or `initial_state` has a wrong number of states.

    Source:
        Schuster and Paliwal, Bidirectional recurrent neural networks, 1997;
        Gal and Ghahramani, A theoretically grounded application of dropout in RNNs, arXiv:1512.05287;
        Krueger et al., Zoneout: regularizing RNNs by randomly preserving hidden activations, arXiv:1606.01305.

    Example:
        >>> layer = rt.Recurrent([rt.LSTMCell(8), rt.LSTMCell(8)], bidirectional=True, return_sequences=True)
        >>> layer(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 5, 16])
    """

    stateful = False  # `keras.layers.Bidirectional` reads this and sets the next; `Stateful` keeps states
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
            raise ValueError("Recurrent: `go_backwards` must be False with `bidirectional`, which reads both ways.")
        if implementation not in IMPLEMENTATIONS:
            names = ", ".join(map(repr, IMPLEMENTATIONS))
            raise ValueError(f"Recurrent: `implementation` must be one of {names}; received {implementation!r}.")
        check_fractions("Recurrent", dropout=dropout, recurrent_dropout=recurrent_dropout, zoneout=zoneout)
        self.supports_masking = True
        self.cells = check_cells(
            cell, recurrent_dropout=recurrent_dropout, zoneout=zoneout, implementation=implementation
        )
        self.backward_cells = [_backward_copy(cell) for cell in self.cells] if bidirectional else []
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.bidirectional = bidirectional
        self.dropout = float(dropout)
        self.recurrent_dropout = float(recurrent_dropout)
        self.zoneout = float(zoneout)
        self.implementation = implementation
        self.seed_generator = keras.random.SeedGenerator()

    @property
    def stack(self):
        """The layers from the bottom up, a list of `StackedLayer`."""
        return self._stack(training=False)

    def _stack(self, training):
        cells = [as_cell(cell, training) for cell in self.cells]
        if self.bidirectional:
            pairs = zip(cells, [as_cell(cell, training) for cell in self.backward_cells], strict=True)
            return [StackedLayer(pair, (False, True)) for pair in pairs]
        return [StackedLayer((cell,), (self.go_backwards and depth == 0,)) for depth, cell in enumerate(cells)]

    @property
    def ordered_cells(self):
        """All cells, layer by layer, forward before backward: the order of states."""
        return [cell for layer in self.stack for cell in layer.cells]

    def build(self, sequences_shape, initial_state_shape=None):
        features = sequences_shape[-1]
        directions = (self.cells, self.backward_cells) if self.bidirectional else (self.cells,)
        for cells in zip(*directions, strict=True):
            for cell in cells:
                if not cell.built:  # cells of a loaded model are built already
                    cell.build((None, features))
            features = sum(as_cell(cell).units for cell in cells)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs, last_output, states = self.unroll(sequences, initial_state, mask, training, self.return_sequences)
        result = outputs if self.return_sequences else last_output
        return (result, *states) if self.return_state else result

    def unroll(self, sequences, initial_state=None, mask=None, training=False, return_sequences=True):
        """Runs the stack over sequences; arguments as in a call.

        Returns:
            `outputs, last_output, states`: (batch, time, size), or None without `return_sequences`; (batch, size), the
            output of the last step; and a list of the final states, (batch, units) each.

        Example:
            >>> outputs, last_output, states = rt.Recurrent(rt.LSTMCell(8)).unroll(tf.ones((2, 5, 3)))
            >>> outputs.shape, last_output.shape, len(states)
            (TensorShape([2, 5, 8]), TensorShape([2, 8]), 2)
        """
        if not self.built:
            self.build(sequences.shape)
        implementation, _ = self._choose_implementation(sequences.shape[1])
        unrolling = Unrolling(
            implementation,
            training,
            self.dropout,
            self.recurrent_dropout,
            self.zoneout,
            self.seed_generator,
            self.bidirectional or self.zero_output_for_mask,
        )
        states = self._initial_states(sequences, initial_state)
        return unrolling.run(self._stack(training), sequences, states, mask, return_sequences)

    def step(self, inputs, states=None):
        """Runs one step of a stream; the output equals that of the whole sequence at this step.

        Args:
            inputs: (batch, features) float, x_t.
            states: None at the beginning, or the states that the previous step returned.

        Returns:
            `output, states`: (batch, units) float, and a list of (batch, units) floats.

        Raises:
            ValueError: if the layer processes reversed time, which needs the end of the stream.

        Example:
            >>> layer = rt.Recurrent(rt.LSTMCell(8))
            >>> output, states = layer.step(tf.ones((1, 3)))
            >>> output, states = layer.step(tf.ones((1, 3)), states)
        """
        if self.bidirectional or self.go_backwards:
            raise ValueError(f"{self.name}: `step` needs a layer without `bidirectional` and `go_backwards`.")
        _, output, states = self.unroll(tf.convert_to_tensor(inputs)[:, None], states, return_sequences=False)
        return output, states

    def _choose_implementation(self, steps):
        regularized = bool(self.recurrent_dropout or self.zoneout)
        cells = [*self.cells, *self.backward_cells]
        return choose_implementation(self.implementation, self.compute_dtype, steps, cells, regularized=regularized)

    def explain_implementation(self, steps=None, rows=None):
        """Returns the implementation inside a `tf.function`, and the reason.

        `fit` and `predict` run in one; called outside, a layer uses the while loop.

        Args:
            steps: int, the length of the sequences; None if it is not known.
            rows: int, the size of the batch; None if it is not known.

        Example:
            >>> rt.Recurrent(rt.LSTMCell(8), implementation="while_loop").explain_implementation()
            "while_loop: implementation='while_loop'"
        """
        with tf.Graph().as_default():
            implementation, reason = self._choose_implementation(steps)
        parts = num_parts(rows, 1 + self.bidirectional) if implementation == "xla" else 1
        in_parts = f"; a batch runs in {parts} parts, one per core" if parts > 1 else ""
        return f"{implementation}: {reason}{in_parts}"

    def _initial_states(self, sequences, initial_state):
        cells = self.ordered_cells
        if initial_state is None:
            batch = sequences.shape[0] or tf.shape(sequences)[0]
            return [tf.cast(state, self.compute_dtype) for cell in cells for state in cell.get_initial_state(batch)]
        states = [tf.cast(state, self.compute_dtype) for state in tf.nest.flatten(initial_state)]
        names = [name for cell in cells for name in cell.state_names]
        if len(states) != len(names):
            raise ValueError(
                f"{self.name}: `initial_state` must be {len(names)} tensors, {names}; received {len(states)}."
            )
        return states

    def compute_mask(self, sequences, mask=None):
        output = mask if self.return_sequences else None
        if not self.return_state:
            return output
        return [output] + [None for cell in self.ordered_cells for _ in cell.state_names]

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        batch, time = sequences_shape[0], sequences_shape[1]
        size = self.stack[-1].units
        output = (batch, time, size) if self.return_sequences else (batch, size)
        if not self.return_state:
            return output
        return (output, *((batch, units) for cell in self.ordered_cells for units in cell.state_sizes))

    def get_config(self):
        cells = [keras.saving.serialize_keras_object(cell) for cell in self.cells]
        options = {name: getattr(self, name) for name in OPTIONS}
        return {**super().get_config(), "cell": cells if len(cells) > 1 else cells[0], **options}

    @classmethod
    def from_config(cls, config):
        cell = config.pop("cell")
        many = isinstance(cell, list)
        cells = [keras.saving.deserialize_keras_object(one) for one in (cell if many else [cell])]
        return cls(cells if many else cells[0], **config)


def _backward_copy(cell):
    """A cell of the same configuration with weights of its own, for reversed time."""
    return type(cell).from_config({**cell.get_config(), "name": f"backward_{cell.name}"})
