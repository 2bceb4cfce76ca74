"""The report on captions as JSON, as tables and as files."""

import json

import matplotlib.image
import numpy as np
import pytest
from support.rendering import render

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


def test_json_has_everything_but_the_images():
    worst = {"index": 7, "references": ["A dog .", "one dog"], "candidate": "a cat", "cider_d": 0.125}
    assert json.loads(whole().to_json()) == {
        "examples": 1334,
        **FIGURES,
        "seen_in_training": 0.5,
        "bleu_signature": "nrefs:5|tok:none",
        "baseline": {"cider_d": 0.0625, "unique_captions": 1},
        "worst_examples": [worst],
        "sample": [worst, {"index": 1234, "references": ["two men"], "candidate": "two men", "cider_d": 5.0}],
    }


def test_metrics_are_flat():
    assert plain().metrics() == {"examples": 1334, **FIGURES, "bleu_signature": "nrefs:5|tok:none"}
    metrics = whole().metrics()
    assert (metrics["seen_in_training"], metrics["baseline_cider_d"], metrics["baseline_unique_captions"]) == (
        0.5,
        0.0625,
        1,
    )
    assert all(isinstance(value, (int, float, str)) for value in metrics.values())


def test_tables_have_summary_and_examples():
    text = render(plain())
    for expected in ("1,334 images", "0.4375", "nrefs:5|tok:none", "1,001", "1,234", "0.12", "one dog", "5.00"):
        assert expected in text
    assert "baseline" not in text


def test_tables_have_the_baseline_beside_the_model():
    row = next(line for line in render(whole()).splitlines() if "cider d" in line)
    assert row.index("0.4375") < row.index("0.0625")


def test_without_worst_examples_there_is_no_table():
    assert len(plain().tables()) == 3
    assert "Worst examples" not in render(plain(worst_examples=[]))


def test_square_brackets_are_no_markup():
    text = render(plain(worst_examples=[ScoredCaption(0, ["[/i]"], "[red] text", 0.0)]))
    assert all(part in text for part in ("[/i]", "[red] text"))


@pytest.mark.parametrize("images", [None, IMAGES], ids=["no images", "images"])
def test_saving_writes_the_report_and_a_grid_if_there_are_images(tmp_path, images):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time over the first
        whole(images=images).save(folder)
        grid = set() if images is None else {"image_grid.png"}
        assert {file.name for file in folder.iterdir()} == {"report.json", *grid}
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == {
        "format": "rnn_templates/1",
        **whole().as_dict(),
    }


def test_the_saved_grid_has_the_images_of_the_sample(tmp_path):
    whole().save(tmp_path)
    grid = matplotlib.image.imread(tmp_path / "image_grid.png")[..., :3]
    for gray in (200 / 255, 0):
        assert (np.abs(grid - gray) < 0.01).all(axis=-1).mean() > 0.1


def test_the_report_is_immutable():
    with pytest.raises(AttributeError):
        plain().cider_d = 10.0
