"""Images in pictures of an evaluation, as the model sees them."""

import io

import numpy as np

from rnn_templates.preprocessing.images.image_io import load_image_bytes


def thumbnail(image, name=None, longest=480):
    """Returns an image as an array, upright and no larger than is good to look at.

    Args:
        image: encoded bytes, a path or a uint8 array (h, w, 3), (h, w, 1) or (h, w).
        name: what an error calls it, or None.
        longest: pixels of its longer side; a smaller one stays as it is.

    Returns:
        (h, w, 3) uint8.

    Raises:
        FileNotFoundError, TypeError, ValueError: as `load_image_bytes`.

    Example:
        >>> thumbnail("dog.jpg").shape
        (360, 480, 3)
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(load_image_bytes(image, name))) as picture:
        picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return np.asarray(picture)
