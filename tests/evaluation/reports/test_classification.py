"""The report as JSON, as tables and as files."""

import json

import matplotlib.image
import numpy as np
import pytest
from support.rendering import render

from rnn_templates.evaluation.metrics.calibration import ReliabilityBin
from rnn_templates.evaluation.metrics.per_class import PerClass
from rnn_templates.evaluation.reports.classification import ClassificationReport, Misclassification


def one_label(**changes):
    fields = {
        "examples": 1234,
        "labels": ("no", "yes"),
        "multi_label": False,
        "accuracy": 0.75,
        "macro_f1": 0.5,
        "per_class": [PerClass("no", 1.0, 0.5, 0.625, 900, None), PerClass("yes", 0.25, 0.75, 0.375, 334, None)],
        "expected_calibration_error": 0.125,
        "reliability": [ReliabilityBin(1234, 0.75, 0.875)],
        "worst_examples": [Misclassification(17, "no", "yes", 0.9375)],
        "inputs": {17: "a text"},
        "confusion": np.array([[450, 450], [84, 250]]),
    }
    return ClassificationReport(**{**fields, **changes})


def several_labels(**changes):
    rows = [PerClass("no", 1.0, 0.5, 0.625, 900, 0.35), PerClass("yes", 0.25, 0.75, 0.375, 334, 0.65)]
    fields = {"multi_label": True, "per_class": rows, "confusion": None, "micro_f1": 0.6875}
    return one_label(**{**fields, "macro_f1_at_fixed_threshold": 0.4375, **changes})


def test_json_has_everything():
    found = json.loads(one_label(baseline={"accuracy": 0.5, "macro_f1": 0.25}).to_json())
    assert found == {
        "examples": 1234,
        "accuracy": 0.75,
        "macro_f1": 0.5,
        "expected_calibration_error": 0.125,
        "labels": ["no", "yes"],
        "multi_label": False,
        "baseline": {"accuracy": 0.5, "macro_f1": 0.25},
        "per_class": [
            {"label": "no", "precision": 1, "recall": 0.5, "f1": 0.625, "support": 900, "threshold": None},
            {"label": "yes", "precision": 0.25, "recall": 0.75, "f1": 0.375, "support": 334, "threshold": None},
        ],
        "reliability": [{"count": 1234, "accuracy": 0.75, "confidence": 0.875}],
        "confusion": [[450, 450], [84, 250]],
        "worst_examples": [{"index": 17, "label": "no", "prediction": "yes", "confidence": 0.9375, "text": "a text"}],
    }


def test_json_of_several_labels():
    found = json.loads(several_labels().to_json())
    assert (found["micro_f1"], found["macro_f1_at_0.3"], found["confusion"]) == (0.6875, 0.4375, None)


def test_metrics_are_flat():
    assert one_label(baseline={"accuracy": 0.5, "macro_f1": 0.25}).metrics() == {
        "examples": 1234,
        "accuracy": 0.75,
        "macro_f1": 0.5,
        "expected_calibration_error": 0.125,
        "bag_of_words_accuracy": 0.5,
        "bag_of_words_macro_f1": 0.25,
    }


def test_tables_have_summary_classes_and_examples():
    text = render(one_label())
    for expected in ("1,234 examples", "0.7500", "0.625", "900", "a text", "0.938"):
        assert expected in text
    assert "threshold" not in text
    assert "bag of words" not in text


def test_tables_have_thresholds_of_several_labels():
    text = render(several_labels())
    assert "threshold" in text
    assert "0.65" in text
    assert "macro f1 at 0.3" in text


def test_tables_have_the_baseline_beside_the_model():
    text = render(one_label(baseline={"accuracy": 0.5432, "macro_f1": 0.25}))
    row = next(line for line in text.splitlines() if "accuracy" in line)
    assert row.index("0.7500") < row.index("0.5432")


def test_without_worst_examples_there_is_no_table():
    assert len(one_label().tables()) == 3
    assert len(one_label(worst_examples=[]).tables()) == 2


def test_texts_are_truncated_in_the_table_alone():
    report = one_label(inputs={17: "x" * 300})
    assert "x" * 239 + "…" in render(report)
    assert "x" * 240 not in render(report)
    assert "x" * 300 in report.to_json()


def test_square_brackets_are_no_markup():
    rows = [PerClass("[/b] label", 1.0, 1.0, 1.0, 1, None)]
    text = render(
        one_label(
            per_class=rows,
            worst_examples=[Misclassification(0, "[/b] label", "[/i]", 0.9)],
            inputs={0: "[red]text[/blue]"},
        )
    )
    assert text.count("[/b] label") == 2
    assert "[red]text[/blue]" in text


@pytest.mark.parametrize(
    ("report", "plot"), [(one_label(), "confusion.png"), (several_labels(), "labels.png")], ids=["one", "several"]
)
def test_saving_writes_the_report_and_its_plots_alone(tmp_path, report, plot):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time over the first
        report.save(folder)
        assert {file.name for file in folder.iterdir()} == {"report.json", "reliability.png", plot}
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == {
        "format": "rnn_templates/1",
        **report.as_dict(),
    }


def test_images_are_in_a_plot_and_not_in_the_json(tmp_path):
    report = one_label(inputs={17: np.full((8, 8, 3), 200, np.uint8)})
    report.save(tmp_path)
    grid = matplotlib.image.imread(tmp_path / "worst_examples.png")[..., :3]
    assert (np.abs(grid - 200 / 255) < 0.01).all(axis=-1).mean() > 0.1
    assert "text" not in report.as_dict()["worst_examples"][0]
    assert "example 17" in render(report)


def test_the_report_is_immutable():
    with pytest.raises(AttributeError):
        one_label().accuracy = 1.0
