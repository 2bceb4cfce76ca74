"""Rows of tables: csv, tsv, jsonl and Parquet files, and tables in memory."""

import json
from itertools import chain, islice

from rnn_templates.data.files.csv_rows import CsvRows
from rnn_templates.data.files.text_io import LONE_SURROGATE, format_suffix, has_invalid_utf8, read_lines
from rnn_templates.data.frames import Frame, read_parquet
from rnn_templates.utils.limits import find_excess
from rnn_templates.utils.suggestions import suggest

TEXT_TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl")
TABLE_SUFFIXES = (*TEXT_TABLE_SUFFIXES, ".parquet")


def read_rows(source, columns, delimiter=None):
    """Yields the values of some columns of each row.

    Args:
        source: str or Path of a csv, tsv or jsonl file, plain or compressed, or of a Parquet file; or a
            `rnn_templates.data.frames.Frame`. A txt file is read as csv.
        columns: tuple of str; names of the columns.
        delimiter: str; of the columns of a csv file; None finds it.

    Yields:
        `(line, values)`: int line number (the number of the row where there are no lines) and list of values; or
        `(line, reason)` with a str for an invalid row.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the contents do not match the suffix, a column is missing or occurs twice, a quotation mark is
            not closed, or a compressed file expands beyond the limits.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_text("text;label\\nfine;yes\\nbad\\n")
        >>> list(read_rows("reviews.csv", ("label", "text")))
        [(2, ['yes', 'fine']), (3, '1 fields, where the header has 2')]
    """
    if is_columnar(source):
        frame = as_frame(source)
        _check_columns(frame, list(frame.columns), columns)
        yield from frame.rows(columns)
    elif format_suffix(source) == ".jsonl":
        yield from _json_rows(_lines(source), columns, source)
    else:
        yield from _csv_rows(source, columns, delimiter)


def is_columnar(source):
    """Returns whether a source is a table in memory or a Parquet file.

    Example:
        >>> is_columnar("mine.parquet"), is_columnar("mine.csv")
        (True, False)
    """
    return isinstance(source, Frame) or format_suffix(source) == ".parquet"


def as_frame(source):
    """Returns the `Frame` of a source that `is_columnar`.

    Example:
        >>> len(as_frame(Frame({"text": ["good"]})))
        1
    """
    return source if isinstance(source, Frame) else read_parquet(source)


def _lines(path):
    return read_lines(path, (".txt",) if format_suffix(path) == ".txt" else TEXT_TABLE_SUFFIXES)


def _csv_rows(path, columns, delimiter):
    rows = CsvRows(path, _lines(path), columns, delimiter)
    _check_columns(f"{path}:1", rows.header, columns)
    indices = [rows.header.index(column) for column in columns]
    for line, row in rows:
        yield line, row if isinstance(row, str) else _check_utf8([row[index] for index in indices])


def _check_columns(place, header, columns):
    """Raises a ValueError if a column is not in the header, or more than once."""
    for column in columns:
        if header.count(column) > 1:
            raise ValueError(f"{place}: the column {column!r} occurs {header.count(column)} times; rename the others.")
        if column not in header:
            raise ValueError(
                f"{place}: no column {column!r}; the columns are {header[:20]}.{suggest(column, header)} Name yours "
                "with `input_column` (`--input-column`) and `target_column` (`--target-column`)."
            )


def _json_rows(lines, columns, path):
    lines = iter(lines)
    first = next((text for text in islice(lines, 1)), "")
    _check_json_columns(first, columns, path)
    lines = chain([first], lines)
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield line, f"not JSON ({error})"
            continue
        missing = [column for column in columns if not isinstance(row, dict) or column not in row]
        yield line, f"no {missing[0]!r}" if missing else _check_utf8([row[column] for column in columns])


def _check_json_columns(line, columns, path):
    """Raises a ValueError if no column is in the first row: then the names are wrong, not the row."""
    keys = list(_json_keys(line))
    if keys and not set(columns) & set(keys):
        _check_columns(f"{path}:1", keys, columns)


def _check_utf8(values):
    """The values, or the reason if one of them is not UTF-8."""
    return "not UTF-8" if any(isinstance(one, str) and has_invalid_utf8(one) for one in values) else values


def column_names(source, delimiter=None):
    """Returns the names of a table's columns.

    Args:
        source, delimiter: as for `read_rows`.

    Returns:
        Set of str; of a jsonl file the keys of all rows; empty if the file is not a table, which `read_rows` reports.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.tsv").write_text("text\\tlabel\\n")
        >>> sorted(column_names("reviews.tsv"))
        ['label', 'text']
    """
    try:
        if is_columnar(source):
            return set(as_frame(source).columns)
        if format_suffix(source) == ".jsonl":
            return {name for text in _lines(source) for name in _json_keys(text)}
        return set(CsvRows(source, _lines(source), (), delimiter).header)
    except ValueError:
        return set()


def list_columns(source, delimiter=None):
    """Returns the names of a table's columns in their order; of a jsonl file those of the first row.

    Args:
        source, delimiter: as for `read_rows`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is empty, or is no table.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("mine.csv").write_text("time,b,a\\n")
        >>> list_columns("mine.csv")
        ['time', 'b', 'a']
    """
    if is_columnar(source):
        return list(as_frame(source).columns)
    if format_suffix(source) == ".jsonl":
        return list(_json_keys(next(iter(_lines(source)), "")))
    return CsvRows(source, _lines(source), (), delimiter).header


def _json_keys(text):
    try:
        row = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
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
    if value is None:
        return f"{column!r} is missing"
    if not isinstance(value, str):
        return f"{column!r} is {type(value).__name__}, not a text"
    excess = find_excess("MAX_CELL_CHARACTERS", len(value))
    if excess:
        return f"{column!r} has {excess}"
    if "\x00" in value:
        return f"{column!r} holds a NUL byte"
    if not value.strip() and not allow_empty:
        return f"{column!r} is empty"
    return "half of a surrogate pair" if not allow_surrogates and LONE_SURROGATE.search(value) else None
