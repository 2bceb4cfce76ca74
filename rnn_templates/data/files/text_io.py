"""Text files, plain or compressed: recognized, opened, and read line by line."""

import bz2
import gzip
import lzma
import re
import zlib
from pathlib import Path

OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
MAGIC = {
    b"PK\x03\x04": "a zip or Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file",
    b"\xfd7zXZ": "an xz file",
    b"BZh": "a bzip2 file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
}
DAMAGE = (EOFError, OSError, lzma.LZMAError, zlib.error)
MOST_REJECTED = 0.5
SURROGATE = re.compile("[\udc80-\udcff]")


def format_suffix(path):
    """Returns the suffix that tells the format, in lower case: of `reviews.csv.gz` it is ".csv"."""
    path = Path(path)
    return Path(path.stem).suffix.lower() if path.suffix.lower() in OPENERS else path.suffix.lower()


def open_text(path, formats):
    """Opens a text file for reading bytes.

    Args:
        path: of the file.
        formats: the suffixes that it may have, besides those of compression; the first is the one to advise.

    Raises:
        FileNotFoundError: if it is not there.
        ValueError: if it is not what its name says, or no text in UTF-8.

    Example:
        >>> with open_text("reviews.csv.gz", (".csv",)) as file:
        ...     file.readline()
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path.absolute()}.")
    form = format_suffix(path)
    if form not in formats:
        raise ValueError(f"{path}: unknown format {form!r}; wanted {', '.join(formats)}, also with .gz, .xz, .bz2.")
    opener = OPENERS.get(path.suffix.lower(), open)
    try:
        with opener(path, "rb") as file:
            start = file.read(4096)
    except DAMAGE as error:
        raise ValueError(f"{path} is not a whole {path.suffix} file ({error}).") from error
    for magic, kind in MAGIC.items():
        if start.startswith(magic):
            raise ValueError(
                f"{path} is {kind}, not {form} text; give it its right name, or save it as {formats[0][1:]}."
            )
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError(f"{path} is UTF-16 text; save it as UTF-8.")
    return opener(path, "rb")


def read_lines(path, formats):
    """Yields the decoded lines of a text file; the arguments and errors are those of `open_text`.

    A byte order mark is dropped. Bytes that are not UTF-8 stand as lone surrogates, for `has_invalid_utf8` to find.

    Raises:
        ValueError: if the file is cut short or damaged.

    Example:
        >>> for line in read_lines("reviews.csv", (".csv",)): print(line)
    """
    with open_text(path, formats) as file:
        try:
            for number, line in enumerate(file):
                text = line.decode("utf-8", "surrogateescape")
                yield text.removeprefix("\ufeff") if number == 0 else text
        except DAMAGE as error:
            raise ValueError(f"{path} is cut short or damaged ({error}).") from error


def has_invalid_utf8(text):
    """Whether a text from `read_lines` was not UTF-8."""
    return SURROGATE.search(text) is not None


def check_rejection_rate(path, count, rejected, noun="rows"):
    """Raises ValueError if more than `MOST_REJECTED` of `count` rows (or another noun) were rejected."""
    if len(rejected) > MOST_REJECTED * count:
        first = "; ".join(f"line {row.line}: {row.reason}" for row in rejected[:3])
        raise ValueError(
            f"{path}: {len(rejected)} of {count} {noun} cannot be used ({first}). Is it the right file, and are the "
            "columns the right ones?"
        )
