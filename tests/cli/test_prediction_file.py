"""Files of predictions: rows, formats, interruptions, paths that cannot be written."""

import csv
import json

import pytest

from rnn_templates.cli.prediction_file import PredictionFile

ROWS = [
    {"text": 'a "b", c\nd', "label": "yes", "probability": 0.5, "probabilities": {"yes": 0.5}},
    {"text": "\ud800", "label": "no", "probability": float("nan"), "probabilities": {}, "remarks": ["low confidence"]},
]


def write(path, rows):
    with PredictionFile(path) as file:
        for row in rows:
            file.write(row)


def test_every_prediction_is_a_line_of_strict_json_or_a_row_of_csv(tmp_path):
    write(tmp_path / "out.jsonl", ROWS)
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    parsed = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert parsed[0] == ROWS[0] and parsed[1]["probability"] is None and parsed[1]["remarks"] == ["low confidence"]
    write(tmp_path / "out.csv", ROWS)
    with open(tmp_path / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ['a "b", c\nd', "\\ud800"]
    assert rows[0]["label"] == "yes" and json.loads(rows[0]["probabilities"]) == {"yes": 0.5}
    assert (rows[0]["remarks"], rows[1]["remarks"]) == ("", "low confidence")
    tokens = [{"text": "do", "tag": "AUX", "probability": 0.5}, {"text": "n't", "tag": "PART", "probability": 0.5}]
    write(tmp_path / "out.csv", [{"text": "don't", "tokens": tokens, "remarks": ["a", "b"]}])
    assert (tmp_path / "out.csv").read_text() == "text,tokens,tags,remarks\ndon't,do n't,AUX PART,a; b\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.jsonl"]


def test_an_interruption_keeps_the_previous_file_and_the_rows_so_far(tmp_path, capsys):
    (tmp_path / "out.jsonl").write_text("before")
    with pytest.raises(KeyboardInterrupt), PredictionFile(tmp_path / "out.jsonl") as file:
        file.write(ROWS[0])
        assert json.loads((tmp_path / "out.jsonl.part").read_text()) == ROWS[0]  # written at once, for a kill
        raise KeyboardInterrupt
    assert (tmp_path / "out.jsonl").read_text() == "before"
    assert json.loads((tmp_path / "out.jsonl.part").read_text()) == ROWS[0]
    assert "1 predictions are in" in capsys.readouterr().err


def test_a_path_that_cannot_be_written_is_an_error_that_names_it(tmp_path):
    for path, error in ((tmp_path, IsADirectoryError), (tmp_path / "no" / "out.csv", FileNotFoundError)):
        with pytest.raises(error, match=str(path.name if path == tmp_path else "no")):
            PredictionFile(path).check()
