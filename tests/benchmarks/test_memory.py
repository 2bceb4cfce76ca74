"""Memory that models leave behind in their process, by benchmarks/memory.py."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import memory  # noqa: E402


@pytest.mark.slow
def test_twenty_models_of_one_size_leave_no_memory_behind():
    start, last = memory.measure("auto", "one", 20)
    assert last - start < 60


@pytest.mark.slow
def test_a_new_size_beyond_the_limit_leaves_no_memory_behind(monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_MAX_COMPILED_CELLS", "3")
    start, last = memory.measure("auto", "new", 20)
    assert last - start < 60
