"""Milliseconds a step of exported streams in LiteRT, on one thread.

    python benchmarks/step_latency.py [--rounds 7] [--write]

Weights are random: they do not change the time. A step is a call of `rnn_templates.runtime`, from Python, with its
states. Each row is the minimum of the medians of the rounds. `--write` replaces the table in benchmarks/RESULTS.md.
"""

import pathlib
import statistics
import string
import tempfile
import time
from typing import Annotated

import numpy as np
import typer
from results import replace_table

import rnn_templates as rt
from rnn_templates.export.targets.litert import write_litert
from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
from rnn_templates.runtime.stream import Step, open_litert

CALLS = 300
CHARACTERS = CharacterVocabulary(string.ascii_letters + " \n.,:;'-?!&3$")  # 65, as in tiny_shakespeare
HOURS = {"series": 10 + np.sin(np.arange(400) / 4)}


def generator(**options):
    """Returns a language model of characters."""
    return rt.text_generation_model(CHARACTERS, embedding_dim=64, **options)


CASES = {
    "a character, LSTM of 256 units": (lambda: generator(units=256, num_layers=1), 0.2),
    "a character, 2 LSTMs of 256 units": (lambda: generator(units=256, num_layers=2), 0.2),
    "a character, 2 LSTMs of 512 units": (lambda: generator(units=512, num_layers=2), None),
    "a character, minGRU of 256 units": (lambda: generator(cell="mingru", units=256, num_layers=1), None),
    "a segment of 24 hours, forecast of 24": (lambda: rt.forecasting_model(HOURS), None),
    "a segment of 24 hours, forecast of 96": (lambda: rt.forecasting_model(HOURS, horizon=96, look_back=336), None),
}
if hasattr(rt, "anomaly_detection_model"):
    CASES["a value, anomaly score"] = (lambda: rt.anomaly_detection_model(HOURS), 0.05)


def measure(path, spec, rounds):
    """Returns the milliseconds of a call of the step of a LiteRT file."""
    step, medians = Step(open_litert(path), spec), []
    dtypes = {"token": np.int32, "series": np.int32}
    inputs = {name: np.zeros(shape, dtypes.get(name, np.float32)) for name, shape in spec["inputs"].items()}
    for _ in range(rounds):
        times = []
        for _ in range(CALLS):
            start = time.perf_counter()
            step(**inputs)
            times.append(time.perf_counter() - start)
        medians.append(1000 * statistics.median(times))
    return min(medians)


def main(
    rounds: Annotated[int, typer.Option(help="Rounds of 300 calls.")] = 7,
    write: Annotated[bool, typer.Option(help="Replace the table in RESULTS.md.")] = False,
):
    lines = ["| step | at most | float32 ms | int8 ms | float32 kB | int8 kB |", "|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for name, (build, bar) in CASES.items():
            model, row = build(), []
            spec = model.stream_spec()["stream"]
            for precision in ("float32", "int8"):
                path = pathlib.Path(folder, f"{precision}.tflite")
                write_litert(model, path, int8=precision == "int8")
                row.append((measure(path, spec, rounds), path.stat().st_size / 1000))
            (first, size), (second, small) = row
            lines.append(f"| {name} | {bar or ''} | {first:.3f} | {second:.3f} | {size:,.0f} | {small:,.0f} |")
            print(lines[-1], flush=True)
    print("\n".join(lines))
    if write:
        replace_table("step latency", lines)


if __name__ == "__main__":
    typer.run(main)
