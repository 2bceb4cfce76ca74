"""The command line with tagged sentences: from a CoNLL file to an exported model."""

import json

import pytest
from cli.test_cli import run

from rnn_templates.cli import main

BLOCK = "Ann\tB-NAME\nLee\tI-NAME\nleft\tO\n\nOslo\tB-CITY\nis\tO\nfar\tO\n\nBo\tB-NAME\nsaw\tO\nRome\tB-CITY\n\n"
BAD = "Ann\tB-NAME\tmore\nleft\tO\n\n"
SMALL = ["--units", 6, "--embedding-dim", 6, "--char-units", 8, "--max-tokens", 8, "--max-word-bytes", 6,
         "--epochs", 8, "--patience", 8, "--batch-size", 4, "--learning-rate", 0.05, "--average", 0,
         "--validation", 0.3, "--min-count", 1, "--dropout", 0]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "mine.conll"
    path.write_text(BLOCK * 8 + BAD)
    return path


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "mine"
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in ["train", "tagging", "--data", data, "--output", folder, *SMALL]])
    assert not stop.value.code
    return folder


def test_training_leaves_labels_bad_rows_and_the_command_in_the_folder(trained, data):
    card = json.loads((trained / "card.json").read_text())
    assert card["data"]["first_rejected"] == [f"{data}:98: 2 columns, where line 97 has 3"]
    assert (card["template"], card["configuration"]["max_word_bytes"]) == ("tagging", 6)
    assert (trained / "labels.txt").read_text().splitlines() == ["O", "B-CITY", "B-NAME", "I-NAME"]


def test_predicting_shows_spans_and_prints_them_as_json(capsys, trained, tmp_path):
    texts = ["Ann Lee left", "", "Oslo is far"]
    code, out, _ = run(capsys, "predict", trained, *texts)
    assert (code, "Ann Lee [NAME] left" in out, "Oslo [CITY] is far" in out) == (0, True, True)
    (tmp_path / "texts.txt").write_text("\n".join(texts) + "\n")
    answers = [json.loads(run(capsys, "predict", trained, "--json", *more)[1])
               for more in (["--", *texts], ["--file", tmp_path / "texts.txt"])]  # fmt: skip
    for rows in answers:
        assert [row["text"] for row in rows] == texts
        assert [[(span["type"], span["text"]) for span in row["spans"]] for row in rows] == [
            [("NAME", "Ann Lee")], [], [("CITY", "Oslo")],
        ]  # fmt: skip
        assert (rows[0]["spans"][0]["start"], rows[0]["spans"][0]["end"]) == (0, 7)


def test_evaluating_counts_words_and_spans_and_adds_them_to_the_card(capsys, trained, data):
    code, out, err = run(capsys, "evaluate", trained, "--data", data, "--baseline-data", data, "--json")
    report = json.loads(out)
    assert (code, report["sentences"], report["tokens"]) == (0, 24, 72)
    assert report["accuracy"] == 1.0
    assert f"{data.name}:98: 2 columns" in err
    figures = json.loads((trained / "card.json").read_text())["metrics"]["mine.conll"]
    assert figures["accuracy"] == 1.0
    assert (trained / "report.json").exists()
    assert run(capsys, "evaluate", trained, "--data", data)[0] == 0


def test_exporting_writes_files_that_a_device_reads(capsys, trained, data, tmp_path):
    words = ["export", trained, "--data", data, "--output", tmp_path / "out", "--json"]
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert [report["label_agreement"] for report in json.loads(out)["targets"][1:3]] == [1.0, 1.0]
    rule = json.loads((tmp_path / "out" / "preprocessing.json").read_text())
    assert (rule["max_tokens"], rule["max_word_bytes"]) == (8, 6)


def test_tuning_tries_settings(capsys, data, tmp_path):
    words = ["tune", "tagging", "--data", data, "--output", tmp_path / "t", "--epochs", 1, "--trials", 1, "--json"]
    code, out, _ = run(capsys, *words, "--min-count", 1)
    assert (code, [trial["status"] for trial in json.loads(out)]) == (0, ["COMPLETED"])


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (None, (), "There is no file"),
        ("", (), "mine.conll: there are no sentences"),
        ("a O\nb O\n", (), "mine.conll: only the tag 'O'"),
        ("a\tO\tx\nb\tO\n", (), "cannot be used (line 2: 2 columns, where line 1 has 3)"),
        ("a O\nb X\n", ("--label", "tag"), "label: wanted the number of a column, got 'tag'"),
        ("a O\nb X\n\n" * 10, ("--units", "0"), "positive integer"),
        ("a O\nb X\n\n" * 10, ("--char-encoder", "letters"), "'cnn', 'rnn' or 'none', not 'letters'"),
    ],
    ids=["no file", "empty", "one tag", "columns", "column name", "units", "characters"],
)
def test_a_mistake_has_an_exit_code_and_a_message_with_its_place(capsys, tmp_path, content, options, message):
    path = tmp_path / "mine.conll"
    if content is not None:
        path.write_text(content)
    code, _, err = run(capsys, "train", "tagging", "--data", path, "--output", tmp_path / "m", *options)
    assert (code, message in err, "Traceback" in err) == (1, True, False), err


def test_tags_that_the_model_does_not_know_are_told_with_their_line(capsys, trained, tmp_path):
    path = tmp_path / "other.conll"
    path.write_text(BLOCK * 2 + "Rex\tB-DOG\n")
    code, out, err = run(capsys, "evaluate", trained, "--data", path, "--output", tmp_path, "--json")
    assert (code, json.loads(out)["sentences"]) == (0, 6)
    assert "other.conll:25: the tag 'B-DOG' is none of 'O', 'B-CITY', 'B-NAME', 'I-NAME'" in err


def test_a_data_set_with_other_labels_is_refused_before_it_is_judged(capsys, trained):
    code, out, err = run(capsys, "evaluate", trained, "--data", "reviews")
    assert (code, out) == (1, "")
    assert "reviews has the labels negative, positive, the model O, B-CITY" in err and "--label" in err
