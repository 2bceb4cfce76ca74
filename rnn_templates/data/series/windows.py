"""Windows of time series: a look-back, and the horizon after it."""

import dataclasses
from typing import Any

import numpy as np

from rnn_templates.preprocessing.series.window import SeriesWindow

MAX_IMPUTED = 0.5  # fraction of a look-back


@dataclasses.dataclass(frozen=True)
class SeriesPart:
    """The raw examples of a split: all windows whose horizon lies in a part of the series.

    The part of a `tf.data.Dataset` that raw examples need: `take`, `shard` and iteration.

    Args:
        collection: `rnn_templates.data.series.collection.SeriesCollection`.
        step: positive int; every `step`-th window is an example.
        offset: non-negative int; number of the first one.
        limit: int or None; maximum number of windows.

    Example:
        >>> from rnn_templates.data.series.collection import Series, SeriesCollection
        >>> from rnn_templates.data.series.grid import Grid
        >>> part = SeriesCollection([Series.from_values("mine", range(10))], Grid("row", 1)).dataset()
        >>> len(part.windows(look_back=4, horizon=2)), len(part.take(2).windows(4, 2))
        (5, 2)
    """

    collection: Any
    step: int = 1
    offset: int = 0
    limit: int | None = None

    def take(self, count):
        """Returns the part with the first `count` windows."""
        return dataclasses.replace(self, limit=count if self.limit is None else min(count, self.limit))

    def shard(self, num_shards, index):
        """Returns the part with every `num_shards`-th window, from number `index` on."""
        return dataclasses.replace(self, step=self.step * num_shards, offset=self.offset + self.step * index)

    def windows(self, look_back, horizon):
        """Returns the `Windows` of the part.

        Windows of which more than half of the look-back, or all of the horizon, is imputed are left out.

        Args:
            look_back, horizon: positive ints.
        """
        numbers, origins = [], []
        for number, (one, begin, end) in enumerate(zip(self.collection.series, *self.collection.bounds(), strict=True)):
            found = np.arange(max(begin, look_back), end - horizon + 1)
            if one.imputed.any():
                counts = np.concatenate([[0], np.cumsum(one.imputed)])
                history = counts[found] - counts[found - look_back]
                ahead = counts[found + horizon] - counts[found]
                found = found[(history <= MAX_IMPUTED * look_back) & (ahead < horizon)]
            numbers.append(np.full(len(found), number))
            origins.append(found)
        chosen = slice(self.offset, None, self.step)
        numbers, origins = np.concatenate(numbers)[chosen][: self.limit], np.concatenate(origins)[chosen][: self.limit]
        return Windows(self.collection, look_back, horizon, numbers, origins)


class Windows:
    """Windows of series, cut when they are read.

    Args:
        collection: `rnn_templates.data.series.collection.SeriesCollection`.
        look_back, horizon: positive ints.
        numbers: (n,) ints; numbers of the series.
        origins: (n,) ints; indices of the first value of each horizon.

    Example:
        >>> from rnn_templates.data.series.collection import Series, SeriesCollection
        >>> from rnn_templates.data.series.grid import Grid
        >>> collection = SeriesCollection([Series.from_values("mine", range(10))], Grid("row", 1))
        >>> windows = Windows(collection, 2, 3, np.array([0]), np.array([4]))
        >>> windows.history([0]).tolist(), windows.targets([0]).tolist()
        ([[2.0, 3.0]], [[4.0, 5.0, 6.0]])
    """

    def __init__(self, collection, look_back, horizon, numbers, origins):
        self.collection, self.look_back, self.horizon = collection, look_back, horizon
        self.numbers, self.origins = numbers, origins
        lengths = [len(one.values) for one in collection.series]
        self._starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
        self._values = np.concatenate([one.values for one in collection.series])
        imputed = np.concatenate([one.imputed for one in collection.series])
        self._targets = np.where(imputed, np.nan, self._values)
        self._known = np.concatenate([one.known for one in collection.series])

    def __len__(self):
        return len(self.origins)

    def history(self, indices):
        """Returns the values before the origins, (n, look_back) float64."""
        return self._values[self._positions(indices, -self.look_back, 0)]

    def targets(self, indices):
        """Returns the values of the horizons, (n, horizon) float64; NaN where they are imputed."""
        return self._targets[self._positions(indices, 0, self.horizon)]

    def known(self, indices):
        """Returns the covariates, (n, look_back + horizon, covariates) float64."""
        return self._known[self._positions(indices, -self.look_back, self.horizon)]

    def names(self, indices):
        """Returns the names of the series, a list of str."""
        return [self.collection.series[number].name for number in self.numbers[indices]]

    def examples(self):
        """Returns all windows as a list of `SeriesWindow`."""
        has_known, found = self._known.shape[1] > 0, []
        for number, origin in zip(self.numbers, self.origins, strict=True):
            one = self.collection.series[number]
            known = one.known[origin - self.look_back : origin + self.horizon] if has_known else None
            found.append(SeriesWindow(one.values[origin - self.look_back : origin], one.name, known))
        return found

    def _positions(self, indices, first, last):
        starts = self._starts[self.numbers[indices]] + self.origins[indices]
        return starts[:, None] + np.arange(first, last)
