"""M4 hourly: 414 series, 48 hours ahead; sMAPE, MASE and OWA as in the competition, and interval coverage.

    python benchmarks/m4_hourly.py M4-Hourly-train.csv.gz M4-Hourly-test.csv.gz [--seeds 2]

One model for all series. The last 48 hours of the training file are the validation split; the test file is read once,
after the training. OWA is relative to Naive2, whose sMAPE of 18.383 and MASE of 2.395 are those of the competition
(Makridakis et al., International Journal of Forecasting 36, 2020).
"""

import csv
import gzip
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import typer

import rnn_templates as rt
from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import Grid
from rnn_templates.data.splits import Splits
from rnn_templates.evaluation.metrics.forecast import coverage, mase, smape
from rnn_templates.templates.forecasting.builder import data_kwargs

HORIZON, PERIOD = 48, 24
NAIVE2 = {"smape": 18.383, "mase": 2.395}


def main(
    train: Annotated[Path, typer.Argument(help="M4-Hourly-train.csv, may be compressed by gzip.")],
    test: Annotated[Path, typer.Argument(help="M4-Hourly-test.csv.")],
    seeds: Annotated[int, typer.Option(help="Number of models; their forecasts are averaged.")] = 2,
    epochs: Annotated[int, typer.Option(help="Passes over the training windows.")] = 6,
    look_back: Annotated[int, typer.Option(help="Hours that a forecast is computed from.")] = 168,
    units: Annotated[int, typer.Option(help="Size of the state.")] = 128,
    learning_rate: Annotated[float, typer.Option(help="Peak of the learning rate.")] = 4e-3,
    validate: Annotated[bool, typer.Option(help="Whether to stop before the test file is read.")] = False,
):
    history, actual = read(train), read(test)
    names = list(history)
    splits = make_splits(history, actual)
    outputs = {"validation": [], "test": []}
    for seed in range(1, seeds + 1):
        keras.utils.set_random_seed(seed)
        options = {"horizon": HORIZON, "look_back": look_back, "units": units, "embedding_dim": units, "dropout": 0.1}
        model = rt.forecasting_model(
            **data_kwargs(splits), **options, normalization="last", point_loss="mae", learning_rate=learning_rate
        )
        rt.fit(model, splits, epochs=epochs, batch_size=512, ema_decay=0.99, monitor="val_mae", seed=seed)
        for name in ("validation",) if validate else ("validation", "test"):
            outputs[name].append(forecasts(model, getattr(splits, name)))
    whole = np.array([np.abs(np.diff(lag(history[name]), axis=0)).mean() for name in names])
    targets = {"validation": [history[name][-HORIZON:] for name in names], "test": [actual[name] for name in names]}
    for name, found in outputs.items():
        if found:
            report(name, np.mean(found, axis=0), np.array(targets[name]), whole)
    if not validate:
        last_day = np.array([np.tile(history[name][-PERIOD:], 2) for name in names])
        report("test, last day", np.repeat(last_day[:, :, None], 2, axis=2), np.array(targets["test"]), whole)


def read(path):
    """Series by name."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: np.array([float(value) for value in row[1:] if value not in ("", "NA")]) for row in rows}


def lag(values):
    """Pairs of values a day apart, (2, n)."""
    return np.stack([values[:-PERIOD], values[PERIOD:]])


def make_splits(history, actual):
    """Training, validation (the last 48 hours of the training file) and test part."""
    series = [Series.from_values(name, np.concatenate([values, actual[name]])) for name, values in history.items()]
    collection = SeriesCollection(series, Grid("us", 3_600_000_000))
    ends = np.array([len(values) for values in history.values()])

    def part(begin, end):
        return SeriesCollection(series, collection.grid, begin=begin.tolist(), end=end.tolist())

    parts = {"train": part(0 * ends, ends - HORIZON), "validation": part(ends - HORIZON, ends)}
    return Splits.from_examples("m4_hourly", {**parts, "test": part(ends, ends + HORIZON)}, kind="time_series")


def forecasts(model, part):
    """Points and quantiles of the one window of every series, (series, horizon, 1 + quantiles)."""
    examples, _ = model.read_examples(part)
    return np.array([model.values_of(*pair) for pair in zip(examples, model.predict_examples(part), strict=True)])


def report(name, outputs, targets, seasonal_errors):
    points = outputs[:, :, 0]
    errors = {"smape": smape(targets, points), "mase": mase(targets, points, seasonal_errors)}
    owa = np.mean([errors[key] / NAIVE2[key] for key in errors])
    inside = coverage(targets, outputs[:, :, 1], outputs[:, :, -1])
    print(f"{name}: sMAPE {errors['smape']:.3f}, MASE {errors['mase']:.3f}, OWA {owa:.3f}, coverage {inside:.3f}")


if __name__ == "__main__":
    typer.run(main)
