"""Time series on a regular grid, their chronological splits, and the examples in them."""

import dataclasses
from typing import ClassVar, NamedTuple

import numpy as np

from rnn_templates.data.series.grid import Grid
from rnn_templates.data.series.windows import SeriesPart
from rnn_templates.data.splits import Examples


class Series(NamedTuple):
    """One series on the grid of its collection.

    name: str.
    start: int; index of the first value on the grid.
    values: (time,) float64.
    imputed: (time,) bool; whether a value was missing, and is filled.
    known: (time, covariates) float64; covariates that are known in advance.
    static: (covariates,) float64; covariates of the series.
    labels: (time,) bool, whether a value is anomalous; or None if it is not known.

    Example:
        >>> from rnn_templates.data.series.collection import Series
        >>> len(Series.from_values("mine", [1, 2, 3]).values)
        3
    """

    name: str
    start: int
    values: np.ndarray
    imputed: np.ndarray
    known: np.ndarray
    static: np.ndarray
    labels: np.ndarray | None = None

    @classmethod
    def from_values(cls, name, values, start=0, known=None, labels=None):
        """Returns a series of values without gaps.

        Args:
            name, start, known, labels: see the class; None for no covariates.
            values: (time,) numbers.
        """
        values = np.asarray(values, np.float64)
        known = np.zeros((len(values), 0)) if known is None else np.asarray(known, np.float64)
        labels = None if labels is None else np.asarray(labels, bool)
        return cls(name, start, values, np.zeros(len(values), bool), known, np.zeros(0), labels)


@dataclasses.dataclass(frozen=True)
class SeriesCollection(Examples):
    """Series of one source, on one grid; a chronological part of them is a split.

    Args:
        series: list of `Series`.
        grid: `Grid`.
        known_names: tuple of str; names of the covariates that are known in advance.
        static_names: tuple of str; names of the covariates of a series.
        begin, end: lists of int or None; indices of the first target of each series, and after its last one. None for
            all values. Values before `begin` are inputs of the first windows; values from `end` on are not read.
        rejected: list of `RejectedRow`.

    Example:
        >>> from rnn_templates.data.series.collection import Series, SeriesCollection
        >>> from rnn_templates.data.series.grid import Grid
        >>> collection = SeriesCollection([Series.from_values("mine", range(100))], Grid("row", 1))
        >>> {name: len(part) for name, part in collection.split((0.6, 0.2, 0.2)).items()}
        {'train': 60, 'validation': 20, 'test': 20}
    """

    series: list
    grid: Grid
    known_names: tuple = ()
    static_names: tuple = ()
    begin: list | None = None
    end: list | None = None
    rejected: list = dataclasses.field(default_factory=list)
    labels: ClassVar[tuple] = ()
    multi_label: ClassVar[bool] = False

    def __len__(self):
        begin, end = self.bounds()
        return int(sum(end) - sum(begin))

    def bounds(self):
        """Returns `begin, end` as lists of int, without None."""
        begin = [0] * len(self.series) if self.begin is None else list(self.begin)
        return begin, [len(one.values) for one in self.series] if self.end is None else list(self.end)

    def dataset(self):
        """Returns the `SeriesPart` of these series, the raw examples of a forecasting model."""
        return SeriesPart(self)

    def split(self, sizes):
        """Returns the chronological splits, a dict from "train", "validation" and "test" to `SeriesCollection`.

        Args:
            sizes: three numbers: of steps, or fractions of each series; training, validation and test part in this
                order. A part of size 0 is left out.

        Raises:
            ValueError: if a series is shorter than the parts.
        """
        cuts = []
        for one in self.series:
            length = len(one.values)
            steps = [size if isinstance(size, int) else int(round(size * length)) for size in sizes]
            if any(isinstance(size, float) for size in sizes):  # rounding must not drop a step
                steps[-1] = min(steps[-1], length - sum(steps[:-1]))
            if sum(steps) > length:
                raise ValueError(
                    f"{one.name}: `split_sizes` {tuple(sizes)} must not add up to more than the {length:,} steps of "
                    "the series."
                )
            cuts.append(np.cumsum([0, *steps]).tolist())
        return {
            name: dataclasses.replace(self, begin=[cut[i] for cut in cuts], end=[cut[i + 1] for cut in cuts])
            for i, name in enumerate(("train", "validation", "test"))
            if sizes[i]
        }
