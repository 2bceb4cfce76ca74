"""The application: help, usage errors, exit status, interruption."""

import functools
import json
import os
import subprocess
import sys

import pytest
from support.command_line import run, squeeze
from support.trainings import Interrupt

from rnn_templates import training
from rnn_templates.cli import app

WIDE = {**os.environ, "COLUMNS": "200"}  # so that no flag is truncated


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
        ("translation", pair_table, ["--label-separator", ";"], 1, "label_separator"),
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


def test_help_lists_the_flags_of_builder_components_data_and_fit_and_loads_no_data_library():
    code = (
        "import sys\n"
        "from rnn_templates.cli import main\n"
        "for words in (['train', 'translation', '--help'], ['tune', 'translation', '--help']):\n"
        "    try: main(words)\n"
        "    except SystemExit as stop: assert not stop.code\n"
        "names = {'tensorflow_datasets', 'tokenizers', 'sacrebleu', 'babel', 'num2words', 'keras_tuner'}\n"
        "print('loaded:', sorted(names & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=WIDE)
    assert result.returncode == 0, result.stderr[-2000:]
    train, tune = result.stdout.split("Usage: ")[1:]
    for flag in ("source-vocabulary-size", "target-vocabulary-size", "cell", "units", "decoder-layers", "attention",
                 "attention-units", "r-drop", "scheduled-sampling", "beam-width", "length-penalty", "beta-2", "epochs",
                 "monitor", "ema-decay", "data", "validation-data", "output", "resume"):  # fmt: skip
        assert f"--{flag} " in train, flag
    assert all(panel in train for panel in ("Vocabulary", "translation_model", "fit", "Data", "Output"))
    assert "--pretrained-vectors" not in train and "--balanced-class-weights" not in train
    for flag in ("source-vocabulary-size", "trials", "epochs", "data", "resume"):
        assert f"--{flag} " in tune, flag
    assert "loaded: []" in tune


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
