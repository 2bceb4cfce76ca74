"""Memory of a process that builds, fits and drops small models, as a search of hyperparameters or a test suite does.

    python benchmarks/memory.py [--models 100] [--only compiled]

Each row is a process of its own. Writes its table into benchmarks/RESULTS.md; `make bench-memory` runs it.
"""

import gc
import json
import pathlib
import subprocess
import sys
from typing import Annotated

import typer
from results import replace_table

LAYERS = {"keras": "Keras's LSTM", "while_loop": 'implementation="while_loop"', "auto": 'compiled, "auto"'}
SIZES = {"one": "one size", "new": "a new size each"}
WARM_UP = 3  # models before the start: TensorFlow itself has its memory by then
EXAMPLES, STEPS, WORDS = 64, 20, 50


def resident_megabytes():
    """Returns the resident memory of this process."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def fit_model(layer, units):
    """Builds a small model, fits it for two steps, and evaluates it."""
    import keras
    import numpy as np

    import rnn_templates as rt

    x = np.random.default_rng(0).integers(1, WORDS, (EXAMPLES, STEPS))
    y = x.sum(axis=1) % 2
    inputs = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(WORDS, 8, mask_zero=True)(inputs)
    recurrent = keras.layers.LSTM(units) if layer == "keras" else rt.Recurrent(rt.LSTMCell(units), implementation=layer)
    outputs = keras.layers.Dense(1, activation="sigmoid")(recurrent(embedded))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, batch_size=EXAMPLES // 2, validation_data=(x, y), verbose=0)


def grow(layer, sizes, models):
    """Returns the resident megabytes after the warm-up and after all models."""
    import keras

    after = []
    for number in range(models):
        fit_model(layer, 16 if sizes == "one" else 8 + number)
        keras.backend.clear_session()
        gc.collect(), gc.collect()  # objects with a finalizer take a second round
        after.append(resident_megabytes())
    return after[WARM_UP - 1], after[-1]


def measure(layer, sizes, models):
    """Runs `grow` in a new process."""
    command = [sys.executable, __file__, "--worker", json.dumps([layer, sizes, models])]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def table(rows, models):
    """Returns the lines of the table."""
    head = ["layer", "models", f"MB after {WARM_UP} models", f"MB after {models} models", "growth, MB"]
    return ["| " + " | ".join(map(str, cells)) + " |" for cells in (head, ["---"] * len(head), *rows)]


def main(
    models: Annotated[int, typer.Option(help="Models of a process.", min=WARM_UP + 1)] = 100,
    only: Annotated[str, typer.Option(help="One of keras, while_loop, auto; writes no table.")] = "",
    worker: Annotated[str, typer.Option(hidden=True)] = "",
):
    """Measures the memory that models leave behind."""
    if worker:
        print(json.dumps(grow(*json.loads(worker))))
        return
    rows = []
    for layer, name in LAYERS.items():
        for sizes, described in SIZES.items():
            if only in ("", layer):
                start, last = measure(layer, sizes, models)
                rows.append([name, described, f"{start:.0f}", f"{last:.0f}", f"{last - start:.0f}"])
                print(" | ".join(rows[-1]), flush=True)
    if not only:
        replace_table("memory", table(rows, models))


if __name__ == "__main__":
    typer.run(main)
