"""Speed of the recurrent layers beside Keras and PyTorch, each in a process of its own, in alternating rounds.

    python benchmarks/speed.py [--torch PYTHON] [--threads 1] [--rounds 25] [--only lstm]

PYTHON is an interpreter that has PyTorch. Writes its table into benchmarks/RESULTS.md; `make bench` runs it.
"""

import json
import pathlib
import statistics
import subprocess
import sys
from typing import Annotated

import typer

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
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{library} did not start; run it yourself: {' '.join(command)}")

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
    times = {name: [] for name in workers}
    for _ in range(rounds if case["task"] != "fit" else max(3, rounds // 5)):
        for name, worker in workers.items():
            times[name].append(worker.time())
    for worker in workers.values():
        worker.close()
    return times


def row(name, times):
    """Returns the cells of one row of the table."""
    median = {library: statistics.median(values) for library, values in times.items()}
    cells = [name]
    for library in ("ours", "keras", "torch", "products"):
        values = times.get(library)
        cells.append(f"{median[library]:.2f} ({min(values):.2f})" if values else "")
    for library in ("keras", "torch"):
        cells.append(f"{median[library] / median['ours']:.2f}" if library in median else "")
    cells.append(f"{median['products'] / median['ours']:.0%}" if "products" in median else "")
    return cells


def write(rows, rounds, threads):
    """Writes the table between its two markers in RESULTS.md."""
    path = HERE / "RESULTS.md"
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
    lines = [f"Medians (minima) of {rounds} alternating rounds, threads: {threads}, `make bench`.", ""]
    lines += ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    begin, end = f"<!-- speed {threads}: begin -->", f"<!-- speed {threads}: end -->"
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    path.write_text(before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1], encoding="utf-8")


def main(
    torch: Annotated[str, typer.Option(help="A Python interpreter that has PyTorch; empty for none.")] = "",
    rounds: Annotated[int, typer.Option(help="Measurements of each library.", min=1)] = 25,
    threads: Annotated[int, typer.Option(help="Threads of each library.", min=1)] = 1,
    only: Annotated[str, typer.Option(help="Part of the name of the cases to measure; writes no table.")] = "",
):
    """Measures the recurrent layers beside Keras and PyTorch."""
    rows = []
    for name, case in CASES.items():
        if only.lower() in name.lower():
            rows.append(row(name, measure({**case, "threads": threads}, sys.executable, torch, rounds)))
            print(" | ".join(rows[-1]), flush=True)
    if not only:
        write(rows, rounds, threads)


if __name__ == "__main__":
    typer.run(main)
