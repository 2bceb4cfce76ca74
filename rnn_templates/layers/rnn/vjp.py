"""Vector-Jacobian products of functions of nested tensors, inside a `tf.function`."""

import tensorflow as tf


def vjp(function, inputs, upstream):
    """Returns the gradients of sum(upstream * function(*inputs)).

    Args:
        function: callable from `inputs` to a tensor or a list of tensors.
        inputs: nested structure of tensors and None.
        upstream: tensor or list of tensors, of the shapes of the results.

    Returns:
        The structure of `inputs`, with None for what the results do not depend on.

    Example:
        >>> @tf.function
        ... def gradient(x):
        ...     return vjp(lambda x: x * x, (x,), tf.constant(1.0))
        >>> float(gradient(tf.constant(3.0))[0])
        6.0
    """
    inputs = tf.nest.map_structure(lambda value: None if value is None else tf.identity(value), inputs)
    gradients = iter(tf.gradients(function(*inputs), flatten(inputs), upstream))
    return tf.nest.map_structure(lambda value: None if value is None else next(gradients), inputs)


def flatten(structure):
    """Returns the tensors of a nested structure as a list, without None.

    Example:
        >>> flatten((1.0, None, [2.0]))
        [1.0, 2.0]
    """
    return [value for value in tf.nest.flatten(structure) if value is not None]


def add(a, b):
    """Returns the sum of two gradients, each a tensor or None for zero.

    Example:
        >>> add(None, 2.0)
        2.0
    """
    return b if a is None else a if b is None else a + b


def or_zeros(gradient, value):
    """Returns a gradient, or zeros of the shape of `value` for None.

    Example:
        >>> or_zeros(None, tf.ones(2)).numpy().tolist()
        [0.0, 0.0]
    """
    return tf.zeros_like(value) if gradient is None else gradient
