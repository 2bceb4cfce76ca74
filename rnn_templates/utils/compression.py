"""Opens plain and compressed files by suffix."""

import bz2
import gzip
import lzma
from pathlib import Path

OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}


def open_compressed(path):
    """Opens a plain or compressed file for reading bytes.

    Files with the suffix .gz, .xz or .bz2 are decompressed.

    Args:
        path: str or `Path`.

    Returns:
        Binary file object.

    Raises:
        OSError: if the file cannot be opened.

    Example:
        >>> with gzip.open("words.txt.gz", "wb") as file:
        ...     _ = file.write(b"good")
        >>> with open_compressed("words.txt.gz") as file:
        ...     file.read()
        b'good'
    """
    return OPENERS.get(Path(path).suffix.lower(), open)(path, "rb")
