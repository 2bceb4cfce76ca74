"""`evaluate`: the card and the report, rejected rows, splits, and data that does not fit the model."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image
from support.command_line import run, run_quietly

from rnn_templates.model_card import Card


def test_metrics_are_printed_and_saved_and_the_card_changes_only_with_update_card(capsys, trained, table, tmp_path):
    before = (trained / "card.json").read_bytes(), (trained / "README.md").read_bytes()
    code, out, err = run(capsys, "evaluate", trained, "--data", table, "--baseline-data", table, "--json")
    assert code == 0, err
    report = json.loads(out)
    assert report["examples"] == 40
    assert report["accuracy"] >= 0.9
    assert report["baseline"]["accuracy"] <= 1.0
    assert {"confusion.png", "reliability.png", "report.json"} <= {path.name for path in trained.iterdir()}
    assert ((trained / "card.json").read_bytes(), (trained / "README.md").read_bytes()) == before
    elsewhere = tmp_path / "report"
    words = ["evaluate", trained, "--data", table, "--num-worst", 1, "--output", elsewhere, "--update-card"]
    code, out, _ = run(capsys, *words)
    assert code == 0 and "accuracy" in out and (elsewhere / "report.json").exists()
    assert not (elsewhere / "card.json").exists()
    metrics = json.loads((trained / "card.json").read_text())["metrics"]["mine.csv, the training data"]
    assert metrics["accuracy"] == report["accuracy"] and metrics["command"].startswith("rnn-templates evaluate ")


def test_without_data_the_held_out_part_is_evaluated_and_named(capsys, trained, table, tmp_path):
    card = Card.load(trained)
    code, out, err = run(capsys, "evaluate", trained, "--json", "--output", tmp_path / "report")
    assert code == 0, err
    report = json.loads(out)
    assert (report["examples"], report["data"]) == (4, "mine.csv, validation")
    best_epoch = card.facts["training"]["best_epoch"]
    assert report["accuracy"] == pytest.approx(card.facts["history"]["val_accuracy"][best_epoch - 1])
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    changed = tmp_path / "mine.csv"
    changed.write_text(table.read_text() + "fine,yes\n" * 20)
    for data, message in (({"name": str(changed)}, "changed since the training"), ({"held_out": None}, "`--data`")):
        Card({**card.facts, "data": {**card.facts["data"], **data}}).save(copy)
        code, _, err = run(capsys, "evaluate", copy)
        assert (code, message in err) == (1, True), err


def test_a_model_in_a_folder_of_others_is_evaluated_and_nothing_is_written_there(capsys, trained, table, tmp_path):
    (tmp_path / "README.md").write_text("my thesis")
    shutil.copy(trained / "model.keras", tmp_path / "x.keras")
    code, out, err = run(capsys, "evaluate", tmp_path / "x.keras", "--data", table)
    assert (code, "accuracy" in out, "No report is written" in err) == (0, True, True), err
    words = ["evaluate", tmp_path / "x.keras", "--data", table, "--update-card"]
    assert run(capsys, *words)[0] == 1
    assert run(capsys, "evaluate", trained, "--data", table, "--output", tmp_path)[0] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "x.keras"]
    assert (tmp_path / "README.md").read_text() == "my thesis"


def test_rows_with_labels_that_the_model_does_not_have_are_rejected(capsys, trained, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("text,label\nnot bad,yes\nnot good,no\nbad,maybe\n")
    code, out, err = run(capsys, "evaluate", trained, "--data", path, "--output", tmp_path / "m", "--json")
    assert code == 0, err
    assert json.loads(out)["examples"] == 2
    assert "other.csv:4: " in err and "maybe" in err


def test_a_data_set_with_other_labels_is_an_error(capsys, trained):
    code, out, err = run(capsys, "evaluate", trained, "--data", "reviews")
    assert (code, out) == (1, "")
    assert "negative, positive" in err and "no, yes" in err and "--target-column" in err


def test_a_baseline_needs_training_examples(capsys, trained, table):
    code, out, err = run(capsys, "evaluate", trained, "--data", table, "--baseline")
    assert (code, out, "--baseline-data" in err) == (1, "", True)


def test_the_requested_split_of_a_table_of_images_is_evaluated(capsys, tmp_path):
    rows = ["image\tlabel\tsplit"]
    (tmp_path / "images").mkdir()
    for split, count in (("train", 8), ("val", 4), ("test", 2)):
        for number in range(count):
            name = f"{split}-{number}.png"
            Image.fromarray(np.full((12, 12), 200 * (number % 2) + number, np.uint8)).save(tmp_path / "images" / name)
            rows.append(f"{name}\t{'light' if number % 2 else 'dark'}\t{split}")
    (tmp_path / "labels.tsv").write_text("\n".join(rows) + "\n")
    data = f"{tmp_path / 'images'},{tmp_path / 'labels.tsv'}"
    words = ["train", "image_classification", "--data", data, "--output", tmp_path / "m", "--image-size", 12,
             "--units", 4, "--filters", 2, "--epochs", 1]  # fmt: skip
    assert run_quietly(*words) == 0
    for flags, examples in (([], 2), (["--split", "validation"], 4), (["--split", "train"], 8)):
        code, out, err = run(capsys, "evaluate", tmp_path / "m", "--data", data, *flags, "--json")
        assert code == 0, err
        assert json.loads(out)["examples"] == examples
