"""Calendar features of stamps, covariates that are known in advance."""

import dataclasses
import math

import numpy as np

PREFIX = "calendar_"
CALENDAR = {  # of each part of a stamp: its number, and how many there are
    "hour": (lambda stamp: stamp.hour + stamp.minute / 60, 24),
    "weekday": (lambda stamp: stamp.weekday(), 7),
    "month": (lambda stamp: stamp.month - 1 + (stamp.day - 1) / 31, 12),
}


def calendar_names(parts):
    """Returns the names of the features of parts of a stamp, a tuple of str.

    Args:
        parts: sequence of "hour", "weekday" and "month".

    Example:
        >>> from rnn_templates.data.series.calendar import calendar_names
        >>> calendar_names(["hour"])
        ('calendar_hour_sin', 'calendar_hour_cos')
    """
    return tuple(f"{PREFIX}{part}_{function}" for part in parts for function in ("sin", "cos"))


def calendar_parts(names):
    """Returns the parts of a stamp whose features are among the names of covariates, a tuple of str.

    Example:
        >>> from rnn_templates.data.series.calendar import calendar_parts
        >>> calendar_parts(["holiday", "calendar_hour_sin", "calendar_hour_cos"])
        ('hour',)
    """
    return tuple(part for part in CALENDAR if f"{PREFIX}{part}_sin" in names)


def calendar_features(grid, start, count, parts):
    """Returns sine and cosine of the parts of stamps, in local time, (count, 2 * parts) float64.

        sin(2 pi n / N), cos(2 pi n / N)

    Args:
        grid: `Grid` of stamps, not of row numbers if there are parts.
        start, count: ints; index of the first stamp, and number of stamps.
        parts: sequence of "hour", "weekday" and "month".

    Raises:
        ValueError: if the grid has row numbers, and there are parts.

    Example:
        >>> from rnn_templates.data.series.calendar import calendar_features
        >>> from rnn_templates.data.series.grid import Grid
        >>> calendar_features(Grid("us", 3_600_000_000), 0, 7, ["hour"]).round(2)[[0, 6]].tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    if not parts:
        return np.zeros((count, 0))
    if grid.unit == "row":
        raise ValueError("`calendar` of `series_options` needs dates as stamps; the stamps are numbers of rows.")
    stamps = grid.stamps(start, count)
    columns = []
    for part in parts:
        number, period = CALENDAR[part]
        angles = 2 * math.pi * np.array([number(stamp) for stamp in stamps], np.float64) / period
        columns += [np.sin(angles), np.cos(angles)]
    return np.stack(columns, axis=1)


def with_calendar(collection, parts):
    """Returns a `SeriesCollection` with the calendar features as further covariates that are known in advance.

    Args:
        collection: `SeriesCollection`.
        parts: sequence of "hour", "weekday" and "month".

    Example:
        >>> from rnn_templates.data.series.calendar import with_calendar
        >>> from rnn_templates.data.series.collection import Series, SeriesCollection
        >>> from rnn_templates.data.series.grid import Grid
        >>> hourly = SeriesCollection([Series.from_values("mine", range(9))], Grid("us", 3_600_000_000))
        >>> with_calendar(hourly, ["hour", "weekday"]).series[0].known.shape
        (9, 4)
    """
    if not parts:
        return collection
    series = []
    for one in collection.series:
        features = calendar_features(collection.grid, one.start, len(one.values), parts)
        series.append(one._replace(known=np.concatenate([one.known, features], axis=1)))
    names = (*collection.known_names, *calendar_names(parts))
    return dataclasses.replace(collection, series=series, known_names=names)
