"""Scores of tables."""

import dataclasses

import numpy as np

from rnn_templates.data.frames import Frame, is_frame
from rnn_templates.data.series.options import SeriesOptions
from rnn_templates.data.series.reading import read_series
from rnn_templates.templates.anomaly_detection.windows import check_series, whole_series
from rnn_templates.utils.events import find_events
from rnn_templates.utils.extras import require


def detect_frame(model, history, options, return_events):
    """Returns the scores or the events of a table, a `pandas.DataFrame`; see `AnomalyDetector.detect`.

    Args:
        model: `AnomalyDetector`.
        history: table.
        options: dict of `input_column`, `target_column` and `series_options`.
        return_events: bool.
    """
    pandas = require("pandas", "tables", "detect")
    parsed = SeriesOptions.parse(options["series_options"])
    if model.schema.known_names and not parsed.known_columns:
        parsed = dataclasses.replace(parsed, known_columns=tuple(model.schema.known_names))
    source = Frame(history, "the history") if is_frame(history) else history
    collection = read_series(source, **{**options, "series_options": parsed})
    part = collection.dataset()
    check_series(model, part)
    windows = [window for window, *_ in whole_series(part)]
    tables = []
    for one, (scores, expected) in zip(collection.series, model.score_series(windows), strict=True):
        stamps = collection.grid.stamps(one.start, len(one.values))
        flags = model.to_prediction(scores).outputs
        if return_events:
            rows = [
                (one.name, stamps[event.start], stamps[event.end], event.score, event.end - event.start + 1)
                for event in find_events(flags, scores)
            ]
            tables.append(pandas.DataFrame(rows, columns=["series", "start", "end", "score", "samples"]))
            continue
        values = np.where(one.imputed, np.nan, one.values)
        columns = {"series": one.name, "time": stamps, "value": values, "expected": expected}
        tables.append(pandas.DataFrame({**columns, "score": scores, "flag": flags}))
    return pandas.concat(tables, ignore_index=True)
