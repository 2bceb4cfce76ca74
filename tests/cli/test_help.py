"""Help of commands: three panels, plain words, whole flags in 80 columns."""

import re

import pytest
from support.command_line import run, squeeze

from rnn_templates import registry
from rnn_templates.cli.help import ADVANCED, MODEL, START, plain_help


def panels(text):
    """Dict of heading to the flags under it, in their order."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith((" ", "Usage")):
            found[line.strip()] = []
        elif match := re.match(r"  (--[\w-]+)", line):
            found[list(found)[-1]].append(match.group(1))
    return found


@pytest.mark.parametrize("name", registry.names())
def test_the_flags_of_train_are_in_three_groups_the_first_ones_to_use_first(capsys, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(capsys, "train", name, "--help")
    found = panels(out)
    assert code == 0 and list(found) == [START, MODEL, ADVANCED]
    assert found[START][:2] == ["--data", "--output"] and "--epochs" in found[START]
    assert len(found[START]) <= 10 < len(found[ADVANCED])
    assert "--learning-rate" in found[ADVANCED] and found[ADVANCED][-1] == "--help"
    assert not any("vocabulary-size" in flag or flag == "--cell" for flag in found[START] + found[ADVANCED])
    assert max(map(len, out.splitlines())) <= 80 and "…" not in out
    assert not re.search(r"(Int|Float|Str|Bool)( or None|;| in \[| of at)", out)


def test_help_of_the_other_commands_fits_80_columns_and_has_the_exit_statuses(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for words in ([], ["train"], ["evaluate"], ["export"], ["predict"], ["demo"], ["list"], ["tune", "sentiment"]):
        code, out, _ = run(capsys, *words, "--help")
        assert code == 0 and max(map(len, out.splitlines())) <= 80 and "…" not in out, words
    text = squeeze(run(capsys, "--help")[1])
    assert all(status in text for status in ("0 success", "1 an error", "2 wrong usage", "130 interrupted"))


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("positive int; number of layers.", "Number of layers."),
        ("int of at least 2; number of layers. Not 1.", "Number of layers (at least 2). Not 1."),
        ("float in [0, 1]; a part.", "A part (from 0 to 1)."),
        ("int or None; splits long texts.", "Splits long texts."),
        ("folder of a model, or a file.", "Folder of a model, or a file."),
        ("interval; of steps.", "Interval; of steps."),
    ],
)
def test_the_type_of_a_description_is_left_out_and_its_range_is_kept(text, help):
    assert plain_help(text) == help


def test_names_of_arguments_are_flags_and_what_no_flag_can_express_is_left_out():
    text = 'str or class; kind of cell: "gru"; in Python also a subclass of `cells.cell.Cell`. Only "rnn".'
    assert plain_help(text) == 'Kind of cell: "gru". Only "rnn".'
    assert plain_help("int or None; size; None for `attention_units`.") == "Size; default: --attention-units."
    assert plain_help("epochs; None trains until `patience` ends it.", 3) == "Epochs."


def test_flags_that_follow_the_size_of_the_data_say_so(capsys):
    for name in registry.names():
        code, out, _ = run(capsys, "train", name, "--help")
        count = len(registry.get(name).size_rule.names)
        assert code == 0 and squeeze(out).count("default: from the size of the data") == count, name
