"""Text files, plain or compressed: format checks, and reading line by line."""

import io
import re
from pathlib import Path

from rnn_templates.utils.compression import CORRUPTION_ERRORS, OPENERS, open_compressed
from rnn_templates.utils.files import check_file
from rnn_templates.utils.limits import check_limit, limit

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
MAX_REJECTED_FRACTION = 0.5
SAMPLE_BYTES = 1 << 16
UNDECODABLE_BYTE = re.compile("[\udc80-\udcff]")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\udc80-\udcff]")
MAX_NOT_TEXT = 0.3  # of the first characters


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
        ValueError: if it is no regular file, the suffix is not accepted, or the contents do not match it, are binary,
            or are UTF-16.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_text("text,label\\n")
        >>> with open_text("reviews.csv", (".csv",)) as file:
        ...     file.readline()
        b'text,label\\n'
    """
    path = Path(path)
    check_file(path)
    suffix = format_suffix(path)
    if suffix not in formats:
        raise ValueError(f"{path}: unknown format {suffix!r}; use {', '.join(formats)}, also with .gz, .xz, .bz2.")
    try:
        with open_compressed(path) as file:
            start = file.read(4096)
    except CORRUPTION_ERRORS as error:
        raise ValueError(f"{path} is not a complete {path.suffix} file: truncated or damaged ({error}).") from error
    for signature, description in FILE_SIGNATURES.items():
        if start.startswith(signature):
            raise ValueError(f"{path} is {description}, not {suffix} text; rename it, or save it as {formats[0][1:]}.")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError(f"{path} is UTF-16 text; save it as UTF-8.")
    characters = start.decode("utf-8", "surrogateescape")
    share = len(NOT_TEXT.findall(characters)) / max(1, len(characters))
    if share > MAX_NOT_TEXT:
        raise ValueError(
            f"{path} is not UTF-8 text ({share:.0%} of its first characters): it is binary data, or in another "
            f"encoding; save it as {formats[0][1:]} in UTF-8."
        )
    return open_compressed(path)


def read_lines(path, formats):
    """Yields the decoded lines of a text file; arguments as for `open_text`.

    A byte order mark is dropped. Bytes that are not UTF-8 become lone surrogates, which `has_invalid_utf8` detects. If
    the file has no line feed but carriage returns, these end the lines.

    Raises:
        FileNotFoundError, ValueError: as `open_text`, and ValueError if the file is truncated or damaged, or a line is
            longer than MAX_LINE_CHARACTERS.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_bytes(b"\\xef\\xbb\\xbftext,label\\n")
        >>> list(read_lines("reviews.csv", (".csv",)))
        ['text,label\\n']
    """
    most = limit("MAX_LINE_CHARACTERS")
    with open_text(path, formats) as file:
        try:
            start = file.peek(SAMPLE_BYTES)
            newline = "\r" if b"\r" in start and b"\n" not in start else "\n"
            text = io.TextIOWrapper(file, "utf-8", "surrogateescape", newline=newline)
            number = 0
            while line := text.readline(most + 1):
                number += 1
                check_limit(f"{path}:{number}: the line", "MAX_LINE_CHARACTERS", len(line))
                yield line.removeprefix("\ufeff") if number == 1 else line
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
