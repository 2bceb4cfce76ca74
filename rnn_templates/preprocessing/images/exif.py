"""How a camera was held, read and undone inside a graph."""

import tensorflow as tf

HEAD = 1 << 18  # bytes in which a JPEG tells it
TAG = 0x0112
SHORT, LONG = 3, 4
START, SCAN = 0xFFD8, 0xDA
EXIF = tuple(b"Exif\0\0")
LITTLE, BIG = 0x49492A00, 0x4D4D002A
SWAPPED = [False] * 5 + [True] * 4  # by orientation: whether rows are columns ...
DOWN = [1, 1, 1, -1, -1, 1, 1, -1, -1]  # ... and then the directions to read both in
ACROSS = [1, 1, -1, -1, 1, 1, -1, -1, 1]


def apply_orientation(image, exif_orientation):
    """Returns a picture as it was seen.

    Args:
        image: (h, w, channels) tensor.
        orientation: scalar integer tensor, 1 to 8, as Exif counts them.

    Returns:
        (h, w, channels), or (w, h, channels) where the camera was held on its side.

    Source:
        CIPA DC-008, Exif 2.32, section 4.6.4.

    Example:
        >>> apply_orientation(tf.constant([[[1], [2]]]), tf.constant(6))[..., 0].numpy().tolist()
        [[1], [2]]
    """
    image = tf.cond(tf.gather(SWAPPED, exif_orientation), lambda: tf.transpose(image, (1, 0, 2)), lambda: image)
    return image[:: tf.gather(DOWN, exif_orientation), :: tf.gather(ACROSS, exif_orientation)]


def exif_orientation(encoded):
    """Returns how an encoded picture is to be turned.

    Args:
        encoded: scalar string tensor, such as the bytes of a JPEG.

    Returns:
        Scalar int64, 1 to 8, as Exif counts them; 1 of anything that says nothing of it, or is no JPEG.

    Example:
        >>> int(exif_orientation(tf.constant(b"GIF89a")))
        1
    """
    head = tf.io.decode_raw(tf.strings.substr(encoded, 0, HEAD), tf.uint8)
    end = tf.size(head, tf.int64)
    head = tf.pad(head, [[0, 1]])

    def number(places, width, little=False):
        """The unsigned numbers of `width` bytes at some places; past the end there are zeros."""
        values = tf.gather(head, tf.minimum(places[..., tf.newaxis] + tf.range(width, dtype=tf.int64), end))
        values = tf.where(little, values[..., ::-1], values)
        return tf.reduce_sum(tf.cast(values, tf.int64) * [256**power for power in reversed(range(width))], -1)

    def exif(segment):
        name = number(segment + 4 + tf.range(len(EXIF), dtype=tf.int64), 1)
        return (number(segment, 2) == 0xFFE1) & tf.reduce_all(name == EXIF)

    def other(segment):
        return (number(segment, 1) == 0xFF) & (number(segment + 1, 1) != SCAN) & ~exif(segment)

    first = tf.where(number(tf.constant(0, tf.int64), 2) == START, tf.constant(2, tf.int64), end)
    (segment,) = tf.while_loop(other, lambda segment: (segment + 2 + number(segment + 2, 2),), (first,))

    def told():
        tiff = segment + 4 + len(EXIF)
        order = number(tiff, 4)
        little = order == LITTLE
        directory = tiff + number(tiff + 4, 4, little)
        entries = directory + 2 + 12 * tf.range(number(directory, 2, little))
        tag, kind, count = number(entries, 2, little), number(entries + 2, 2, little), number(entries + 4, 4, little)
        value = tf.where(kind == SHORT, number(entries + 8, 2, little), number(entries + 8, 4, little))
        right = (tag == TAG) & ((kind == SHORT) | (kind == LONG)) & (count == 1) & (value >= 1) & (value <= 8)
        right &= little | (order == BIG)
        return tf.maximum(tf.reduce_max(tf.where(right, value, 1)), 1)

    return tf.cond(exif(segment), told, lambda: tf.constant(1, tf.int64))
