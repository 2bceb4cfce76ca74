"""Images at the size of a plot."""

import io

import numpy as np

from rnn_templates.preprocessing.images.image_io import load_image_bytes


def thumbnail(image, name=None, max_side=480):
    """Returns an image as an upright RGB array, downscaled if it is large.

    Args:
        image: encoded bytes, a path, or a uint8 array (h, w, 3), (h, w, 1) or (h, w).
        name: str; name of the image in the message of an error. None for none.
        max_side: int; pixels of the longer side. Smaller images keep their size. Default 480.

    Returns:
        (h, w, 3) uint8.

    Raises:
        FileNotFoundError, TypeError, ValueError: as `load_image_bytes`.

    Example:
        >>> thumbnail(np.zeros((600, 960), np.uint8)).shape
        (300, 480, 3)
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(load_image_bytes(image, name))) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return np.asarray(upright)
