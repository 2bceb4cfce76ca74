"""Rows of a table of time series, as they arrive."""

import math

from rnn_templates.data.files.delimiters import find_delimiter, parse_delimiter, parse_header
from rnn_templates.data.files.tables import list_columns, read_rows
from rnn_templates.data.series.grid import grid_from_name
from rnn_templates.data.series.options import SERIES_COLUMNS, TIME_COLUMNS, SeriesOptions
from rnn_templates.data.series.stamps import Stamps
from rnn_templates.data.series.table import choose_columns, parse_number

LONGEST_GAP = 1000  # steps that a detector reads as missing values


class FollowedSeries:
    """Passes the rows of a table to a reader of streams, in the order of their stamps.

    Missing steps are filled: for a forecast with the last value, up to a look-back; for a detector with NaN. After a
    longer gap the stream begins anew.

    Args:
        reader: `SeriesReader` or `ValueReader` of `rnn_templates.runtime`.
        header: str; the first line of the table.
        source: of the table, for messages.
        options: dict of `input_column`, `target_column`, `series_options` and `delimiter`.
        future: `Path` of a table of the covariates of later steps, or None.

    Attributes:
        delimiter: str; between the columns.

    Raises:
        ValueError: if a column is missing, or a column of values is no series of the model.

    Example:
        >>> table = FollowedSeries(reader, "date,oslo", "mine.csv", options, None)  # doctest: +SKIP
        >>> table.feed(["2026-01-01", "1.5"])[0][0]["forecast"][0]  # doctest: +SKIP
        1.47
    """

    def __init__(self, reader, header, source, options, future):
        self._reader, spec = reader, reader.spec
        parsed = SeriesOptions.parse(options.get("series_options"))
        self._known = list(spec["known"])
        delimiter = options.get("delimiter")
        wanted = [*TIME_COLUMNS, *SERIES_COLUMNS, *self._known, *reader.names]
        self.delimiter = parse_delimiter(delimiter) if delimiter else find_delimiter([header], wanted)
        self._header = parse_header(header, self.delimiter)
        time, values = options.get("input_column"), options.get("target_column")
        given = SeriesOptions(series_column=parsed.series_column, known_columns=tuple(self._known))
        self._names = choose_columns(source, self._header, given, time_column=time, value_columns=values)
        self._check_series(source)
        self._stamps, self._last, self._later = Stamps(parsed.time_zone), {}, {}
        self._grid, self._step = None, spec["step"]
        self._horizon, self._limit = spec.get("horizon", 0), spec.get("look_back", LONGEST_GAP)
        if future is not None and not (self._known and self._horizon):
            raise ValueError("`--future` is for models with covariates that are known in advance; this one has none.")
        self._future = None if future is None else self._read_future(future, given)

    def _check_series(self, source):
        """Keeps the columns of values that are series of the model."""
        names, values = self._reader.names, self._names["values"]
        if self._names["series"] or len(names) == len(values) == 1:
            return
        self._names["values"] = [name for name in values if name in names]
        if not self._names["values"]:
            raise ValueError(f"{source}: no column is a series of the model, {', '.join(names[:20])}; found {values}.")

    def feed(self, fields):
        """Returns the results of a row, a list of dicts, and its problems, a list of str.

        Args:
            fields: list of str; the cells of the row.

        Raises:
            ValueError: if no value of the row can be read.
        """
        if len(fields) != len(self._header):
            raise ValueError(f"{len(fields)} fields, where the header has {len(self._header)}")
        cells = dict(zip(self._header, fields, strict=True))
        known = [self._number(cells, name) for name in self._known]
        missing = [name for name, value in zip(self._known, known, strict=True) if math.isnan(value)]
        if missing:
            raise ValueError(f"{missing[0]!r} is missing")
        pairs = [(name, name) for name in self._names["values"]]
        if self._names["series"]:
            pairs = [(cells[self._names["series"]].strip(), self._names["values"][0])]
        results, problems = [], []
        for name, column in pairs:
            try:
                results += self._feed_value(name, cells[self._names["time"]], cells, column, known, problems)
            except ValueError as error:
                of = f"value of {name!r}" if len(pairs) > 1 else "row"
                problems.append(f"{str(error).rstrip('.')}; the {of} is skipped")
        return results, problems

    def _number(self, cells, column):
        try:
            return parse_number(cells[column])
        except ValueError as error:
            raise ValueError(f"{column!r} is {error}") from None

    def _feed_value(self, name, stamp, cells, column, known, problems):
        """A list of the result of a value; steps that are missing before it are filled."""
        name = self._reader.names[0] if len(self._reader.names) == 1 else name
        if name not in self._reader.names:
            raise ValueError(f"{name!r} is no series of the model")
        index, value = self._index(stamp, name), self._number(cells, column)
        if math.isnan(value) and self._horizon:
            raise ValueError(f"{column!r} is missing")
        if name in self._last:
            self._fill(name, index, known, problems)
        self._last[name] = index, value
        ahead = {}
        if self._horizon and self._known:
            try:
                ahead["future"] = self._covariates(name, range(index + 1, index + 1 + self._horizon))
            except ValueError as error:
                problems.append(f"{error}; the row has no forecast")
                self._reader.append(value, name, known=known)
                return []
        return [{"time": stamp, **self._reader.feed(value, name, known=known, **ahead)}]

    def _index(self, text, name):
        """The index of a stamp on the grid; it must be after that of the row before."""
        stamp = self._stamps.parse(text, name)
        if self._grid is None:
            zone = self._stamps.zone.key if self._stamps.zone else None
            grid = grid_from_name(self._step, in_utc=self._stamps.in_utc, time_zone=zone)
            steps, rest = grid.index(stamp)
            self._grid = grid._replace(offset=steps * grid.step + rest)
            self._later = {(name, self._grid.index(number)[0]): values for name, number, values in self._future or ()}
        index, remainder = self._grid.index(stamp)
        if remainder:
            raise ValueError(f"the stamp {text} is not a multiple of {self._step} after the first one")
        last, _ = self._last.get(name, (None, None))
        if last is not None and index <= last:
            order = "occurs twice" if index == last else f"is before {self._grid.stamp(last)}, that of the row before"
            raise ValueError(f"the stamp {text} {order}")
        return index

    def _fill(self, name, index, known, problems):
        last, value = self._last[name]
        count = index - last - 1
        if not count:
            return
        steps = (
            f"{count:,} step{'s' * (count > 1)} of {self._step} before this row {'are' if count > 1 else 'is'} missing"
        )
        if count > self._limit:
            problems.append(f"{steps}; the stream begins anew")
            self._reader.reset(name)
            return
        problems.append(f"{steps}, and filled with {'the value before' if self._horizon else 'missing values'}")
        for _ in range(count):
            if self._horizon:
                self._reader.append(value, name, known=known)
            else:
                self._reader.feed(math.nan, name, known=known)

    def _covariates(self, name, steps):
        """Covariates (steps, covariates) of the table of later steps."""
        if self._future is None:
            raise ValueError(f"a forecast needs {', '.join(self._known)} of later steps: give --future")
        found = []
        for step in steps:
            row = self._later.get((name, step), self._later.get((None, step)))
            if row is None:
                raise ValueError(f"--future has no row at {self._grid.stamp(step)}")
            found.append(row)
        return found

    def _read_future(self, path, options):
        """List of (series or None, stamp, covariates)."""
        header, found, stamps = list_columns(path), [], Stamps(self._stamps.zone and self._stamps.zone.key)
        series = options.series_column or next((name for name in header if name in SERIES_COLUMNS), None)
        columns = [self._names["time"], *([series] if series in header else []), *self._known]
        for line, row in read_rows(path, columns):
            if isinstance(row, str):
                raise ValueError(f"{path}:{line}: {row}.")
            try:
                name = str(row[1]).strip() if series in header else None
                values = [parse_number(value) for value in row[-len(self._known) :]]
                found.append((name, stamps.parse(row[0], name), values))
            except ValueError as error:
                raise ValueError(f"{path}:{line}: {error}.") from None
        return found
