"""The base class of the reports."""

import dataclasses
import json
from typing import NamedTuple

import numpy as np
import pytest
from support.rendering import render

from rnn_templates.evaluation.reports.base import Report


class Row(NamedTuple):
    name: str
    values: list


@dataclasses.dataclass(frozen=True, kw_only=True)
class Example(Report):
    METRICS = ("loss", "missing", "more", "half")
    SIGNATURES = ("settings",)
    KEYS = {"loss": "test_loss"}
    baseline_name = "a baseline"

    examples: int = 1234
    loss: float = 0.5
    missing: float | None = None
    more: dict = dataclasses.field(default_factory=lambda: {"f1": 0.25})
    settings: str = "version:1"
    rows: list = dataclasses.field(default_factory=lambda: [Row("a", [1])])
    matrix: np.ndarray | None = None
    inputs: dict = dataclasses.field(default_factory=dict, repr=False)

    @property
    def half(self):
        return self.loss / 2

    def _save_plots(self, folder):
        (folder / "plot.png").touch()


def test_metrics_are_flat_and_none_is_left_out():
    assert list(Example(baseline={"f1": 0.125}).metrics().items()) == [
        ("examples", 1234),
        ("test_loss", 0.5),
        ("f1", 0.25),
        ("half", 0.25),
        ("a_baseline_f1", 0.125),
        ("settings", "version:1"),
    ]


def test_the_dict_has_all_fields_but_inputs_as_json_types():
    found = Example(matrix=np.eye(2, dtype=int), inputs={0: b"raw"}).as_dict()
    assert found == {
        "examples": 1234,
        "test_loss": 0.5,
        "f1": 0.25,
        "half": 0.25,
        "settings": "version:1",
        "baseline": None,
        "rows": [{"name": "a", "values": [1]}],
        "matrix": [[1, 0], [0, 1]],
    }


def test_json_refuses_values_that_are_not_finite():
    assert json.loads(Example().to_json()) == Example().as_dict()
    with pytest.raises(ValueError, match="JSON"):
        Example(loss=float("nan")).to_json()


def test_saving_creates_the_folder_and_writes_json_and_plots(tmp_path):
    folder = tmp_path / "new" / "folder"
    Example().save(folder)
    assert {file.name for file in folder.iterdir()} == {"report.json", "plot.png"}
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == {
        "format": "rnn_templates/1",
        **Example().as_dict(),
    }


def test_the_summary_has_the_baseline_beside_the_model():
    text = render(Example(baseline={"f1": 0.125}))
    assert all(expected in text for expected in ("1,234 examples", "a baseline", "version:1"))
    row = next(line for line in text.splitlines() if "f1" in line)
    assert row.index("0.2500") < row.index("0.1250")
    assert "a baseline" not in render(Example())
