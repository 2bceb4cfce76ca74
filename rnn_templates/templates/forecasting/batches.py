"""Features and targets of windows, computed when a batch is read."""

import numpy as np


class WindowFeatures:
    """Rows of features or targets, computed when they are read; indexed like an array.

    Args:
        size: int; number of rows.
        read: function from an int array or a slice of rows to an array.

    Example:
        >>> from rnn_templates.templates.forecasting.batches import WindowFeatures
        >>> rows = WindowFeatures(3, lambda rows: np.arange(3.0)[rows][:, None])
        >>> len(rows), rows.shape, rows[1:].tolist()
        (3, (3, 1), [[1.0], [2.0]])
    """

    def __init__(self, size, read):
        self._size, self._read = size, read
        first = read(np.arange(min(1, size)))
        self.shape, self.dtype = (size, *first.shape[1:]), first.dtype

    def __len__(self):
        return self._size

    def __getitem__(self, rows):
        return self._read(np.arange(self._size)[rows] if isinstance(rows, slice) else rows)

    @classmethod
    def of(cls, model, windows):
        """Returns the features of a model for windows, a dict from the name of an input to rows.

        Args:
            model: `Forecaster`.
            windows: `rnn_templates.data.series.windows.Windows`.
        """
        preprocessor = model.preprocessor
        numbers = series_numbers(model, windows)

        def values(rows):
            history = windows.history(rows)
            return (history - history[:, -1:]).astype(np.float32)

        features = {"values": cls(len(windows), values), "series": numbers}
        if preprocessor.num_known:
            features["known"] = cls(
                len(windows), lambda rows: preprocessor.standardize(windows.known(rows)).astype(np.float32)
            )
        return features


def series_numbers(model, windows):
    """Returns the numbers of the series of windows in the model, (n,) int32.

    Raises:
        ValueError: if a series is not one of the training.
    """
    used = np.unique(windows.numbers)
    table = np.zeros(len(windows.collection.series), np.int32)
    for number in used:
        table[number] = model.schema.number(windows.collection.series[number].name)
    return table[windows.numbers]


def scale_targets(model, windows, rows):
    """Returns targets relative to the last value, in units of the scale: (n, horizon) float32, NaN where imputed."""
    scales = np.array(model.schema.scales)[series_numbers(model, windows)[rows]]
    return ((windows.targets(rows) - windows.history(rows)[:, -1:]) / scales[:, None]).astype(np.float32)


def check_windows(model, part):
    """Returns the windows of a part.

    Args:
        model: `Forecaster`.
        part: `rnn_templates.data.series.windows.SeriesPart`.

    Raises:
        ValueError: if there is none: the series are too short, or their covariates or stamps are others.
    """
    collection = part.collection
    schema, names = model.schema, tuple(collection.known_names)
    if names != tuple(schema.known_names):
        raise ValueError(
            f"The data must have the covariates {tuple(schema.known_names)}; received {names}. Set `known_columns` of "
            "`series_options`."
        )
    if collection.grid.name != schema.step:
        raise ValueError(
            f"The stamps of the data must be {schema.step} apart, as in the training; received {collection.grid.name}."
        )
    windows = part.windows(model.look_back, model.horizon)
    if not len(windows):
        begin, end = collection.bounds()
        longest = max(b - a for a, b in zip(begin, end, strict=True))
        raise ValueError(
            f"No window fits: the longest series of this part has {longest:,} steps to forecast, {max(end):,} with "
            f"those before them; a forecast needs `horizon` {model.horizon} steps after `look_back` {model.look_back}. "
            "Use a shorter horizon or look-back, or a larger part (`--validation`, `split_sizes`)."
        )
    return windows
