"""Forecasts of tables."""

import dataclasses

import numpy as np

from rnn_templates.data.frames import Frame, is_frame
from rnn_templates.data.series.calendar import calendar_features, calendar_names, calendar_parts
from rnn_templates.data.series.options import SeriesOptions
from rnn_templates.data.series.reading import read_series
from rnn_templates.preprocessing.series.window import SeriesWindow
from rnn_templates.utils.extras import require


def forecast_frame(model, history, future, options):
    """Returns the forecast of every series of a table, a `pandas.DataFrame`; see `Forecaster.forecast`.

    Args:
        model: `Forecaster`.
        history, future: tables, or None for no `future`.
        options: dict of `input_column`, `target_column` and `series_options`.
    """
    pandas = require("pandas", "tables", "forecast")
    parsed = SeriesOptions.parse(options["series_options"])
    options = {**options, "series_options": _with_covariates(parsed, model.schema)}
    collection = read_series(_table(history, "the history"), **options)
    if collection.grid.name != model.schema.step and model.schema.step != "1 row":
        raise ValueError(
            f"forecast: the stamps of `history` must be {model.schema.step} apart, as in the training; received "
            f"{collection.grid.name}."
        )
    covariates = _future_covariates(model, future, collection, options)
    windows = [_window(model, one, covariates.get(one.name)) for one in collection.series]
    values = np.array([model.values_of(*pair) for pair in zip(windows, model.predict_examples(windows), strict=True)])
    columns = {"series": [], "time": []}
    for one in collection.series:
        columns["series"] += [one.name] * model.horizon
        columns["time"] += collection.grid.stamps(one.start + len(one.values), model.horizon)
    flat = values.reshape(-1, values.shape[-1])
    names = ("forecast", *(f"{quantile:g}" for quantile in model.quantiles))
    return pandas.DataFrame(columns | {name: flat[:, index] for index, name in enumerate(names)})


def _with_covariates(options, schema):
    """The options with the covariates of the training, unless they name others."""
    parts = options.calendar or calendar_parts(schema.known_names)
    columns = tuple(name for name in schema.known_names if name not in calendar_names(parts))
    return dataclasses.replace(options, calendar=parts, known_columns=options.known_columns or columns)


def _table(source, name):
    return Frame(source, name) if is_frame(source) else source


def _window(model, series, future):
    known = None
    if model.schema.known_names:
        past = series.known[-model.look_back :]
        past = np.concatenate([np.repeat(past[:1], model.look_back - len(past), axis=0), past])
        known = np.concatenate([past, future])
    return SeriesWindow(series.values, series.name, known)


def _future_covariates(model, future, collection, options):
    """Dict from the name of a series to its covariates (horizon, covariates) after the history."""
    parts = options["series_options"].calendar
    names = [name for name in model.schema.known_names if name not in calendar_names(parts)]
    if names and future is None:
        raise ValueError(
            f"forecast: `future` must be a table with {', '.join(names)} for the {model.horizon} steps after the "
            "history; received None."
        )
    found = _read_covariates(future, collection, options, names) if names else {}
    covariates = {}
    for one in collection.series:
        rows, first = found.get(one.name, found.get(None, {})), one.start + len(one.values)
        positions = range(first, first + model.horizon)
        missing = [position for position in positions if position not in rows] if names else []
        if missing:
            raise ValueError(
                f"forecast: `future` must have {', '.join(names)} of {one.name!r} for the {model.horizon} steps after "
                f"the history; there is no row at {collection.grid.stamp(missing[0])}."
            )
        calendar = calendar_features(collection.grid, first, model.horizon, parts)
        own = np.array([rows[position] for position in positions]) if names else np.zeros((model.horizon, 0))
        covariates[one.name] = np.concatenate([own, calendar], axis=1)
    return covariates


def _read_covariates(future, collection, options, names):
    """Dict from the name of a series, or None for all, to a dict from the index of a step to its covariates."""
    from rnn_templates.data.series.options import SERIES_COLUMNS, TIME_COLUMNS
    from rnn_templates.data.series.stamps import Stamps

    frame = future if isinstance(future, Frame) else Frame(future, "the future")
    header = list(frame.columns)
    time = options["input_column"] or next((name for name in header if name.lower() in TIME_COLUMNS), None)
    series = options["series_options"].series_column
    series = series or next((name for name in header if name in SERIES_COLUMNS), None)
    for name in (time, *names):
        if name not in header:
            raise ValueError(f"forecast: `future` must have a column {name or 'of stamps'!r}; received {header}.")
    stamps, found = Stamps(options["series_options"].time_zone), {}
    columns = (time, *([series] if series in header else []), *names)
    for line, row in frame.rows(columns):
        key = str(row[1]) if series in header else None
        try:
            position, remainder = collection.grid.index(stamps.parse(row[0], key))
            values = [float(value) for value in row[-len(names) :]]
        except (TypeError, ValueError) as error:
            raise ValueError(f"forecast: row {line} of `future`: {error}.") from None
        if not remainder:
            found.setdefault(key, {})[position] = values
    return found
