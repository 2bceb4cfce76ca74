"""ImageArray in any form, as the encoded bytes that TensorFlow reads right."""

import io
import warnings
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 100_000_000
ORIENTATION = 0x0112


def load_image_bytes(image, name=None):
    """Returns the encoded bytes of one picture, after it was decoded once as a whole.

    JPEG and PNG in grey, RGB or palette colours stay as they are. What TensorFlow would read otherwise than people see
    it becomes an upright PNG of 8 bits in grey or RGB: what is transparent shows white, of an animation the first
    picture stays.

    Args:
        image: bytes of a file (JPEG, PNG, GIF, BMP, WebP, TIFF and what else Pillow reads), the path of one (str or
            `Path`), or a uint8 array (h, w, 3), (h, w, 1) or (h, w).
        name: what an error calls it; None for its path, or "the image".

    Raises:
        FileNotFoundError: if there is no such file.
        TypeError: if it is nothing of that, or an array of another dtype.
        ValueError: if it is empty, cut short, damaged, no picture or too large, or an array of another shape.

    Example:
        >>> load_image_bytes(np.zeros((2, 2, 3), np.uint8))[:4]
        b'\\x89PNG'
    """
    if isinstance(image, str | Path):
        path = Path(image)
        name = str(image) if name is None else f"{name} ({image})"
        if not path.is_file():
            raise FileNotFoundError(f"{name}: there is no file {path.absolute()}.")
        return _encoded(path.read_bytes(), name)
    name = "the image" if name is None else name
    if isinstance(image, bytes | bytearray | memoryview):
        return _encoded(bytes(image), name)
    if isinstance(image, np.ndarray):
        return _png(_from_array(image, name))
    raise TypeError(f"{name}: wanted the bytes of a file, a path or a uint8 array, got {type(image).__name__}.")


def read_images(images, names=None):
    """Returns the encoded bytes of many pictures, a list; see `load_image_bytes`.

    Args:
        images: a list of pictures, or a uint8 array (number, h, w[, 1 or 3]).
        names: for each what an error calls it, or None for "image 0", "image 1" and so on.

    Raises:
        FileNotFoundError, TypeError, ValueError: as `load_image_bytes`, and TypeError for a single picture.

    Example:
        >>> len(read_images(["cat.jpg", "dog.png"]))
        2
    """
    if isinstance(images, str | bytes | Path):
        raise TypeError(f"wanted many images, got one {type(images).__name__}; one image is [image].")
    images = list(images)
    names = [f"image {number}" for number in range(len(images))] if names is None else names
    return [load_image_bytes(image, name) for image, name in zip(images, names, strict=True)]


class _InvalidImage(Exception):
    """Why a whole picture is of no use."""


def _encoded(encoded, name):
    """The bytes themselves if they are read alike everywhere, else those of a PNG."""
    if not encoded:
        raise ValueError(f"{name} is empty (0 bytes).")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow warns of is mended here, or an error
        try:
            with Image.open(io.BytesIO(encoded)) as picture:
                _check_size(*picture.size)
                return encoded if _decodes_identically(picture, encoded) else _png(_to_rgb8(picture))
        except UnidentifiedImageError as error:
            wanted = "wanted JPEG, PNG, GIF, BMP, WebP or TIFF"
            raise ValueError(f"{name} is no picture, or its beginning is damaged; {wanted}.") from error
        except Image.DecompressionBombError as error:
            raise ValueError(f"{name}: too many pixels; make it smaller, at most {MAX_PIXELS:,} in all.") from error
        except _InvalidImage as error:
            raise ValueError(f"{name}: {error}") from error
        except Exception as error:  # of a damaged file Pillow raises almost anything
            raise ValueError(f"{name} is damaged or cut short ({error}); get it anew, or leave it out.") from error


def _check_size(width, height):
    if width * height > MAX_PIXELS:
        raise _InvalidImage(
            f"{width:,} x {height:,} pixels are too many; make it smaller, at most {MAX_PIXELS:,} in all."
        )


def _decodes_identically(picture, encoded):
    """Whether TensorFlow sees in the file what people see; decodes all of it."""
    if picture.mode not in ("L", "RGB", "P") or picture.format not in ("JPEG", "MPO", "PNG"):
        return False
    png = picture.format == "PNG"
    # the orientation of a JPEG is for `ImagePreprocessor`
    if png and (picture.is_animated or picture.has_transparency_data or picture.getexif().get(ORIENTATION, 1) != 1):
        return False
    try:
        tf.io.decode_png(encoded) if png else tf.io.decode_jpeg(encoded, ratio=8)  # a small one reads every byte too
    except tf.errors.InvalidArgumentError:  # Pillow may be more patient
        return False
    return True


def _to_rgb8(picture):
    """An upright picture of 8 bits, in grey or RGB."""
    if picture.format == "EPS":
        raise _InvalidImage("it is an EPS drawing; save it as PNG.")
    if picture.mode in ("I", "F"):
        raise _InvalidImage("it has 32 bits a pixel; save it with 8.")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _from_array(array, name):
    """The picture of an array."""
    if array.dtype != np.uint8:
        hint = "(255 * image).round().astype(np.uint8)" if array.dtype.kind == "f" else "image.astype(np.uint8)"
        raise TypeError(f"{name}: wanted an array of uint8, 0 to 255, got {array.dtype}; try {hint}.")
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (1,), (3,)) or 0 in array.shape:
        raise ValueError(f"{name}: wanted an array (h, w), (h, w, 1) or (h, w, 3), got {array.shape}.")
    try:
        _check_size(array.shape[1], array.shape[0])
    except _InvalidImage as error:
        raise ValueError(f"{name}: {error}") from error
    return Image.fromarray(array[..., 0] if array.shape[2:] == (1,) else array)
