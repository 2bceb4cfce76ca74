"""Checks of arguments that several packages share."""

import math
import numbers

from rnn_templates.utils.limits import PREFIX, limit

MAX_INT = 2**31 - 1  # TensorFlow counts in int32


def check_int(name, value, minimum=1):
    """Raises ValueError if a value is not an integer of at least `minimum`.

    Example:
        >>> check_int("units", 8)
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
        raise ValueError(f"`{name}` must be an integer of at least {minimum}; received {value!r}.")


def check_ints(owner, minimum=1, **values):
    """Raises ValueError, naming owner and argument, if a value is not an int32 of at least `minimum`.

    Example:
        >>> check_ints("tagging_model", units=8, num_layers=1)
    """
    for name, value in values.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise ValueError(f"{owner}: `{name}` must be an integer of at least {minimum}; received {value!r}.")
        if value > MAX_INT:
            raise ValueError(f"{owner}: `{name}` must be an integer of at most {MAX_INT:,}; received {value!r}.")


def check_range(owner, minimum, maximum, **values):
    """Raises ValueError, naming owner and argument, if a value is not an integer from `minimum` to `maximum`.

    Example:
        >>> check_range("captioning_model", 32, 2048, image_size=224)
    """
    check_ints(owner, minimum, **values)
    for name, value in values.items():
        if value > maximum:
            raise ValueError(f"{owner}: `{name}` must be an integer from {minimum} to {maximum}; received {value!r}.")


def check_sizes(owner, minimum=1, **values):
    """Raises ValueError, naming owner and argument, if a value is not the size of a layer.

    Sizes are integers from `minimum` to the limit MAX_LAYER_SIZE of `rnn_templates.utils.limits`.

    Example:
        >>> check_sizes("tagging_model", units=8, embedding_dim=8)
    """
    check_ints(owner, minimum, **values)
    most = limit("MAX_LAYER_SIZE")
    for name, value in values.items():
        if value > most:
            raise ValueError(
                f"{owner}: `{name}` must be an integer from {minimum} to {most:,} ({PREFIX}MAX_LAYER_SIZE changes the "
                f"limit): one matrix of {value:,} by {value:,} weights takes {4 * value**2 / 1e9:,.1f} GB; received "
                f"{value!r}."
            )


def check_depth(owner, minimum=1, **values):
    """Raises ValueError, naming owner and argument, if a value is not a number of recurrent layers.

    Numbers of layers are integers from `minimum` to the limit MAX_LAYERS of `rnn_templates.utils.limits`.

    Example:
        >>> check_depth("tagging_model", num_layers=2)
    """
    check_ints(owner, minimum, **values)
    most = limit("MAX_LAYERS")
    for name, value in values.items():
        if value > most:
            raise ValueError(
                f"{owner}: `{name}` must be an integer from {minimum} to {most:,} ({PREFIX}MAX_LAYERS changes the "
                f"limit); received {value!r}."
            )


def check_fractions(owner, **values):
    """Raises ValueError, naming owner and argument, if a value is not in [0, 1).

    Example:
        >>> check_fractions("tagging_model", dropout=0.3)
    """
    for name, value in values.items():
        if not is_number(value) or not 0 <= value < 1:
            raise ValueError(f"{owner}: `{name}` must be in [0, 1); received {value!r}.")


def check_positive(owner, **values):
    """Raises ValueError, naming owner and argument, if a value is not a positive, finite number.

    Example:
        >>> check_positive("tagging_model", learning_rate=1e-3)
    """
    for name, value in values.items():
        if not is_number(value) or not 0 < value < math.inf:
            raise ValueError(f"{owner}: `{name}` must be a positive number; received {value!r}.")


def is_number(value):
    """Returns whether a value is a real number, not a bool.

    Example:
        >>> is_number(0.5), is_number(True), is_number("0.5")
        (True, False, False)
    """
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def validate_labels(owner, name, labels):
    """Returns label names as a tuple of str.

    Raises:
        ValueError: naming owner and argument, if there are fewer than two, or two are equal.

    Example:
        >>> validate_labels("sentiment_model", "labels", ["no", "yes"])
        ('no', 'yes')
    """
    labels = tuple(str(label) for label in labels)
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise ValueError(f"{owner}: `{name}` must be two or more different names; received {labels[:30]}.")
    return labels


def check_same_length(**lists):
    """Raises ValueError, naming the arguments, if lists differ in length or are empty.

    Args:
        **lists: lists by the names of the arguments; those that are None are left out.

    Example:
        >>> check_same_length(references=["a dog"], hypotheses=["dog"], baseline=None)
    """
    lengths = {name: len(values) for name, values in lists.items() if values is not None}
    if len(set(lengths.values())) > 1:
        received = ", ".join(f"{length:,} `{name}`" for name, length in lengths.items())
        raise ValueError(f"All lists must have the same length; received {received}.")
    if not any(lengths.values()):
        raise ValueError(f"{', '.join(f'`{name}`' for name in lengths)} must not be empty: there are no examples.")
