"""NSL-KDD: anomalous network connections, learned from the normal records of the 20 % training file alone.

    python benchmarks/anomaly_network.py ../shared/data/anomaly/nsl_kdd

The limit flags 5 % of the normal training records; no attack is read in the training. The shrinkage has the largest
likelihood of a held-out fifth of the normal training records, of 0.0001, 0.001, 0.01, 0.1 and 0.5.
"""

import csv
import gzip
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from rnn_templates.evaluation.metrics.roc import roc_auc
from rnn_templates.templates.anomaly_detection.records import record_detector

COLUMNS = 41
CATEGORICAL = ("protocol_type", "service", "flag")
TRAIN, TESTS = "KDDTrain+_20Percent.txt.gz", ("KDDTest+.txt.gz", "KDDTest-21.txt.gz")
PUBLISHED = "published: RNN-IDS, supervised, 83.3 % and 68.6 % accuracy"


def read(folder, name):
    """The columns of a file, a dict of lists, and whether each record is an attack."""
    names = [row[0] for row in csv.reader((folder / "field_names.csv").open())][:COLUMNS]
    with gzip.open(folder / name, "rt") as file:
        rows = list(csv.reader(file))
    columns = {one: [row[i] for row in rows] for i, one in enumerate(names)}
    return columns, np.array([row[COLUMNS] != "normal" for row in rows])


def gaussian_baseline(columns):
    """Distances from the mean of each number, in standard deviations of the normal training records: a function."""
    numeric = [name for name in columns if name not in CATEGORICAL]

    def matrix(table):
        return np.array([table[name] for name in numeric], np.float64).T

    train = matrix(columns)
    means, deviations = train.mean(axis=0), train.std(axis=0)
    deviations = np.where(deviations > 0, deviations, 1.0)
    return lambda table: np.mean(np.minimum(np.abs(matrix(table) - means) / deviations, 10), axis=1)


def main(
    data: Annotated[Path, typer.Argument(help="Folder with KDDTrain+_20Percent, KDDTest+ and KDDTest-21.")],
    shrinkage: Annotated[float, typer.Option(help="Weight of the identity in the covariance.")] = 1e-4,
):
    columns, attacks = read(data, TRAIN)
    normal = {name: [one for one, attack in zip(values, attacks, strict=True) if not attack] for name, values in
              columns.items()}  # fmt: skip
    detector = record_detector(normal, categorical=CATEGORICAL, shrinkage=shrinkage, risk=0.05)
    baseline = gaussian_baseline(normal)
    limit = np.quantile(baseline(normal), 0.95)
    detectors = {
        "record_detector": detector.score_records,
        "mean |z| of the numbers": lambda table: baseline(table) / limit,
    }
    table = Table("detector", "file", "AUC", "accuracy", "precision", "recall", header_style="bold", caption=PUBLISHED)
    for name in TESTS:
        records, labels = read(data, name)
        for title, score in detectors.items():
            scores = score(records)
            alarms = scores > 1
            hits = (alarms & labels).sum()
            figures = (alarms == labels).mean(), hits / max(1, alarms.sum()), hits / labels.sum()
            table.add_row(title, name, f"{roc_auc(labels, scores):.4f}", *(f"{one:.3f}" for one in figures))
    Console(width=110).print(table)


if __name__ == "__main__":
    typer.run(main)
