"""Time loops in TensorFlow ops: the portable one, and the one for LiteRT."""

import tensorflow as tf
from keras import ops

from rnn_templates.layers.rnn.step import masked_step, recurrent_projection


def single_step(cell, zx, states, masks, return_sequences):
    """Runs one time step without a loop.

    Arguments and results as `while_loop`, with time = 1.

    Example:
        >>> from rnn_templates.layers.rnn.step import StepMasks
        >>> outputs, states = single_step(rt.MinGRUCell(8), tf.ones((1, 2, 16)), (tf.zeros((2, 8)),), StepMasks(), True)
        >>> outputs.shape
        TensorShape([1, 2, 8])
    """
    states = _step(cell, zx[0], tuple(states), 0, masks)
    return states[0][None] if return_sequences else None, states


def while_loop(cell, zx, states, masks, return_sequences):
    """Runs a cell over time in a `tf.while_loop`; portable and differentiable.

    Args:
        cell: a built `rnn_templates.cells.cell.Cell`.
        zx: (time, batch, num_gates * units) float.
        states: tuple of (batch, units) floats, before the first step.
        masks: `StepMasks`.
        return_sequences: bool; whether to return the outputs of all steps.

    Returns:
        `outputs, states`: (time, batch, units) float or None, and the states after the last step.

    Example:
        >>> from rnn_templates.layers.rnn.step import StepMasks
        >>> outputs, states = while_loop(rt.MinGRUCell(8), tf.ones((5, 2, 16)), (tf.zeros((2, 8)),), StepMasks(), True)
        >>> outputs.shape
        TensorShape([5, 2, 8])
    """
    steps = tf.shape(zx)[0]
    inputs = tf.TensorArray(zx.dtype, size=steps).unstack(zx)
    outputs = tf.TensorArray(zx.dtype, size=steps if return_sequences else 0, element_shape=states[0].shape)
    shapes = [state.shape for state in states]

    def body(t, states, outputs):
        new = _step(cell, inputs.read(t), states, t, masks)
        new = tuple(tf.ensure_shape(state, shape) for state, shape in zip(new, shapes, strict=True))
        return t + 1, new, outputs.write(t, new[0]) if return_sequences else outputs

    _, states, outputs = tf.while_loop(
        lambda t, *_: t < steps, body, (tf.constant(0), tuple(states), outputs), maximum_iterations=steps
    )
    return outputs.stack() if return_sequences else None, states


def litert_loop(cell, zx, states, masks, return_sequences):
    """Runs a cell over time in LiteRT's built-in ops; not differentiable.

    Shapes are static, and outputs are written into a preallocated tensor. Steps that are padding in all rows at the
    beginning or the end are skipped, since they change no state. Arguments and results as `while_loop`.

    Example:
        >>> from rnn_templates.layers.rnn.step import StepMasks
        >>> outputs, states = litert_loop(rt.MinGRUCell(8), tf.ones((5, 2, 16)), (tf.zeros((2, 8)),), StepMasks(), True)
        >>> outputs.shape
        TensorShape([5, 2, 8])
    """
    steps, batch = zx.shape[0], zx.shape[1]
    shapes = [(batch, state.shape[-1]) for state in states]
    # Every row is overwritten. Zeros would do too, but the converter would store them in the file.
    wide = zx if zx.shape[-1] >= cell.units else tf.repeat(zx, -(-cell.units // zx.shape[-1]), axis=-1)
    outputs = wide[: steps if return_sequences else 0, :, : cell.units]
    start, stop = tf.constant(0), steps
    if masks.padding is not None:
        leading, trailing = _padding(masks.padding)
        start, stop = _count(leading), steps - _count(trailing)

    def body(t, states, outputs):
        new = _step(cell, tf.gather(zx, t), states, t, masks)
        new = tuple(tf.reshape(state, shape) for state, shape in zip(new, shapes, strict=True))
        if return_sequences:
            outputs = tf.reshape(ops.slice_update(outputs, (t, 0, 0), new[0][None]), outputs.shape)
        return t + 1, new, outputs

    initial = tuple(tf.reshape(state, shape) for state, shape in zip(states, shapes, strict=True))
    _, states, outputs = tf.while_loop(lambda t, *_: t < stop, body, (start, initial, outputs))
    if return_sequences and masks.padding is not None:  # the outputs of the skipped steps
        outputs = tf.where(leading, initial[0], tf.where(trailing, states[0], outputs))
    return outputs if return_sequences else None, states


def _step(cell, zx, states, t, masks):
    return masked_step(cell, zx, recurrent_projection(cell, states[0], masks), states, t, masks)


def _padding(mask):
    """Which steps are padding in all rows, before the first valid one and after the last: twice (time, 1, 1) bool."""
    valid = tf.cast(tf.reduce_any(mask, axis=(1, 2), keepdims=True), tf.int32)
    return tf.cumsum(valid) == 0, tf.cumsum(valid, reverse=True) == 0  # sums, as the file would store a tf.range


def _count(steps):
    return tf.reduce_sum(tf.cast(steps, tf.int32))
