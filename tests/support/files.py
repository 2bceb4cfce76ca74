"""Files of examples: written, compressed and packed."""

import bz2
import gzip
import io
import lzma
import tarfile

import numpy as np
import tensorflow as tf
from PIL import Image

COMPRESS = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress}


def write(folder, name, content):
    """Writes a file of bytes or str, compressed according to its suffix if the content is a str; returns its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = COMPRESS.get(path.suffix, bytes)(content.encode())
    path.write_bytes(content)
    return path


def put(root, files):
    """Writes files of bytes or str by relative path; returns the folder."""
    for name, content in files.items():
        write(root, name, content)
    return root


def pack(path, members, mode="w"):
    """Writes a tar of a list of (name, bytes); returns its path."""
    with tarfile.open(path, mode) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def encode_image(value=0, form="PNG", **options):
    """An encoded image of one gray value."""
    file = io.BytesIO()
    Image.new("RGB", (4, 3), (value, value, value)).save(file, form, **options)
    return file.getvalue()


IMAGES = {f"{name}.png": encode_image(number) for number, name in enumerate("abcdef")}


def image_rows(dataset):
    """(first pixel, target) of each example."""
    return [
        (int(tf.io.decode_image(image)[0, 0, 0]), target.tolist() if isinstance(target, np.ndarray) else int(target))
        for image, target in dataset.as_numpy_iterator()
    ]


def text_rows(dataset):
    """(text, target) of each example, decoded."""
    return [
        (text.decode(), target.decode() if isinstance(target, bytes) else np.asarray(target).tolist())
        for text, target in dataset.as_numpy_iterator()
    ]


def rejections(examples):
    """(line, reason) of each rejected row."""
    return [(row.line, row.reason) for row in examples.rejected]
