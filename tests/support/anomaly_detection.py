"""A tiny anomaly detector of two seasonal series."""

import keras
import numpy as np
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import Grid
from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.templates.anomaly_detection.builder import anomaly_detection_model

TINY = {"window": 12, "period": 4, "units": 6, "embedding_dim": 3}


def sensor(name, steps=60, seed=0):
    """Values (steps,) of a series with a season of 4 steps, and whether they are anomalous."""
    rng = np.random.default_rng([seed, len(name)])
    values = np.round(10 + 3 * np.sin(np.arange(steps) * np.pi / 2) + rng.normal(0, 0.3, steps), 3)
    labels = np.zeros(steps, bool)
    for first in (20, 45, 55):
        values[first : first + 2] += 12
        labels[first : first + 2] = True
    return values, labels


SERIES = {name: sensor(name) for name in ("boiler", "pump")}


def collection(**options):
    """The series as a `SeriesCollection`."""
    series = [Series.from_values(name, values, labels=labels) for name, (values, labels) in SERIES.items()]
    return SeriesCollection(series, Grid("us", 86_400_000_000), **options)


def schema():
    return SeriesSchema.from_part(collection(end=[40, 40]).dataset())


def text(name, values):
    return f"{name}|" + " ".join(map(str, values))


examples = [text(name, SERIES[name][0][start : start + 9 + start % 3]) for start in (0, 14, 40) for name in SERIES]
targets = examples  # the target of a step is its value
other_input = text("boiler", [1.0, 9.5, 2.0])
files = {"series.json"}


def build(series=None, randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(anomaly_detection_model, series or schema(), **{**TINY, **options})
    if randomize:
        randomize_weights(model)
    names = model.schema.names
    own = [text(names[i % len(names)], SERIES["boiler"][0][start : start + 9]) for i, start in enumerate((0, 14, 40))]
    if not model.schema.known_names:
        model.scorer.limits.assign([1.0, 1.0])
        model.scorer.limits.assign([float(np.quantile(np.concatenate(model.predict(own)), 0.8))] * 2)
    return model


def splits():
    return Splits.from_examples("tiny", collection().split((36, 12, 12)), kind="time_series")


cli_builder = ["--units", "4", "--embedding-dim", "2", "--window", "12"]
bad_arguments = {
    "window": (0, 1, 1.5), "period": (0, -1, 100_000), "units": (0,), "num_layers": (0,), "embedding_dim": (0,),
    "dropout": (1, -0.1), "distribution": ("cauchy",), "scorer": ("max",), "smoothing": (-1, float("nan")),
    "memory": (0, 2.5), "risk": (0, 0.5, "low"), "learning_rate": (0,), "cell": ("elstm",),
}  # fmt: skip


def write_data(folder):
    """Writes the series as a wide csv file with labels; returns its path."""
    days = np.datetime64("2026-01-01") + np.arange(60)
    columns = [SERIES["boiler"][0], SERIES["pump"][0], SERIES["boiler"][1].astype(int)]
    lines = [",".join(map(str, row)) for row in zip(days, *columns, strict=True)]
    return write(folder, "machines.csv", "date,boiler,pump,is_anomaly\n" + "\n".join(lines) + "\n")


def stream_calls(model):
    """Calls of the reader of streams, with the scores of Keras for the whole series."""
    windows = [model.preprocessor.read(example) for example in (examples[0], examples[1])]
    calls = []
    for window, (scores, expected) in zip(windows, model.score_series(windows), strict=True):
        for value, score, location in zip(window.values.tolist(), scores.tolist(), expected.tolist(), strict=True):
            answer = {"series": window.series, "score": score, "flag": int(score > 1), "expected": location}
            calls.append(("feed", [value], {"series": window.series}, answer))
    return calls
