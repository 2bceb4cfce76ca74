"""Images in every form, and invalid files, as bytes that TensorFlow decodes correctly."""

import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from rnn_templates.preprocessing.images.image_io import load_image_bytes, read_images

RNG = np.random.default_rng(1)
PHOTO = np.asarray(Image.fromarray(RNG.integers(0, 256, (6, 8, 3), np.uint8)).resize((40, 30)))
GRAY = np.asarray(Image.fromarray(PHOTO).convert("L"))


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def pixels(encoded):
    """Returns the pixels that TensorFlow decodes."""
    return tf.io.decode_image(encoded, 3, expand_animations=False).numpy()


def png(header, *rows):
    """A PNG made by hand: of a header and of compressed rows."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    parts = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.mark.parametrize(("mode", "form"), [("RGB", "JPEG"), ("L", "JPEG"), ("RGB", "PNG"), ("L", "PNG"), ("P", "PNG")])
def test_ordinary_files_stay_as_they_are(mode, form, tmp_path):
    image = Image.fromarray(PHOTO).convert(mode)
    encoded = saved(image, form)
    (tmp_path / "photo").write_bytes(encoded)
    assert (
        load_image_bytes(encoded)
        == load_image_bytes(tmp_path / "photo")
        == load_image_bytes(str(tmp_path / "photo"))
        == encoded
    )
    np.testing.assert_allclose(pixels(encoded), np.asarray(image.convert("RGB")), atol=0 if form == "PNG" else 80)


CLEAR = Image.fromarray(np.dstack([PHOTO, np.full((30, 40), 51, np.uint8)]))  # a fifth of the color, the rest white
FADED = np.rint(255 - 0.2 * (255 - PHOTO.astype(float)))
DEEP = (GRAY.astype(np.uint16) << 8) + 77


def with_hole():
    image = Image.fromarray(PHOTO).quantize(8)
    colors = np.asarray(image.convert("RGB")).copy()
    colors[np.asarray(image) == 3] = 255
    return saved(image, "PNG", transparency=3), colors


def two_frames(form):
    frames = [Image.fromarray(np.full((5, 4, 3), value, np.uint8)) for value in (10, 200)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], lossless=True), np.full((5, 4, 3), 10)


@pytest.mark.parametrize(
    ("encoded", "seen", "within"),
    [
        (saved(Image.fromarray(PHOTO).convert("CMYK"), "JPEG", quality=100), PHOTO, 12),
        (saved(Image.fromarray(DEEP), "PNG"), np.dstack([GRAY] * 3), 0),
        (saved(CLEAR, "PNG"), FADED, 1),
        (saved(CLEAR, "WEBP", lossless=True, exact=True), FADED, 1),
        (saved(CLEAR.convert("LA"), "PNG"), np.dstack([np.rint(255 - 0.2 * (255.0 - GRAY))] * 3), 1),
        (*with_hole(), 0),
        (saved(Image.fromarray(GRAY > 90), "PNG"), np.dstack([np.where(GRAY > 90, 255, 0)] * 3), 0),
        (*two_frames("GIF"), 0),
        (*two_frames("WEBP"), 0),
        (*two_frames("PNG"), 0),
        (saved(Image.fromarray(PHOTO), "TIFF"), PHOTO, 0),
        (saved(Image.fromarray(PHOTO), "BMP"), PHOTO, 0),
        (saved(Image.fromarray(PHOTO), "PPM"), PHOTO, 0),
    ],
    ids="cmyk gray16 alpha webp gray_alpha hole bits gif webps pngs tiff bmp ppm".split(),  # noqa: SIM905
)
def test_unusual_files_are_seen_as_people_see_them(encoded, seen, within):
    found = load_image_bytes(encoded)
    assert found.startswith(b"\x89PNG")
    np.testing.assert_allclose(pixels(found), seen, atol=within)


def test_small_numbers_of_bits_and_deep_colors_are_read_alike():
    rows = [b"\0\x1b", b"\0\xe4"]  # four gray values of two bits: 0 1 2 3, then 3 2 1 0
    few = png(struct.pack(">IIBBBBB", 4, 2, 2, 0, 0, 0, 0), *rows)
    gray = np.array([[0, 85, 170, 255], [255, 170, 85, 0]])
    np.testing.assert_array_equal(pixels(load_image_bytes(few)), np.dstack([gray] * 3))
    deep = png(struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0), b"\0" + bytes([1, 99, 2, 99, 3, 99, 4, 0, 5, 0, 6, 0]))
    np.testing.assert_array_equal(pixels(load_image_bytes(deep)), [[[1, 2, 3], [4, 5, 6]]])


def test_a_rotated_png_or_webp_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(PHOTO)
    for form in ("PNG", "WEBP"):
        encoded = saved(turned, form, exif=exif, **({"lossless": True} if form == "WEBP" else {}))
        np.testing.assert_array_equal(pixels(load_image_bytes(encoded)), np.rot90(PHOTO, 3))


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 1), (1, 1, 3), (5, 7), (7, 5, 1), (5, 7, 3)], ids=str)
def test_arrays_become_png(shape):
    array = RNG.integers(0, 256, shape, np.uint8)
    gray = array.reshape(shape[:2] + (-1,))
    np.testing.assert_array_equal(pixels(load_image_bytes(array)), np.broadcast_to(gray, (*shape[:2], 3)))
    np.testing.assert_array_equal(
        pixels(load_image_bytes(array[::-1, ::-1])), np.broadcast_to(gray, (*shape[:2], 3))[::-1, ::-1]
    )


JPEG = saved(Image.fromarray(PHOTO), "JPEG")
HUGE = png(struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0), *[b"\0" * 2501] * 20_000)


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (JPEG[: len(JPEG) // 2], ValueError, r"^photo is damaged or truncated"),
        (saved(Image.fromarray(PHOTO), "PNG")[:-300], ValueError, "^photo is damaged or truncated"),
        (saved(Image.fromarray(PHOTO), "BMP")[:-300], ValueError, "^photo is damaged or truncated"),
        (JPEG[:5], ValueError, "^photo is not an image, .*JPEG, PNG"),
        (b"Not a image but a text.\n", ValueError, "^photo is not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ValueError, "^photo is not an image"),
        (b"", ValueError, r"^photo is empty \(0 bytes\)"),
        (HUGE, ValueError, "^photo must have at most 100,000,000 pixels"),
        (saved(Image.fromarray(GRAY.astype(np.int32) * 99), "TIFF"), ValueError, "^photo has 32 bits per pixel"),
        (saved(Image.fromarray(PHOTO), "EPS"), ValueError, "^photo is an EPS drawing"),
    ],
    ids=["cut_jpeg", "cut_png", "cut_bmp", "start", "text", "svg", "empty", "huge", "int32", "eps"],
)
def test_what_cannot_be_read_is_named_with_its_fix(image, error, message, tmp_path):
    with pytest.raises(error, match=message):
        load_image_bytes(image, "photo")
    (tmp_path / "photo.jpg").write_bytes(image)
    with pytest.raises(error, match=r"photo\.jpg"):
        load_image_bytes(tmp_path / "photo.jpg")


def test_too_large_images_are_named_with_their_size():
    header = struct.pack(">IIBBBBB", 10_001, 10_000, 1, 0, 0, 0, 0)
    with pytest.raises(ValueError, match=r"at most 100,000,000 .*10,001 x 10,000"):
        load_image_bytes(png(header, *[b"\0" * 1252] * 10_000))


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (
            np.zeros((2, 2, 3), np.float32),
            TypeError,
            r"image 1 must .*uint8 .*float32.*\(255 \* image",
        ),
        (np.zeros((2, 2), np.int64), TypeError, r"image 1 .*int64.*image.astype\(np.uint8\)"),
        (np.zeros((2, 2, 4), np.uint8), ValueError, r"image 1 must .*received \(2, 2, 4\)"),
        (np.zeros((3, 2, 2), np.uint8), ValueError, r"received \(3, 2, 2\)"),
        (np.zeros((0, 2, 3), np.uint8), ValueError, r"received \(0, 2, 3\)"),
        (np.zeros(5, np.uint8), ValueError, r"received \(5,\)"),
        (None, TypeError, "image 1 must .*NoneType"),
        ("missing/cat.jpg", FileNotFoundError, r"image 1 \(missing/cat.jpg\): no such file: .*cat.jpg"),
        (b"text", ValueError, "image 1 is not an image"),
    ],
    ids=str,
)
def test_of_many_the_wrong_one_is_named(image, error, message):
    with pytest.raises(error, match=message):
        read_images([PHOTO, image])


def test_many_are_wanted():
    with pytest.raises(TypeError, match="`images`"):
        read_images("cat.jpg")
    assert read_images(np.stack([PHOTO, PHOTO])) == [load_image_bytes(PHOTO)] * 2
    assert read_images([]) == []


@pytest.mark.parametrize("trials", [120, pytest.param(600, marks=pytest.mark.slow)])
def test_damage_anywhere_is_rejected_or_harmless(trials):
    """Accepted files must be decodable by TensorFlow too, else training would fail later."""
    rng = np.random.default_rng(3)
    files = JPEG, saved(Image.fromarray(PHOTO), "PNG"), saved(Image.fromarray(PHOTO).quantize(9), "PNG")
    passed = 0
    for number in range(trials):
        encoded = bytearray(files[number % 3])
        for place in rng.integers(0, len(encoded), 1 + number % 4):
            encoded[place] = rng.integers(0, 256)
        try:
            found = load_image_bytes(
                bytes(encoded[: rng.integers(1, len(encoded) + 1)] if number % 5 == 0 else encoded)
            )
        except ValueError:
            continue
        assert pixels(found).ndim == 3
        passed += 1
    assert passed > trials // 30
