"""The time loop of a recurrence, in the forms that train, serve, and fit on a device."""

import contextlib
import contextvars

import tensorflow as tf
from keras import ops

_FORM = contextvars.ContextVar("rnn_templates_execution", default="portable")


@contextlib.contextmanager
def device_execution():
    """Within this context every recurrence is traced in its device form; only the LiteRT exporter enters it.

    Example:
        >>> with device_execution():
        ...     pass  # trace and write the graph here
    """
    token = _FORM.set("device")
    try:
        yield
    finally:
        _FORM.reset(token)


def run(cell, zx, states, mask=None, *, sequences, drop=None):
    """Runs a cell over time on inputs that are already projected.

    Args:
        cell: a built `rnn_templates.cells.cell.Cell`.
        zx: (time, batch, gates * units) float, `cell.project(x)` in time-major order.
        states: tuple of (batch, units) float, the states before the first step.
        mask: None, or (time, batch, 1) bool; where false a step leaves the states as they are.
        sequences: whether the outputs of all steps are wanted.
        drop: None, or (batch, units) float, a dropout mask on h_{t-1}, the same at every step.

    Returns:
        `outputs, states`: (time, batch, units) or None where `sequences` is false, and the states after the last step.
    """
    loop = _device if _FORM.get() == "device" and zx.shape.is_fully_defined() else _portable
    return loop(cell, zx, states, mask, sequences, drop)


def _step(cell, zx, states, mask, drop):
    h = states[0] if drop is None else states[0] * drop
    _, new = cell.step(zx, cell.recur(h), states)
    if mask is not None:
        new = tuple(tf.where(mask, after, before) for after, before in zip(new, states, strict=True))
    return new


def _portable(cell, zx, states, mask, sequences, drop):
    """Outputs in a `TensorArray`: runs and differentiates everywhere TensorFlow does."""
    steps = tf.shape(zx)[0]
    inputs = tf.TensorArray(zx.dtype, size=steps).unstack(zx)
    masks = None if mask is None else tf.TensorArray(tf.bool, size=steps).unstack(mask)
    outputs = tf.TensorArray(zx.dtype, size=steps if sequences else 0, element_shape=states[0].shape)
    shapes = [state.shape for state in states]

    def body(t, states, outputs):
        new = _step(cell, inputs.read(t), states, None if masks is None else masks.read(t), drop)
        new = tuple(tf.ensure_shape(state, shape) for state, shape in zip(new, shapes, strict=True))
        return t + 1, new, outputs.write(t, new[0]) if sequences else outputs

    _, states, outputs = tf.while_loop(
        lambda t, *_: t < steps, body, (tf.constant(0), tuple(states), outputs), maximum_iterations=steps
    )
    return outputs.stack() if sequences else None, states


def _device(cell, zx, states, mask, sequences, drop):
    """Static shapes and outputs in a preallocated tensor: converts to LiteRT's built-in ops; it has no gradient."""
    steps, batch = zx.shape[0], zx.shape[1]
    shapes = [(batch, cell.units)] * len(states)
    # Every row is written over. Zeros would do too, but the converter would store them in the file.
    outputs = zx[: steps if sequences else 0, :, : cell.units]

    def body(t, states, outputs):
        new = _step(cell, tf.gather(zx, t), states, None if mask is None else tf.gather(mask, t), drop)
        new = tuple(tf.reshape(state, shape) for state, shape in zip(new, shapes, strict=True))
        if sequences:
            outputs = tf.reshape(ops.slice_update(outputs, (t, 0, 0), new[0][None]), outputs.shape)
        return t + 1, new, outputs

    states = tuple(tf.reshape(state, shape) for state, shape in zip(states, shapes, strict=True))
    _, states, outputs = tf.while_loop(lambda t, *_: t < steps, body, (tf.constant(0), states, outputs))
    return outputs if sequences else None, states
