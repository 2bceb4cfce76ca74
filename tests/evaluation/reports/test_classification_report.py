"""The report as JSON, as tables and as files."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from rnn_templates.evaluation.reports.classification import ClassificationReport, Misclassification, PerClass


def one_label(**changes):
    fields = {
        "examples": 1234,
        "labels": ("no", "yes"),
        "multi_label": False,
        "accuracy": 0.75,
        "macro_f1": 0.5,
        "per_class": [PerClass("no", 1.0, 0.5, 0.625, 900, None), PerClass("yes", 0.25, 0.75, 0.375, 334, None)],
        "expected_calibration_error": 0.125,
        "reliability": [(1234, 0.75, 0.875)],
        "worst_examples": [Misclassification("a text", "no", "yes", 0.9375)],
        "confusion": np.array([[450, 450], [84, 250]]),
    }
    return ClassificationReport(**{**fields, **changes})


def several_labels(**changes):
    rows = [PerClass("no", 1.0, 0.5, 0.625, 900, 0.35), PerClass("yes", 0.25, 0.75, 0.375, 334, 0.65)]
    fields = {"multi_label": True, "per_class": rows, "confusion": None, "micro_f1": 0.6875}
    return one_label(**{**fields, "macro_f1_at_fixed_threshold": 0.4375, **changes})


def printed(report):
    console = Console(file=io.StringIO(), width=400)
    console.print(report)
    return console.file.getvalue()


def test_json_tells_everything():
    told = json.loads(one_label(baseline={"accuracy": 0.5, "macro_f1": 0.25}).to_json())
    assert told == {
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
        "reliability": [{"count": 1234, "right": 0.75, "probability": 0.875}],
        "confusion": [[450, 450], [84, 250]],
        "worst_examples": [{"text": "a text", "label": "no", "answer": "yes", "probability": 0.9375}],
    }


def test_json_of_several_labels():
    told = json.loads(several_labels().to_json())
    assert (told["micro_f1"], told["macro_f1_at_0.3"], told["confusion"]) == (0.6875, 0.4375, None)


def test_figures_are_flat_numbers_for_the_card():
    assert one_label(baseline={"accuracy": 0.5, "macro_f1": 0.25}).metrics() == {
        "examples": 1234,
        "accuracy": 0.75,
        "macro_f1": 0.5,
        "expected_calibration_error": 0.125,
        "bag_of_words_accuracy": 0.5,
        "bag_of_words_macro_f1": 0.25,
    }


def test_tables_show_summary_classes_and_mistakes():
    shown = printed(one_label())
    for expected in ("1,234 examples", "0.7500", "0.625", "900", "a text", "0.938"):
        assert expected in shown
    assert "threshold" not in shown
    assert "bag of words" not in shown


def test_tables_show_thresholds_of_several_labels():
    shown = printed(several_labels())
    assert "threshold" in shown
    assert "0.65" in shown
    assert "macro f1 at 0.3" in shown


def test_tables_show_the_baseline_beside_the_model():
    shown = printed(one_label(baseline={"accuracy": 0.5432, "macro_f1": 0.25}))
    row = next(line for line in shown.splitlines() if "accuracy" in line)
    assert row.index("0.7500") < row.index("0.5432")


def test_no_table_of_mistakes_where_there_are_none():
    assert len(one_label().tables()) == 3
    assert len(one_label(worst_examples=[]).tables()) == 2


def test_text_is_cut_in_the_table_alone():
    report = one_label(worst_examples=[Misclassification("x" * 300, "no", "yes", 0.9)])
    assert "x" * 239 + "…" in printed(report)
    assert "x" * 240 not in printed(report)
    assert "x" * 300 in report.to_json()


def test_square_brackets_are_no_markup():
    rows = [PerClass("[/b] label", 1.0, 1.0, 1.0, 1, None)]
    shown = printed(
        one_label(per_class=rows, worst_examples=[Misclassification("[red]text[/blue]", "[/b] label", "[/i]", 0.9)])
    )
    assert shown.count("[/b] label") == 2
    assert "[red]text[/blue]" in shown


@pytest.mark.parametrize(
    ("report", "picture"), [(one_label(), "confusion.png"), (several_labels(), "labels.png")], ids=["one", "several"]
)
def test_saving_leaves_the_report_and_its_pictures_and_nothing_else(tmp_path, report, picture):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time over the first
        report.save(folder)
        assert {file.name for file in folder.iterdir()} == {"report.json", "reliability.png", picture}
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == report.as_dict()


def test_report_cannot_be_changed():
    with pytest.raises(AttributeError):
        one_label().accuracy = 1.0
