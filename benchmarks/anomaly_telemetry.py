"""NASA telemetry, SMAP and MSL: events of 81 channels, counted by telemanom's rule without point adjustment.

    python benchmarks/anomaly_telemetry.py ../shared/data/anomaly/smap_msl --output runs/telemetry

One model for all channels is trained on their training parts; the commands before a value are its covariates. Alarms
are found in the smoothed errors by telemanom's nonparametric thresholds and pruning, with the constants of its paper:
windows of 2,100 samples that move by 70. The same rule on the distance of a value from the training mean is beside it.
"""

import ast
import csv
import dataclasses
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

import rnn_templates as rt
from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import Grid
from rnn_templates.data.splits import Splits
from rnn_templates.evaluation.baselines.windowed_gaussian import z_scores
from rnn_templates.evaluation.metrics.events import EventCounts, count_events, runs
from rnn_templates.preprocessing.series.schema import SeriesSchema

BUILDER = {"units": 64, "window": 200, "embedding_dim": 16, "learning_rate": 3e-3}
FIT = {"epochs": 12, "batch_size": 32, "patience": 6}
TRAINING = 0.8  # of a training part; the rest selects the best epoch
SPAN, BATCH, BATCHES, BUFFER, PRUNE, MAX_EVENTS = 105, 70, 30, 100, 0.13, 5
PUBLISHED = "published, telemanom: precision .875, recall .800; its committed results: F1 .849"


def read_channels(folder):
    """Training and test parts (time, features), and labeled events, of all channels, a dict."""
    channels = {}
    for craft in ("SMAP", "MSL"):
        with np.load(folder / f"{craft}.npz") as file:
            for key in file.files:
                name, part = key.rsplit("/", 1)
                channels.setdefault(f"{craft}/{name}", {"events": []})[part] = file[key]
    with (folder / "labeled_anomalies.csv").open() as file:
        for row in csv.DictReader(file):
            channels[f"{row['spacecraft']}/{row['chan_id']}"]["events"] += ast.literal_eval(row["anomaly_sequences"])
    return dict(sorted(channels.items()))


def collect(channels):
    """All series, training before test, with the commands of the step before; training lengths; names of commands."""
    width = max(one["train"].shape[1] for one in channels.values()) - 1
    series, lengths = [], []
    for name, one in channels.items():
        rows = np.concatenate([one["train"], one["test"]])
        commands = np.concatenate([rows[:1, 1:], rows[:-1, 1:]])
        commands = np.pad(commands, [[0, 0], [0, width - commands.shape[1]]])
        series.append(Series.from_values(name, rows[:, 0], 0, commands))
        lengths.append(len(one["train"]))
    return series, lengths, tuple(f"command_{index}" for index in range(width))


def train(channels, output):
    """The trained model, and the test part."""
    series, lengths, names = collect(channels)
    cuts, grid = [int(TRAINING * length) for length in lengths], Grid("row", 1)

    def part(begin, end):
        return SeriesCollection(series, grid, names, (), begin, end).dataset()

    schema = SeriesSchema.from_part(part(None, lengths), allow_constant=True)
    schema = dataclasses.replace(schema, known_means=(0.0,) * len(names), known_scales=(1.0,) * len(names))
    model = rt.anomaly_detection_model(schema, **BUILDER)
    rt.fit(
        model, Splits("telemetry", part(None, cuts), part(cuts, lengths), None, (), kind="time_series"), output, **FIT
    )
    return model, part(lengths, None)


def find_alarms(errors, values):
    """Alarms (first, last) of the errors of one channel, by telemanom's thresholds."""
    rate, smoothed = 2 / (SPAN + 1), np.empty(len(errors))
    mean = errors[0]
    for index, error in enumerate(errors):
        mean = smoothed[index] = mean + rate * (error - mean)
    length, flags = BATCH * BATCHES, np.zeros(len(errors), bool)
    spread = np.subtract(*np.percentile(values, (95, 5)))
    count = max(1, (len(errors) - length) // BATCH + 1)
    for number in range(count):
        start = number * BATCH
        end = len(errors) if number == count - 1 else start + length
        window = smoothed[start:end]
        ignored = min(250, len(window) // 4) if not number else length - BATCH
        for one in (window, 2 * window.mean() - window):  # errors that are small for long are anomalies too
            for first, last in _window_alarms(one, values[start:end].std(), spread, ignored):
                flags[start + first : start + last + 1] = True
    return runs(flags)


def _window_alarms(window, deviation, spread, ignored):
    """Alarms of one window: the threshold that leaves the least errors below it, and pruning."""
    if not (window.std() > 0.05 * deviation or window.max() > 0.05 * spread) or window.max() <= 0.05:
        return []
    threshold, best = window.mean() + 12 * window.std(), -np.inf
    for factor in np.arange(2.5, 12, 0.5):
        candidate = window.mean() + factor * window.std()
        if not (window >= candidate).any():
            continue
        near = _widen(window >= candidate)
        below = window[window < candidate]
        decrease = 1 - below.mean() / window.mean() + 1 - below.std() / window.std()
        found = runs(near)
        score = decrease / (len(found) ** 2 + near.sum())
        if score >= best and len(found) <= MAX_EVENTS and near.sum() < 0.5 * len(window):
            threshold, best = candidate, score
    above = _widen((window >= threshold) & (window > 0.05 * spread))
    normal = window[~above].max(initial=0.0)
    above[:ignored] = False
    found = runs(above)
    order = sorted(range(len(found)), key=lambda i: -window[found[i][0] : found[i][1] + 1].max())
    tops = [*(window[found[i][0] : found[i][1] + 1].max() for i in order), normal]
    kept = [i for i in range(len(order)) if (tops[i] - tops[i + 1]) / tops[i] >= PRUNE]
    return [found[i] for i in order[: kept[-1] + 1]] if kept else []


def _widen(flags):
    """Flags, and the samples around them."""
    return np.convolve(flags, np.ones(2 * BUFFER - 1), "same") > 0.5


def main(
    data: Annotated[Path, typer.Argument(help="Folder with SMAP.npz, MSL.npz and labeled_anomalies.csv.")],
    output: Annotated[Path, typer.Option(help="Folder of the run; training resumes there.")] = Path("runs/telemetry"),
):
    channels = read_channels(data)
    model, test = train(channels, output)
    whole = model.whole_series(test)
    table = Table(
        "errors", "spacecraft", "detected", "false", "missed", "precision", "recall", "F1", header_style="bold"
    )
    table.caption = PUBLISHED
    counts = {name: {craft: EventCounts(0, 0, 0) for craft in ("SMAP", "MSL")} for name in ("model", "abs(z)")}
    scored = model.score_series([window for window, *_ in whole])
    for (window, first, _), (_, expected) in zip(whole, scored, strict=True):
        number = model.schema.number(window.series)
        center, scale = model.schema.centers[number], model.schema.scales[number]
        values, events = window.values[first:] / scale, channels[window.series]["events"]
        errors = {
            "model": np.abs(window.values - expected)[first:] / scale,
            "abs(z)": z_scores(window.values[first:], center, scale),
        }
        for name, one in errors.items():
            craft = window.series.partition("/")[0]
            counts[name][craft] += count_events(events, find_alarms(one, values))
    for name, found in counts.items():
        for craft, one in {**found, "both": sum(found.values(), EventCounts(0, 0, 0))}.items():
            figures = (f"{figure:.3f}" for figure in (one.precision, one.recall, one.f1))
            table.add_row(name, craft, *map(str, one), *figures)
    Console(width=110).print(table)


if __name__ == "__main__":
    typer.run(main)
