"""Streams of time series, for devices; needs NumPy and ai-edge-litert only."""

import numpy as np

if __package__:
    from .stream import Step, find_series, open_folder, read_json
else:  # beside an exported model
    from stream import Step, find_series, open_folder, read_json


class SeriesReader:
    """Forecasts the next values of series while their values arrive.

    `feed` appends one value and returns the forecast from the last `look_back` values, that of the Keras model's
    `predict`. `feed_segment` runs the signature `step`, one step of the recurrence, whose state carries all values so
    far; the model was trained on `look_back` values, and is less accurate after many more.

    Args:
        folder: str or `Path`; folder with the exported files.
        run: function that runs signatures; None for `model.tflite` in the folder.

    Attributes:
        names: list of str; the series.
        spec: dict; the content of `preprocessing.json`.

    Example:
        >>> reader = SeriesReader("runs/sales")  # doctest: +SKIP
        >>> reader.feed(12.5)["forecast"][:3]  # doctest: +SKIP
        [12.4, 12.1, 11.9]
    """

    def __init__(self, folder, run=None):
        self.spec, self._run = open_folder(folder, run)
        self.names = read_json(f"{folder}/series.json")["names"]
        self.reset()

    def reset(self, series=None):
        """Begins a new stream.

        Args:
            series: str; name of the series; None for all.
        """
        if series is None:
            self._rows, self._segments = {}, {}
        else:
            self._rows.pop(series, None)
            self._segments.pop(series, None)

    def append(self, value, series=None, known=()):
        """Appends a value without a forecast.

        Args:
            value: float.
            series: str; name of the series; None if the model has one.
            known: (covariates,) floats; the covariates of the value.

        Raises:
            ValueError: if the series is not one of the model, or a value is not a finite number.
        """
        name = self.names[find_series(self.names, series)]
        rows = self._rows.get(name, np.zeros((0, 1 + len(known))))
        self._rows[name] = np.concatenate([rows, _finite([[value, *known]])])[-self.spec["look_back"] :]

    def feed(self, value, series=None, known=(), future=None):
        """Appends a value, and returns the forecast of the values after it.

        Of fewer values than `look_back` the first one is repeated before them.

        Args:
            value, series, known: see `append`.
            future: (horizon, covariates) floats; the covariates of the horizon; None for a model without.

        Returns:
            Dict of `series`, `forecast`, a list of numbers, and `quantiles`, a dict from probability to list.

        Raises:
            ValueError: as `append`.
        """
        self.append(value, series, known)
        number = find_series(self.names, series)
        rows = self._rows[self.names[number]]
        rows = np.concatenate([np.repeat(rows[:1], self.spec["look_back"] - len(rows), axis=0), rows])
        inputs = {"values": (rows[None, :, 0] - rows[-1, 0]).astype(np.float32), "series": np.array([number], np.int32)}
        outputs = self._run("forecast", **inputs, **self._covariates(rows[:, 1:], future))
        return self._result(outputs, number, rows[-1, 0])

    def feed_segment(self, values, series=None, known=None, future=None):
        """Appends a segment, and returns the forecast of the values after it, from the state after all segments.

        Args:
            values: (segment_length,) floats.
            series, future: see `feed`.
            known: (segment_length, covariates) floats; the covariates of the values; None for a model without.

        Returns:
            Dict like that of `feed`.

        Raises:
            ValueError: as `feed`.
        """
        number, values = find_series(self.names, series), _finite(values)
        # values are relative to the first one of the stream, so that float32 resolves them
        first, step = self._segments.setdefault(self.names[number], (values[0], Step(self._run, self.spec["stream"])))
        inputs = {"segment": (values - first).astype(np.float32)[None], "series": np.array([number], np.int32)}
        outputs = step(**inputs, **self._covariates(known, future))
        return self._result(outputs, number, first)

    def _covariates(self, known, future):
        """The standardized covariates of the past and of the horizon, an input by name."""
        if not self.spec["known"]:
            return {}
        if future is None or np.shape(future) != (self.spec["horizon"], len(self.spec["known"])):
            names = ", ".join(self.spec["known"])
            raise ValueError(f"`future` must have {names} for {self.spec['horizon']} steps; received {future!r:.40}.")
        known = _finite(np.concatenate([known, future]))
        return {"known": ((known - self.spec["known_means"]) / self.spec["known_scales"]).astype(np.float32)[None]}

    def _result(self, outputs, number, offset):
        quantiles = np.asarray(outputs["quantiles"][0], np.float64) + offset
        return {
            "series": self.names[number],
            "forecast": (np.asarray(outputs["forecast"][0], np.float64) + offset).tolist(),
            "quantiles": {f"{one:g}": quantiles[:, i].tolist() for i, one in enumerate(self.spec["quantiles"])},
        }


def _finite(values):
    values = np.asarray(values, np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"A value must be a finite number; received {values[~np.isfinite(values)][0]}.")
    return values


def open_reader(folder, run=None):
    """Returns the `SeriesReader` of an exported folder."""
    return SeriesReader(folder, run)
