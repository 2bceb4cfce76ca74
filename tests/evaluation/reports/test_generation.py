"""The report on written texts as JSON, as tables and as files."""

import json

import pytest
from support.rendering import render

from rnn_templates.evaluation.reports.generation import GenerationReport, LengthBucket, ScoredText

CURVE = [LengthBucket("1-5", 1200, 50.0, 62.5), LengthBucket("501+", 34, 12.5, 25.0)]


def plain(**changes):
    fields = {
        "examples": 1234,
        "bleu": 31.25,
        "bleu_signature": "nrefs:1|tok:13a",
        "chrf": 56.25,
        "chrf_signature": "nrefs:1|nc:6",
        "exact_match": 0.125,
        "length_ratio": 0.9375,
        "empty": 0.0,
        "length_curve": CURVE,
        "length_of": "source",
        "worst_examples": [ScoredText("a dog", ["ein Hund", "der Hund"], "eine Katze", 12.5)],
        "sample": [ScoredText("a cat", ["eine Katze"], "eine Katze", 100.0)],
    }
    return GenerationReport(**{**fields, **changes})


def whole(**changes):
    return plain(
        **{"copied_source": 0.25, "seen_in_training": 0.5, "baseline": {"bleu": 2.5, "empty": 0.75}, **changes}
    )


def test_json_has_everything():
    assert json.loads(whole().to_json()) == {
        "examples": 1234,
        "bleu": 31.25,
        "chrf": 56.25,
        "exact_match": 0.125,
        "length_ratio": 0.9375,
        "empty": 0.0,
        "copied_source": 0.25,
        "seen_in_training": 0.5,
        "bleu_signature": "nrefs:1|tok:13a",
        "chrf_signature": "nrefs:1|nc:6",
        "baseline": {"bleu": 2.5, "empty": 0.75},
        "length_of": "source",
        "length_curve": [
            {"words": "1-5", "examples": 1200, "bleu": 50.0, "chrf": 62.5},
            {"words": "501+", "examples": 34, "bleu": 12.5, "chrf": 25.0},
        ],
        "worst_examples": [
            {"source": "a dog", "references": ["ein Hund", "der Hund"], "hypothesis": "eine Katze", "chrf": 12.5}
        ],
        "sample": [{"source": "a cat", "references": ["eine Katze"], "hypothesis": "eine Katze", "chrf": 100.0}],
    }


def test_metrics_are_flat():
    assert plain().metrics() == {
        "examples": 1234,
        "bleu": 31.25,
        "chrf": 56.25,
        "exact_match": 0.125,
        "length_ratio": 0.9375,
        "empty": 0.0,
        "bleu_signature": "nrefs:1|tok:13a",
        "chrf_signature": "nrefs:1|nc:6",
    }
    metrics = whole().metrics()
    assert (metrics["copied_source"], metrics["baseline_bleu"], metrics["baseline_empty"]) == (0.25, 2.5, 0.75)
    assert all(isinstance(value, (int, float, str)) for value in metrics.values())


def test_tables_have_summary_lengths_and_examples():
    text = render(plain())
    for expected in ("1,234 examples", "31.2500", "nrefs:1|tok:13a", "words of the source", "501+", "1,200", "12.50"):
        assert expected in text
    for expected in ("a dog", "ein Hund", "der Hund", "eine Katze", "100.0"):
        assert expected in text
    assert "baseline" not in text


def test_tables_have_the_baseline_beside_the_model():
    row = next(line for line in render(whole()).splitlines() if "bleu" in line)
    assert row.index("31.2500") < row.index("2.5000")


def test_without_worst_examples_there_is_no_table():
    assert len(plain().tables()) == 4
    assert len(plain(worst_examples=[]).tables()) == 3
    assert "Worst examples" not in render(plain(worst_examples=[]))


def test_without_source_texts_there_is_no_column():
    rows = [ScoredText(None, ["ein Hund"], "eine Katze", 12.5)]
    text = render(plain(worst_examples=rows, sample=rows, length_of="reference"))
    assert "source" not in text
    assert "words of the reference" in text
    assert "None" not in text


def test_square_brackets_are_no_markup():
    text = render(plain(worst_examples=[ScoredText("[/b]", ["[/i]"], "[red] text", 0.0)]))
    assert all(part in text for part in ("[/b]", "[/i]", "[red] text"))


def test_long_texts_are_truncated_in_the_table_alone():
    text = " ".join(f"w{number}" for number in range(300))
    report = plain(worst_examples=[ScoredText(text, [text], text, 0.0)])
    printed = render(report, width=1000)
    assert printed.count("…") == 3
    assert "w299" not in printed
    assert json.loads(report.to_json())["worst_examples"][0]["hypothesis"] == text


@pytest.mark.parametrize("report", [plain(), whole()], ids=["plain", "whole"])
def test_saving_writes_the_report_and_its_plot_alone(tmp_path, report):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time over the first
        report.save(folder)
        assert {file.name for file in folder.iterdir()} == {"report.json", "length.png"}
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == {
        "format": "rnn_templates/1",
        **report.as_dict(),
    }


def test_the_report_is_immutable():
    with pytest.raises(AttributeError):
        plain().bleu = 100.0
