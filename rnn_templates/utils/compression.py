"""Opens plain and compressed files by suffix."""

import bz2
import gzip
import io
import lzma
import os
import zlib
from pathlib import Path

from rnn_templates.utils.limits import MIN_SUSPICIOUS_BYTES, check_limit

OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
CORRUPTION_ERRORS = (EOFError, OSError, lzma.LZMAError, zlib.error)


def open_compressed(path):
    """Opens a plain or compressed file for reading bytes.

    Files with the suffix .gz, .xz or .bz2 are decompressed. What is read is counted, so that a small file that expands
    to gigabytes is an error after a few megabytes.

    Args:
        path: str or `Path`.

    Returns:
        Binary file object. Reading raises a ValueError if a file expands to more than MAX_DECOMPRESSED_BYTES, or to
        more than MAX_DECOMPRESSION_RATIO times its size; see `rnn_templates.utils.limits`.

    Raises:
        OSError: if the file cannot be opened.

    Example:
        >>> with gzip.open("words.txt.gz", "wb") as file:
        ...     _ = file.write(b"good")
        >>> with open_compressed("words.txt.gz") as file:
        ...     file.read()
        b'good'
    """
    file = open(path, "rb")  # noqa: SIM115
    opener = OPENERS.get(Path(path).suffix.lower())
    return file if opener is None else bound(opener(file, "rb"), path, file)


def bound(file, path, compressed=None):
    """Returns a binary file object that reads a decompressing one up to the limits; see `open_compressed`.

    Args:
        file: binary file object that decompresses.
        path: str or `Path`; the compressed file.
        compressed: binary file object that `file` reads, whose position the ratio refers to, and which is closed with
            it; None for the size of the file.

    Example:
        >>> with gzip.open("words.gz", "wb") as file:
        ...     _ = file.write(bytes(1 << 27))
        >>> try:
        ...     bound(gzip.open("words.gz"), "words.gz").read()
        ... except ValueError as error:
        ...     print(str(error)[:22])
        words.gz, decompressed
    """
    return io.BufferedReader(_Bounded(file, path, compressed), 1 << 17)


class _Bounded(io.RawIOBase):
    """Counts the bytes of a decompressing file."""

    def __init__(self, file, path, compressed):
        super().__init__()
        self._file, self._path, self._compressed = file, path, compressed
        self._size, self._count = max(1, os.path.getsize(path)), 0

    def readable(self):
        return True

    def readinto(self, buffer):
        count = self._file.readinto(buffer)
        self._count += count
        name = f"{self._path}, decompressed to {self._count:,} bytes,"
        check_limit(name, "MAX_DECOMPRESSED_BYTES", self._count)
        if self._count >= MIN_SUSPICIOUS_BYTES:
            size = max(1, self._compressed.seek(0, os.SEEK_CUR)) if self._compressed else self._size
            check_limit(name, "MAX_DECOMPRESSION_RATIO", self._count // size, "times its compressed size")
        return count

    def close(self):
        self._file.close()
        if self._compressed:
            self._compressed.close()
        super().close()
