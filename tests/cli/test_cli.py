"""The command line: from a file to an exported model, and every way to say no."""

import io
import json

import numpy as np
import pytest

from rnn_templates.cli import main

ROWS = [("not bad", "yes"), ("not good", "no"), ("good , not bad", "yes"), ("bad , not good", "no")] * 10


def run(capsys, *words):
    """Runs a command line; returns its exit code, standard output and standard error."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    output = capsys.readouterr()
    return stop.value.code or 0, output.out, output.err


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "mine.csv"
    path.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for text, label in ROWS) + "only one field\n")
    return path


SMALL = ["--units", 6, "--embedding-dim", 6, "--max-tokens", 12, "--epochs", 12, "--batch-size", 8,
         "--learning-rate", 0.05, "--average", 0, "--dropout", 0, "--patience", 12]  # fmt: skip


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "mine"
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in ["train", "sentiment", "--data", data, "--output", folder, *SMALL]])
    assert not stop.value.code
    return folder


def test_training_reports_bad_rows_and_leaves_a_card_with_the_command(trained, data):
    card = json.loads((trained / "card.json").read_text())
    assert card["data"]["rejected_rows"] == 1
    assert card["data"]["first_rejected"] == [f"{data}:42: 1 fields, where the header has 2"]
    assert card["configuration"]["units"] == 6


def test_training_prints_json_alone_on_standard_output(capsys, data, tmp_path):
    words = ["train", "sentiment", "--data", data, "--output", tmp_path / "m", *SMALL, "--epochs", 1, "--json"]
    code, out, err = run(capsys, *words)
    assert code == 0
    assert {"output", "best_epoch", "val_loss", "val_accuracy"} <= set(json.loads(out))
    assert "mine.csv:42: 1 fields" in err


def test_predicting_from_arguments_a_file_and_standard_input_agrees(capsys, trained, tmp_path, monkeypatch):
    texts = ["not bad", "", "bad , not good", "-- a dash"]
    (tmp_path / "texts.csv").write_text('text\n"not bad"\n""\n"bad , not good"\n"-- a dash"\n')
    (tmp_path / "texts.txt").write_text("\n".join(texts))
    answers = [json.loads(run(capsys, "predict", trained, "--json", "--", *texts)[1])]
    for name in ("texts.csv", "texts.txt"):
        answers.append(json.loads(run(capsys, "predict", trained, "--json", "--file", tmp_path / name)[1]))
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(texts).encode() + b"\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    answers.append(json.loads(run(capsys, "predict", trained, "--json")[1]))
    for answer in answers:
        assert [row["text"] for row in answer] == texts
        for row, first in zip(answer, answers[0], strict=True):
            assert row["label"] == first["label"]
            assert row["probabilities"] == pytest.approx(first["probabilities"], abs=1e-5)
    assert [answers[0][i]["label"] for i in (0, 2)] == ["yes", "no"]


def test_evaluating_adds_figures_to_the_card_and_makes_pictures(capsys, trained, data):
    words = ["evaluate", trained, "--data", data, "--baseline-data", data, "--json"]
    code, out, err = run(capsys, *words)
    report = json.loads(out)
    assert code == 0
    assert report["examples"] == 40
    assert report["accuracy"] >= 0.9
    assert report["baseline"]["accuracy"] <= 1.0
    assert {"confusion.png", "reliability.png", "report.json"} <= {path.name for path in trained.iterdir()}
    figures = json.loads((trained / "card.json").read_text())["metrics"]["mine.csv"]
    assert figures["accuracy"] == report["accuracy"]
    assert run(capsys, "evaluate", trained, "--data", data)[0] == 0


def test_exporting_adds_the_certificate_to_the_card(capsys, trained, data, tmp_path):
    code, out, _ = run(capsys, "export", trained, "--data", data, "--output", tmp_path / "out", "--json")
    assert code == 0
    assert [report["target"] for report in json.loads(out)["targets"]][1:] == [
        "saved_model", "model.tflite", "model_int8.tflite",
    ]  # fmt: skip
    assert (tmp_path / "out" / "saved_model").is_dir()
    assert run(capsys, "export", trained, "--data", data, "--targets", "litert")[0] == 0
    assert (trained / "model.tflite").exists() and (trained / "model.keras").exists()


def test_tuning_prints_trials_and_goes_on(capsys, data, tmp_path):
    words = ["tune", "sentiment", "--data", data, "--output", tmp_path / "t", "--epochs", 1, "--json"]
    first = json.loads(run(capsys, *words, "--trials", 1)[1])
    second = json.loads(run(capsys, *words, "--trials", 2)[1])
    assert [trial["status"] for trial in second] == ["COMPLETED"] * 2
    assert first[0] in second


def test_listing_templates_is_json_too(capsys):
    code, out, _ = run(capsys, "list", "--json")
    assert (code, json.loads(out)[0]["name"]) == (0, "sentiment")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["evaluate", "no-such-folder", "--data", "x.csv"], 1, "There is no model at"),
        (["predict", "no-such-folder", "hello"], 1, "There is no model at"),
        (["train", "sentiment", "--data", "no-such-file.csv"], 1, "There is no file"),
        (["train", "sentiment", "--data", "no_such_name"], 1, "There is no data set 'no_such_name'"),
        (["train", "sentiment", "--unitz", "3"], 2, "No such option"),
        (["train", "sentiment", "--units", "many"], 2, "parse string as an integer"),
        (["train", "weather"], 2, "No such command"),
        (["demo", "weather"], 2, "There is no template 'weather'"),
        (["predict"], 2, "Missing argument"),
    ],
    ids=str,
)
def test_a_mistake_has_an_exit_code_and_a_message_instead_of_a_traceback(capsys, words, code, message, tmp_path):
    found, _, err = run(capsys, *words)
    assert found == code
    assert message.lower() in " ".join(err.lower().replace("│", " ").split())
    assert "Traceback" not in err


def test_a_wrong_value_of_a_builder_is_a_message(capsys, data, tmp_path):
    words = ["train", "sentiment", "--data", data, "--output", tmp_path / "m", "--cell", "lstn"]
    code, _, err = run(capsys, *words)
    assert (code, "`cell`" in err) == (1, True)


def test_a_row_of_labels_that_the_model_does_not_know_is_counted(capsys, trained, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("text,label\nnot bad,yes\nnot good,no\nbad,maybe\n")
    code, out, err = run(capsys, "evaluate", trained, "--data", path, "--output", tmp_path, "--json")
    assert (code, json.loads(out)["examples"]) == (0, 2)
    assert "other.csv:4: the label 'maybe' is none of 'no', 'yes'" in err


def test_texts_and_a_file_together_are_refused(capsys, trained, data):
    code, _, err = run(capsys, "predict", trained, "hello", "--file", data)
    assert (code, "not both" in err) == (2, True)


def test_pretrained_vectors_and_balance_are_used(capsys, data, tmp_path):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("good 1 2 3\nbad -1 -2 -3\n")
    words = ["train", "sentiment", "--data", data, "--output", tmp_path / "m", "--epochs", 1, "--units", 4]
    code, _, err = run(capsys, *words, "--pretrained-vectors", vectors, "--balance")
    assert code == 0
    assert "2 of" in err
    from rnn_templates.saving import load_model

    assert load_model(tmp_path / "m").network.get_layer("embedding").embedding_dim == 3


def test_the_demo_goes_the_whole_way(capsys, tmp_path, monkeypatch):
    from rnn_templates.cli import demo

    monkeypatch.setitem(demo.DEMOS["sentiment"].fitting, "epochs", 3)
    code, out, _ = run(capsys, "demo", "--output", tmp_path / "demo", "--json")
    answer = json.loads(out)
    assert code == 0
    assert float(answer["figures"]["accuracy of the template, test split"]) >= 0.97
    assert float(answer["figures"]["accuracy of the baseline beside it"]) <= 0.60
    assert [one["label"] for one in answer["answers"]] == ["positive", "negative"] * 2
    np.testing.assert_array_less([0.5] * 4, [one["probability"] for one in answer["answers"]])
