"""Back-testing of forecasts: a new model at every origin, trained on the values before it."""

import dataclasses
from typing import NamedTuple

import numpy as np

from rnn_templates.data.kinds import check_kind
from rnn_templates.data.splits import Splits
from rnn_templates.evaluation.forecasting import evaluate_forecaster
from rnn_templates.utils.validation import check_sizes

NAMES = ("mase", "smape", "mse", "mae", "pinball", "coverage")


class Backtest(NamedTuple):
    """Reports of all folds of a back-test, in chronological order.

    reports: list of `ForecastReport`.

    Example:
        >>> from rnn_templates.evaluation.backtest import Backtest
        >>> Backtest([]).reports
        []
    """

    reports: list

    def metrics(self):
        """Returns the mean and the standard deviation over the folds of every metric, a dict of pairs."""
        found = {}
        for name in NAMES:
            values = [getattr(report, name) for report in self.reports]
            if None not in values:
                found[name] = float(np.mean(values)), float(np.std(values))
        return found


def backtest(splits, train, *, folds=3, steps=None, num_worst=10):
    """Evaluates a forecasting model over rolling origins, with a refit at each of them.

    The last `folds * steps` values of every series are the test parts, one after the other; the `steps` values before a
    test part are its validation part, and all values before that its training part. No fold reads a value after its
    test part, and no training one of its test part.

    Args:
        splits: `rnn_templates.data.splits.Splits` of time series, whose series are read to their ends.
        train: function from the `Splits` of a fold to a trained model.
        folds: positive int; number of origins.
        steps: positive int or None; length of a test part; None for a tenth of the shortest series.
        num_worst: as in `evaluate`.

    Returns:
        `Backtest`.

    Raises:
        ValueError: if a series is too short for the folds.

    Example:
        >>> season = 5 + np.sin(np.arange(80) * np.pi / 2)
        >>> from rnn_templates.data.splits import Splits
        >>> from rnn_templates.data.series.collection import Series, SeriesCollection
        >>> from rnn_templates.data.series.grid import Grid
        >>> from rnn_templates.evaluation.backtest import backtest
        >>> collection = SeriesCollection([Series.from_values("mine", season)], Grid("row", 1))
        >>> splits = Splits.from_examples("mine", {"train": collection}, kind="time_series")
        >>> def train(fold):
        ...     from rnn_templates.templates.forecasting.builder import data_kwargs
        ...     return rt.forecasting_model(**data_kwargs(fold), horizon=2, look_back=4, segment_length=4, units=4)
        >>> [report.windows for report in backtest(splits, train, folds=2, steps=8).reports]
        [7, 7]
    """
    check_kind("time_series", splits)
    collection = splits.train.collection
    lengths = np.array([len(one.values) for one in collection.series])
    steps = max(1, int(lengths.min()) // 10) if steps is None else steps
    check_sizes("backtest", folds=folds, steps=steps)
    if lengths.min() <= (folds + 1) * steps:
        raise ValueError(
            f"backtest: `folds` {folds} of `steps` {steps:,}, and a validation part, must be shorter than the shortest "
            f"series; received {int(lengths.min()):,} values."
        )
    reports = []
    for fold in range(folds, 0, -1):
        first = lengths - fold * steps
        bounds = {"train": (0 * first, first - steps), "validation": (first - steps, first)}
        bounds["test"] = (first, first + steps)
        parts = {
            name: dataclasses.replace(collection, begin=begin.tolist(), end=end.tolist())
            for name, (begin, end) in bounds.items()
        }
        found = Splits.from_examples(f"{splits.name}, fold {folds - fold + 1}", parts, kind="time_series")
        reports.append(evaluate_forecaster(train(found), found.test, baseline=found.train, num_worst=num_worst))
    return Backtest(reports)
