"""Reads and applies the Exif orientation of a JPEG inside a graph."""

import tensorflow as tf

HEADER_BYTES = 1 << 18  # the orientation is searched in this many bytes
ORIENTATION_TAG = 0x0112
SHORT, LONG = 3, 4  # types of a TIFF field
SOI, SOS = 0xFFD8, 0xDA  # JPEG markers: start of image, start of scan
EXIF = tuple(b"Exif\0\0")
LITTLE_ENDIAN, BIG_ENDIAN = 0x49492A00, 0x4D4D002A
# By orientation: whether rows and columns are exchanged, and then the step in which each is read.
TRANSPOSED = [False] * 5 + [True] * 4
ROW_STEP = [1, 1, 1, -1, -1, 1, 1, -1, -1]
COLUMN_STEP = [1, 1, -1, -1, 1, 1, -1, -1, 1]


def apply_orientation(image, orientation):
    """Returns an image rotated and mirrored to its upright position.

    Args:
        image: (height, width, channels) tensor.
        orientation: scalar integer tensor; 1 to 8, as in Exif.

    Returns:
        (height, width, channels) tensor; for orientations 5 to 8 (width, height, channels).

    Source:
        CIPA DC-008, Exif 2.32, section 4.6.4.

    Example:
        >>> apply_orientation(tf.constant([[[1], [2]]]), tf.constant(6))[..., 0].numpy().tolist()
        [[1], [2]]
    """
    image = tf.cond(tf.gather(TRANSPOSED, orientation), lambda: tf.transpose(image, (1, 0, 2)), lambda: image)
    return image[:: tf.gather(ROW_STEP, orientation), :: tf.gather(COLUMN_STEP, orientation)]


def exif_orientation(encoded):
    """Returns the Exif orientation of an encoded image.

    Args:
        encoded: scalar string tensor; bytes of an image file.

    Returns:
        Scalar int64 tensor, 1 to 8; 1 without a valid orientation, and for other formats than JPEG.

    Source:
        CIPA DC-008, Exif 2.32, section 4.6.4.

    Example:
        >>> int(exif_orientation(tf.constant(b"GIF89a")))
        1
    """
    header = tf.io.decode_raw(tf.strings.substr(encoded, 0, HEADER_BYTES), tf.uint8)
    end = tf.size(header, tf.int64)
    header = tf.pad(header, [[0, 1]])

    def read_uint(offsets, width, little=False):
        """Reads unsigned integers of `width` bytes; zeros past the end."""
        values = tf.gather(header, tf.minimum(offsets[..., tf.newaxis] + tf.range(width, dtype=tf.int64), end))
        values = tf.where(little, values[..., ::-1], values)
        return tf.reduce_sum(tf.cast(values, tf.int64) * [256**power for power in reversed(range(width))], -1)

    def is_exif(segment):
        name = read_uint(segment + 4 + tf.range(len(EXIF), dtype=tf.int64), 1)
        return (read_uint(segment, 2) == 0xFFE1) & tf.reduce_all(name == EXIF)

    def is_other_segment(segment):
        return (read_uint(segment, 1) == 0xFF) & (read_uint(segment + 1, 1) != SOS) & ~is_exif(segment)

    def next_segment(segment):
        return (segment + 2 + read_uint(segment + 2, 2),)

    first = tf.where(read_uint(tf.constant(0, tf.int64), 2) == SOI, tf.constant(2, tf.int64), end)
    (segment,) = tf.while_loop(is_other_segment, next_segment, (first,))

    def read_orientation():
        tiff = segment + 4 + len(EXIF)
        byte_order = read_uint(tiff, 4)
        little = byte_order == LITTLE_ENDIAN
        directory = tiff + read_uint(tiff + 4, 4, little)
        entries = directory + 2 + 12 * tf.range(read_uint(directory, 2, little))
        tag, type_ = read_uint(entries, 2, little), read_uint(entries + 2, 2, little)
        count = read_uint(entries + 4, 4, little)
        value = tf.where(type_ == SHORT, read_uint(entries + 8, 2, little), read_uint(entries + 8, 4, little))
        valid = (tag == ORIENTATION_TAG) & ((type_ == SHORT) | (type_ == LONG)) & (count == 1)
        valid &= (value >= 1) & (value <= 8) & (little | (byte_order == BIG_ENDIAN))
        return tf.maximum(tf.reduce_max(tf.where(valid, value, 1)), 1)

    return tf.cond(is_exif(segment), read_orientation, lambda: tf.constant(1, tf.int64))
