"""One step of a recurrence, with all that can befall it: padding, dropout, zoneout."""

from typing import NamedTuple

import tensorflow as tf


class StepMasks(NamedTuple):
    """What a recurrence meets on its way besides its inputs; each is None where it does not apply.

    padding: (time, batch or 1, 1) bool; where false a step leaves the states as they are.
    recurrent_dropout: (batch, units) float, a dropout mask on h_{t-1}, the same at every step.
    zoneout: one float tensor a state, (time or 1, batch or 1, units or 1): how much of a state stays as it was.
    """

    padding: tf.Tensor | None = None
    recurrent_dropout: tf.Tensor | None = None
    zoneout: tuple | None = None


def recurrent_projection(cell, h, masks):
    """Returns zh of one step, (batch, width), or of all together, (time, batch, width); None if a cell has none."""
    return cell.project_state(h if masks.recurrent_dropout is None else h * masks.recurrent_dropout)


def masked_step(cell, zx, zh, states, t, masks):
    """Returns the states after step `t`, a tuple of (batch, units) floats."""
    _, new = cell.step(zx, zh, states)
    if masks.zoneout is not None:
        stay = [zone[tf.minimum(t, tf.shape(zone)[0] - 1)] for zone in masks.zoneout]
        new = [after + part * (before - after) for after, before, part in zip(new, states, stay, strict=True)]
    if masks.padding is not None:
        new = [tf.where(masks.padding[t], after, before) for after, before in zip(new, states, strict=True)]
    return tuple(new)
