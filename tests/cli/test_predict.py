"""`predict`: inputs from arguments, a file and standard input; images; output as a table and as JSON."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from support.command_line import run, run_quietly


def test_arguments_a_file_and_standard_input_give_the_same_predictions(capsys, trained, tmp_path, monkeypatch):
    texts = ["not bad", "", "bad , not good", "-- a dash"]
    (tmp_path / "texts.csv").write_text('text\n"not bad"\n""\n"bad , not good"\n"-- a dash"\n')
    (tmp_path / "texts.txt").write_text("\n".join(texts))
    predictions = [json.loads(run(capsys, "predict", trained, "--json", "--", *texts)[1])]
    for name in ("texts.csv", "texts.txt"):
        predictions.append(json.loads(run(capsys, "predict", trained, "--json", "--file", tmp_path / name)[1]))
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(texts).encode() + b"\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    predictions.append(json.loads(run(capsys, "predict", trained, "--json")[1]))
    for rows in predictions:
        assert [row["text"] for row in rows] == texts
        for row, first in zip(rows, predictions[0], strict=True):
            assert row["label"] == first["label"]
            assert row["probabilities"] == pytest.approx(first["probabilities"], abs=1e-5)
    assert [predictions[0][i]["label"] for i in (0, 2)] == ["yes", "no"]


def test_the_table_has_labels_and_inputs(capsys, trained):
    code, out, _ = run(capsys, "predict", trained, "not bad")
    assert (code, "yes (" in out, "not bad" in out) == (0, True, True)


def test_inputs_and_a_file_together_and_an_empty_standard_input_are_errors(capsys, trained, table, monkeypatch):
    code, _, err = run(capsys, "predict", trained, "hello", "--file", table)
    assert (code, "not both" in err) == (2, True)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    code, _, err = run(capsys, "predict", trained)
    assert (code, "standard input" in err) == (1, True)


def test_images_are_given_by_their_files(capsys, tmp_path):
    for split in ("train", "val"):
        for label, level in (("dark", 20), ("light", 230)):
            for number in range(4):
                path = tmp_path / "images" / split / label / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(np.full((12, 12), level + number, np.uint8)).save(path)
    words = ["train", "image_classification", "--data", tmp_path / "images", "--output", tmp_path / "m", "--image-size",
             12, "--units", 4, "--filters", 2, "--epochs", 1]  # fmt: skip
    assert run_quietly(*words) == 0
    files = [tmp_path / "images" / "val" / label / "0.png" for label in ("dark", "light")]
    code, out, err = run(capsys, "predict", tmp_path / "m", *files, "--json")
    assert code == 0, err
    assert [row["text"] for row in json.loads(out)] == list(map(str, files))
    code, _, err = run(capsys, "predict", tmp_path / "m", "nowhere.png")
    assert (code, "nowhere.png" in err, "Traceback" in err) == (1, True, False)
