"""Runs all tests in groups, each in new processes.

    python tests/run.py [pytest options]

TensorFlow keeps memory of every graph that it traces, and tracing and conversion slow down with it: in one session the
workers grow to 6 GB. Folders of tests that are not named here are one group; the last one runs the examples of
docstrings, with a folder of tests whose conftest.py they use.
"""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
GROUPS = (
    ("contracts",),
    ("export", "regression"),
    ("templates", "tasks", "training"),
    ("cli", "layers", "diagnostics"),
)
WITH_EXAMPLES = "lint"


def groups():
    """Returns lists of paths, one for each session of pytest."""
    named = {WITH_EXAMPLES, *(name for group in GROUPS for name in group)}
    rest = {path.parent if path.parent != TESTS else path for path in TESTS.rglob("test_*.py")}
    rest = {path for path in rest if path.relative_to(TESTS).parts[0] not in named}
    return [
        *([TESTS / name for name in group] for group in GROUPS),
        sorted(path for path in rest if not rest & set(path.parents)),
        [TESTS / WITH_EXAMPLES, TESTS.parent / "rnn_templates"],
    ]


def main(options):
    """Runs every group; returns 1 if one fails."""
    command = [sys.executable, "-m", "pytest", "--numprocesses", "2", "--dist", "worksteal", "--durations", "10"]
    failed = [paths for paths in groups() if subprocess.run([*command, *options, *map(str, paths)]).returncode]
    for paths in failed:
        print("failed:", *(path.relative_to(TESTS.parent) for path in paths))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
