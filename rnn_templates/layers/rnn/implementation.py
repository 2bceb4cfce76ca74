"""The time loop of a recurrence, in the forms that train, serve, and fit on a device, and the choice among them."""

import contextlib
import contextvars
import sys

import tensorflow as tf
from keras import ops

from rnn_templates.layers.rnn.cudnn import KERAS_LAYERS
from rnn_templates.layers.rnn.step import masked_step, recurrent_projection
from rnn_templates.layers.rnn.xla_loop import xla_loop

IMPLEMENTATIONS = ("auto", "while_loop", "xla")
_EXPORT_TARGET = contextvars.ContextVar("rnn_templates_export", default=None)
_PREFERRED = contextvars.ContextVar("rnn_templates_preferred_implementation", default=None)
_INTERCEPTOR = contextvars.ContextVar("rnn_templates_watcher", default=None)
_EXPORTERS = ("keras/src/export/", "tensorflow/python/saved_model/")


@contextlib.contextmanager
def litert_export():
    """Within this context every recurrence is traced in its device form; only the LiteRT exporter enters it.

    Example:
        >>> with litert_export():
        ...     pass  # trace and write the graph here
    """
    token = _EXPORT_TARGET.set("litert")
    try:
        yield
    finally:
        _EXPORT_TARGET.reset(token)


@contextlib.contextmanager
def prefer_implementation(implementation):
    """Within this context `implementation="auto"` chooses the given implementation.

    Args:
        implementation: "while_loop" or "xla"; "auto" restores the automatic choice within an outer context.

    Raises:
        ValueError: for another value.

    Example:
        >>> with prefer_implementation("while_loop"):
        ...     rt.Recurrent(rt.LSTMCell(8)).explain_implementation()
        "while_loop: prefer_implementation('while_loop')"
    """
    if implementation not in IMPLEMENTATIONS:
        names = ", ".join(map(repr, IMPLEMENTATIONS))
        raise ValueError(
            f"prefer_implementation: `implementation` must be one of {names}; received {implementation!r}."
        )
    token = _PREFERRED.set(None if implementation == "auto" else implementation)
    try:
        yield
    finally:
        _PREFERRED.reset(token)


@contextlib.contextmanager
def intercept_loops(interceptor):
    """Within this context every recurrence is run by `interceptor(cell, zx, states, masks)`, for diagnostics."""
    token = _INTERCEPTOR.set(interceptor)
    try:
        yield
    finally:
        _INTERCEPTOR.reset(token)


def choose_implementation(requested, dtype, steps, cells=(), plain=False):
    """Chooses the form of a time loop.

    Args:
        requested: "auto", "while_loop" or "xla", what the layer was told.
        dtype: name of the compute dtype.
        steps: number of steps, None where it is not known yet.
        cells: the cells that will be run.
        plain: whether there is neither recurrent dropout nor zoneout.

    Returns:
        The form and the reason, two strings.
    """
    if _EXPORT_TARGET.get() == "litert":
        return "litert", "a LiteRT file is being written"
    if _exporting():
        return "while_loop", "a SavedModel is being written, and XLA stays out of exported graphs"
    if requested != "auto":
        return requested, f"implementation={requested!r}"
    if preferred := _PREFERRED.get():
        return preferred, f"prefer_implementation({preferred!r})"
    if tf.config.list_logical_devices("GPU"):
        if all(type(cell) in KERAS_LAYERS for cell in cells) and plain:
            return "cudnn", "there is a GPU: LSTM and GRU go through Keras to cuDNN"
        why = "cuDNN has LSTM and GRU alone" if plain else "cuDNN has neither recurrent dropout nor zoneout"
        return "while_loop", f"there is a GPU, but {why}, and the compiled loop was measured on a CPU only"
    if tf.executing_eagerly():
        return "while_loop", "called outside a `tf.function`, where compiling would take longer than running"
    if dtype != "float32":
        return "while_loop", f"the compute dtype is {dtype}, and XLA's loops on a CPU are fast in float32"
    if steps == 1:
        return "while_loop", "there is one step, and so no loop"
    return "xla", "float32 on a CPU inside a `tf.function`: XLA's loop is the fastest"


def _exporting():
    """Whether Keras or TensorFlow is tracing this call for a SavedModel; asked while tracing only."""
    if tf.executing_eagerly():
        return False
    frame = sys._getframe()
    while frame is not None:
        if any(part in frame.f_code.co_filename.replace("\\", "/") for part in _EXPORTERS):
            return True
        frame = frame.f_back
    return False


def run_loop(form, cell, zx, states, masks, *, sequences, training=False):
    """Runs a cell over time on inputs that are already projected.

    Args:
        form: "while_loop", "litert" or "xla".
        cell: a built `rnn_templates.cells.cell.Cell`.
        zx: (time, batch, gates * units) float, `cell.project_inputs(x)` in time-major order.
        states: tuple of (batch, units) float, the states before the first step.
        masks: masks, dropout and zoneout.
        sequences: whether the outputs of all steps are wanted.
        training: whether gradients will be asked for.

    Returns:
        `outputs, states`: (time, batch, units) or None where `sequences` is false, and the states after the last step.
    """
    if interceptor := _INTERCEPTOR.get():
        return interceptor(cell, zx, states, masks)
    if zx.shape[0] == 1:  # as a decoder asks, word by word
        states = _step(cell, zx[0], tuple(states), 0, masks)
        return states[0][None] if sequences else None, states
    if form == "xla":
        return xla_loop(cell)(cell, zx, states, masks, sequences=sequences, training=training)
    static = form == "litert" and zx.shape.is_fully_defined()
    return (_device if static else _portable)(cell, zx, states, masks, sequences)


def _step(cell, zx, states, t, masks):
    return masked_step(cell, zx, recurrent_projection(cell, states[0], masks), states, t, masks)


def _portable(cell, zx, states, masks, sequences):
    """Outputs in a `TensorArray`: runs and differentiates everywhere TensorFlow does."""
    steps = tf.shape(zx)[0]
    inputs = tf.TensorArray(zx.dtype, size=steps).unstack(zx)
    outputs = tf.TensorArray(zx.dtype, size=steps if sequences else 0, element_shape=states[0].shape)
    shapes = [state.shape for state in states]

    def body(t, states, outputs):
        new = _step(cell, inputs.read(t), states, t, masks)
        new = tuple(tf.ensure_shape(state, shape) for state, shape in zip(new, shapes, strict=True))
        return t + 1, new, outputs.write(t, new[0]) if sequences else outputs

    _, states, outputs = tf.while_loop(
        lambda t, *_: t < steps, body, (tf.constant(0), tuple(states), outputs), maximum_iterations=steps
    )
    return outputs.stack() if sequences else None, states


def _device(cell, zx, states, masks, sequences):
    """Static shapes and outputs in a preallocated tensor: converts to LiteRT's built-in ops; it has no gradient.

    Padding at the ends of all rows is not read, since it would change no state: a short sentence takes a short time.
    """
    steps, batch = zx.shape[0], zx.shape[1]
    shapes = [(batch, cell.units)] * len(states)
    # Every row is written over. Zeros would do too, but the converter would store them in the file.
    outputs = zx[: steps if sequences else 0, :, : cell.units]
    first, stop = tf.constant(0), steps
    if masks.padding is not None:
        before, behind = _padding(masks.padding)
        first, stop = _count(before), steps - _count(behind)

    def body(t, states, outputs):
        new = _step(cell, tf.gather(zx, t), states, t, masks)
        new = tuple(tf.reshape(state, shape) for state, shape in zip(new, shapes, strict=True))
        if sequences:
            outputs = tf.reshape(ops.slice_update(outputs, (t, 0, 0), new[0][None]), outputs.shape)
        return t + 1, new, outputs

    begin = tuple(tf.reshape(state, shape) for state, shape in zip(states, shapes, strict=True))
    _, states, outputs = tf.while_loop(lambda t, *_: t < stop, body, (first, begin, outputs))
    if sequences and masks.padding is not None:  # what the steps that were left out would have handed on
        outputs = tf.where(before, begin[0], tf.where(behind, states[0], outputs))
    return outputs if sequences else None, states


def _padding(mask):
    """Which steps lie before the first, and behind the last, that is valid in some row: twice (time, 1, 1) bool."""
    there = tf.cast(tf.reduce_any(mask, axis=(1, 2), keepdims=True), tf.int32)
    return tf.cumsum(there) == 0, tf.cumsum(there, reverse=True) == 0  # sums, as the file would store a tf.range


def _count(steps):
    return tf.reduce_sum(tf.cast(steps, tf.int32))
