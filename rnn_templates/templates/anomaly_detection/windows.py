"""Windows of the parts of series that an anomaly detector is trained on."""

import numpy as np

from rnn_templates.preprocessing.series.window import SeriesWindow


def cut_windows(part, window, hop):
    """Returns windows that cover a part of series.

    Of a part that does not begin with the series, the values before it are the begin of its first window.

    Args:
        part: `rnn_templates.data.series.windows.SeriesPart`; its `offset`, `step` and `limit` count windows.
        window, hop: positive ints; length of a window, and distance of the first values of two windows.

    Returns:
        List of (`SeriesWindow`, counted): (time,) bool, whether a value is in the part, and was not imputed.

    Raises:
        ValueError: if no series has two values.

    Example:
        >>> from rnn_templates.data.series.collection import Series, SeriesCollection
        >>> from rnn_templates.data.series.grid import Grid
        >>> from rnn_templates.templates.anomaly_detection.windows import cut_windows
        >>> part = SeriesCollection([Series.from_values("mine", range(10))], Grid("row", 1), begin=[6]).dataset()
        >>> [(one.values.tolist(), counted.tolist()) for one, counted in cut_windows(part, 4, 2)][0]
        ([4.0, 5.0, 6.0, 7.0], [False, False, True, True])
    """
    collection, found = part.collection, []
    for one, begin, end in zip(collection.series, *collection.bounds(), strict=True):
        if end < 2:
            continue
        first = max(0, min(begin - (window - hop), end - window))
        starts = list(range(first, max(first, end - window) + 1, hop))
        if starts[-1] + window < end:
            starts.append(end - window)
        found += [(one, begin, slice(start, min(start + window, end))) for start in starts]
    if not found:
        raise ValueError("No series of this part has two values: an error needs a value before it. Use a larger part.")
    chosen = found[part.offset :: part.step][: part.limit]
    return [(_window(one, rows), _counted(one, begin, rows)) for one, begin, rows in chosen]


def whole_series(part):
    """Returns the series of a part from their first value on: list of (`SeriesWindow`, first, labels or None).

    Args:
        part: `rnn_templates.data.series.windows.SeriesPart`.
    """
    collection = part.collection
    return [
        (_window(one, slice(0, end)), begin, None if one.labels is None else one.labels[:end])
        for one, begin, end in zip(collection.series, *collection.bounds(), strict=True)
        if end > begin
    ]


def check_series(model, part):
    """Raises ValueError if a part has other covariates than a model, or other distances of stamps."""
    collection, schema = part.collection, model.schema
    names = tuple(collection.known_names)
    if names != tuple(schema.known_names):
        raise ValueError(
            f"The data must have the covariates {tuple(schema.known_names)}; received {names}. Set `known_columns` of "
            "`series_options`."
        )
    if collection.grid.name != schema.step:
        raise ValueError(
            f"The stamps of the data must be {schema.step} apart, as in the training; received {collection.grid.name}."
        )


def _window(one, rows):
    known = one.known[rows] if one.known.shape[1] else None
    return SeriesWindow(np.asarray(one.values[rows], np.float64), one.name, known)


def _counted(one, begin, rows):
    inside = np.arange(rows.start, rows.stop) >= max(begin, rows.start + 1)
    return inside & ~one.imputed[rows]
