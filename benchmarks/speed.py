"""How fast the recurrences are, beside Keras and PyTorch: each in a process of its own, taking turns.

    python benchmarks/speed.py [--torch PYTHON] [--threads 1] [--rounds 25] [--only lstm]

PYTHON is an interpreter that has PyTorch. Writes its table into benchmarks/RESULTS.md; `make bench` does all of it.
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
    "LSTM train, B64 T100 I128 H128": {"kind": "lstm", "task": "train", **LARGE},
    "LSTM train, B64 T100 I256 H256": {"kind": "lstm", "task": "train", **LARGE, "features": 256, "units": 256},
    "LSTM train, B8 T100 I64 H64": {
        "kind": "lstm", "task": "train", "batch": 8, "steps": 100, "features": 64, "units": 64
    },
    "LSTM train, masked, B64 T100 I128 H128": {"kind": "lstm", "task": "train", "masked": True, **LARGE},
    "GRU train, B64 T100 I128 H128": {"kind": "gru", "task": "train", **LARGE},
    "vanilla train, B64 T100 I128 H128": {"kind": "vanilla", "task": "train", **LARGE},
    "LSTM inference, B64 T100 I128 H128": {"kind": "lstm", "task": "infer", **LARGE},
    "LSTM inference, B1 T100 I128 H128": {"kind": "lstm", "task": "infer", **LARGE, "batch": 1},
    "GRU inference, B64 T100 I128 H128": {"kind": "gru", "task": "infer", **LARGE},
    "LSTM in fit with Adam, B64 T100 I128 H128": {"kind": "lstm", "task": "fit", **LARGE},
    "LSTM in fit with Adam, B8 T200 I64 H64": {
        "kind": "lstm", "task": "fit", "batch": 8, "steps": 200, "features": 64, "units": 64
    },
    "minGRU train against Keras's LSTM, B16 T512 I128 H128": {
        "kind": "mingru", "task": "train", "batch": 16, "steps": 512, "features": 128, "units": 128, "keras": "lstm"
    },
}  # fmt: skip


class Worker:
    """One library with one case, waiting to be asked."""

    def __init__(self, python, library, case):
        command = [python, str(HERE / "speed_worker.py"), library, json.dumps(case)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{library} did not get ready; run it by hand: {' '.join(command)}")

    def time(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(case, python, torch, rounds):
    """Milliseconds of every library, in turns."""
    workers = {"ours": Worker(python, "ours", case)}
    workers["keras"] = Worker(python, "keras", {**case, "kind": case.get("keras", case["kind"])})
    if case["task"] != "fit":
        workers["floor"] = Worker(python, "floor", case)
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
    median = {library: statistics.median(values) for library, values in times.items()}
    cells = [name]
    for library in ("ours", "keras", "torch", "floor"):
        values = times.get(library)
        cells.append(f"{median[library]:.2f} ({min(values):.2f})" if values else "")
    for library in ("keras", "torch"):
        cells.append(f"{median[library] / median['ours']:.2f}" if library in median else "")
    cells.append(f"{median['floor'] / median['ours']:.0%}" if "floor" in median else "")
    return cells


def write(rows, rounds, threads):
    """Puts the table between its two marks in RESULTS.md."""
    path = HERE / "RESULTS.md"
    head = [
        "case",
        "ours ms",
        "Keras ms",
        "PyTorch ms",
        "products ms",
        "Keras / ours",
        "PyTorch / ours",
        "of the floor",
    ]
    lines = [f"Medians (minima) of {rounds} rounds in turns, threads: {threads}, `make bench`.", ""]
    lines += ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    begin, end = f"<!-- speed {threads}: begin -->", f"<!-- speed {threads}: end -->"
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    path.write_text(before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1], encoding="utf-8")


def main(
    torch: Annotated[str, typer.Option(help="A Python interpreter that has PyTorch; empty to leave it out.")] = "",
    rounds: Annotated[int, typer.Option(help="Measurements of each library.", min=1)] = 25,
    threads: Annotated[int, typer.Option(help="Threads of each library.", min=1)] = 1,
    only: Annotated[str, typer.Option(help="Part of the name of the cases to measure; nothing is written then.")] = "",
):
    """Measures the recurrences beside Keras and PyTorch."""
    rows = []
    for name, case in CASES.items():
        if only.lower() in name.lower():
            rows.append(row(name, measure({**case, "threads": threads}, sys.executable, torch, rounds)))
            print(" | ".join(rows[-1]), flush=True)
    if not only:
        write(rows, rounds, threads)


if __name__ == "__main__":
    typer.run(main)
