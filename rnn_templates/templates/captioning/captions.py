"""Token ids and texts of several captions per image."""

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.subword_vocabulary import PAD_ID, START_ID


def flatten_captions(captions):
    """Returns captions (batch, time, captions) as (batch * captions, time), those of an image adjacent.

    Example:
        >>> from rnn_templates.templates.captioning.captions import flatten_captions
        >>> flatten_captions(tf.constant([[[1, 4], [2, 5], [3, 6]]])).numpy().tolist()
        [[1, 2, 3], [4, 5, 6]]
    """
    return tf.reshape(tf.transpose(captions, (0, 2, 1)), (-1, tf.shape(captions)[1]))


def repeat_per_caption(part, captions):
    """Returns every row `captions` times; unlike that of `tf.repeat`, the gradient is a sum instead of a scatter.

    Args:
        part: (batch, ...) tensor.
        captions: scalar int32 tensor.

    Returns:
        (batch * captions, ...) tensor.

    Example:
        >>> from rnn_templates.templates.captioning.captions import repeat_per_caption
        >>> repeat_per_caption(tf.constant([[1], [2]]), tf.constant(2)).numpy().ravel().tolist()
        [1, 1, 2, 2]
    """
    shape = tf.shape(part)
    repeated = tf.broadcast_to(part[:, None], tf.concat([shape[:1], [captions], shape[1:]], axis=0))
    rows = tf.reshape(repeated, tf.concat([[shape[0] * captions], shape[1:]], axis=0))
    return tf.ensure_shape(rows, (None, *part.shape[1:]))


def shift_right(ids):
    """Returns decoder inputs: the start token, and every token but the last.

    Args:
        ids: (time, captions) int32; target token ids.

    Example:
        >>> from rnn_templates.templates.captioning.captions import shift_right
        >>> shift_right(np.array([[7], [8], [2]], np.int32)).ravel().tolist()
        [1, 7, 8]
    """
    return np.concatenate(
        [np.full((1, ids.shape[1]), START_ID, np.int32), np.where(ids[1:] == PAD_ID, PAD_ID, ids[:-1])]
    )


def as_captions(number, captions):
    """Returns the captions of an image as a list of str.

    Args:
        number: int; index of the image, for the message of an error.
        captions: str or bytes, or a list of them.

    Raises:
        ValueError: if there is no caption, or one is not a text.

    Example:
        >>> from rnn_templates.templates.captioning.captions import as_captions
        >>> as_captions(0, [b"A dog."])
        ['A dog.']
    """
    received = [captions] if isinstance(captions, (str, bytes)) else list(captions)
    texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in received]
    if not texts or not all(isinstance(one, str) for one in texts):
        raise ValueError(f"The captions of image {number} must be one or more texts; received {received!r:.80}.")
    return texts
