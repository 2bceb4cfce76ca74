"""Activation functions of cells that save their outputs for the backward pass."""

import tensorflow as tf
from keras import ops

from rnn_templates.cells.residuals import has_residuals, with_residual

# tanh(x) and sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, as scale of x, scale of tanh, and shift.
_AS_TANH = {"tanh": (1.0, 1.0, 0.0), "sigmoid": (0.5, 0.5, 0.5)}


def sigmoid(x):
    """Returns 1 / (1 + exp(-x)), elementwise.

    Example:
        >>> float(sigmoid(tf.constant(0.0)))
        0.5
    """
    return with_residual(x, lambda: ops.sigmoid(x), lambda y: y * (1 - y))


def tanh(x):
    """Returns tanh(x), elementwise.

    Example:
        >>> float(tanh(tf.constant(0.0)))
        0.0
    """
    return with_residual(x, lambda: ops.tanh(x), lambda y: 1 - y * y)


def relu(x):
    """Returns max(x, 0), elementwise.

    Example:
        >>> float(relu(tf.constant(-1.0)))
        0.0
    """
    return with_residual(x, lambda: ops.relu(x), lambda y: ops.cast(y > 0, y.dtype))


def exp(x):
    """Returns e^x, elementwise.

    Example:
        >>> float(exp(tf.constant(0.0)))
        1.0
    """
    return with_residual(x, lambda: ops.exp(x), lambda y: y)


def log_sigmoid(x):
    """Returns log(1 / (1 + exp(-x))), elementwise.

    Example:
        >>> round(float(log_sigmoid(tf.constant(-100.0))), 4)
        -100.0
    """
    return with_residual(x, lambda: ops.log_sigmoid(x), lambda y: -tf.math.expm1(y))


def save_residual(x):
    """Identity that saves `x` as a residual for the backward pass.

    Use it for an operand of a product whose value the gradient needs.

    Example:
        >>> float(save_residual(tf.constant(1.0)))
        1.0
    """
    return with_residual(x, lambda: x, lambda y: 1.0)


def apply_gates(z, activations):
    """Splits preactivations into gates and applies an activation to each.

    In the compiled loop all gates are one tanh over the whole of `z`, sigmoid(x) = tanh(x / 2) / 2 + 1 / 2: one pass
    over contiguous memory instead of one per gate.

    Args:
        z: (batch, gates * units) float.
        activations: str; the activation of each gate, "sigmoid" or "tanh", separated by spaces.

    Returns:
        A list of (batch, units) floats, one per gate.

    Example:
        >>> i, g = apply_gates(tf.zeros((1, 4)), "sigmoid tanh")
        >>> i.numpy().tolist(), g.numpy().tolist()
        ([[0.5, 0.5]], [[0.0, 0.0]])
    """
    names = activations.split()
    if not has_residuals():
        parts = ops.split(z, len(names), axis=-1)
        return [
            ops.sigmoid(part) if name == "sigmoid" else ops.tanh(part) for name, part in zip(names, parts, strict=True)
        ]
    units = z.shape[-1] // len(names)
    inner, outer, shift = (
        tf.constant([row[i] for name in names for row in [_AS_TANH[name]] * units], z.dtype) for i in range(3)
    )
    fused = with_residual(z, lambda: tf.tanh(z * inner), lambda y: inner * (1 - y * y))
    return tf.split(fused * outer + shift, len(names), axis=-1)
