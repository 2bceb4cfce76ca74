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


def test_the_table_of_results_is_replaced_between_its_markers(monkeypatch, tmp_path):
    (tmp_path / "RESULTS.md").write_text("a\n<!-- memory: begin -->\nold\n<!-- memory: end -->\nb\n")
    monkeypatch.setattr(memory, "HERE", tmp_path)
    memory.write([["x", "one size", "800", "810", "10"]], 100)
    text = (tmp_path / "RESULTS.md").read_text()
    assert text.startswith("a\n") and text.endswith("<!-- memory: end -->\nb\n") and "old" not in text
    assert "| x | one size | 800 | 810 | 10 |" in text
