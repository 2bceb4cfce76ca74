"""`predict`: inputs from arguments, files and standard input; images, tokens; output as a table, JSON and a file."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image
from support.command_line import run, run_quietly

from rnn_templates import saving
from rnn_templates.cli import examples
from rnn_templates.model_card import Card


class FakeModel:
    """A classifier that returns a fixed prediction, and keeps the inputs it received."""

    weights = (np.ones(3),)
    prediction = {"label": "yes", "probability": 0.75, "probabilities": {"no": 0.25, "yes": 0.75}}

    def __init__(self):
        self.received = []

    def predict(self, inputs, return_labels):
        self.received += inputs
        return [{**self.prediction, **({"remarks": ["short"]} if len(one) < 2 else {})} for one in inputs]


class FakeTagger(FakeModel):
    """A tagger that gives every token the tag X."""

    def predict_tags(self):
        raise NotImplementedError

    def predict(self, inputs, return_labels):
        self.received += inputs
        tokens = [one.split() if isinstance(one, str) else one for one in inputs]
        return [
            {
                "text": " ".join(words),
                "tokens": [{"text": one, "start": 0, "end": 1, "tag": "X", "probability": 1.0} for one in words],
            }
            for words in tokens
        ]


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """A function that puts a fake model into a folder, and returns both."""

    def make(cls=FakeModel, **data):
        model = cls()
        Card({"template": "sentiment", "data": data}).save(tmp_path / "model")
        (tmp_path / "model" / "model.keras").write_text("")
        monkeypatch.setattr(examples, "read_config", lambda file: None)
        monkeypatch.setattr(saving, "load_model", lambda path: model)
        return model, tmp_path / "model"

    return make


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


def test_tokens_and_conll_files_reach_a_tagger_without_being_split_again(capsys, fake, tmp_path):
    sentences = [["do", "n't"], ["Mr.", "O'Neil", "'s"]]
    text = "\n\n".join("\n".join(words) for words in sentences)
    (tmp_path / "tokens.conll").write_text(text)
    (tmp_path / "tags.bio").write_text("\n\n".join("\n".join(f"0\t{word}\tO" for word in one) for one in sentences))
    rows = ["\n".join(f"{i}\t{word}" + "\t_" * 8 for i, word in enumerate(one, 1)) for one in sentences]
    (tmp_path / "words.conllu").write_text("\n\n".join(rows) + "\n")
    cases = [
        ["--tokens", *map(" ".join, sentences)],
        ["--file", tmp_path / "tokens.conll"],
        ["--file", tmp_path / "tags.bio", "--input-column", 1],
        ["--file", tmp_path / "words.conllu"],
    ]
    for flags in cases:
        model, folder = fake(FakeTagger)
        code, out, err = run(capsys, "predict", folder, *flags, "--json")
        assert (code, model.received) == (0, sentences), (flags, err)
        assert [row["text"] for row in json.loads(out)] == ["do n't", "Mr. O'Neil 's"]
    _, folder = fake(FakeModel)
    code, _, err = run(capsys, "predict", folder, "--tokens", "do n't")
    assert (code, "need a tagger" in err) == (1, True)
    (tmp_path / "broken.conll").write_text("a\tb\nc\n")
    code, _, err = run(capsys, "predict", folder, "--file", tmp_path / "broken.conll")
    assert (code, "broken.conll:2: " in err) == (1, True)


def test_a_file_that_is_not_a_model_is_an_error_without_tensorflow(capsys, tmp_path, monkeypatch):
    def fail():
        raise AssertionError("TensorFlow is imported")

    monkeypatch.setattr("rnn_templates.cli.options.import_tensorflow", fail)
    (tmp_path / "x.keras").write_text("text")
    for words in (["predict", tmp_path / "x.keras", "x"], ["evaluate", tmp_path / "x.keras", "--data", "reviews"]):
        code, _, err = run(capsys, *words)
        assert (code, "x.keras" in err, "TensorFlow" in err) == (1, True, False), err


def test_remarks_have_a_column_only_where_there_is_one_and_are_lists_in_json(capsys, fake):
    _, folder = fake()
    code, out, err = run(capsys, "predict", folder, "not bad", "[/x] [bold]")
    assert (code, "remarks" in out, "[/x] [bold]" in out) == (0, False, True), err
    _, out, _ = run(capsys, "predict", folder, "not bad", "x", "")
    assert "remarks" in out and out.count("short") == 2 and "(empty)" in out
    _, out, _ = run(capsys, "predict", folder, "not bad", "x", "", "--json")
    assert [row.get("remarks") for row in json.loads(out)] == [None, ["short"], ["short"]]
    assert json.loads(out)[2]["text"] == ""


def test_predictions_are_written_into_a_file_row_by_row(capsys, fake, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbffirst\r\nsecond, third\n\n")))
    _, folder = fake()
    code, out, err = run(capsys, "predict", folder, "-", "--output", tmp_path / "out.csv")
    assert (code, "out.csv: 3 predictions" in out) == (0, True), err
    with open(tmp_path / "out.csv", newline="") as file:
        assert [(row["text"], row["label"]) for row in csv.DictReader(file)] == [
            ("first", "yes"), ("second, third", "yes"), ("", "yes")
        ]  # fmt: skip
    code, out, _ = run(capsys, "predict", folder, "a b", "x", "--output", tmp_path / "out.jsonl", "--json")
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert (code, json.loads(out)["predictions"], [json.loads(line)["text"] for line in lines]) == (0, 2, ["a b", "x"])


def test_an_interrupted_prediction_exits_with_130_and_keeps_the_rows_so_far(capsys, fake, tmp_path, monkeypatch):
    monkeypatch.setattr("rnn_templates.cli.predict.CHUNK_SIZE", 2)
    model, folder = fake()

    def interrupt(inputs, return_labels):
        if "third" in inputs:
            raise KeyboardInterrupt
        return FakeModel.predict(model, inputs, return_labels)

    monkeypatch.setattr(model, "predict", interrupt)
    code, _, err = run(capsys, "predict", folder, "first", "second", "third", "--output", tmp_path / "out.jsonl")
    assert (code, "2 predictions are in" in " ".join(err.split())) == (130, True), err
    assert len((tmp_path / "out.jsonl.part").read_text().splitlines()) == 2 and not (tmp_path / "out.jsonl").exists()


def test_the_column_of_the_training_is_the_default_of_a_file(capsys, fake, tmp_path):
    (tmp_path / "new.csv").write_text("review,stars\nnot bad,4\n")
    model, folder = fake(options={"input_column": "review"})
    code, _, err = run(capsys, "predict", folder, "--file", tmp_path / "new.csv")
    assert (code, model.received) == (0, ["not bad"]), err
    code, _, err = run(capsys, "predict", folder, "--file", tmp_path / "new.csv", "--input-column", "stars")
    assert (code, model.received[1:]) == (0, ["4"]), err


def test_weights_that_are_not_finite_are_an_error_instead_of_a_label(capsys, fake, monkeypatch):
    nan = float("nan")
    monkeypatch.setattr(FakeModel, "prediction", {"label": "no", "probability": nan, "probabilities": {"no": nan}})
    _, folder = fake()
    code, out, err = run(capsys, "predict", folder, "not bad")
    assert (code, out, "prediction for 'not bad' is not finite" in err) == (1, "", True)
    monkeypatch.setattr(FakeModel, "weights", (np.array([1.0, nan]),))
    code, out, err = run(capsys, "predict", folder, "not bad")
    assert (code, out, "weights are not finite" in err) == (1, "", True)


def test_an_input_of_megabytes_is_not_predicted(capsys, fake, tmp_path, monkeypatch):
    model, folder = fake()
    long = b"fine\n" + b"word " * 300_000
    (tmp_path / "mine.csv").write_bytes(b"text\n" + long + b"\n")
    cases = [
        ((), long + b"\n", "input 2 has 1,500,000"),
        ((), bytes(1 << 25), "line 1 of standard input has 16,777,217"),
    ]
    for words, stdin, message in [*cases, (("--file", tmp_path / "mine.csv"), b"", "mine.csv:3: 'text' has 1,500,000")]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code, _, err = run(capsys, "predict", folder, *words)
        assert code == 1 and message in err.lower() and "the limit is" in err
    assert model.received == []
