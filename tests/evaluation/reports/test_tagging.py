"""The report on tags as JSON, as tables and as files."""

import json

import numpy as np
import pytest
from support.rendering import render

from rnn_templates.evaluation.metrics.calibration import ReliabilityBin
from rnn_templates.evaluation.metrics.per_class import PerClass
from rnn_templates.evaluation.reports.tagging import Confusion, TaggingError, TaggingReport
from rnn_templates.plots.classification import plot_confusion_matrix

SENTENCE = ["a", "long", "run"]


def plain(**changes):
    fields = {
        "sentences": 1234,
        "tokens": 5000,
        "labels": ("N", "V"),
        "scheme": None,
        "accuracy": 0.75,
        "sentence_accuracy": 0.5,
        "per_class": [PerClass("N", 1.0, 0.5, 0.625, 3000, None), PerClass("V", 0.25, 0.75, 0.375, 2000, None)],
        "confusion": np.array([[1500, 1500], [500, 1500]]),
        "confusions": [Confusion("N", "V", 1500, "run", SENTENCE, 2)],
    }
    return TaggingReport(**{**fields, **changes})


def spans(**changes):
    fields = {
        "labels": ("O", "B-PER"),
        "scheme": "bio",
        "per_class": [PerClass("PER", 1.0, 0.5, 0.625, 70, None)],
        "spans": {"span_f1": 0.6875},
        "invalid_sequences": 3,
        "oov_tokens": 1000,
        "oov_accuracy": 0.25,
        "expected_calibration_error": 0.125,
        "reliability": [ReliabilityBin(5000, 0.75, 0.875)],
        "worst_examples": [TaggingError("run", "N", "V", 0.9375, SENTENCE, 2)],
        "baseline": {"accuracy": 0.5432, "span_f1": 0.25},
    }
    return plain(**{**fields, **changes})


def test_json_has_everything():
    assert json.loads(spans().to_json()) == {
        "sentences": 1234,
        "tokens": 5000,
        "accuracy": 0.75,
        "sentence_accuracy": 0.5,
        "oov_tokens": 1000,
        "oov_rate": 0.2,
        "oov_accuracy": 0.25,
        "span_f1": 0.6875,
        "invalid_sequences": 3,
        "expected_calibration_error": 0.125,
        "labels": ["O", "B-PER"],
        "scheme": "bio",
        "baseline": {"accuracy": 0.5432, "span_f1": 0.25},
        "per_class": [
            {"label": "PER", "precision": 1, "recall": 0.5, "f1": 0.625, "support": 70, "threshold": None},
        ],
        "reliability": [{"count": 5000, "accuracy": 0.75, "confidence": 0.875}],
        "confusion": [[1500, 1500], [500, 1500]],
        "confusions": [
            {"reference": "N", "prediction": "V", "count": 1500, "word": "run", "sentence": SENTENCE, "position": 2},
        ],
        "worst_examples": [
            {
                "word": "run",
                "reference": "N",
                "prediction": "V",
                "confidence": 0.9375,
                "sentence": SENTENCE,
                "position": 2,
            },
        ],
    }


def test_metrics_are_flat():
    assert plain().metrics() == {"sentences": 1234, "tokens": 5000, "accuracy": 0.75, "sentence_accuracy": 0.5}
    metrics = spans().metrics()
    assert metrics["most_frequent_tag_span_f1"] == 0.25
    assert all(isinstance(value, (int, float)) for value in metrics.values())


def test_zero_invalid_sequences_are_a_metric():
    assert spans(invalid_sequences=0).metrics()["invalid_sequences"] == 0


def test_tables_have_summary_tags_and_mistakes():
    text = render(plain())
    for expected in ("1,234 sentences, 5,000 tokens", "0.7500", "Every tag", "3,000", "1,500", "a long »run«"):
        assert expected in text
    assert "most frequent tag" not in text
    assert "worst_examples" not in text


def test_tables_of_spans_show_types():
    text = render(spans())
    for expected in ("Every type", "PER", "invalid sequences", "span f1", "0.938"):
        assert expected in text


def test_tables_have_the_baseline_beside_the_model():
    row = next(line for line in render(spans()).splitlines() if "accuracy" in line)
    assert row.index("0.7500") < row.index("0.5432")


def test_without_errors_there_is_no_table():
    assert len(spans().tables()) == 4
    assert len(spans(worst_examples=[], confusions=[]).tables()) == 2


@pytest.mark.parametrize("position", [0, 150, 299])
def test_the_marked_token_of_a_long_sentence_is_in_the_table(position):
    sentence = [f"w{number}" for number in range(300)]
    report = spans(confusions=[Confusion("N", "V", 1, sentence[position], sentence, position)], worst_examples=[])
    line = next(line for line in render(report).splitlines() if "»" in line)
    beside = " ".join(
        f"»w{i}«" if i == position else f"w{i}" for i in range(max(position - 3, 0), min(position + 4, 300))
    )
    assert beside in line
    assert line.count("…") == (2 if position == 150 else 1)
    assert "w299" in report.to_json()


def test_square_brackets_are_no_markup():
    rows = [PerClass("[/b]", 1.0, 1.0, 1.0, 1, None)]
    text = render(plain(per_class=rows, confusions=[Confusion("[/b]", "[/i]", 1, "[/u]", ["[red]", "[/u]"], 1)]))
    assert text.count("[/b]") == 2
    assert "[red] »[/u]«" in text


@pytest.mark.parametrize(("report", "more"), [(plain(), set()), (spans(), {"reliability.png"})], ids=["plain", "spans"])
def test_saving_writes_the_report_and_its_plots_alone(tmp_path, report, more):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time over the first
        report.save(folder)
        assert {file.name for file in folder.iterdir()} == {"report.json", "confusion.png", "labels.png"} | more
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == {
        "format": "rnn_templates/1",
        **report.as_dict(),
    }


def test_the_confusion_matrix_shades_errors_only(tmp_path):
    plain().save(tmp_path)
    plot_confusion_matrix(plain().confusion, ("N", "V"), tmp_path / "expected.png", errors_only=True)
    assert (tmp_path / "confusion.png").read_bytes() == (tmp_path / "expected.png").read_bytes()


def test_the_report_is_immutable():
    with pytest.raises(AttributeError):
        plain().accuracy = 1.0
