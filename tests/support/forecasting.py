"""A tiny forecasting model of two seasonal series."""

import keras
import numpy as np
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import Grid
from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.preprocessing.series.window import SeriesWindow
from rnn_templates.templates.forecasting.builder import forecasting_model

HORIZON, LOOK_BACK = 4, 8
TINY = {"horizon": HORIZON, "look_back": LOOK_BACK, "segment_length": 4, "units": 6, "embedding_dim": 6, "dropout": 0.0}
TINY |= {"num_quantiles": 3, "linear_look_back": LOOK_BACK}


def seasonal(name, steps=60, seed=0):
    """Values (steps,) of a series with a season of 4 steps."""
    rng = np.random.default_rng([seed, len(name)])
    return np.round(10 + 3 * np.sin(np.arange(steps) * np.pi / 2) + rng.normal(0, 0.3, steps), 3)


SERIES = {name: seasonal(name) for name in ("oslo", "florence")}


def collection(**options):
    """The series as a `SeriesCollection`."""
    return SeriesCollection(
        [Series.from_values(*pair) for pair in SERIES.items()], Grid("us", 86_400_000_000), **options
    )


def schema():
    return SeriesSchema.from_part(collection(end=[40, 40]).dataset())


def text(name, values):
    return f"{name}|" + " ".join(map(str, values))


_windows = [(name, SERIES[name], start) for start in (0, 9, 18) for name in SERIES]
examples = [text(name, values[start : start + LOOK_BACK]) for name, values, start in _windows]
targets = [values[start + LOOK_BACK : start + LOOK_BACK + HORIZON].tolist() for _, values, start in _windows]
other_input = text("oslo", [1.0, 9.5, 2.0])
files = {"series.json"}


def _own_windows(model):
    """Histories of the first series of a model; covariates are 0."""
    count = len(model.schema.known_names)
    known = np.zeros((model.look_back + model.horizon, count)) if count else None
    values = seasonal("oslo") * model.schema.scales[0]
    return [SeriesWindow(values[start : start + 8], model.schema.names[0], known) for start in range(9)]


def build(series=None, randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(forecasting_model, series or schema(), **{**TINY, **options})
    if randomize:
        tables = [model.network.get_layer("scale"), model.network.get_layer("quantiles")]
        kept = [layer.get_weights() for layer in tables]
        randomize_weights(model)
        for layer, weights in zip(tables, kept, strict=True):
            layer.set_weights(weights)
        bias = model.network.get_layer("decoder").output_layer.bias
        points = np.mean([one.scores[:, 0] for one in model.predict_examples(_own_windows(model))], axis=0)
        shift = np.zeros((bias.shape[0] // (1 + len(model.quantiles)), 1 + len(model.quantiles)))
        shift[:, 0] = np.resize(points, len(shift))  # else all forecasts have the same direction
        bias.assign_sub(shift.ravel())
    return model


def splits():
    return Splits.from_examples("tiny", collection().split((36, 12, 12)), kind="time_series")


cli_builder = ["--units", "4", "--embedding-dim", "4", "--horizon", "4", "--look-back", "8", "--segment-length", "4"]
bad_arguments = {
    "horizon": (0, -1, 1.5), "look_back": (0, 9), "segment_length": (0, 100_000), "linear_look_back": (-1, 9),
    "normalization": ("first", None),
    "units": (0,), "num_layers": (0,),
    "embedding_dim": (1,), "dropout": (1, -0.1), "num_quantiles": (0, 2, 101), "point_loss": ("rmse",),
    "quantile_weight": (-1, float("nan")), "learning_rate": (0,), "cell": ("elstm",),
}  # fmt: skip


def write_data(folder):
    """Writes the series as a wide csv file; returns its path."""
    days = np.datetime64("2026-01-01") + np.arange(60)
    lines = [f"{day},{a},{b}" for day, a, b in zip(days, *SERIES.values(), strict=True)]
    return write(folder, "weather.csv", "date,oslo,florence\n" + "\n".join(lines) + "\n")


def stream_calls(model):
    """Calls of the reader of streams with the answers of Keras for whole series; see `support.specs`."""
    values = SERIES["oslo"][:LOOK_BACK].tolist()
    answers = model.predict([text("oslo", values[: count + 1]) for count in range(LOOK_BACK)], return_labels=True)
    answers = [{name: one[name] for name in ("series", "forecast", "quantiles")} for one in answers]
    calls = [("feed", [value], {"series": "oslo"}, answer) for value, answer in zip(values, answers, strict=True)]
    segments = [("feed_segment", [values[start : start + 4]], {"series": "oslo"}) for start in (0, 4)]
    return [*calls, (*segments[0], None), (*segments[1], answers[-1])]
