"""Back-tests of forecasts: parts of the folds, refits, and no value of the future."""

import dataclasses

import numpy as np
import pytest
from support import forecasting as spec

from rnn_templates.data.splits import Splits
from rnn_templates.evaluation.backtest import backtest
from rnn_templates.templates.forecasting.builder import data_kwargs


def run(collection, **options):
    folds = []

    def train(splits):
        folds.append(splits)
        return spec.build(**data_kwargs(splits))

    splits = Splits.from_examples("mine", {"train": collection}, kind="time_series")
    return folds, backtest(splits, train, **options)


def test_every_fold_has_a_new_model_and_parts_that_follow_each_other():
    folds, found = run(spec.collection(), folds=3, steps=10)
    bounds = [
        {name: [one[0] for one in getattr(fold, name).collection.bounds()] for name in ("train", "validation", "test")}
        for fold in folds
    ]
    assert bounds == [
        {"train": [0, 60 - 10 * fold - 10], "validation": [50 - 10 * fold, 60 - 10 * fold]}
        | {"test": [60 - 10 * fold, 70 - 10 * fold]}
        for fold in (3, 2, 1)
    ]
    assert [report.windows for report in found.reports] == [14, 14, 14]  # of two series
    assert all("ridge" in report.baselines for report in found.reports)
    mean, deviation = found.metrics()["mase"]
    values = [report.mase for report in found.reports]
    assert (mean, deviation) == (pytest.approx(np.mean(values)), pytest.approx(np.std(values))) and deviation > 0


def test_a_fold_reads_no_value_after_its_test_part():
    collection = spec.collection()
    changed = [one._replace(values=np.r_[one.values[:40], 9 * one.values[40:]]) for one in collection.series]
    (_, first), (_, second) = (
        run(one, folds=3, steps=10) for one in (collection, dataclasses.replace(collection, series=changed))
    )
    assert first.reports[0].metrics() == second.reports[0].metrics()
    assert first.reports[1].metrics() != second.reports[1].metrics()


def test_folds_that_do_not_fit_are_an_error():
    for options, message in (
        ({"folds": 5, "steps": 10}, "shorter than the shortest series; received 60 values"),
        ({"folds": 0}, "`folds` must be"),
        ({"steps": 0}, "`steps` must be"),
    ):
        with pytest.raises(ValueError, match=message):
            run(spec.collection(), **options)
