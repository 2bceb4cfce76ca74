"""Time series of a TFDS builder."""

import dataclasses
from typing import ClassVar

import numpy as np

from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import Grid
from rnn_templates.data.splits import Splits
from rnn_templates.data.tfds.dataset_spec import DatasetSpec


@dataclasses.dataclass(frozen=True, kw_only=True)
class TimeSeriesSpec(DatasetSpec):
    """Time series, one an example, with the features "name", "start" (seconds since 1970) and "values".

    Args:
        step: int; seconds between two values.
        known: tuple of str; features with covariates that are known in advance.
        label: str or None; feature that is 1 where a value is anomalous.
        split_sizes: tuple of three fractions; the chronological splits.

    Example:
        >>> from rnn_templates.data.tfds.specs import DATASETS
        >>> DATASETS["demand"].known
        ('holiday',)
    """

    kind: ClassVar[str] = "time_series"
    step: int
    known: tuple = ()
    label: str | None = None
    split_sizes: tuple = (0.7, 0.15, 0.15)

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """See `DatasetSpec.load`."""
        if target_column not in (None, "values"):
            raise ValueError(f"{name}: `target_column` must be None or 'values'; received {target_column!r}.")
        return load_series(self, builder, name)


def load_series(spec, builder, name):
    """Returns the chronological `Splits` of the series of a prepared builder.

    Args:
        spec: `TimeSeriesSpec`.
        builder: `tfds.core.DatasetBuilder`, with the split "train".
        name: str; name of the data set.
    """
    series = []
    for one in builder.as_dataset(split="train").as_numpy_iterator():
        known = np.stack([np.asarray(one[key], np.float64) for key in spec.known], axis=1) if spec.known else None
        values = np.asarray(one["values"], np.float64)
        labels = np.asarray(one[spec.label], bool) if spec.label else None
        series.append(Series.from_values(one["name"].decode(), values, int(one["start"]) // spec.step, known, labels))
    grid = Grid("us", spec.step * 1_000_000)
    collection = SeriesCollection(series, grid, known_names=tuple(spec.known))
    return Splits.from_examples(name, collection.split(spec.split_sizes))
