"""Times of NeuralForecast's GRU on ETTh1, for forecasting_speed.py; runs where NeuralForecast is installed.

    python benchmarks/neuralforecast_worker.py ETTh1.csv

Prints a JSON line: seconds of an epoch, and the median ms of a forecast of the seven series by a loaded model. The
seconds are those of 20 steps, times the number of steps that read all windows of the training split once.
"""

import json
import logging
import statistics
import sys
import tempfile
import time
import warnings

import pandas as pd
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import MQLoss
from neuralforecast.models import GRU

HORIZON = LOOK_BACK = 96
UNITS, BATCH, TRAIN, MEASURED = 128, 256, 8640, 20
QUIET = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
warnings.filterwarnings("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


def fit(frame, steps):
    model = GRU(
        h=HORIZON, input_size=LOOK_BACK, encoder_hidden_size=UNITS, encoder_n_layers=1, max_steps=steps,
        batch_size=7, windows_batch_size=BATCH, loss=MQLoss(level=[20, 40, 60, 80]), scaler_type="standard",
        accelerator="cpu", val_check_steps=10**6, **QUIET,
    )  # fmt: skip
    forecaster = NeuralForecast(models=[model], freq="h")
    start = time.perf_counter()
    forecaster.fit(frame)
    return forecaster, time.perf_counter() - start


def main(path):
    table = pd.read_csv(path, parse_dates=["date"])[:TRAIN]
    frame = table.melt("date", var_name="unique_id", value_name="y").rename(columns={"date": "ds"})
    steps = 7 * (TRAIN - LOOK_BACK - HORIZON + 1) // BATCH
    _, short = fit(frame, 5)
    forecaster, long = fit(frame, 5 + MEASURED)
    with tempfile.TemporaryDirectory() as folder:
        forecaster.save(folder, overwrite=True, save_dataset=False)
        loaded = NeuralForecast.load(folder)
    history, times = frame.groupby("unique_id").tail(LOOK_BACK), []
    for _ in range(11):
        start = time.perf_counter()
        loaded.predict(history)
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"epoch": (long - short) * steps / MEASURED, "forecast": statistics.median(times[1:])}))


main(sys.argv[1])
