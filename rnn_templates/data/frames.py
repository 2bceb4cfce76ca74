"""Tables in memory: DataFrames, dicts of columns, and Parquet files."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from rnn_templates.utils.extras import require
from rnn_templates.utils.files import check_file

MISSING_TYPES = ("NAType", "NaTType")  # of pandas, which is optional


def is_frame(source):
    """Returns whether an object is a table in memory.

    Args:
        source: a `Frame`, a dict of columns, a DataFrame (pandas, polars) or a pyarrow `Table` are tables.

    Example:
        >>> is_frame({"text": ["good"]}), is_frame("reviews.csv")
        (True, False)
    """
    return isinstance(source, Frame | Mapping) or hasattr(source, "to_pydict") or hasattr(source, "columns")


class Frame:
    """Columns of equal length, as lists of Python values.

    NaN, NA and NaT become None, NumPy scalars become Python ones, bytes become str, and a column of floats that are
    whole numbers, as pandas makes of integers with gaps, becomes a column of integers.

    Args:
        source: as for `is_frame`.
        name: str; name in messages; None for the name of the type, such as "the DataFrame".

    Attributes:
        columns: dict of str to list.

    Raises:
        ValueError: if a column occurs twice, is no list of values, or the columns differ in length.

    Example:
        >>> Frame({"text": ["good", None], "label": np.array([1.0, np.nan])}).columns
        {'text': ['good', None], 'label': [1, None]}
    """

    def __init__(self, source, name=None):
        self.name = name or f"the {type(source).__name__}"
        names = [str(one) for one in (source if isinstance(source, Mapping) else _column_names(source))]
        repeated = next((one for one in names if names.count(one) > 1), None)
        if repeated is not None:
            raise ValueError(f"{self.name}: the column {repeated!r} occurs twice; rename one of them.")
        values = source.to_pydict() if hasattr(source, "to_pydict") else source
        keys = list(values) if isinstance(values, Mapping) else list(values.columns)
        self.columns = {str(key): self._read(str(key), values[key]) for key in keys}
        lengths = {key: len(column) for key, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            received = ", ".join(f"{length:,} of {key!r}" for key, length in lengths.items())
            raise ValueError(f"{self.name}: all columns must have the same length; received {received}.")

    def __str__(self):
        return self.name

    def __len__(self):
        return len(next(iter(self.columns.values()), ()))

    def rows(self, columns):
        """Yields `(number, values)` for each row, numbered from 1.

        Args:
            columns: tuple of str; names of the columns, which must exist.
        """
        chosen = [self.columns[name] for name in columns]
        yield from ((number, list(values)) for number, values in enumerate(zip(*chosen, strict=True), start=1))

    def _read(self, key, column):
        if isinstance(column, str | bytes | Mapping) or not isinstance(column, Iterable):
            raise ValueError(f"{self.name}: {key!r} must be a list of values; received {type(column).__name__}.")
        return _plain_column(column)


def _column_names(source):
    return source.column_names if hasattr(source, "column_names") else source.columns


def _plain_column(column):
    values = [_plain(value) for value in (column.tolist() if hasattr(column, "tolist") else column)]
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, float) and value.is_integer() for value in present):
        return [None if value is None else int(value) for value in values]
    return values


def _plain(value):
    """A Python value; None for a missing one."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if type(value).__name__ in MISSING_TYPES or (isinstance(value, float) and value != value):
        return None
    return value


def read_parquet(path):
    """Returns the `Frame` of a Parquet file.

    Args:
        path: str or Path.

    Raises:
        FileNotFoundError: if there is no such file.
        ImportError: if pyarrow is not installed.
        ValueError: if it is not a Parquet file.

    Example:
        >>> import pyarrow, pyarrow.parquet
        >>> pyarrow.parquet.write_table(pyarrow.table({"text": ["good"], "label": [True]}), "mine.parquet")
        >>> read_parquet("mine.parquet").columns
        {'text': ['good'], 'label': [True]}
    """
    pyarrow = require("pyarrow", "tables", "Reading Parquet files")
    parquet = require("pyarrow.parquet", "tables", "Reading Parquet files")
    check_file(path)
    try:
        return Frame(parquet.read_table(Path(path)), str(path))
    except (pyarrow.ArrowException, OSError) as error:
        raise ValueError(f"{path} is no Parquet file, or is damaged ({str(error).splitlines()[0]}).") from error


def list_examples(examples, column=None):
    """Returns the raw examples of a container as a list.

    Args:
        examples: list or tuple; Series; array with one row an example; or a table, as for `is_frame`, with one column,
            or with the column `column`.
        column: str; column of a table that has several; None for "text".

    Raises:
        TypeError: for a single str or bytes.
        ValueError: if a table has several columns and none of this name.

    Example:
        >>> list_examples({"text": ["good", "bad"]}), list_examples(np.array([["good"], ["bad"]]))
        (['good', 'bad'], ['good', 'bad'])
    """
    if isinstance(examples, str | bytes):
        raise TypeError(
            f"list_examples: `examples` must be a list of examples; received a single {type(examples).__name__}."
        )
    if is_frame(examples):
        frame = Frame(examples)
        wanted = column or (next(iter(frame.columns)) if len(frame.columns) == 1 else "text")
        if wanted not in frame.columns:
            names = ", ".join(frame.columns)
            raise ValueError(f"{frame}: select the column of the examples, as in `df['text']`; it has {names}.")
        return frame.columns[wanted]
    if isinstance(examples, np.ndarray) and examples.ndim == 2 and examples.shape[1] == 1:
        examples = examples[:, 0]
    return _plain_column(examples) if hasattr(examples, "tolist") else list(examples)
