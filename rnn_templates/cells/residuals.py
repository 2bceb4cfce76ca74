"""Residuals: values of the forward pass that the backward pass reads instead of computing them again."""

import contextlib
import contextvars

import tensorflow as tf

_ACTIVE_RESIDUALS = contextvars.ContextVar("rnn_templates_residuals", default=None)


class Residuals:
    """Residuals of one time step.

    In the forward pass activations append their outputs to `values`; in the backward pass they are read back in the
    same order. The loop must carry `values` (forward) or `carried` (backward) as loop variables, otherwise XLA
    recomputes them for each of their readers.

    Args:
        values: None in the forward pass; in the backward pass the list of tensors that the forward pass appended.

    Example:
        >>> from rnn_templates.cells.activations import tanh
        >>> x = tf.constant([[0.0, 1.0]])
        >>> with use_residuals(Residuals()) as forward:
        ...     y = tanh(x)
        >>> len(forward.values)
        1
        >>> with use_residuals(Residuals(forward.values)):
        ...     np.array_equal(tanh(x), y)
        True
    """

    def __init__(self, values=None):
        self.values = [] if values is None else list(values)
        self.carried = []
        self._position = None if values is None else 0

    @property
    def loading(self):
        """Whether residuals are read back."""
        return self._position is not None

    def save_or_load(self, function):
        """Returns the next residual: computed by `function` and saved, or read back.

        Example:
            >>> Residuals([3.0]).save_or_load(lambda: 0.0)
            3.0
        """
        if not self.loading:
            self.values.append(function())
            return self.values[-1]
        self._position += 1
        return self.values[self._position - 1]

    def carry(self, gradient):
        """Appends a gradient of the backward pass to `carried`, and returns it.

        Example:
            >>> Residuals([3.0]).carry(0.5)
            0.5
        """
        self.carried.append(gradient)
        return gradient


@contextlib.contextmanager
def use_residuals(residuals):
    """Context in which activations save their outputs, or read them back.

    Args:
        residuals: `Residuals`.

    Example:
        >>> with use_residuals(Residuals()) as residuals:
        ...     residuals.values
        []
    """
    token = _ACTIVE_RESIDUALS.set(residuals)
    try:
        yield residuals
    finally:
        _ACTIVE_RESIDUALS.reset(token)


def has_residuals():
    """Returns whether activations are called within `use_residuals`.

    Example:
        >>> has_residuals()
        False
    """
    return _ACTIVE_RESIDUALS.get() is not None


def with_residual(x, function, derivative):
    """Returns the value of an elementwise function whose derivative follows from that value.

    Without residuals this is `function()`. With them the value is saved, or read back; read back, its gradient in
    `tf.gradients` is `upstream * derivative(value)`.

    Args:
        x: float tensor, the argument of the function.
        function: callable without arguments that returns the value, of the shape of `x`.
        derivative: callable from the value to df/dx, a float or a tensor of the same shape.

    Returns:
        A tensor of the shape of `x`.

    Example:
        >>> float(with_residual(tf.constant(2.0), lambda: tf.constant(4.0), lambda y: 4.0))
        4.0
    """
    residuals = _ACTIVE_RESIDUALS.get()
    if residuals is None:
        return function()
    value = residuals.save_or_load(function)
    if not residuals.loading:
        return value
    slope = tf.convert_to_tensor(derivative(value), value.dtype)
    # `tf.custom_gradient` would register a closure that keeps the graph alive for as long as the process runs.
    with tf.compat.v1.get_default_graph().gradient_override_map({"IdentityN": _GRADIENT}):
        return tf.identity_n([value, slope, x])[0]


_GRADIENT = "RnnTemplatesResidual"


@tf.RegisterGradient(_GRADIENT)
def _residual_gradient(op, upstream, *_):
    """From the gradient of the value to those of (value, slope, x)."""
    return None, None, _ACTIVE_RESIDUALS.get().carry(upstream * op.inputs[1])
