"""Speed of the recurrent layers beside Keras and PyTorch, each in a process of its own, in alternating rounds.

    python benchmarks/speed.py [--torch PYTHON] [--threads 1] [--rounds 15] [--only lstm]

PYTHON is an interpreter that has PyTorch. Without `--threads` it measures one thread, two threads and all cores.
Writes its tables into benchmarks/RESULTS.md; `make bench` runs it.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
from typing import Annotated

import typer
from results import replace_table

HERE = pathlib.Path(__file__).parent
LARGE = {"batch": 64, "steps": 100, "features": 128, "units": 128}
CASES = {
    "LSTM train, B64 T100 I128 H128": {"cell": "lstm", "task": "train", **LARGE},
    "LSTM train, B64 T100 I256 H256": {"cell": "lstm", "task": "train", **LARGE, "features": 256, "units": 256},
    "LSTM train, B8 T100 I64 H64": {
        "cell": "lstm", "task": "train", "batch": 8, "steps": 100, "features": 64, "units": 64
    },
    "LSTM train, masked, B64 T100 I128 H128": {"cell": "lstm", "task": "train", "masked": True, **LARGE},
    "GRU train, B64 T100 I128 H128": {"cell": "gru", "task": "train", **LARGE},
    "vanilla train, B64 T100 I128 H128": {"cell": "vanilla", "task": "train", **LARGE},
    "LSTM inference, B64 T100 I128 H128": {"cell": "lstm", "task": "infer", **LARGE},
    "LSTM inference, B1 T100 I128 H128": {"cell": "lstm", "task": "infer", **LARGE, "batch": 1},
    "GRU inference, B64 T100 I128 H128": {"cell": "gru", "task": "infer", **LARGE},
    "LSTM in fit on ids, B64 T100 H128": {"cell": "lstm", "task": "fit", **LARGE},
    "LSTM in fit on ids, B32 T200 H64": {
        "cell": "lstm", "task": "fit", "batch": 32, "steps": 200, "features": 64, "units": 64
    },
    "BiLSTM in fit on ids, B32 T200 H64": {
        "cell": "lstm", "task": "fit", "batch": 32, "steps": 200, "features": 64, "units": 64, "bidirectional": True
    },
    "LSTM in fit on ids, B8 T200 H64": {
        "cell": "lstm", "task": "fit", "batch": 8, "steps": 200, "features": 64, "units": 64
    },
    "minGRU train against Keras's LSTM, B16 T512 I128 H128": {
        "cell": "mingru", "task": "train", "batch": 16, "steps": 512, "features": 128, "units": 128, "keras": "lstm"
    },
}  # fmt: skip


class Worker:
    """A process that times one case of one library on request."""

    def __init__(self, python, library, case):
        command = [python, str(HERE / "speed_worker.py"), library, json.dumps(case)]
        self.command = " ".join(command)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def wait_until_ready(self):
        """Returns when the case has been compiled and run; the workers of a case start at the same time."""
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"a library did not start; run it yourself: {self.command}")

    def time(self):
        """Returns the milliseconds of one call."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(case, python, torch, rounds):
    """Returns milliseconds of each round by library, in alternating rounds."""
    workers = {"ours": Worker(python, "ours", case)}
    workers["keras"] = Worker(python, "keras", {**case, "cell": case.get("keras", case["cell"])})
    if case["task"] != "fit":
        workers["products"] = Worker(python, "products", case)
        if torch and "keras" not in case:
            workers["torch"] = Worker(torch, "torch", case)
    for worker in workers.values():
        worker.wait_until_ready()
    times = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            times[name].append(worker.time())
    for worker in workers.values():
        worker.close()
    return times


def row(name, times):
    """Returns the cells of one row of the table: minima and, in brackets, medians."""
    least = {library: min(values) for library, values in times.items()}
    median = {library: statistics.median(values) for library, values in times.items()}
    cells = [name]
    for library in ("ours", "keras", "torch", "products"):
        cells.append(f"{least[library]:.2f} ({median[library]:.2f})" if library in times else "")
    for library in ("keras", "torch"):
        ratios = [values[library] / values["ours"] for values in (least, median) if library in times]
        cells.append(f"{ratios[0]:.2f} ({ratios[1]:.2f})" if ratios else "")
    cells.append(f"{least['products'] / least['ours']:.0%}" if "products" in times else "")
    return cells


def table(rows, rounds, threads):
    """Returns the lines of the table."""
    head = [
        "case",
        "ours ms",
        "Keras ms",
        "PyTorch ms",
        "products ms",
        "Keras / ours",
        "PyTorch / ours",
        "of the bound",
    ]
    lines = [f"Minima (medians) of {rounds} alternating rounds, threads: {threads}, ratios likewise, `make bench`.", ""]
    return lines + ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]


def default_threads():
    """Returns 1, 2 and the number of cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return sorted({1, min(2, cores), cores})


def main(
    torch: Annotated[str, typer.Option(help="A Python interpreter that has PyTorch; empty for none.")] = "",
    rounds: Annotated[int, typer.Option(help="Measurements of each library.", min=1)] = 15,
    threads: Annotated[list[int], typer.Option(help="Threads of each library; may be repeated.", min=1)] = (),
    only: Annotated[str, typer.Option(help="Part of the name of the cases to measure; writes no table.")] = "",
):
    """Measures the recurrent layers beside Keras and PyTorch."""
    for count in threads or default_threads():
        rows = []
        for name, case in CASES.items():
            if only.lower() in name.lower():
                rows.append(row(name, measure({**case, "threads": count}, sys.executable, torch, rounds)))
                print(f"{count} threads | {' | '.join(rows[-1])}", flush=True)
        if not only:
            replace_table(f"speed {count}", table(rows, rounds, count))


if __name__ == "__main__":
    typer.run(main)
