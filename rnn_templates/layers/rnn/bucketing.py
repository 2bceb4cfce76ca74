"""Pads sequences to bucketed lengths, to limit the number of XLA compilations."""

import tensorflow as tf

# Four buckets per octave: 1 2 3 4 5 6 7 8 10 12 14 16 20 24 28 32 40 ... Padding: a fifth at most, a tenth on average.
BUCKETS = (1, 2, 3, *(step << octave for octave in range(18) for step in (4, 5, 6, 7)))


def bucket_size(length):
    """Returns the smallest bucket that is not below a length.

    Beyond the last bucket it returns the length itself.

    Args:
        length: int, or () int32 tensor.

    Example:
        >>> bucket_size(9)
        10
    """
    if isinstance(length, int):
        return next((size for size in BUCKETS if size >= length), length)
    sizes = tf.constant(BUCKETS, length.dtype)
    index = tf.searchsorted(sizes, [length])[0]
    return tf.maximum(length, sizes[tf.minimum(index, len(BUCKETS) - 1)])


def pad_to_bucket(x, states, mask, *, pad_batch):
    """Pads time-major inputs along axes of unknown size.

    That is a size that is not known while tracing. The mask marks the new steps as padding.

    Args:
        x: (time, batch, features) float.
        states: list of (batch, units) floats.
        mask: None, or (time, batch, 1) bool.
        pad_batch: bool; whether to pad the batch too.

    Returns:
        `x, states, mask`, padded; the mask may be (time, 1, 1).

    Example:
        >>> @tf.function(input_signature=[tf.TensorSpec((None, 2, 3))])
        ... def pad(x):
        ...     return pad_to_bucket(x, [], None, pad_batch=False)
        >>> x, _, mask = pad(tf.ones((9, 2, 3)))
        >>> x.shape, int(tf.reduce_sum(tf.cast(mask, tf.int32)))
        (TensorShape([10, 2, 3]), 9)
    """
    more_steps = 0 if x.shape[0] is not None else bucket_size(tf.shape(x)[0]) - tf.shape(x)[0]
    more_rows = 0 if x.shape[1] is not None or not pad_batch else bucket_size(tf.shape(x)[1]) - tf.shape(x)[1]
    padding = ((0, more_steps), (0, more_rows), (0, 0))
    if mask is not None:
        mask = _pad(mask, padding)
    elif x.shape[0] is None:
        mask = (tf.range(tf.shape(x)[0] + more_steps) < tf.shape(x)[0])[:, None, None]
    return _pad(x, padding), [_pad(state, padding[1:]) for state in states], mask


def crop_to_length(outputs, last_outputs, states, steps, batch, *, reversed_time):
    """Removes the padding of `pad_to_bucket`.

    Args:
        outputs: (time, batch, size) float, or None.
        last_outputs, states: lists of (batch, units) floats.
        steps, batch: int or () int32; the sizes before padding.
        reversed_time: bool; whether the outputs are in reversed order, so that padding comes first.

    Returns:
        `outputs, last_outputs, states`, cropped.

    Example:
        >>> outputs, _, _ = crop_to_length(tf.ones((10, 2, 3)), [], [], 9, 2, reversed_time=False)
        >>> outputs.shape
        TensorShape([9, 2, 3])
    """
    if outputs is not None:
        first = tf.shape(outputs)[0] - steps if reversed_time else 0
        outputs = outputs[first : first + steps, :batch]
    return outputs, [output[:batch] for output in last_outputs], [state[:batch] for state in states]


def _pad(tensor, padding):
    if all(isinstance(more, int) and not more for _, more in padding):
        return tensor
    return tf.pad(tensor, padding)
