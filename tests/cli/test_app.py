"""The application: help, usage errors, exit status, interruption."""

import functools
import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from support.command_line import run, squeeze
from support.trainings import Interrupt

import rnn_templates
from rnn_templates import training
from rnn_templates.cli import app

ROOT = Path(rnn_templates.__file__).parents[1]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["evaluate", "no-such-folder", "--data", "x.csv"], 1, "no model at"),
        (["predict", "no-such-folder", "hello"], 1, "no model at"),
        (["train", "sentiment", "--data", "no-such-file.csv"], 1, "no-such-file.csv"),
        (["train", "sentiment", "--data", "no_such_name"], 1, "no_such_name"),
        (["train", "sentiment", "--unitz", "3"], 2, "no such option"),
        (["train", "sentiment", "--units", "many"], 2, "'--units'"),
        (["train", "weather"], 2, "no such command"),
        (["demo", "weather"], 2, "no template 'weather'"),
        (["predict"], 2, "missing argument"),
        (["train", "sentiment", "--output", ""], 1, "`output` must be the name of a folder"),
        (["train", "sentiment", "--data", "[/quote].csv"], 1, "[/quote].csv"),
        (["train", "sentiment", "[/quote] [bold]"], 2, "[/quote] [bold]"),
        (["predict", "saved_models/sentiment", "x", "--output", "x.txt"], 2, ".csv or .jsonl"),
        (["predict", "saved_models/sentiment", "--file", "no-such-file.csv"], 1, "no-such-file.csv does not exist"),
        (
            ["export", "saved_models/sentiment", "--data", "reviews", "--output", ""],
            1,
            "`output` must be the name of a folder",
        ),
        (["train", "--recipe"], 1, "--recipe"),
        (["train", "--recipe", "no-such-recipe"], 1, "no recipe 'no-such-recipe'"),
    ],
    ids=str,
)
def test_a_mistake_has_an_exit_status_and_a_message_instead_of_a_traceback(capsys, words, code, message):
    status, out, err = run(capsys, *words)
    assert (status, out) == (code, "")
    assert message in squeeze(err) and "Traceback" not in err


def test_wrong_values_are_errors_that_name_the_argument_and_leave_no_folder(capsys, table, pair_table, tmp_path):
    (tmp_path / "tags.conll").write_text("a O\nb X\n\n" * 10)
    (tmp_path / "columns.conll").write_text("a\tO\tx\nb\tO\n")
    (tmp_path / "one_tag.conll").write_text("a O\nb O\n")
    (tmp_path / "empty.conll").write_text("")
    (tmp_path / "short.txt").write_text("one\n")
    (tmp_path / "long.txt").write_text("one\ntwo\n")
    cases = [
        ("sentiment", table, ["--cell", "lstn"], 1, "lstn"),
        ("sentiment", table, ["--label-names", "yes"], 2, "--label-names"),
        ("tagging", tmp_path / "none.conll", [], 1, "none.conll"),
        ("tagging", tmp_path / "empty.conll", [], 1, "empty.conll"),
        ("tagging", tmp_path / "one_tag.conll", [], 1, "'o'"),
        ("tagging", tmp_path / "columns.conll", [], 1, "line 2: 2 columns"),
        ("tagging", tmp_path / "tags.conll", ["--target-column", "tag"], 1, "target_column"),
        ("tagging", tmp_path / "tags.conll", ["--units", "0"], 1, "units"),
        ("tagging", tmp_path / "tags.conll", ["--char-encoder", "letters"], 1, "letters"),
        ("translation", pair_table, ["--unitz", "3"], 2, "no such option"),
        ("translation", pair_table, ["--units", "many"], 2, "'--units'"),
        ("translation", pair_table, ["--units", "0"], 1, "`units`"),
        ("translation", pair_table, ["--beam-width", "0"], 1, "`beam_width`"),
        ("translation", pair_table, ["--max-target-length", "1"], 1, "`max_target_length`"),
        ("translation", pair_table, ["--decoder-layers", "1"], 1, "`decoder_layers`"),
        ("translation", pair_table, ["--memory-dropout", "1.5"], 1, "`memory_dropout`"),
        ("translation", pair_table, ["--label-smoothing", "1"], 1, "`label_smoothing`"),
        ("translation", pair_table, ["--r-drop", "-1"], 1, "`r_drop`"),
        ("translation", pair_table, ["--attention", "dot"], 1, "dot"),
        ("translation", pair_table, ["--cell", "lstn"], 1, "lstn"),
        ("translation", pair_table, ["--source-vocabulary-size", "200"], 1, "vocabulary_size"),
        ("translation", pair_table, ["--label-separator", ";"], 2, "no such option"),
        ("translation", pair_table, ["--input-column", "english"], 1, "english"),
        ("translation", "no.en,no.de", [], 1, "no.en"),
        ("translation", "a.en,b.de,c.fr", [], 1, "two"),
        ("translation", f"{tmp_path / 'short.txt'},{tmp_path / 'long.txt'}", [], 1, "short.txt"),
        ("translation", "reviews", [], 1, "sentiment"),
    ]
    for template, data, flags, code, message in cases:
        words = ["train", template, "--data", data, "--output", tmp_path / "m", *flags]
        status, out, err = run(capsys, *words)
        assert (status, out, "Traceback" in err) == (code, "", False), (words, err)
        assert message in squeeze(err), (words, err)
        assert not (tmp_path / "m").exists()


def test_help_lists_the_flags_of_builder_components_data_and_fit(capsys):
    _, train, _ = run(capsys, "train", "translation", "--help")
    _, tune, _ = run(capsys, "tune", "translation", "--help")
    for flag in ("source-vocabulary-size", "target-vocabulary-size", "cell", "units", "decoder-layers", "attention",
                 "attention-units", "r-drop", "scheduled-sampling", "beam-width", "length-penalty", "beta-2", "epochs",
                 "monitor", "ema-decay", "data", "validation-data", "output", "no-resume"):  # fmt: skip
        assert f"--{flag} " in train, flag
    assert "--pretrained-vectors" not in train and "--balanced-class-weights" not in train
    for flag in ("source-vocabulary-size", "trials", "epochs", "data", "no-resume"):
        assert f"--{flag} " in tune, flag


def test_an_interrupted_training_exits_with_130_and_the_same_command_resumes_it(
    capsys, table, tiny, tmp_path, monkeypatch
):
    words = ["train", "sentiment", "--data", table, "--output", tmp_path / "m", *tiny, "--epochs", 4]
    fit = training.fit

    @functools.wraps(fit)
    def interrupted(*args, **options):
        return fit(*args, **options, callbacks=[Interrupt(2)])

    with monkeypatch.context() as patch:
        patch.setattr(training, "fit", interrupted)
        status, _, err = run(capsys, *words)
    assert (status, "Interrupted" in err) == (130, True), err
    assert (tmp_path / "m" / "checkpoint.npz").exists() and not (tmp_path / "m" / "model.keras").exists()
    status, _, err = run(capsys, *words)
    assert status == 0 and "epoch 3/4" in err and "epoch 2/4" not in err
    assert len(json.loads((tmp_path / "m" / "card.json").read_text())["history"]["loss"]) == 4


def test_a_system_error_is_its_message_and_its_file():
    assert app._message(FileNotFoundError(2, "No such file", "x.csv")) == "No such file: x.csv"
    assert app._message(ZeroDivisionError()) == "ZeroDivisionError"


def test_the_version_is_that_of_the_installed_package(capsys):
    status, out, _ = run(capsys, "--version")
    assert (status, out) == (0, f"rnn-templates {rnn_templates.__version__}\n")
    assert rnn_templates.__version__ == metadata.version("rnn_templates")


@pytest.mark.slow
def test_a_prediction_writes_nothing_to_standard_error(tmp_path):
    code = "from rnn_templates.cli import main; main(['predict', 'saved_models/sentiment', 'not bad'])"
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=ROOT)
    assert (result.returncode, result.stderr) == (0, "") and "not bad" in result.stdout
