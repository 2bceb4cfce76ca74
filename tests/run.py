"""Runs all tests in forked processes that share the import of TensorFlow.

    python tests/run.py [pytest options]

TensorFlow keeps memory of every graph that it traces, and tracing and conversion slow down with it: one process for all
tests grows to 6 GB. So each part of the suite has its own process, forked after the imports, which take 3 s of CPU, and
before TensorFlow starts its threads. A test file is a part, but for the folders and files below.
"""

import os
import sys
from pathlib import Path

TESTS = Path(__file__).parent
# One part for all files of a folder: they share costly fixtures, or are fast.
TOGETHER = (
    "benchmarks",
    "cli",
    "plots",
    "utils",
    "runtime",
    "tasks",
    "evaluation",
    "preprocessing",
    "data",
    "diagnostics",
)
# One part for each template with all its tests of these files.
BY_TEMPLATE = ("contracts/test_templates.py", "export/test_export_contract.py")
# The longest parts run first, so that the last one to end does not leave a core idle.
LONGEST = (
    "contracts",
    "export",
    "cli",
    "training",
    "templates",
    "layers",
    "data",
    "preprocessing",
    "plots",
    "diagnostics",
)
# Read by malloc when a process starts: returning memory at once would slow the tests down.
MALLOC = {name: str(2**28) for name in ("MALLOC_TOP_PAD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")}


def make_parts():
    """Returns the parts of the suite, the longest first."""
    from support.forked import Part

    from rnn_templates import registry

    def rank(path):
        return next((rank for rank, name in enumerate(LONGEST) if TESTS / name in (path, *path.parents)), len(LONGEST))

    shared = [TESTS / name for name in BY_TEMPLATE]
    by_template = [
        Part(f"contracts of {name or 'no template'}", shared, name) for name in (*registry.names(), "toy", "")
    ]
    folders = [TESTS / name for name in TOGETHER]
    taken = {*shared, *folders, TESTS / "lint"}
    files = [path for path in TESTS.rglob("test_*.py") if not taken & {path, *path.parents}]
    alone = [Part(path.relative_to(TESTS).as_posix(), [path]) for path in sorted([*files, *folders], key=rank)]
    # Examples of docstrings use the conftest.py of a folder of tests.
    examples = Part("lint, examples of docstrings", [TESTS / "lint", TESTS.parent / "rnn_templates"])
    return [*by_template, examples, *alone]


if __name__ == "__main__":
    if not MALLOC.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **MALLOC})
    sys.path[:0] = [str(TESTS), str(TESTS.parent), str(TESTS / "external_template")]
    os.chdir(TESTS.parent)
    from support.forked import run_forked

    sys.exit(run_forked(make_parts, sys.argv[1:]))
