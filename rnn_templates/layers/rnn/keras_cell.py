"""Cells of Keras's documented form in the time loops of this package."""

import contextlib
import inspect

import keras
import tensorflow as tf

from rnn_templates.cells import CELLS
from rnn_templates.cells.cell import Cell


class KerasCell:
    """View of a Keras cell with the attributes and methods of `Cell` that a time loop reads.

        output, states = cell(x_t, states)

    The output of a Keras cell need not be one of its states, so that a loop carries it as the first state of the view.
    The view has no weights of its own: those of the cell belong to the layer that holds the cell.

    Args:
        cell: `keras.layers.Layer` with `state_size`, optionally `output_size`, and `call(inputs, states)`.
        training: bool; passed to the cell if its `call` takes it.

    Example:
        >>> KerasCell(keras.layers.LSTMCell(8)).state_names
        ('state_0', 'state_1')
    """

    trainable_variables = ()  # `gradient_through_time` reads the recurrent weights of a `Cell` only

    def __init__(self, cell, training=False):
        self.cell, self.name, self.path = cell, cell.name, cell.path
        takes_training = "training" in inspect.signature(cell.call).parameters
        self._options = {"training": training} if takes_training else {}

    @property
    def state_sizes(self):
        """Sizes of the states, a flat list of int."""
        return tf.nest.flatten(self.cell.state_size)

    @property
    def state_names(self):
        """Names of the states, for messages: a tuple of str."""
        return tuple(f"state_{index}" for index in range(len(self.state_sizes)))

    @property
    def units(self):
        """Size of the output, an int."""
        size = getattr(self.cell, "output_size", None)
        return self.state_sizes[0] if size is None else size

    def get_initial_state(self, batch_size):
        """Returns the states before the first step, a flat list of (batch, size) floats."""
        if hasattr(self.cell, "get_initial_state"):
            return tf.nest.flatten(self.cell.get_initial_state(batch_size=batch_size))
        return [tf.zeros((batch_size, size), self.cell.compute_dtype) for size in self.state_sizes]

    def project_state(self, h):
        """Returns None: the cell multiplies by its own recurrent weights."""
        return None

    def step(self, x, zh, states):
        """Runs the cell.

        Args:
            x: (batch, features) float.
            zh: None.
            states: tuple of the previous output and the states, flat.

        Returns:
            `output, states`: (batch, units) float, and the tuple of the new ones, the output first.
        """
        last, *own = states
        structure = self.cell.state_size
        nested = tf.nest.pack_sequence_as(structure, own) if tf.nest.is_nested(structure) else own
        output, new = self.cell(x, nested, **self._options)
        new = [tf.cast(state, old.dtype) for state, old in zip(tf.nest.flatten(new), own, strict=True)]
        output = tf.cast(output, last.dtype)
        return output, (output, *new)

    def before_first_step(self, x, states):
        """Returns the states of the loop: an output of zeros, and the states of the cell.

        Args:
            x: (time, batch, features) float.
            states: list of (batch, size) floats.
        """
        return (tf.zeros((tf.shape(x)[1], self.units), x.dtype), *states)

    @contextlib.contextmanager
    def dropout_masks(self, x, states):
        """Context in which the cell draws its dropout masks outside the loop: the same ones at every step.

        Args:
            x: (time, batch, features) float.
            states: list of (batch, size) floats.
        """
        _draw_masks(self.cell, tf.ones_like(x[0]), states)
        try:
            yield
        finally:
            for cell in _flat_cells(self.cell):
                if hasattr(cell, "reset_dropout_mask"):
                    cell.reset_dropout_mask()
                    cell.reset_recurrent_dropout_mask()


def as_cell(cell, training=False):
    """Returns a `Cell` as it is, and a `KerasCell` for a cell of Keras.

    Example:
        >>> as_cell(keras.layers.GRUCell(8)).units
        8
    """
    return cell if isinstance(cell, Cell) else KerasCell(cell, training)


def check_cells(cell, *, recurrent_dropout=0.0, zoneout=0.0, implementation="auto"):
    """Returns the cells of a `Recurrent` as a list.

    Args:
        cell: a cell of this package or of Keras, or a list of cells.
        recurrent_dropout, zoneout, implementation: arguments of `Recurrent` that a cell of Keras does not support.

    Raises:
        ValueError: if a value is not a cell, or an argument is not available for a cell of Keras.

    Example:
        >>> check_cells(64)
        Traceback (most recent call last):
        ...
        ValueError: Recurrent: `cell` must be a cell, as in Recurrent(rt.LSTMCell(64)); received 64.
    """
    cells = list(cell) if isinstance(cell, (list, tuple)) and cell else [cell]
    if any(getattr(one, "unprojected", 0) for one in cells[1:]):
        raise ValueError(
            "Recurrent: `cell` must have `time_gaps` in its first cell only, which alone reads the input; put another "
            "one in a `Recurrent` of its own, on the outputs of the first with the gaps concatenated."
        )
    for one in cells:
        if not isinstance(one, Cell):
            _check_keras_cell(one)
            for name, value in (("recurrent_dropout", recurrent_dropout), ("zoneout", zoneout)):
                if value:
                    raise ValueError(
                        f"Recurrent: `{name}` must be 0 for a cell of Keras, {one.name}; received {value!r}. "
                        "It may be an argument of the cell."
                    )
            if implementation == "xla":
                raise ValueError(
                    f"Recurrent: `implementation` must be 'auto' or 'while_loop' for a cell of Keras, {one.name}; "
                    "received 'xla'."
                )
    return cells


def _check_keras_cell(cell):
    if isinstance(cell, keras.layers.Layer) and hasattr(cell, "state_size") and _takes_states(cell):
        if not all(isinstance(size, int) for size in tf.nest.flatten(cell.state_size)):
            raise ValueError(f"Recurrent: `state_size` of {cell.name} must be integers; received {cell.state_size!r}.")
        return
    name, units = "LSTMCell", 64
    if isinstance(cell, str) and cell.lower() in CELLS:
        name = CELLS[cell.lower()].__name__
    elif isinstance(cell, type) and issubclass(cell, Cell):
        name = cell.__name__
    elif isinstance(cell, int):
        units = max(cell, 1)
    raise ValueError(
        f"Recurrent: `cell` must be a cell, as in Recurrent(rt.{name}({units})); received {_describe(cell)}."
    )


def _takes_states(cell):
    return len(inspect.signature(cell.call).parameters) > 1 and not isinstance(cell, keras.layers.RNN)


def _describe(cell):
    return f"the class {cell.__name__}" if isinstance(cell, type) else f"{cell!r:.80}"


def _flat_cells(cell):
    """The cell, or the cells of `keras.layers.StackedRNNCells`."""
    return cell.cells if isinstance(cell, keras.layers.StackedRNNCells) else [cell]


def _draw_masks(cell, x, states):
    """Lets a cell, or each cell of a stack, draw its dropout masks for inputs and states of these shapes."""
    states = list(states)
    for one in _flat_cells(cell):
        own = [states.pop(0) for _ in tf.nest.flatten(one.state_size)]
        if hasattr(one, "get_dropout_mask"):
            one.get_dropout_mask(x)
            one.get_recurrent_dropout_mask(own[0])
        x = tf.ones((tf.shape(x)[0], as_cell(one).units), x.dtype)  # the input of the next cell of a stack
