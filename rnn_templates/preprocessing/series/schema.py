"""What a forecasting model holds of its training series: names, scales, seasons and covariates."""

import dataclasses

import numpy as np

MIN_SCALE = 1e-6  # relative to the largest value of the series


@dataclasses.dataclass(frozen=True)
class SeriesSchema:
    """Names and statistics of the series of a training, from its training part only.

    Args:
        names: tuple of str; names of the series.
        scales: tuple of floats; standard deviation of each series.
        seasonal_errors: tuple of floats; mean absolute difference of values one `period` apart: the unit of MASE.
        period: positive int; steps of the season.
        step: str; distance of two stamps, such as "1 h".
        known_names: tuple of str; covariates that are known in advance.
        known_means, known_scales: tuples of floats; their mean and standard deviation.
        static_names: tuple of str; covariates of a series.
        static: tuple of tuples of floats; their standardized values for each series.
        centers: tuple of floats; mean of each series.

    Raises:
        ValueError: if there are no series, two have one name, or the lengths differ.

    Example:
        >>> from rnn_templates.preprocessing.series.schema import SeriesSchema
        >>> SeriesSchema.from_values({"mine": [1.0, 2.0, 3.0]}).scales
        (0.816496580927726,)
    """

    names: tuple
    scales: tuple
    seasonal_errors: tuple
    period: int = 1
    step: str = "1 row"
    known_names: tuple = ()
    known_means: tuple = ()
    known_scales: tuple = ()
    static_names: tuple = ()
    static: tuple = ()
    centers: tuple = ()

    def __post_init__(self):
        if not self.names or len(set(self.names)) < len(self.names):
            raise ValueError(f"SeriesSchema: `names` must be different, at least one; received {self.names[:10]}.")
        if len(self.scales) != len(self.names) or len(self.seasonal_errors) != len(self.names):
            raise ValueError("SeriesSchema: `scales` and `seasonal_errors` must have one number for each series.")

    @classmethod
    def from_values(cls, values, period=1, *, allow_constant=False, **fields):
        """Returns the schema of series without covariates.

        Args:
            values: dict from name to the training values of a series, (time,) floats; NaN is left out.
            period, **fields: see the class.
            allow_constant: bool; whether the scale of a constant series is a tenth of its value, at least 0.1.

        Raises:
            ValueError: if a series is constant, unless `allow_constant`: it has no scale.
        """
        series = {str(name): np.asarray(one, np.float64) for name, one in values.items()}
        return cls(
            names=tuple(series),
            scales=tuple(_scale(name, one, allow_constant) for name, one in series.items()),
            centers=tuple(float(np.nanmean(one)) if np.isfinite(one).any() else 0.0 for one in series.values()),
            seasonal_errors=tuple(_seasonal_error(one, period) for one in series.values()),
            period=period,
            **fields,
        )

    @classmethod
    def from_part(cls, part, *, allow_constant=False):
        """Returns the schema of the training part of series.

        Args:
            part: `rnn_templates.data.series.windows.SeriesPart`; values after its end are not read.
            allow_constant: bool; see `from_values`.

        Raises:
            ValueError: if a series is constant, unless `allow_constant`.

        Example:
            >>> from rnn_templates.data.series.collection import Series, SeriesCollection
            >>> from rnn_templates.data.series.grid import Grid
            >>> from rnn_templates.preprocessing.series.schema import SeriesSchema
            >>> series = SeriesCollection([Series.from_values("mine", [0, 2, 9, 99])], Grid("row", 1), end=[2])
            >>> SeriesSchema.from_part(series.dataset()).scales
            (1.0,)
        """
        collection = part.collection
        ends = collection.bounds()[1]
        pairs = list(zip(collection.series, ends, strict=True))
        values = {one.name: np.where(one.imputed, np.nan, one.values)[:end] for one, end in pairs}
        known = np.concatenate([one.known[:end] for one, end in pairs])
        static = np.array([one.static for one in collection.series])
        return cls.from_values(
            values,
            collection.grid.period,
            allow_constant=allow_constant,
            step=collection.grid.name,
            known_names=tuple(collection.known_names),
            known_means=tuple(known.mean(axis=0).tolist()),
            known_scales=tuple(_spread(known).tolist()),
            static_names=tuple(collection.static_names),
            static=tuple(map(tuple, ((static - static.mean(axis=0)) / _spread(static)).tolist())),
        )

    def number(self, name):
        """Returns the number of a series; None is the only one.

        Raises:
            ValueError: if the model has no such series; the message lists the names.
        """
        if name is None and len(self.names) == 1:
            return 0
        if name not in self.names:
            names = ", ".join(map(repr, self.names[:20])) + (", ..." if len(self.names) > 20 else "")
            received = "no name" if name is None else repr(name)
            raise ValueError(f"`series` must be a series of the training, one of {names}; received {received}.")
        return self.names.index(name)


def _scale(name, values, allow_constant):
    values = values[~np.isnan(values)]
    scale = float(values.std()) if len(values) else 0.0
    largest = float(np.abs(values).max(initial=0))
    if allow_constant and not scale > MIN_SCALE * max(1e-300, largest):
        return max(0.1, 0.1 * largest)
    if not scale > MIN_SCALE * max(1e-300, largest):
        raise ValueError(
            f"The series {name!r} is constant in the training part ({len(values):,} values): there is nothing to "
            "learn. Leave it out with `target_column` (`--target-column`), or use a longer training part."
        )
    return scale


def _seasonal_error(values, period):
    """Mean absolute error of the seasonal naive forecast by one step, on the values themselves; 1 if it has none."""
    for lag in (period, 1):
        differences = np.abs(values[lag:] - values[:-lag])
        differences = differences[~np.isnan(differences)]
        if len(differences) and differences.mean() > 0:
            return float(differences.mean())
    return 1.0


def _spread(values):
    spread = values.std(axis=0)
    return np.where(spread > 0, spread, 1.0)
