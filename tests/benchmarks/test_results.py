"""Generated tables of benchmarks/RESULTS.md."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import memory  # noqa: E402
import speed  # noqa: E402
from results import replace_table  # noqa: E402


def test_a_table_is_replaced_between_its_markers_only(tmp_path):
    path = tmp_path / "RESULTS.md"
    path.write_text("a\n<!-- memory: begin -->\nold\n<!-- memory: end -->\nb\n")
    replace_table("memory", memory.table([["x", "one size", "800", "810", "10"]], 100), path)
    text = path.read_text()
    assert text.startswith("a\n") and text.endswith("<!-- memory: end -->\nb\n") and "old" not in text
    assert "| x | one size | 800 | 810 | 10 |" in text
    with pytest.raises(ValueError, match="speed 8: begin"):
        replace_table("speed 8", [], path)
    assert path.read_text() == text


def test_a_row_of_speeds_has_minima_medians_and_ratios_of_each():
    times = {"ours": [2.0, 4.0, 5.0], "keras": [4.0, 6.0, 5.0], "products": [1.0, 1.0, 2.0]}
    cells = speed.row("case", times)
    assert cells == ["case", "2.00 (4.00)", "4.00 (5.00)", "", "1.00 (1.00)", "2.00 (1.25)", "", "50%"]
