"""Reads images in any form as encoded bytes that TensorFlow decodes correctly."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 100_000_000
ORIENTATION_TAG = 0x0112


def load_image_bytes(image, name=None):
    """Returns the encoded bytes of an image, after decoding it completely once.

    JPEG and PNG files in gray, RGB or palette mode are returned unchanged. An image that TensorFlow would decode
    differently from Pillow is converted to an upright 8-bit PNG in gray or RGB: transparent pixels become white, of an
    animation the first frame is used.

    Args:
        image: bytes of an image file (JPEG, PNG, GIF, BMP, WebP, TIFF or another format of Pillow), its path (str or
            `Path`), or uint8 array (height, width), (height, width, 1) or (height, width, 3).
        name: str; name of the image in errors; default its path, or "the image".

    Returns:
        bytes.

    Raises:
        FileNotFoundError: if there is no such file.
        TypeError: if `image` has another type, or is an array of another dtype.
        ValueError: if the file is empty, truncated, damaged, not an image or larger than `MAX_PIXELS`, or if an array
            has another shape.

    Example:
        >>> load_image_bytes(np.zeros((2, 2, 3), np.uint8))[:4]
        b'\\x89PNG'
    """
    if isinstance(image, str | Path):
        path = Path(image)
        name = str(image) if name is None else f"{name} ({image})"
        if not path.is_file():
            raise FileNotFoundError(f"{name}: no such file: {path.absolute()}.")
        return _validate_encoded(path.read_bytes(), name)
    name = "the image" if name is None else name
    if isinstance(image, bytes | bytearray | memoryview):
        return _validate_encoded(bytes(image), name)
    if isinstance(image, np.ndarray):
        return _to_png(_from_array(image, name))
    raise TypeError(f"{name} must be the bytes of a file, a path or a uint8 array; received {type(image).__name__}.")


def read_images(images, names=None):
    """Returns the encoded bytes of images; see `load_image_bytes`.

    Args:
        images: list of images in any form, or uint8 array (number, height, width[, 1 or 3]).
        names: list of str; names of the images in errors; default "image 0", "image 1" and so on.

    Returns:
        list of bytes.

    Raises:
        FileNotFoundError, TypeError, ValueError: as `load_image_bytes`; TypeError for a single image.

    Example:
        >>> len(read_images(np.zeros((3, 2, 2), np.uint8)))
        3
    """
    if isinstance(images, str | bytes | Path):
        raise TypeError(f"`images` must be a list of images; received a single {type(images).__name__}.")
    images = list(images)
    names = [f"image {index}" for index in range(len(images))] if names is None else names
    return [load_image_bytes(image, name) for image, name in zip(images, names, strict=True)]


class _InvalidImage(Exception):
    """Reason why a decodable image is rejected."""


def _validate_encoded(encoded, name):
    """Returns the bytes, converted to PNG if TensorFlow decodes them differently."""
    if not encoded:
        raise ValueError(f"{name} is empty (0 bytes).")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's warnings concern images that are converted or rejected here
        try:
            with Image.open(io.BytesIO(encoded)) as image:
                _check_size(*image.size)
                return encoded if _decodes_identically(image, encoded) else _to_png(_to_rgb8(image))
        except UnidentifiedImageError as error:
            formats = "JPEG, PNG, GIF, BMP, WebP or TIFF"
            raise ValueError(f"{name} is not an image, or its header is damaged; it must be {formats}.") from error
        except Image.DecompressionBombError as error:
            raise ValueError(f"{name} must have at most {MAX_PIXELS:,} pixels; resize it.") from error
        except _InvalidImage as error:
            raise ValueError(f"{name} {error}") from error
        except Exception as error:  # Pillow raises almost any exception for damaged files
            raise ValueError(f"{name} is damaged or truncated ({error}); replace or remove it.") from error


def _check_size(width, height):
    if width * height > MAX_PIXELS:
        raise _InvalidImage(f"must have at most {MAX_PIXELS:,} pixels; received {width:,} x {height:,}. Resize it.")


def _decodes_identically(image, encoded):
    """Returns whether TensorFlow decodes the whole file like Pillow."""
    import tensorflow as tf

    if image.mode not in ("L", "RGB", "P") or image.format not in ("JPEG", "MPO", "PNG"):
        return False
    is_png = image.format == "PNG"
    # `ImagePreprocessor` applies the orientation of a JPEG
    if is_png and (image.is_animated or image.has_transparency_data or image.getexif().get(ORIENTATION_TAG, 1) != 1):
        return False
    try:
        tf.io.decode_png(encoded) if is_png else tf.io.decode_jpeg(encoded, ratio=8)  # reads all bytes
    except tf.errors.InvalidArgumentError:  # Pillow tolerates more errors
        return False
    return True


def _to_rgb8(image):
    """Returns an upright image of 8 bits in gray or RGB."""
    if image.format == "EPS":
        raise _InvalidImage("is an EPS drawing; save it as PNG.")
    if image.mode in ("I", "F"):
        raise _InvalidImage("has 32 bits per pixel; save it with 8.")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _to_png(image):
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _from_array(array, name):
    """Returns the Pillow image of an array."""
    if array.dtype != np.uint8:
        hint = "(255 * image).round().astype(np.uint8)" if array.dtype.kind == "f" else "image.astype(np.uint8)"
        raise TypeError(f"{name} must be a uint8 array of 0 to 255; received {array.dtype}. Convert with {hint}.")
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (1,), (3,)) or 0 in array.shape:
        shapes = "(height, width), (height, width, 1) or (height, width, 3)"
        raise ValueError(f"{name} must have the shape {shapes}; received {array.shape}.")
    try:
        _check_size(array.shape[1], array.shape[0])
    except _InvalidImage as error:
        raise ValueError(f"{name} {error}") from error
    return Image.fromarray(array[..., 0] if array.shape[2:] == (1,) else array)
