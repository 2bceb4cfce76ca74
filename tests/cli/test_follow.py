"""`predict --follow`: results of rows as they arrive, bad rows, interruption, and the start without TensorFlow."""

import io
import json
import math
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue

import numpy as np
import pytest
from support import anomaly_detection, forecasting, text_generation
from support.command_line import run

from rnn_templates.cli.follow import exported_folder
from rnn_templates.cli.followed_series import FollowedSeries
from rnn_templates.cli.tail import Tail
from rnn_templates.export.export import write_preprocessing
from rnn_templates.export.targets.litert import write_litert
from rnn_templates.model_card import Card
from rnn_templates.saving import save_model

COMMAND = """
import atexit, sys
atexit.register(lambda: print("TensorFlow", "tensorflow" in sys.modules, file=sys.stderr))
from rnn_templates.cli import main
main(sys.argv[1:])
"""
VALUES = np.stack([forecasting.SERIES[name][:10] for name in ("oslo", "florence")], axis=1)
ROWS = [f"2026-01-{day:02},{one},{other}" for day, (one, other) in enumerate(VALUES, start=1)]
HEADER = "date,oslo,florence"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The folder of an exported forecasting model, and the model."""
    folder, model = tmp_path_factory.mktemp("runs"), forecasting.build()
    write_litert(model, folder / "model.tflite")
    write_preprocessing(model, folder)
    Card({"template": "forecasting", "parity": {"examples": 1}}).save(folder)
    save_model(model, folder / "model.keras")
    return folder, model


def follow(capsys, monkeypatch, folder, text, *flags):
    """Runs the command with a text as standard input; returns status, objects or lines, and messages."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, output, messages = run(capsys, "predict", folder, "--follow", "-", *flags)
    lines = output.splitlines()
    return code, [json.loads(line) for line in lines] if "--json" in flags else lines, messages


def forecasts(model, values, name):
    return np.array([model.predict([forecasting.text(name, values[: count + 1])])[0] for count in range(len(values))])


def test_every_row_has_the_forecast_of_the_series_so_far_in_a_wide_and_in_a_long_table(exported, capsys, monkeypatch):
    folder, model = exported
    code, wide, messages = follow(capsys, monkeypatch, folder, "\n".join([HEADER, *ROWS]), "--json")
    assert (code, messages, len(wide)) == (0, "", 20)
    long = ["date,series,value"]
    for name, column in (("oslo", 0), ("florence", 1)):
        found = [row for row in wide if row["series"] == name]
        assert [(row["line"], row["time"]) for row in found[:2]] == [(2, "2026-01-01"), (3, "2026-01-02")]
        expected = forecasts(model, VALUES[:, column], name)
        np.testing.assert_allclose([row["forecast"] for row in found], expected, rtol=1e-5, atol=1e-5)
        assert set(found[0]["quantiles"]) == {"0.25", "0.5", "0.75"}
        long += [f"2026-01-{day:02},{name},{value}" for day, value in enumerate(VALUES[:, column], start=1)]
    _, by_long, _ = follow(capsys, monkeypatch, folder, "\n".join(long) + "\n", "--json")
    assert by_long[0]["forecast"] == wide[0]["forecast"] and by_long[-1]["forecast"] == wide[-1]["forecast"]
    code, lines, _ = follow(capsys, monkeypatch, folder, f"{HEADER}\n{ROWS[0]}\n")
    assert code == 0 and lines[0].startswith("2026-01-01  oslo  ") and lines[1].startswith("2026-01-01  florence  ")


def test_bad_rows_are_named_and_skipped_and_gaps_are_filled_up_to_a_look_back(exported, capsys, monkeypatch):
    folder, model = exported
    rows = ["date,oslo", "2026-01-01,10", "2026-01-02,11,12", "2026-01-02,NaN", "2026-01-02,inf", "2026-01-02,ten"]
    rows += [
        "2026-01-02,11",
        "2026-01-02,12",
        "2026-01-01,12",
        "soon,12",
        '2026-01-03,"12',
        "2026-01-03 12:00:00,1",
        "",
    ]
    rows += ["2026-01-05,12", "2027-01-05,13", "date,oslo", "2027-01-06,14"]
    code, found, messages = follow(capsys, monkeypatch, folder, "\n".join(rows), "--json")
    assert code == 0
    assert [row["line"] for row in found] == [2, 7, 14, 15, 17]
    for line, message in {
        3: "3 fields, where the header has 2", 4: "'oslo' is missing", 5: "'oslo' is infinite",
        6: "'oslo' is 'ten', not a number", 8: "the stamp 2026-01-02 occurs twice",
        9: "the stamp 2026-01-01 is before 2026-01-02", 10: "'soon' is no date", 11: "unexpected end of data",
        12: "the stamp 2026-01-03 12:00:00 is not a multiple of 1 d",
        14: "2 steps of 1 d before this row are missing, and",
        15: "364 steps of 1 d before this row are missing; the stream begins anew",
    }.items():  # fmt: skip
        assert f"-:{line}: {message}" in messages, messages
    assert messages.count("the row is skipped") == 9 and len(messages.splitlines()) == 11
    expected = model.predict(["oslo|10 11 11 11 12", "oslo|13 14"])
    np.testing.assert_allclose([found[2]["forecast"], found[4]["forecast"]], expected, rtol=1e-5)


def test_wrong_streams_and_models_are_errors_before_anything_is_read(exported, capsys, monkeypatch, tmp_path):
    folder, _ = exported
    (tmp_path / "rows.jsonl").write_text("")
    for text, message in (
        ("", "There are no rows: standard input is empty"),
        ("a,b\n1,2\n", "no column of stamps"),
        ("date,rome,paris\n2026-01-01,1,2\n", "no column is a series of the model, oslo, florence"),
    ):
        code, lines, messages = follow(capsys, monkeypatch, folder, text)
        assert (code, lines) == (1, []) and message in messages
    for words, code, message in (
        (("sentiment", "--follow", "-"), 1, "a model of the template sentiment"),
        ((folder, "--follow", "nowhere.csv"), 1, "does not exist"),
        ((folder, "--follow", tmp_path), 1, "is a folder"),
        ((folder, "--follow", tmp_path / "rows.jsonl"), 1, "csv, tsv and txt files"),
        ((folder, "1 2", "--follow", "-"), 2, "cannot be combined with inputs"),
        ((folder, "--follow", "-", "--seed", "1"), 2, "cannot be combined with --seed"),
        ((folder, "1 2", "--future", "f.csv"), 2, "--future is for --follow"),
    ):
        status, output, messages = run(capsys, "predict", *words)
        assert (status, output) == (code, "") and message in " ".join(messages.replace("│", " ").split()), messages


def test_covariates_of_later_steps_come_from_a_table(tmp_path):
    calls = []

    class Reader:
        names, spec = ["oslo"], {"known": ["holiday"], "step": "1 month", "horizon": 2, "look_back": 3}

        def feed(self, value, series, known, future):
            calls.append((value, known, future))
            return {"forecast": [0.0, 0.0]}

        def append(self, value, series, known):
            calls.append((value, known))

    path = tmp_path / "future.csv"
    path.write_text("date,holiday\n2026-02-28,5\n2026-03-31,6\n2026-04-30,7\n")
    options = {"input_column": None, "target_column": "sales", "series_options": None, "delimiter": None}
    table = FollowedSeries(Reader(), "date;sales;holiday", "mine.csv", options, path)
    assert table.feed(["2026-01-31", "1", "0"]) == ([{"time": "2026-01-31", "forecast": [0.0, 0.0]}], [])
    assert calls == [(1.0, [0.0], [[5.0], [6.0]])]
    results, problems = table.feed(["2026-04-30", "2", "7"])
    assert results == [] and "2 steps of 1 month before this row are missing" in problems[0]
    assert problems[1] == "--future has no row at 2026-05-01 00:00:00; the row has no forecast"
    assert calls[1:] == [(1.0, [7.0]), (1.0, [7.0]), (2.0, [7.0])]
    with pytest.raises(ValueError, match="'holiday' is missing"):
        table.feed(["2026-05-31", "2", ""])
    without = FollowedSeries(Reader(), "date;sales;holiday", "mine.csv", options, None)
    assert "give --future" in without.feed(["2026-01-31", "1", "0"])[1][0]


def test_lines_come_when_they_are_complete_and_a_replaced_file_is_read_anew(tmp_path):
    path, reports = tmp_path / "mine.csv", []
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\nc")
    tail = Tail(path, reports.append)
    lines = iter(tail)
    assert [next(lines), next(lines)] == ["a", "b"]
    with open(path, "a") as file:
        file.write("d\n")
    assert (next(lines), tail.number) == ("cd", 3)
    path.write_text("e\n")
    assert (next(lines), tail.number) == ("e", 1)
    path.rename(tmp_path / "mine.csv.1")
    path.write_text("f\n" * 3)
    assert next(lines) == "f"
    assert [report.split("mine.csv ")[1] for report in reports] == [
        "became shorter; it is read from its beginning.", "was replaced; it is read from its beginning.",
    ]  # fmt: skip


def test_rows_that_are_appended_are_answered_at_once_without_tensorflow_until_an_interrupt(exported, tmp_path):
    folder, model = exported
    path = tmp_path / "mine.csv"
    path.write_text(f"{HEADER}\n{ROWS[0]}\n")
    command = [sys.executable, "-c", COMMAND, "predict", str(folder), "--follow", str(path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd())
    lines = Queue()
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
    try:
        found = [json.loads(lines.get(timeout=60)) for _ in range(2)]
        for row in ROWS[1:3]:
            with open(path, "a") as file:
                file.write(row[:5])
                file.flush()
                file.write(row[5:] + "\n")
            found += [json.loads(lines.get(timeout=60)) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, messages) == (130, "TensorFlow False\n")
    expected = forecasts(model, VALUES[:3, 0], "oslo")
    np.testing.assert_allclose([row["forecast"] for row in found[::2]], expected, rtol=1e-5)


def test_exported_files_of_another_training_are_not_used(exported, tmp_path):
    folder, _ = exported
    assert exported_folder(folder) == exported_folder(folder / "model.keras") == folder
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    Card({"template": "forecasting"}).save(tmp_path)  # as after a training: it removes `parity`
    assert exported_folder(tmp_path) is None


def test_a_detector_scores_every_value_and_reads_missing_ones(capsys, monkeypatch, tmp_path):
    model = anomaly_detection.build()
    save_model(model, tmp_path / "model.keras")
    values = [10.0, 13.0, 10.0, 7.0, 10.0, 30.0]
    rows = [f"2026-01-0{day},{'NaN' if day == 4 else 10},{value},0" for day, value in enumerate(values, start=1)]
    text = "\n".join(["date,boiler,pump,is_anomaly", *rows, "2026-01-07,x,9,1", "2026-01-09,10,9,0"])
    code, found, messages = follow(capsys, monkeypatch, tmp_path, text, "--json")
    assert code == 0 and messages.splitlines() == [
        "-:8: 'boiler' is 'x', not a number; the value of 'boiler' is skipped.",
        "-:9: 2 steps of 1 d before this row are missing, and filled with missing values.",
        "-:9: 1 step of 1 d before this row is missing, and filled with missing values.",
    ]
    pump = [row for row in found if row["series"] == "pump"]
    (expected,), _ = zip(*model.score_series([anomaly_detection.text("pump", values)]), strict=True)
    np.testing.assert_allclose([row["score"] for row in pump[:6]], expected, rtol=1e-4)
    assert [row["flag"] for row in pump[:6]] == (expected > 1).tolist()
    assert [row["line"] for row in found if row["series"] == "boiler"] == [2, 3, 4, 5, 6, 7, 9]
    assert all(math.isfinite(row["score"]) for row in found)
    code, lines, _ = follow(capsys, monkeypatch, tmp_path, text)
    assert lines[0].startswith("2026-01-01  boiler  score ") and "flag 0" in lines[0]


def test_without_exported_files_the_keras_model_answers_and_lines_of_text_have_bits(capsys, monkeypatch, tmp_path):
    model = text_generation.build()
    save_model(model, tmp_path / "model.keras")
    code, found, messages = follow(capsys, monkeypatch, tmp_path, "abba\ncab", "--json")
    assert (code, messages) == (0, "")
    losses = -model.token_log_probs("abba\ncab\n") / np.log(2)
    assert [row["text"] for row in found] == ["abba", "cab"]
    np.testing.assert_allclose(
        [row["bits_per_character"] for row in found], [losses[:5].mean(), losses[5:].mean()], rtol=1e-4
    )
