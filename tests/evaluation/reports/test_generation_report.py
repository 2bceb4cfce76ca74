"""The report on written texts as JSON, as tables and as files."""

import io
import json

import matplotlib.image
import pytest
from rich.console import Console

from rnn_templates.evaluation.reports.generation import (
    GenerationReport,
    LengthBucket,
    ScoredText,
    plot_scores_by_length,
)

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


def printed(report):
    console = Console(file=io.StringIO(), width=400)
    console.print(report)
    return console.file.getvalue()


def test_json_tells_everything():
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
            {"source": "a dog", "references": ["ein Hund", "der Hund"], "answer": "eine Katze", "chrf": 12.5}
        ],
        "sample": [{"source": "a cat", "references": ["eine Katze"], "answer": "eine Katze", "chrf": 100.0}],
    }


def test_figures_are_flat_for_the_card():
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
    figures = whole().metrics()
    assert (figures["copied_source"], figures["baseline_bleu"], figures["baseline_empty"]) == (0.25, 2.5, 0.75)
    assert all(isinstance(value, (int, float, str)) for value in figures.values())


def test_tables_show_summary_lengths_and_examples():
    shown = printed(plain())
    for expected in ("1,234 examples", "31.2500", "nrefs:1|tok:13a", "words of the source", "501+", "1,200", "12.50"):
        assert expected in shown
    for expected in ("a dog", "ein Hund", "der Hund", "eine Katze", "100.0"):
        assert expected in shown
    assert "baseline" not in shown


def test_tables_show_the_baseline_beside_the_model():
    row = next(line for line in printed(whole()).splitlines() if "bleu" in line)
    assert row.index("31.2500") < row.index("2.5000")


def test_table_of_the_worst_is_left_out_where_there_are_none():
    assert len(plain().tables()) == 4
    assert len(plain(worst_examples=[]).tables()) == 3
    assert "worst answers" not in printed(plain(worst_examples=[]))


def test_column_of_sources_is_left_out_where_they_are_no_texts():
    rows = [ScoredText(None, ["ein Hund"], "eine Katze", 12.5)]
    shown = printed(plain(worst_examples=rows, sample=rows, length_of="reference"))
    assert "source" not in shown
    assert "words of the reference" in shown
    assert "None" not in shown


def test_square_brackets_are_no_markup():
    shown = printed(plain(worst_examples=[ScoredText("[/b]", ["[/i]"], "[red] text", 0.0)]))
    assert all(text in shown for text in ("[/b]", "[/i]", "[red] text"))


def test_long_text_is_cut_in_the_table_and_whole_in_the_report():
    text = " ".join(f"w{number}" for number in range(300))
    report = plain(worst_examples=[ScoredText(text, [text], text, 0.0)])
    console = Console(file=io.StringIO(), width=1000)
    console.print(report)
    assert console.file.getvalue().count("…") == 3
    assert "w299" not in console.file.getvalue()
    assert json.loads(report.to_json())["worst_examples"][0]["answer"] == text


@pytest.mark.parametrize("report", [plain(), whole()], ids=["plain", "whole"])
def test_saving_leaves_the_report_and_its_picture_and_nothing_else(tmp_path, report):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time over the first
        report.save(folder)
        assert {file.name for file in folder.iterdir()} == {"report.json", "length.png"}
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == report.as_dict()


def test_saved_picture_is_of_the_curve(tmp_path):
    plain(length_of="reference").save(tmp_path)
    plot_scores_by_length(CURVE, tmp_path / "expected.png", length_of="reference")
    assert (tmp_path / "length.png").read_bytes() == (tmp_path / "expected.png").read_bytes()
    plot_scores_by_length([CURVE[0], CURVE[1]._replace(bleu=40.0)], tmp_path / "other.png", length_of="reference")
    assert (tmp_path / "length.png").read_bytes() != (tmp_path / "other.png").read_bytes()


@pytest.mark.parametrize("count", [1, 11])
def test_curve_of_any_length_can_be_drawn(tmp_path, count):
    plot_scores_by_length([LengthBucket("201-500", 10**i, 0.0, 100.0) for i in range(count)], tmp_path / "length.png")
    height, width, _ = matplotlib.image.imread(tmp_path / "length.png").shape
    assert 300 < height < 1500
    assert 300 < width < 1500


def test_report_cannot_be_changed():
    with pytest.raises(AttributeError):
        plain().bleu = 100.0
