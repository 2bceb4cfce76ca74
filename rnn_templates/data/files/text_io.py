"""Text files, plain or compressed: format checks, and reading line by line."""

import lzma
import re
import zlib
from pathlib import Path

from rnn_templates.utils.compression import OPENERS

FILE_SIGNATURES = {
    b"PK\x03\x04": "a zip or Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file",
    b"\xfd7zXZ": "an xz file",
    b"BZh": "a bzip2 file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG image",
}
CORRUPTION_ERRORS = (EOFError, OSError, lzma.LZMAError, zlib.error)
MAX_REJECTED_FRACTION = 0.5
UNDECODABLE_BYTE = re.compile("[\udc80-\udcff]")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def format_suffix(path):
    """Returns the suffix in lower case, without that of the compression.

    Example:
        >>> format_suffix("reviews.CSV.gz")
        '.csv'
    """
    path = Path(path)
    return Path(path.stem).suffix.lower() if path.suffix.lower() in OPENERS else path.suffix.lower()


def open_text(path, formats):
    """Opens a text file for reading bytes, after checking its format.

    Args:
        path: str or Path; plain or compressed file (.gz, .xz, .bz2).
        formats: tuple of str; accepted suffixes, without those of compression. The first one is recommended in errors.

    Returns:
        Binary file object of the decompressed contents.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the suffix is not accepted, or the contents do not match it or are UTF-16.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_text("text,label\\n")
        >>> with open_text("reviews.csv", (".csv",)) as file:
        ...     file.readline()
        b'text,label\\n'
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path.absolute()}.")
    suffix = format_suffix(path)
    if suffix not in formats:
        raise ValueError(f"{path}: unknown format {suffix!r}; use {', '.join(formats)}, also with .gz, .xz, .bz2.")
    opener = OPENERS.get(path.suffix.lower(), open)
    try:
        with opener(path, "rb") as file:
            start = file.read(4096)
    except CORRUPTION_ERRORS as error:
        raise ValueError(f"{path} is not a complete {path.suffix} file ({error}).") from error
    for signature, description in FILE_SIGNATURES.items():
        if start.startswith(signature):
            raise ValueError(f"{path} is {description}, not {suffix} text; rename it, or save it as {formats[0][1:]}.")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError(f"{path} is UTF-16 text; save it as UTF-8.")
    return opener(path, "rb")


def read_lines(path, formats):
    """Yields the decoded lines of a text file; arguments as for `open_text`.

    A byte order mark is dropped. Bytes that are not UTF-8 become lone surrogates, which `has_invalid_utf8` detects.

    Raises:
        FileNotFoundError, ValueError: as `open_text`, and ValueError if the file is truncated or damaged.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_bytes(b"\\xef\\xbb\\xbftext,label\\n")
        >>> list(read_lines("reviews.csv", (".csv",)))
        ['text,label\\n']
    """
    with open_text(path, formats) as file:
        try:
            for number, line in enumerate(file):
                text = line.decode("utf-8", "surrogateescape")
                yield text.removeprefix("\ufeff") if number == 0 else text
        except CORRUPTION_ERRORS as error:
            raise ValueError(f"{path} is truncated or damaged ({error}).") from error


def has_invalid_utf8(text):
    """Returns whether a text from `read_lines` contains bytes that are not UTF-8.

    Example:
        >>> has_invalid_utf8(b"\\xff".decode("utf-8", "surrogateescape"))
        True
    """
    return UNDECODABLE_BYTE.search(text) is not None


def find_line_error(text):
    """Returns why a line cannot be used, or None.

    Example:
        >>> find_line_error("a\\x00b")
        'a NUL byte'
    """
    if has_invalid_utf8(text):
        return "not UTF-8"
    if "\x00" in text:
        return "a NUL byte"
    return "a carriage return inside the line" if "\r" in text else None


def check_rejection_rate(path, count, rejected, noun="rows"):
    """Raises a ValueError if more than `MAX_REJECTED_FRACTION` of the rows are rejected.

    Args:
        path: str or Path; the file, for the message.
        count: int; number of all rows.
        rejected: list of `RejectedRow`.
        noun: str; the unit, such as "sentences".

    Example:
        >>> check_rejection_rate("reviews.csv", 10, [])
    """
    if len(rejected) > MAX_REJECTED_FRACTION * count:
        first = "; ".join(f"line {row.line}: {row.reason}" for row in rejected[:3])
        raise ValueError(
            f"{path}: {len(rejected)} of {count} {noun} cannot be used ({first}). Check the file and the columns "
            "(`input_column`, `target_column`)."
        )
