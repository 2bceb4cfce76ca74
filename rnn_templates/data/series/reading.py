"""Reading of a table of time series onto a regular grid."""

import dataclasses

import numpy as np

from rnn_templates.data.series.calendar import with_calendar
from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import find_grid
from rnn_templates.data.series.options import SeriesOptions
from rnn_templates.data.series.table import read_table

MAX_STEPS = 50_000_000  # of one series on its grid


def read_series(
    source, *, input_column=None, target_column=None, delimiter=None, series_options=None, labels=None, grid=None
):
    """Reads a table of time series.

    Rows may be in any order. Values before the first and after the last number of a series are dropped.

    Args:
        source: file or `Frame`; see `rnn_templates.data.files.tables.read_rows`.
        input_column: str or None; column of the stamps.
        target_column: str or None; column of the values, or several, separated by commas.
        delimiter: str or None; of the columns of a csv file.
        series_options: `SeriesOptions`, or what its `parse` takes.
        labels: ignored; series have none.
        grid: `Grid` of another table whose stamps these continue; None for one of these stamps.

    Returns:
        `SeriesCollection`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: with file and line, if a stamp occurs twice or is not on the grid, a value or a row is missing and
            `fill` is None, or a series has no value.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.data.series.reading import read_series
        >>> _ = Path("mine.csv").write_text("date,a\\n2026-01-02,3\\n2026-01-01,1\\n2026-01-04,7\\n")
        >>> series = read_series("mine.csv", series_options="fill=linear,frequency=1d")
        >>> series.series[0].values.tolist(), series.series[0].imputed.tolist()
        ([1.0, 3.0, 5.0, 7.0], [False, False, True, False])
    """
    options = SeriesOptions.parse(series_options)
    table = read_table(source, options, time_column=input_column, value_columns=target_column, delimiter=delimiter)
    series = {name: sorted(rows, key=lambda row: row.stamp) for name, rows in table.series.items()}
    for name, rows in series.items():
        _check_duplicates(source, name, rows, len(series) > 1)
    if grid is None:
        stamps = [np.array([row.stamp for row in rows]) for rows in series.values()]
        try:
            grid = find_grid(stamps, table.stamps, options.frequency)
        except ValueError as error:
            raise ValueError(f"{source}: {error}.") from None
    found = [_Gridded(source, name, grid, options).series(rows) for name, rows in series.items()]
    return with_calendar(SeriesCollection(found, grid, options.known_columns, options.static_columns), options.calendar)


def read_series_splits(source, *, validation=0.1, series_options=None, **columns):
    """Returns a dict from split name to `SeriesCollection`, and an empty list; arguments as for `read_series`.

    Args:
        source, series_options, **columns: see `read_series`.
        validation: float in (0, 0.5); fraction of each series that is the validation part, and that is the test part
            after it, unless `series_options` has `split_sizes`.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.data.series.reading import read_series_splits
        >>> _ = Path("mine.csv").write_text("time,a\\n" + "".join(f"{i},{i}\\n" for i in range(10)))
        >>> {name: len(part) for name, part in read_series_splits("mine.csv", validation=0.2)[0].items()}
        {'train': 6, 'validation': 2, 'test': 2}
    """
    options = SeriesOptions.parse(series_options)
    sizes = options.split_sizes
    if sizes is None:
        if not 0 < validation < 0.5:
            raise ValueError(
                f"`validation` must be a fraction in (0, 0.5), since a part of that size is the test part; received "
                f"{validation!r}."
            )
        sizes = (1 - 2 * validation, validation, validation)
    return read_series(source, series_options=options, **columns).split(sizes), []


def _check_duplicates(source, name, rows, several):
    for before, row in zip(rows, rows[1:], strict=False):
        if before.stamp == row.stamp:
            of = f" of {name!r}" if several else ""
            raise ValueError(
                f"{source}:{row.line}: the stamp {row.text}{of} occurs twice, in line {before.line} too. Remove one of "
                "the rows; name a column of series with `series_column` of `series_options`; or, if it is the hour at "
                "the end of daylight saving time, give `time_zone`."
            )


@dataclasses.dataclass(frozen=True)
class _Gridded:
    """Puts the rows of one series onto a grid."""

    source: object
    name: str
    grid: object
    options: SeriesOptions

    def series(self, rows):
        """The `Series` of sorted rows."""
        rows = self._without_ends(rows)
        positions = self._positions(rows)
        start, length = positions[0], int(positions[-1] - positions[0] + 1)
        if length > MAX_STEPS:
            raise ValueError(
                f"{self.source}:{rows[-1].line}: {self.name!r} has {length:,} steps of {self.grid.name}, at most "
                f"{MAX_STEPS:,}; the stamp {rows[-1].text} may be wrong, or `frequency` too fine."
            )
        positions = positions - start
        values = self._average(positions, length, np.array([[row.value, *row.known] for row in rows]))
        missing = np.isnan(values)
        if missing.any() and self.options.fill is None:
            self._refuse(rows, positions, missing, start)
        filled = np.stack([self._fill(column) for column in values.T], axis=1)
        labels = self._labels(rows, positions, length)
        return Series(self.name, int(start), filled[:, 0], missing[:, 0], filled[:, 1:], self._static(rows), labels)

    @staticmethod
    def _labels(rows, positions, length):
        """Whether a row of each step is anomalous, (length,) bool; None if no row has a label."""
        values = np.array([row.label for row in rows])
        if np.isnan(values).all():
            return None
        labels = np.zeros(length, bool)
        np.logical_or.at(labels, positions, values > 0)
        return labels

    def _without_ends(self, rows):
        """The rows from the first to the last value."""
        present = [index for index, row in enumerate(rows) if not np.isnan(row.value)]
        if not present:
            raise ValueError(
                f"{self.source}: {self.name!r} has no value: all {len(rows):,} are missing. Leave it out with "
                "`target_column` (`--target-column`)."
            )
        return rows[present[0] : present[-1] + 1]

    def _positions(self, rows):
        found = [self.grid.index(row.stamp) for row in rows]
        if self.options.frequency is None:
            for row, (position, remainder) in zip(rows, found, strict=True):
                if remainder:
                    raise ValueError(
                        f"{self.source}:{row.line}: the stamp {row.text} is not on the grid of {self.grid.name} from "
                        f"{self.grid.stamp(found[0][0])} on; between {self.grid.stamp(position)} and "
                        f"{self.grid.stamp(position + 1)}. Give `frequency`, such as '1h', to average the values of "
                        "each step."
                    )
        return np.array([position for position, _ in found], np.int64)

    @staticmethod
    def _average(positions, length, values):
        """Means (length, columns) of the values of each step; NaN where there are none."""
        present = ~np.isnan(values)
        sums, counts = np.zeros((length, values.shape[1])), np.zeros((length, values.shape[1]))
        np.add.at(sums, positions, np.where(present, values, 0))
        np.add.at(counts, positions, present)
        return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)

    def _refuse(self, rows, positions, missing, start):
        """Raises a ValueError for the first missing value, with its line or the lines around it."""
        step, column = (int(one) for one in np.argwhere(missing)[0])
        fix = "Fill missing values with `fill` of `series_options`: 'linear' or 'previous'."
        count = int(missing.any(axis=1).sum())
        name = self.name if column == 0 else self.options.known_columns[column - 1]
        at = np.flatnonzero(positions == step)
        if len(at):
            row = rows[at[0]]
            raise ValueError(
                f"{self.source}:{row.line}: {name!r} is missing at {row.text} ({count:,} such steps). {fix}"
            )
        before = rows[int(np.searchsorted(positions, step)) - 1]
        after = rows[int(np.searchsorted(positions, step))]
        raise ValueError(
            f"{self.source}:{after.line}: there is no row of {self.name!r} at {self.grid.stamp(start + step)}, between "
            f"{before.text} (line {before.line}) and {after.text}: {count:,} steps of {self.grid.name} are missing. "
            f"{fix}"
        )

    def _fill(self, column):
        """A column without NaN; the ends of covariates are the nearest value."""
        present = np.flatnonzero(~np.isnan(column))
        if not len(present):
            raise ValueError(f"{self.source}: a covariate of {self.name!r} has no value.")
        if self.options.fill == "previous":
            last = np.searchsorted(present, np.arange(len(column)), side="right") - 1
            return column[present[np.maximum(last, 0)]]
        return np.interp(np.arange(len(column)), present, column[present])

    def _static(self, rows):
        values = np.array([row.static for row in rows])
        for index, name in enumerate(self.options.static_columns):
            changed = [row for row in rows if row.static[index] != rows[0].static[index]]
            if changed:
                raise ValueError(
                    f"{self.source}:{changed[0].line}: the static covariate {name!r} of {self.name!r} changes from "
                    f"{rows[0].static[index]:g} to {changed[0].static[index]:g}; covariates that change are "
                    "`known_columns`."
                )
        return values[0]
