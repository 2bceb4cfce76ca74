"""Writes docs/cells.md: measured properties of every cell, and its accuracy on tasks that separate cells.

    python benchmarks/cell_table.py accuracies              # about 25 minutes on two cores; resumes
    python benchmarks/cell_table.py speed                   # a minute, on a machine that does nothing else
    python benchmarks/cell_table.py page                    # from the results of both
    python benchmarks/cell_table.py accuracies --only gru   # one cell
    python benchmarks/cell_table.py rates                   # how the learning rate was chosen

`make cell-table` runs the first three steps for all cells. Results are kept in `--output`, a file for each cell; what
has been measured with the same settings is not measured again. Delete the file of a cell whose formula has changed.
"""

import dataclasses
import itertools
import os
import time
from pathlib import Path
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
import typer
from cell_table import measures, page, training
from cell_table.results import Results
from cell_table.tasks import TASKS

from rnn_templates.cells import CELLS
from rnn_templates.utils.atomic import write_text

SEEDS, MIN_SEEDS = (1, 2, 3), 2
RATES, RATE_CELLS = (3e-3, 1e-2, 3e-2), ("lstm", "gru")
PROPERTIES = {"units": measures.UNITS, "features": measures.FEATURES, "epochs": measures.REVIEW_EPOCHS}
SPEED = {name: getattr(measures, name) for name in ("UNITS", "FEATURES", "BATCH", "STEPS", "ROUNDS")}
tf.get_logger().setLevel("ERROR")  # each cell and task is a network of its own, which TensorFlow reports as retracing
Output = Annotated[Path, typer.Option(help="Folder of the results.")]
app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def accuracies(
    output: Output = Path("runs/cell_table"),
    only: Annotated[str, typer.Option(help="Names of cells, separated by commas; default all.")] = "",
    seeds: Annotated[int, typer.Option(min=MIN_SEEDS, max=len(SEEDS), help="Seeds of each task.")] = len(SEEDS),
):
    """Measures everything but the speed."""
    results, names = Results(output), [name for name in only.split(",") if name] or list(CELLS)
    for number, name in enumerate(names, 1):
        for measure, text, seconds in _measure(results, name, SEEDS[:seeds]):
            print(f"[{number}/{len(names)}] {name}, {measure}: {text} ({seconds:.0f} s)", flush=True)
        keras.utils.clear_session()


def _measure(results, name, seeds):
    """Measures what is missing of a cell; yields a description of every result and the seconds it took."""
    start = time.perf_counter()
    if results.find(name, "properties", PROPERTIES) is None:
        found = {"parameters": measures.parameters_per_unit(name), "streams": measures.streams(name)}
        found |= measures.on_reviews(name)
        results.save(name, "properties", PROPERTIES, found)
        yield "reviews", f"{found['accuracy']:.3f}", time.perf_counter() - start
    for task in TASKS:
        settings = _settings(task)
        found = results.find(name, task.name, settings) or {}
        missing = [seed for seed in seeds if str(seed) not in found]
        start = time.perf_counter()
        for seed, accuracy in training.train_and_test(task, name, missing) if missing else ():
            found[str(seed)] = accuracy
            results.save(name, task.name, settings, found)
            yield f"{task.name}, seed {seed}", _text(accuracy), time.perf_counter() - start
            start = time.perf_counter()


def _text(accuracy):
    return ", ".join(f"{column} {value:.3f}" for column, value in accuracy.items())


def _settings(task):
    return {**training.SETTINGS, **task.settings}


@app.command()
def speed(output: Output = Path("runs/cell_table")):
    """Measures the speed of all cells, side by side."""
    found = measures.speeds(list(CELLS))
    Results(output).save("speed", "speed", SPEED, found)
    for name, value in found.items():
        print(f"{name}: {value:.2f}")


@app.command(name="page")
def write_page(output: Output = Path("runs/cell_table")):
    """Writes docs/cells.md from the results, of the seeds that are measured for all cells."""
    results = Results(output)
    speeds = results.find("speed", "speed", SPEED) or {}
    properties = {name: results.find(name, "properties", PROPERTIES) for name in CELLS}
    tasks = {
        name: {task.name: results.find(name, task.name, _settings(task)) or {} for task in TASKS} for name in CELLS
    }
    common = {
        name: [seed for seed in SEEDS if all(str(seed) in found for found in tasks[name].values())] for name in CELLS
    }
    missing = [name for name in CELLS if name not in speeds or not properties[name] or len(common[name]) < MIN_SEEDS]
    if missing:
        raise typer.BadParameter(f"measure {', '.join(missing)} first: run `accuracies` and `speed`.")
    seeds = [str(seed) for seed in SEEDS if all(seed in found for found in common.values())]
    chosen = {
        name: {task: [found[seed] for seed in seeds] for task, found in own.items()} for name, own in tasks.items()
    }
    write_text(page.PATH, page.render(properties, speeds, chosen))


@app.command()
def rates():
    """Prints accuracies of the LSTM and the GRU by learning rate, of one seed."""
    for task, name, rate in itertools.product(TASKS, RATE_CELLS, RATES):
        for _, accuracy in training.train_and_test(dataclasses.replace(task, learning_rate=rate), name, SEEDS[:1]):
            print(f"{task.name}, {name}, {rate:g}: {_text(accuracy)}", flush=True)


if __name__ == "__main__":
    app()
