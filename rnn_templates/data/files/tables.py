"""Rows of csv, tsv and jsonl files, plain or compressed."""

import csv
import json

from rnn_templates.data.files.text_io import LONE_SURROGATE, format_suffix, has_invalid_utf8, read_lines

TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl")
MAX_FIELD_SIZE = 1 << 28


def read_rows(path, columns):
    """Yields the values of some columns of each row.

    Args:
        path: str or Path; csv, tsv or jsonl file, plain or compressed. A txt file is read as csv.
        columns: tuple of str; names of the columns.

    Yields:
        `(line, values)`: int line number and list of values; or `(line, reason)` with a str for an invalid row.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the contents do not match the suffix, or a column is missing.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_text("text,label\\nfine,yes\\nbad\\n")
        >>> list(read_rows("reviews.csv", ("label", "text")))
        [(2, ['yes', 'fine']), (3, '1 fields, where the header has 2')]
    """
    rows = _json_rows if format_suffix(path) == ".jsonl" else _table_rows
    return rows(path, _lines(path), columns)


def _lines(path):
    return read_lines(path, (".txt",) if format_suffix(path) == ".txt" else TABLE_SUFFIXES)


def _table_rows(path, lines, columns):
    reader, header = _open_table(path, lines)
    missing = [column for column in columns if column not in header]
    if missing:
        raise ValueError(
            f"{path}:1: no column {missing[0]!r}; the columns are {header[:20]}. Name yours with `input_column` "
            "(`--input-column`) and `target_column` (`--target-column`)."
        )
    indices = [header.index(column) for column in columns]
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"not a row of a table ({error})"
            continue
        if row and len(row) != len(header):
            yield line, f"{len(row)} fields, where the header has {len(header)}"
        elif row:
            yield line, _check_utf8([row[index] for index in indices])


def _open_table(path, lines):
    """The csv reader of the rows, and the header."""
    csv.field_size_limit(MAX_FIELD_SIZE)
    tab = format_suffix(path) == ".tsv"
    # tab-separated files have no quoting: a quotation mark is an ordinary character there
    options = {"delimiter": "\t", "quoting": csv.QUOTE_NONE} if tab else {"strict": True}
    reader = csv.reader(lines, **options)
    header = next(reader, None)
    if header is None:
        raise ValueError(f"{path} is empty.")
    return reader, header


def _json_rows(path, lines, columns):
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as error:
            yield line, f"not JSON ({error})"
            continue
        missing = [column for column in columns if not isinstance(row, dict) or column not in row]
        yield line, f"no {missing[0]!r}" if missing else _check_utf8([row[column] for column in columns])


def _check_utf8(values):
    """The values, or the reason if one of them is not UTF-8."""
    return "not UTF-8" if any(isinstance(one, str) and has_invalid_utf8(one) for one in values) else values


def column_names(path):
    """Returns the names of a table's columns.

    Args:
        path: str or Path; csv, tsv or jsonl file, plain or compressed.

    Returns:
        Set of str; of a jsonl file the keys of all rows; empty if the file is not a table, which `read_rows` reports.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.tsv").write_text("text\\tlabel\\n")
        >>> sorted(column_names("reviews.tsv"))
        ['label', 'text']
    """
    try:
        if format_suffix(path) == ".jsonl":
            return {name for text in _lines(path) for name in _json_keys(text)}
        return set(_open_table(path, _lines(path))[1])
    except (ValueError, csv.Error):
        return set()


def _json_keys(text):
    try:
        row = json.loads(text) if text.strip() else None
    except ValueError:
        return ()
    return row if isinstance(row, dict) else ()


def find_text_error(value, column, *, allow_empty=False, allow_surrogates=True):
    """Returns why a value is not a usable text, or None.

    Args:
        value: object; value of `read_rows`.
        column: str; name of its column, for the message.
        allow_empty: bool; whether an empty text is usable.
        allow_surrogates: bool; whether half of a surrogate pair, which UTF-8 cannot encode, is usable.

    Example:
        >>> find_text_error(3, "text")
        "'text' is int, not a text"
    """
    if not isinstance(value, str):
        return f"{column!r} is {type(value).__name__}, not a text"
    if "\x00" in value:
        return f"{column!r} holds a NUL byte"
    if not value.strip() and not allow_empty:
        return f"{column!r} is empty"
    return "half of a surrogate pair" if not allow_surrogates and LONE_SURROGATE.search(value) else None
