"""Runs all tests in groups, each in new processes.

    python tests/run.py [pytest options]

TensorFlow keeps memory of every graph that it traces, and tracing and conversion slow down with it: in one session the
workers grow to 6 GB. Tests that are not named here are one group; the last one runs the examples of docstrings,
with a folder of tests whose conftest.py they use.
"""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
GROUPS = (
    ("contracts/test_templates.py",),
    ("contracts/test_cells.py", "contracts/test_compiled_cells.py", "diagnostics", "layers"),
    ("export", "regression"),
    ("templates",),
    ("tasks", "training"),
    ("cli", "decoding", "evaluation", "plots"),
)
WITH_EXAMPLES = "lint"


def groups():
    """Returns lists of paths, one for each session of pytest."""
    named = [[TESTS / name for name in group] for group in GROUPS]
    taken = {TESTS / WITH_EXAMPLES, *(path for group in named for path in group)}
    rest = {path for path in TESTS.rglob("test_*.py") if not taken & {path, *path.parents}}
    return [*named, sorted(rest), [TESTS / WITH_EXAMPLES, TESTS.parent / "rnn_templates"]]


def main(options):
    """Runs every group; returns 1 if one fails."""
    command = [sys.executable, "-m", "pytest", "--numprocesses", "3", "--dist", "worksteal", "--durations", "10"]
    failed = [paths for paths in groups() if subprocess.run([*command, *options, *map(str, paths)]).returncode]
    for paths in failed:
        print("failed:", *(path.relative_to(TESTS.parent) for path in paths))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
