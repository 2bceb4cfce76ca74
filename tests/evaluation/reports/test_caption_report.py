"""The report on captions as JSON, as tables and as files."""

import io
import json

import matplotlib.image
import numpy as np
import pytest
from rich.console import Console

from rnn_templates.evaluation.reports.captioning import CaptionReport, ScoredCaption

IMAGES = {7: np.full((8, 8, 3), 200, np.uint8), 1234: np.zeros((8, 8), np.uint8)}
WORST = [ScoredCaption(7, ["A dog .", "one dog"], "a cat", 0.125)]
FIGURES = {
    "bleu_1": 60.5,
    "bleu_2": 40.5,
    "bleu_3": 25.5,
    "bleu_4": 16.5,
    "cider_d": 0.4375,
    "rouge_l": 42.5,
    "exact_match": 0.125,
    "empty": 0.0,
    "unique_captions": 1001,
    "unique_fraction": 0.75,
    "vocabulary": 345,
    "mean_length": 9.25,
}


def plain(**changes):
    fields = {
        "examples": 1334,
        "bleu_signature": "nrefs:5|tok:none",
        "worst_examples": WORST,
        "sample": [*WORST, *SECOND],
    }
    return CaptionReport(**{**fields, **FIGURES, **changes})


SECOND = [ScoredCaption(1234, ["two men"], "two men", 5.0)]


def whole(**changes):
    return plain(
        **{"seen_in_training": 0.5, "baseline": {"cider_d": 0.0625, "unique_captions": 1}, "images": IMAGES, **changes}
    )


def printed(report):
    console = Console(file=io.StringIO(), width=200)
    console.print(report)
    return console.file.getvalue()


def test_json_tells_everything_but_the_images():
    worst = {"example": 7, "references": ["A dog .", "one dog"], "answer": "a cat", "cider_d": 0.125}
    assert json.loads(whole().to_json()) == {
        "examples": 1334,
        **FIGURES,
        "seen_in_training": 0.5,
        "bleu_signature": "nrefs:5|tok:none",
        "baseline": {"cider_d": 0.0625, "unique_captions": 1},
        "worst_examples": [worst],
        "sample": [worst, {"example": 1234, "references": ["two men"], "answer": "two men", "cider_d": 5.0}],
    }


def test_figures_are_flat_for_the_card():
    assert plain().metrics() == {"examples": 1334, **FIGURES, "bleu_signature": "nrefs:5|tok:none"}
    figures = whole().metrics()
    assert (figures["seen_in_training"], figures["baseline_cider_d"], figures["baseline_unique_captions"]) == (
        0.5,
        0.0625,
        1,
    )
    assert all(isinstance(value, (int, float, str)) for value in figures.values())


def test_tables_show_summary_and_examples():
    shown = printed(plain())
    for expected in ("1,334 images", "0.4375", "nrefs:5|tok:none", "1,001", "1,234", "0.12", "one dog", "5.00"):
        assert expected in shown
    assert "baseline" not in shown


def test_tables_show_the_baseline_beside_the_model():
    row = next(line for line in printed(whole()).splitlines() if "cider d" in line)
    assert row.index("0.4375") < row.index("0.0625")


def test_table_of_the_worst_is_left_out_where_there_are_none():
    assert len(plain().tables()) == 3
    assert "worst answers" not in printed(plain(worst_examples=[]))


def test_square_brackets_are_no_markup():
    shown = printed(plain(worst_examples=[ScoredCaption(0, ["[/i]"], "[red] text", 0.0)]))
    assert all(text in shown for text in ("[/i]", "[red] text"))


@pytest.mark.parametrize("images", [None, IMAGES], ids=["no images", "images"])
def test_saving_leaves_the_report_and_its_sheet_if_there_are_images(tmp_path, images):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time over the first
        whole(images=images).save(folder)
        sheet = set() if images is None else {"plot_image_grid.png"}
        assert {file.name for file in folder.iterdir()} == {"report.json", *sheet}
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == whole().as_dict()


def test_saved_sheet_shows_the_images_of_the_spread(tmp_path):
    whole().save(tmp_path)
    sheet = matplotlib.image.imread(tmp_path / "plot_image_grid.png")[..., :3]
    for gray in (200 / 255, 0):
        assert (np.abs(sheet - gray) < 0.01).all(axis=-1).mean() > 0.1


def test_report_cannot_be_changed():
    with pytest.raises(AttributeError):
        plain().cider_d = 10.0
