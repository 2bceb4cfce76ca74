"""Columns of records to numbers and ids of categories."""

import dataclasses
import math

import numpy as np

UNKNOWN_ID = 0
MAX_CATEGORIES = 10_000  # of a column


@dataclasses.dataclass(frozen=True)
class RecordReader:
    """Columns of records, and the categories that the training has.

    A category that the training does not have is the id 0, others are counted from 1.

    Args:
        numeric: tuple of str; columns of numbers.
        categories: tuple of (str, tuple of str); columns of categories with their known values.

    Raises:
        ValueError: if there is no column.

    Example:
        >>> from rnn_templates.preprocessing.records.record_reader import RecordReader
        >>> reader = RecordReader.from_columns({"bytes": [10, 20], "protocol": ["tcp", "udp"]})
        >>> {name: one.tolist() for name, one in reader.encode({"bytes": [30], "protocol": ["icmp"]}).items()}
        {'numbers': [[30.0]], 'categories': [[0]]}
    """

    numeric: tuple = ()
    categories: tuple = ()

    def __post_init__(self):
        if not self.numeric and not self.categories:
            raise ValueError("RecordReader: records must have a column; received none.")

    @classmethod
    def from_columns(cls, columns, categorical=None):
        """Returns the reader of training records.

        Args:
            columns: dict from name to a list of values.
            categorical: sequence of str; columns of categories; None for those with a value that is no number.

        Raises:
            ValueError: if a column does not exist, or there are no records.
        """
        if not columns or not len(next(iter(columns.values()))):
            raise ValueError("RecordReader: there are no records to learn from.")
        for name in categorical or ():
            if name not in columns:
                raise ValueError(f"RecordReader: `categorical` has {name!r}; the columns are {list(columns)[:20]}.")
        if categorical is None:
            categorical = [name for name, values in columns.items() if any(_number(one) is None for one in values)]
        known = []
        for name in categorical:
            values = tuple(sorted({str(one) for one in columns[name]}))
            if len(values) > MAX_CATEGORIES:
                raise ValueError(f"RecordReader: {name!r} has {len(values):,} categories, at most {MAX_CATEGORIES:,}.")
            known.append((name, values))
        return cls(tuple(name for name in columns if name not in categorical), tuple(known))

    def encode(self, columns):
        """Returns "numbers" (n, numeric) float32 and "categories" (n, categorical) int32, a dict.

        Args:
            columns: dict from name to a list of values; other columns are ignored.

        Raises:
            ValueError: with column and row, if a column is missing, there are no records, or a number is not finite.
        """
        names = [*self.numeric, *(name for name, _ in self.categories)]
        missing = [name for name in names if name not in columns]
        if missing:
            raise ValueError(f"The records must have the column {missing[0]!r}; received {list(columns)[:20]}.")
        count = len(columns[names[0]])
        if not count:
            raise ValueError("There are no records.")
        numbers = [self._numbers(name, columns[name]) for name in self.numeric]
        ids = []
        for name, values in self.categories:
            table = {value: number + 1 for number, value in enumerate(values)}
            ids.append(np.array([table.get(str(one), UNKNOWN_ID) for one in columns[name]], np.int32))
        return {
            "numbers": np.stack(numbers, axis=1) if numbers else np.zeros((count, 0), np.float32),
            "categories": np.stack(ids, axis=1) if ids else np.zeros((count, 0), np.int32),
        }

    @staticmethod
    def _numbers(name, values):
        found = [_number(one) for one in values]
        for row, (number, value) in enumerate(zip(found, values, strict=True)):
            if number is None or not math.isfinite(number):
                raise ValueError(f"Row {row} of {name!r} must be a finite number; received {value!r:.40}.")
        return np.array(found, np.float32)


def _number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
