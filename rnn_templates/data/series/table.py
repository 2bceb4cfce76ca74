"""Rows of a table of time series, by series."""

import math
from typing import NamedTuple

from rnn_templates.data.files.tables import list_columns, read_rows
from rnn_templates.data.series.options import LABEL_COLUMNS, SERIES_COLUMNS, TIME_COLUMNS, VALUE_COLUMNS
from rnn_templates.data.series.stamps import Stamps
from rnn_templates.utils.suggestions import suggest

MISSING = {"", "nan", "na", "n/a", "null", "none", "-", "?"}


class SeriesRow(NamedTuple):
    """One value of a series.

    line: int; line in the file.
    stamp: int; from `Stamps.parse`.
    text: the stamp as it stands in the table.
    value: float; NaN if it is missing.
    known: tuple of floats; values of `known_columns`.
    static: tuple of floats; values of `static_columns`.
    label: float; value of `label_column`; NaN without one.

    Example:
        >>> SeriesRow(2, 0, "1970-01-01", 1.5, (), ()).value
        1.5
    """

    line: int
    stamp: int
    text: str
    value: float
    known: tuple
    static: tuple
    label: float = math.nan


class SeriesTable(NamedTuple):
    """The rows of all series of a table.

    series: dict from name to a list of `SeriesRow`, in the order of the table.
    stamps: `Stamps`, that has converted all stamps.
    names: dict of "time", "values", "series", "known" and "static" to the names of columns; "label" to one
        or None.

    Example:
        >>> SeriesTable({}, Stamps(), {}).series
        {}
    """

    series: dict
    stamps: Stamps
    names: dict


def read_table(source, options, *, time_column=None, value_columns=None, delimiter=None):
    """Reads a table of time series: wide, a column for each series; or long, a row for each value of a series.

    Args:
        source: file or `Frame`, as for `rnn_templates.data.files.tables.read_rows`.
        options: `SeriesOptions`.
        time_column: str or None; column of the stamps; None for "time", "date", "timestamp", "datetime" or "ds".
        value_columns: str or None; column of the values, or several, separated by commas; None for "value" or "y" of a
            long table, else all others.
        delimiter: str or None; of the columns of a csv file.

    Returns:
        `SeriesTable`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: with file and line, if a column is missing, a stamp or a value cannot be read, or there is no row.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.data.series.options import SeriesOptions
        >>> _ = Path("mine.csv").write_text("date,a,b\\n2026-01-01,1,2\\n2026-01-02,3,\\n")
        >>> {name: [row.value for row in rows] for name, rows in read_table("mine.csv", SeriesOptions()).series.items()}
        {'a': [1.0, 3.0], 'b': [2.0, nan]}
    """
    header = list_columns(source, delimiter)
    names = choose_columns(source, header, options, time_column=time_column, value_columns=value_columns)
    long_column = names["series"]
    columns = [names["time"], *([long_column] if long_column else []), *names["known"], *names["static"]]
    columns += names["values"] + ([names["label"]] if names["label"] else [])
    stamps, series, count = Stamps(options.time_zone), {}, 0
    first_known = 1 + bool(long_column)
    first_static = first_known + len(names["known"])
    first_value = first_static + len(names["static"])
    for line, row in read_rows(source, columns, delimiter):
        if isinstance(row, str):
            raise ValueError(f"{source}:{line}: {row}.")
        count += 1
        numbers = [
            _number(value, column, source, line)
            for column, value in zip(columns[first_known:], row[first_known:], strict=True)
        ]
        known = tuple(numbers[: first_static - first_known])
        static = tuple(numbers[first_static - first_known : first_value - first_known])
        label = numbers.pop() if names["label"] else math.nan
        keys = [str(row[1]).strip()] if long_column else names["values"]
        if long_column and (row[1] is None or not keys[0]):
            raise ValueError(f"{source}:{line}: {long_column!r}, the name of the series, is missing.")
        try:
            stamp = stamps.parse(row[0], keys[0])
        except (ValueError, OverflowError) as error:
            raise ValueError(f"{source}:{line}: {names['time']!r}: {error}.") from None
        for key, value in zip(keys, numbers[first_value - first_known :], strict=True):
            series.setdefault(key, []).append(SeriesRow(line, stamp, str(row[0]), value, known, static, label))
    if not count:
        raise ValueError(f"{source}: there are no rows, only a header.")
    return SeriesTable(series, stamps, names)


def choose_columns(source, header, options, *, time_column=None, value_columns=None):
    """Returns the columns of a table by their role, a dict; see `SeriesTable`.

    Args:
        source: of the table, for messages.
        header: list of str.
        options, time_column, value_columns: see `read_table`.

    Raises:
        ValueError: if a column is missing, or there are several of values in a long table.

    Example:
        >>> from rnn_templates.data.series.options import SeriesOptions
        >>> choose_columns("mine.csv", ["date", "oslo"], SeriesOptions())["values"]
        ['oslo']
    """
    time = time_column or next((name for name in header if name.lower() in TIME_COLUMNS), None)
    if time is None:
        raise ValueError(
            f"{source}: no column of stamps ({', '.join(TIME_COLUMNS)}); the columns are {header[:20]}. Name yours "
            "with `input_column` (`--input-column`); of a DataFrame with the stamps in its index: `df.reset_index()`."
        )
    series = options.series_column or next((name for name in header if name in SERIES_COLUMNS), None)
    if options.static_columns and not series:
        raise ValueError(f"{source}: `static_columns` need a long table, with `series_column`.")
    label = options.label_column or next((name for name in header if name in LABEL_COLUMNS), None)
    label = None if label == value_columns else label
    used = [time, series, label, *options.known_columns, *options.static_columns]
    if value_columns is not None:
        values = [name.strip() for name in value_columns.split(",")] if value_columns not in header else [value_columns]
    elif series is not None:
        rest = [name for name in header if name not in used]
        values = [name for name in rest if name in VALUE_COLUMNS][:1] or rest
    else:
        values = [name for name in header if name not in used]
    for name in (
        time,
        *([series] if series else []),
        *([label] if label else []),
        *options.known_columns,
        *options.static_columns,
        *values,
    ):
        if name not in header:
            raise ValueError(
                f"{source}: no column {name!r}; the columns are {header[:20]}.{suggest(name, header)} Columns are "
                "named by `input_column`, `target_column` and `series_options`."
            )
    if not values:
        raise ValueError(f"{source}: no column of values; the columns are {header[:20]}.")
    if series and len(values) > 1:
        raise ValueError(
            f"{source}: a table with the column of series {series!r} has one column of values; received {values}. "
            "Select it with `target_column` (`--target-column`)."
        )
    return {
        "time": time,
        "series": series,
        "values": values,
        "known": list(options.known_columns),
        "static": list(options.static_columns),
        "label": label,
    }


def parse_number(value):
    """Returns a cell as a float; NaN if it is missing.

    Raises:
        ValueError: if it is no number, or infinite.

    Example:
        >>> parse_number("1.5"), parse_number("NA")
        (1.5, nan)
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in MISSING):
        return math.nan
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{str(value)[:40]!r}, not a number") from None
    if math.isinf(number):
        raise ValueError("infinite")
    return number


def _number(value, column, source, line):
    try:
        return parse_number(value)
    except ValueError as error:
        hint = (
            " Select the columns of values with `target_column` (`--target-column`), or name a column of series with "
            "`series_column` of `series_options`."
        )
        hint = hint if "not a number" in str(error) else ""
        raise ValueError(f"{source}:{line}: {column!r} is {error}.{hint}") from None
