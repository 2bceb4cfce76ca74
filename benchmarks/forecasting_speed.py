"""An epoch of ETTh1 and one forecast of a loaded model, beside NeuralForecast's GRU.

    python -m venv .nf && .nf/bin/pip install neuralforecast==3.3.0
    python benchmarks/forecasting_speed.py ETTh1.csv --neuralforecast .nf/bin/python

Both: one GRU layer of 128 units, horizon and look-back of 96 hours, batches of 256 windows, all windows of the training
split once, nine quantiles (NeuralForecast eight and the median). NeuralForecast's GRU reads 96 steps of one value, the
model here 4 segments of 24. Times without compilation and first steps; a forecast is that of the seven series from a
DataFrame. The two alternate, each in a process of its own; printed are medians and their ratio.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

HORIZON = LOOK_BACK = 96
UNITS, BATCH = 128, 256
WORKER = Path(__file__).with_name("neuralforecast_worker.py")


def main(
    data: Annotated[Path, typer.Argument(help="ETTh1.csv.")],
    neuralforecast: Annotated[Path | None, typer.Option(help="Python with NeuralForecast.")] = None,
    rounds: Annotated[int, typer.Option(help="Number of processes of each.")] = 3,
    worker: Annotated[bool, typer.Option(hidden=True)] = False,
):
    if worker:
        print(json.dumps(measure(data)))
        return
    if neuralforecast is None:
        sys.exit("`--neuralforecast` must be the Python of an environment with NeuralForecast: see --help.")
    commands = {
        "rnn_templates": [sys.executable, __file__, str(data), "--worker"],
        "NeuralForecast": [str(neuralforecast), str(WORKER), str(data)],
    }
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    results = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            if done.returncode:
                sys.exit(done.stderr[-2000:])
            results[name].append(json.loads(done.stdout.strip().splitlines()[-1]))
            print(name, results[name][-1], flush=True)
    for key, unit in (("epoch", "s"), ("forecast", "ms")):
        ours, theirs = (statistics.median(one[key] for one in results[name]) for name in commands)
        print(f"{key}: {ours:.3g} {unit}, NeuralForecast {theirs:.3g} {unit}, ratio {theirs / ours:.1f}")
    arrays = statistics.median(one["arrays"] for one in results["rnn_templates"])
    device = statistics.median(one["device"] for one in results["rnn_templates"])
    print(f"of arrays {arrays:.3g} ms, of one series in LiteRT {device:.3g} ms")


def measure(data):
    """Times of this package, a dict."""
    import pandas as pd

    import rnn_templates as rt
    from rnn_templates.export.targets.litert import LiteRTModel, write_litert
    from rnn_templates.preprocessing.series.window import SeriesWindow
    from rnn_templates.templates.forecasting.builder import data_kwargs

    splits = rt.load(str(data), kind="time_series", series_options={"split_sizes": (8640, 2880, 2880)})
    options = {"horizon": HORIZON, "look_back": LOOK_BACK, "units": UNITS, "embedding_dim": UNITS}
    model = rt.forecasting_model(**data_kwargs(splits), **options)
    batches = model.make_batches(splits.train, batch_size=BATCH, shuffle=True, seed=1)
    model.fit(batches, epochs=1, verbose=0)
    start = time.perf_counter()
    model.fit(batches, epochs=1, verbose=0)
    found = {"epoch": time.perf_counter() - start}
    with tempfile.TemporaryDirectory() as folder:
        rt.save_model(model, Path(folder) / "model.keras")
        loaded = rt.load_model(Path(folder) / "model.keras")
        write_litert(model, Path(folder) / "model.tflite")
        device = LiteRTModel(Path(folder) / "model.tflite")
    history = pd.read_csv(data, parse_dates=["date"])[8640 - LOOK_BACK : 8640]
    windows = [SeriesWindow(history[name].to_numpy(), name) for name in history.columns[1:]]
    inputs = loaded.device_input(windows[0])
    calls = {
        "forecast": lambda: loaded.forecast(history),
        "arrays": lambda: loaded.predict(windows),
        "device": lambda: device("forecast", **inputs),
    }
    for name, call in calls.items():
        times = []
        for _ in range(21):
            start = time.perf_counter()
            call()
            times.append(1000 * (time.perf_counter() - start))
        found[name] = statistics.median(times[1:])
    return found


if __name__ == "__main__":
    typer.run(main)
