"""The command line with pairs of texts: from a table, or two parallel files, to answers and figures."""

import itertools
import json
import os
import subprocess
import sys

import pytest
from cli.test_cli import run

from rnn_templates.cli import main

SOURCES = [" ".join(words) for words in itertools.permutations(("one", "two", "six", "ten"))]
TARGETS = [text.replace("one", "eins").replace("two", "zwei").replace("ten", "zehn") for text in SOURCES]
SMALL = ["--units", 16, "--embedding-dim", 16, "--source-vocabulary-size", 280, "--target-vocabulary-size", 280, "--max-source-length", 12,
         "--max-target-length", 12, "--beam-width", 2, "--batch-size", 24, "--average", 0, "--label-smoothing", 0,
         "--dropout", 0, "--embedding-dropout", 0, "--memory-dropout", 0, "--type-dropout", 0,
         "--learning-rate", 0.01, "--schedule", "constant"]  # fmt: skip

WIDE = {**os.environ, "COLUMNS": "200"}  # so that no flag is cut


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "mine.tsv"
    rows = ["source\ttarget", *map("\t".join, zip(SOURCES * 8, TARGETS * 8, strict=True)), "nothing\t"]
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture(scope="module")
def parallel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parallel")
    for name, texts in (("mine.en", SOURCES), ("mine.de", TARGETS)):
        (folder / name).write_text("\n".join(texts) + "\n")
    return f"{folder / 'mine.en'},{folder / 'mine.de'}"


@pytest.fixture(scope="module")
def trained(table, parallel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "mine"
    words = ["train", "translation", "--data", table, "--validation-data", parallel, "--output", folder, *SMALL]
    with pytest.raises(SystemExit) as stop:
        main([*map(str, words), "--epochs", "35", "--patience", "35"])
    assert not stop.value.code
    return folder


def test_training_on_a_table_leaves_both_vocabularies_and_a_card_that_tells_of_bad_rows(trained, table):
    card = json.loads((trained / "card.json").read_text())
    assert card["data"]["sizes"] == {"train": 192, "validation": 24}
    assert card["data"]["first_rejected"] == [f"{table}:194: 'target' is empty"]
    assert (card["template"], card["configuration"]["source_vocabulary_size"]) == ("translation", 280)
    assert {"source_vocabulary.txt", "target_vocabulary.txt", "model.keras", "README.md", "learning_curve.png"} <= {
        path.name for path in trained.iterdir()
    }
    assert not (trained / "labels.txt").exists()


def test_training_on_two_parallel_files_prints_json_alone(capsys, parallel, tmp_path):
    words = ["train", "translation", "--data", parallel, "--output", tmp_path / "m", *SMALL, "--epochs", 1, "--json"]
    code, out, err = run(capsys, *words)
    assert code == 0, err
    assert {"output", "best_epoch", "val_loss", "val_accuracy"} <= set(json.loads(out))
    assert json.loads((tmp_path / "m" / "card.json").read_text())["data"]["sizes"] == {"train": 22, "validation": 2}


def test_predicting_shows_translations_and_prints_them_with_their_alternatives(capsys, trained, table, tmp_path):
    texts = [SOURCES[0], "", SOURCES[5]]
    code, out, _ = run(capsys, "predict", trained, *texts)
    assert (code, f"{TARGETS[0]} (" in out, "translation" in out) == (0, True, True)
    (tmp_path / "texts.txt").write_text("\n".join(texts) + "\n")
    answers = [json.loads(run(capsys, "predict", trained, "--json", *more)[1])
               for more in (["--", *texts], ["--file", tmp_path / "texts.txt"])]  # fmt: skip
    for rows in answers:
        assert [row["text"] for row in rows] == texts
        assert [row["translation"] for row in rows] == [TARGETS[0], "", TARGETS[5]]
        assert rows[1]["probability"] == 1 and [len(row["alternatives"]) for row in rows] == [1, 1, 1]
        assert rows[0]["probability"] > rows[0]["alternatives"][0]["probability"]
    rows = json.loads(run(capsys, "predict", trained, "--json", "--file", table, "--text", "source")[1])
    assert [row["translation"] for row in rows[:24]] == TARGETS


@pytest.mark.parametrize("kind", ["a table", "two files"])
def test_evaluating_measures_every_pair_of_a_file_and_adds_the_figures_to_the_card(
    capsys, trained, table, parallel, tmp_path, kind
):
    data, name, count = {"a table": (table, "mine.tsv", 192), "two files": (parallel, "mine.en,mine.de", 24)}[kind]
    words = ["evaluate", trained, "--data", data, "--baseline-data", data, "--validation-data", data]
    code, out, err = run(capsys, *words, "--output", tmp_path, "--json")
    assert code == 0, err
    report = json.loads(out)
    assert (report["examples"], report["exact_match"]) == (count, 1.0)
    assert (report["bleu"], report["chrf"]) == (pytest.approx(100), pytest.approx(100))
    assert report["baseline"]["exact_match"] == 0 and report["seen_in_training"] == 1
    figures = json.loads((trained / "card.json").read_text())["metrics"][name]
    assert figures["bleu"] == report["bleu"] and figures["baseline_chrf"] == report["baseline"]["chrf"]
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "length.png"}


def test_a_baseline_without_training_examples_is_refused(capsys, trained, table):
    code, out, err = run(capsys, "evaluate", trained, "--data", table, "--baseline")
    assert (code, out, "--baseline-data" in err) == (1, "", True)


def test_evaluating_shows_a_table_of_answers(capsys, trained, table):
    code, out, err = run(capsys, "evaluate", trained, "--data", table, "--output", trained / "shown")
    assert (code, "exact match" in out, TARGETS[0].split()[0] in out) == (0, True, True)
    assert "mine.tsv:194: 'target' is empty" in err


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_files_that_do_not_fit_line_by_line_are_refused_with_both_counts(capsys, trained, parallel, tmp_path, command):
    (tmp_path / "short.de").write_text("\n".join(TARGETS[:20]) + "\n")
    data = f"{parallel.split(',')[0]},{tmp_path / 'short.de'}"
    words = {"train": ["train", "translation", "--output", tmp_path / "m"], "evaluate": ["evaluate", trained]}[command]
    code, out, err = run(capsys, *words, "--data", data)
    assert (code, out, "Traceback" in err) == (1, "", False)
    assert "mine.en has 24 lines and" in err and "short.de has 20" in err
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        (["--unitz", "3"], 2, "No such option"),
        (["--units", "many"], 2, "parse string as an integer"),
        (["--units", "0"], 1, "`units` must be an integer of at least 1, got 0"),
        (["--beam-width", "0"], 1, "`beam_width` must be an integer of at least 1, got 0"),
        (["--max-target-length", "1"], 1, "`max_target_length` must be an integer of at least 2, got 1"),
        (["--decoder-depth", "1"], 1, "`decoder_layers` must be an integer of at least 2, got 1"),
        (["--memory-dropout", "1.5"], 1, "`memory_dropout` is a share, in [0, 1); got 1.5"),
        (["--label-smoothing", "1"], 1, "`label_smoothing` is a share, in [0, 1); got 1.0"),
        (["--r-drop", "-1"], 1, "`consistency` is a number of at least 0; got -1.0"),
        (["--attention", "dot"], 1, "'dot'"),
        (["--cell", "lstn"], 1, "`cell`"),
        (["--source-vocabulary-size", "200"], 1, "259 tokens are always there"),
        (["--label-separator", ";"], 1, "the target of a pair is a text"),
        (["--text", "english"], 1, "mine.tsv:1: no column 'english'; the columns are ['source', 'target']"),
        (["--data", "no.en,no.de"], 1, "There is no file"),
        (["--data", "a.en,b.de,c.fr"], 1, "wanted two text files"),
        (["--data", "reviews"], 1, "reviews has texts with labels, not pairs of texts"),
    ],
    ids=str,
)
def test_a_mistake_has_an_exit_code_and_a_message_instead_of_a_traceback(capsys, table, tmp_path, flags, code, message):
    found, _, err = run(capsys, "train", "translation", "--data", table, "--output", tmp_path / "m", *flags)
    assert (found, "Traceback" in err) == (code, False), err
    assert message.lower() in " ".join(err.lower().replace("│", " ").split())
    assert not (tmp_path / "m").exists()


def test_help_shows_every_flag_and_touches_no_data():
    code = (
        "import sys\n"
        "from rnn_templates.cli import main\n"
        "for words in (['train', 'translation', '--help'], ['tune', 'translation', '--help']):\n"
        "    try: main(words)\n"
        "    except SystemExit as stop: assert not stop.code\n"
        "own = {'tensorflow_datasets', 'tokenizers', 'sacrebleu', 'babel', 'num2words', 'keras_tuner'}\n"
        "print('loaded:', sorted(own & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=WIDE)
    assert answer.returncode == 0, answer.stderr[-2000:]
    train, tune = answer.stdout.split("Usage: ")[1:]
    for flag in ("source-pieces", "target-pieces", "cell", "units", "decoder-depth", "attention", "attention-units",
                 "r-drop", "scheduled-sampling", "beam-width", "length-penalty", "beta-2", "epochs", "monitor",
                 "average", "data", "validation-data", "output"):  # fmt: skip
        assert f"--{flag} " in train, flag
    assert all(panel in train for panel in ("Vocabulary", "translation_model", "fit", "Data", "Output"))
    assert "--pretrained-vectors" not in train and "--balance" not in train
    for flag in ("source-pieces", "target-pieces", "trials", "epochs", "data"):
        assert f"--{flag} " in tune, flag
    assert "loaded: []" in tune
