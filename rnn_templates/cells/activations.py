"""The nonlinear functions of a cell, with a memory: what was computed on the way forward is not computed again on the
way back."""

import contextlib
import contextvars

import tensorflow as tf
from keras import ops

_NOTES = contextvars.ContextVar("rnn_templates_activations", default=None)

# tanh(x) and sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, as scale of x, scale of tanh, and shift.
_AS_TANH = {"tanh": (1.0, 1.0, 0.0), "sigmoid": (0.5, 0.5, 0.5)}


def sigmoid(x):
    """Returns 1 / (1 + exp(-x)), elementwise.

    Example:
        >>> float(sigmoid(ops.zeros(())))
        0.5
    """
    return _noted(x, lambda: ops.sigmoid(x), lambda y: y * (1 - y))


def tanh(x):
    """Returns tanh(x), elementwise.

    Example:
        >>> float(tanh(ops.zeros(())))
        0.0
    """
    return _noted(x, lambda: ops.tanh(x), lambda y: 1 - y * y)


def relu(x):
    """Returns max(x, 0), elementwise.

    Example:
        >>> float(relu(ops.full((), -1.0)))
        0.0
    """
    return _noted(x, lambda: ops.relu(x), lambda y: ops.cast(y > 0, y.dtype))


def kept(x):
    """Returns x. What multiplies another value of the formula is needed again for its slope; this keeps it until then.

    Example:
        >>> float(kept(ops.ones(())))
        1.0
    """
    return _noted(x, lambda: x, lambda y: 1.0)


def gates(z, kinds):
    """Splits the sum of a gated cell into its gates, each through its own function.

    Under compilation all of them are one tanh over the whole of `z`, sigmoid(x) = tanh(x / 2) / 2 + 1 / 2: one pass
    over contiguous memory instead of one a gate.

    Args:
        z: (batch, gates * units) float.
        kinds: names with spaces between, one a gate: "sigmoid" or "tanh".

    Returns:
        A list of (batch, units) floats.

    Example:
        >>> i, g = gates(ops.zeros((1, 4)), "sigmoid tanh")
    """
    kinds = kinds.split()
    if _NOTES.get() is None:
        parts = ops.split(z, len(kinds), axis=-1)
        return [
            ops.sigmoid(part) if kind == "sigmoid" else ops.tanh(part) for kind, part in zip(kinds, parts, strict=True)
        ]
    units = z.shape[-1] // len(kinds)
    inner, outer, shift = (
        tf.constant([row[i] for kind in kinds for row in [_AS_TANH[kind]] * units], z.dtype) for i in range(3)
    )
    slab = _noted(z, lambda: tf.tanh(z * inner), lambda y: inner * (1 - y * y))
    return tf.split(slab * outer + shift, len(kinds), axis=-1)


def _noted(x, function, slope):
    """The value of a function, taken down or read from the notes; its slope follows from its value."""
    notes = _NOTES.get()
    if notes is None:
        return function()
    value = notes.next(function)

    @tf.custom_gradient
    def known(x):
        return tf.identity(value), lambda upstream: notes.hold(upstream * slope(value))

    return known(x)


class Notes:
    """The values of the activations of one step: taken down, or, once given, read back in the same order.

    XLA would compute a value again for each of its readers, slowly. Whoever runs a step in a loop carries `values`, or
    `held` when reading back, from one iteration to the next, and so has each of them computed once.

    Args:
        values: None to take down, or what to read back.
    """

    def __init__(self, values=None):
        self.values = [] if values is None else list(values)
        self.held = []
        self._read = None if values is None else 0

    def next(self, function):
        """The value of the next activation: from `function`, or as it was."""
        if self._read is None:
            self.values.append(function())
            return self.values[-1]
        self._read += 1
        return self.values[self._read - 1]

    def hold(self, value):
        """Takes down a gradient on the way back."""
        self.held.append(value)
        return value


@contextlib.contextmanager
def noting(notes):
    """Within this context every activation is taken down in `notes`, or read from them."""
    token = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(token)
