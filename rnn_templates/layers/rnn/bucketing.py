"""Few lengths instead of many: what is compiled for every shape anew is padded to the next edge."""

import tensorflow as tf

# Four edges an octave: 1 2 3 4 5 6 7 8 10 12 14 16 20 24 28 32 40 ... At most a fifth, on average a tenth, is padding.
BUCKETS = (1, 2, 3, *(step << octave for octave in range(18) for step in (4, 5, 6, 7)))


def bucket_size(length):
    """Returns the smallest edge that is not below a length, or the length itself beyond the last edge.

    Args:
        length: int, or () int32 tensor.

    Example:
        >>> bucket_size(9)
        10
    """
    if isinstance(length, int):
        return next((edge for edge in BUCKETS if edge >= length), length)
    edges = tf.constant(BUCKETS, length.dtype)
    place = tf.searchsorted(edges, [length])[0]
    return tf.maximum(length, edges[tf.minimum(place, len(BUCKETS) - 1)])


def pad_to_bucket(x, states, mask, *, pad_batch):
    """Pads time-major inputs whose shape is not known while tracing; the mask keeps the new steps from counting.

    Args:
        x: (time, batch, features) float.
        states: list of (batch, units) floats.
        mask: None, or (time, batch, 1) bool.
        pad_batch: whether to pad the batch too.

    Returns:
        The three, padded; the mask may be (time, 1, 1).
    """
    more_steps = 0 if x.shape[0] is not None else bucket_size(tf.shape(x)[0]) - tf.shape(x)[0]
    more_rows = 0 if x.shape[1] is not None or not pad_batch else bucket_size(tf.shape(x)[1]) - tf.shape(x)[1]
    padding = ((0, more_steps), (0, more_rows), (0, 0))
    if mask is not None:
        mask = _padded(mask, padding)
    elif x.shape[0] is None:
        mask = (tf.range(tf.shape(x)[0] + more_steps) < tf.shape(x)[0])[:, None, None]
    return _padded(x, padding), [_padded(state, padding[1:]) for state in states], mask


def crop_to_length(outputs, lasts, states, steps, batch, *, reversed_time):
    """Takes off what `pad_to_bucket` put on.

    Args:
        outputs: (time, batch, size) float, or None where only the last outputs are wanted.
        lasts, states: lists of (batch, units) floats.
        steps, batch: the lengths that were there before.
        reversed_time: whether the outputs were read from the end, so that the padding comes first.
    """
    if outputs is not None:
        outputs = outputs[-steps:, :batch] if reversed_time else outputs[:steps, :batch]
    return outputs, [last[:batch] for last in lasts], [state[:batch] for state in states]


def _padded(tensor, padding):
    if all(isinstance(more, int) and not more for _, more in padding):
        return tensor
    return tf.pad(tensor, padding)
