"""A single time step with masking, recurrent dropout and zoneout."""

from typing import NamedTuple

import keras
import tensorflow as tf


class StepMasks(NamedTuple):
    """Optional masks of the steps of a recurrence.

    padding: (time, batch or 1, 1) bool; where false a step leaves the states unchanged.
    recurrent_dropout: (batch, units) float, a factor of h_{t-1}, the same at every step.
    zoneout: tuple of (time or 1, batch or 1, units or 1) floats, one per state: weight of its previous value.

    Example:
        >>> StepMasks(padding=tf.ones((5, 2, 1), bool)).zoneout is None
        True
    """

    padding: tf.Tensor | None = None
    recurrent_dropout: tf.Tensor | None = None
    zoneout: tuple | None = None


def sample_masks(padding, inputs, states, *, recurrent_dropout, zoneout, training, seed, draw):
    """Returns the `StepMasks` of a sequence, with random masks in training.

    Args:
        padding: None, or (time, batch or 1, 1) bool.
        inputs: (time, batch, features) float.
        states: tuple of (batch, units) floats.
        recurrent_dropout, zoneout: floats in [0, 1); see `Recurrent`.
        training: bool; whether to sample.
        seed: `keras.random.SeedGenerator`.
        draw: function that samples for the rows of `inputs`, from `BatchParts.sampler`.

    Example:
        >>> from rnn_templates.layers.rnn.batch_parts import BatchParts
        >>> options = {"recurrent_dropout": 0.5, "zoneout": 0.0, "seed": keras.random.SeedGenerator(0)}
        >>> options |= {"training": True, "draw": BatchParts(2, 1).sampler(0)}
        >>> sample_masks(None, tf.ones((5, 2, 3)), (tf.zeros((2, 8)),), **options).recurrent_dropout.shape
        TensorShape([2, 8])
    """
    dropped = zones = None
    if training and recurrent_dropout:
        units, dtype = states[0].shape[1], states[0].dtype
        dropped = draw(lambda rows: keras.random.dropout(tf.ones((rows, units), dtype), recurrent_dropout, seed=seed))
    if zoneout:
        zones = tuple(_zoneout_mask(inputs, state, zoneout, training, seed, draw) for state in states)
    return StepMasks(padding, dropped, zones)


def _zoneout_mask(inputs, state, zoneout, training, seed, draw):
    """The weight of the previous value of a state at every step."""
    if not training:
        return tf.fill((1, 1, 1), tf.cast(zoneout, state.dtype))
    steps, units = tf.shape(inputs)[0], state.shape[1]
    uniform = draw(lambda rows: keras.random.uniform((steps, rows, units), seed=seed), axis=1)
    return tf.cast(uniform < zoneout, state.dtype)


def recurrent_projection(cell, h, masks):
    """Returns zh after recurrent dropout.

    Args:
        cell: a built `rnn_templates.cells.cell.Cell`.
        h: (batch, units) float for one step, or (time, batch, units) for all.
        masks: `StepMasks`.

    Returns:
        (..., num_gates * units) float, or None for a cell without recurrent projection.

    Example:
        >>> cell = rt.LSTMCell(8)
        >>> cell.build((None, 3))
        >>> recurrent_projection(cell, tf.zeros((2, 8)), StepMasks()).shape
        TensorShape([2, 32])
    """
    return cell.project_state(h if masks.recurrent_dropout is None else h * masks.recurrent_dropout)


def masked_step(cell, zx, zh, states, t, masks):
    """Returns the states after step `t`.

    Args:
        cell: a built `rnn_templates.cells.cell.Cell`.
        zx, zh: (batch, num_gates * units) floats; zh may be None.
        states: tuple of (batch, units) floats.
        t: int or () int32, the index of the step in `masks`.
        masks: `StepMasks`.

    Returns:
        A tuple of (batch, units) floats.

    Example:
        >>> masks = StepMasks(padding=tf.constant([[[True], [False]]]))
        >>> (h,) = masked_step(rt.VanillaCell(1), tf.ones((2, 1)), tf.zeros((2, 1)), (tf.zeros((2, 1)),), 0, masks)
        >>> np.round(h, 2).ravel().tolist()  # the second row is padding
        [0.7599999904632568, 0.0]
    """
    _, new = cell.step(zx, zh, states)
    if masks.zoneout is not None:
        weights = [zone[tf.minimum(t, tf.shape(zone)[0] - 1)] for zone in masks.zoneout]
        new = [after + weight * (before - after) for after, before, weight in zip(new, states, weights, strict=True)]
    if masks.padding is not None:
        new = [tf.where(masks.padding[t], after, before) for after, before in zip(new, states, strict=True)]
    return tuple(new)
