"""Seconds until the first training step of a two-layer BiLSTM is done, with and without the compile cache of XLA.

    python benchmarks/first_step.py [--rounds 3]

Each measurement is a process of its own; the cache is a temporary folder, filled by the process before the first round.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Annotated

import typer

BATCH, STEPS, WORDS, UNITS = 32, 100, 500, 64


def first_step():
    """Returns the seconds of the first `train_on_batch` of a new model."""
    import keras
    import numpy as np

    import rnn_templates as rt

    inputs = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(WORDS, UNITS, mask_zero=True)(inputs)
    outputs = rt.Recurrent([rt.LSTMCell(UNITS), rt.LSTMCell(UNITS)], bidirectional=True)(embedded)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(outputs))
    model.compile("adam", "binary_crossentropy")
    x = np.random.default_rng(0).integers(1, WORDS, (BATCH, STEPS))
    start = time.perf_counter()
    model.train_on_batch(x, x.sum(axis=1) % 2)
    return time.perf_counter() - start


def measure(folder):
    """Runs `first_step` in a new process; None for no cache."""
    flags = {"TF_XLA_FLAGS": f"--tf_xla_persistent_cache_directory={folder}"} if folder else {}
    command = [sys.executable, __file__, "--worker"]
    run = subprocess.run(
        command, env={**os.environ, **flags}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    )
    return float(run.stdout.splitlines()[-1])


def main(
    rounds: Annotated[int, typer.Option(help="Alternating rounds.", min=1)] = 3,
    worker: Annotated[bool, typer.Option(hidden=True)] = False,
):
    """Measures the first step."""
    if worker:
        print(first_step())
        return
    with tempfile.TemporaryDirectory() as folder:
        print(f"cache is written: {measure(folder):.2f} s", flush=True)
        times = [(measure(None), measure(folder)) for _ in range(rounds)]
    for name, values in zip(("no cache", "cache"), zip(*times, strict=True), strict=True):
        print(f"{name}: median {statistics.median(values):.2f} s, minimum {min(values):.2f} s")


if __name__ == "__main__":
    typer.run(main)
