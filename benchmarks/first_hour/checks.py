"""Registry of checks, and helpers that they share."""

import csv
import dataclasses
import io
import json
import random
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from first_hour.data import ROOT, sst2_rows

CHECKS = []
SAVED_MODELS = Path(__file__).parents[2] / "saved_models"
MAX_WIDTH = 160
PROGRAM = (sys.executable, "-c", "from rnn_templates.cli import main; main()")


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing that a new user tries.

    Args:
        line: str; section and number.
        tried: str; text for the table.
        function: returns a str, the result for the table; raises an exception where the result is wrong.
    """

    line: str
    tried: str
    function: Callable

    def run(self):
        """Returns the row of the table: line, tried, result, and "ok" or "not ok"."""
        try:
            result, state = self.function(), "ok"
        except Exception as error:  # every failure is a row of the table
            result, state = f"{type(error).__name__}: {error}", "not ok"
            traceback.print_exc(limit=3)
        for path in (str(ROOT), str(Path.cwd())):  # tables are equal on all machines
            result = str(result).replace(f"{path}/", "")
        result = " ".join(str(result).split()).replace("|", "/")
        return self.line, self.tried, result if len(result) <= MAX_WIDTH else f"{result[:MAX_WIDTH]} ...", state


def check(line, tried):
    """Decorator that adds a function to the checks."""

    def register(function):
        CHECKS.append(Check(line, tried, function))
        return function

    return register


def expect(condition, message):
    """Raises AssertionError with a message unless a condition holds."""
    if not condition:
        raise AssertionError(message)


def refused(function, *words):
    """Returns the message of a ValueError or TypeError that a function raises; it must contain some words."""
    try:
        function()
    except (ValueError, TypeError) as error:
        missing = [word for word in words if word not in str(error)]
        expect(not missing, f"the error does not name {', '.join(missing)}: {error}")
        return error
    raise AssertionError("accepted without an error")


def command(*words):
    """Runs `rnn-templates` in this process; returns `code, output, errors`."""
    from rnn_templates.cli import main

    output, errors = io.StringIO(), io.StringIO()
    code = 0
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            main([str(word) for word in words])
        except SystemExit as exit:
            code = exit.code or 0
    return code, output.getvalue(), errors.getvalue()


def succeeded(*words):
    """Returns the output and the errors of a command that must succeed, as one str."""
    code, output, errors = command(*words)
    expect(code == 0, f"exit code {code}: {' '.join(errors.split())[-300:]}")
    return output + errors


def failed(*words):
    """Returns the messages of a command that must fail."""
    code, output, errors = command(*words)
    expect(code != 0, f"accepted: {' '.join(output.split())[:200]}")
    expect("Traceback" not in errors, "traceback")
    return f"{output} {errors}"


def shell(*words):
    """Returns what `rnn-templates` prints in a process of its own."""
    run = subprocess.run([*PROGRAM, *map(str, words)], capture_output=True, text=True, check=True)
    return run.stdout + run.stderr


def reviews(count=400, seed=1):
    """Returns phrases of SST-2 and their labels "neg" and "pos", two lists."""
    rows = [row.rsplit("\t", 1) for row in sst2_rows()[1:] if row.count(" ") > 10]
    rows = random.Random(seed).sample(rows, count)
    return [text.strip() for text, _ in rows], ["pos" if label == "1" else "neg" for _, label in rows]


def write_csv(path, texts, labels, delimiter=",", header=("text", "label")):
    """Writes a table; returns its path."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([header, *zip(texts, labels, strict=True)])
    return Path(path)


def card(folder):
    """Returns the card of a folder, a dict."""
    return json.loads((Path(folder) / "card.json").read_text())


def read_lines(path):
    """Returns the objects of a jsonl file."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def trained(name="mine", *flags):
    """Returns the folder of a small classifier, trained once by the command line."""
    folder = Path(name).absolute()
    if not (folder / "card.json").exists():
        data = write_csv(f"{name}.csv", *reviews())
        succeeded("train", "sentiment", "--data", data, "--output", folder, "--epochs", 2, *flags)
    return folder
