"""`train --recipe`: stages, overriding flags, resumption, and errors with file, table and key."""

import json
from pathlib import Path

import pytest
from support.command_line import run, squeeze

from rnn_templates.cli.recipe import make_command

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))
TINY = """
template = "sentiment"
description = "Yes or no."

[data]
source = "${TEST_DATA}/mine.csv"
label_names = { yes = "positive", no = "negative" }

[builder]
units = 4
embedding_dim = 4
vocabulary_size = 50

[fit]
epochs = 2
ema_decay = 0.0

[evaluate]
num_worst = 3

[export]
examples = 4
targets = "litert"
"""


@pytest.fixture
def recipe(tmp_path, table, monkeypatch):
    monkeypatch.setenv("TEST_DATA", str(table.parent))
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    monkeypatch.chdir(tmp_path)
    return path


def test_a_recipe_trains_evaluates_and_exports(capsys, recipe):
    code, out, err = run(capsys, "train", "--recipe", recipe, "--json")
    assert code == 0, err
    result = json.loads(out)
    assert list(result) == ["train", "evaluate", "export"]
    assert result["train"]["output"] == "runs/tiny" and result["evaluate"]["examples"] == 4
    card = json.loads(Path("runs/tiny/card.json").read_text())
    assert card["command"] == f"rnn-templates train --recipe {recipe} --json"
    assert card["description"] == "Yes or no." and sorted(card["data"]["labels"]) == ["negative", "positive"]
    assert card["configuration"]["units"] == 4 and card["configuration"]["vocabulary_size"] == 50
    assert card["metrics"]["mine.csv, validation"] and card["parity"]["examples"] == 4
    code, out, err = run(capsys, "train", "--recipe", recipe)  # again: the finished training is resumed
    assert code == 0 and "epoch 1/2" not in err and "best epoch" in out and "parity on 4 examples" in out


def test_flags_override_the_recipe_and_stages_are_selected(capsys, recipe):
    words = ["train", "sentiment", "--recipe=tiny.toml", "--output", "other", "--units", 3, "--stages", "train"]
    code, out, err = run(capsys, *words, "--json")
    assert code == 0, err
    assert list(json.loads(out)) == ["train"]
    card = json.loads(Path("other/card.json").read_text())
    assert card["configuration"]["units"] == 3 and "metrics" not in card
    code, out, err = run(
        capsys, "train", "--recipe", "tiny.toml", "--output", "other", "--stages", "evaluate", "--json"
    )
    assert code == 0, err
    assert list(json.loads(out)) == ["evaluate"]


def test_a_name_is_looked_up_in_the_folder_of_recipes(capsys, recipe):
    Path("recipes").mkdir()
    recipe.rename("recipes/tiny.toml")
    code, out, _ = run(capsys, "train", "--recipe", "tiny", "--help")
    assert code == 0 and "Default: 4." in out  # of --units
    code, _, err = run(capsys, "train", "--recipe", "tinny")
    assert code == 1 and "no recipe 'tinny'" in squeeze(err) and "tiny" in err


def test_mistakes_name_file_table_and_key(capsys, recipe):
    cases = [
        ("units = 4", "unitz = 4", "tiny.toml: [builder] has an unknown key `unitz`"),
        ("units = 4", 'units = "many"', "tiny.toml: [builder] `units` must be of type int"),
        ("[fit]", "[fitting]", "tiny.toml: unknown key `fitting`"),
        ("num_worst = 3", "best = 3", "tiny.toml: [evaluate] has an unknown key `best`"),
        ("num_worst = 3", 'output = "x"', "tiny.toml: [evaluate] has an unknown key `output`"),
        ('template = "sentiment"', 'template = "weather"', "tiny.toml: `template`"),
        ("units = 4", "units = ", "tiny.toml: "),
        (
            "${TEST_DATA}",
            "${NO_SUCH_VARIABLE}",
            "tiny.toml: [data] `source`: the environment variable no_such_variable",
        ),
        ("mine.csv", "absent.csv", "tiny.toml: [data] `source`: there is no file"),
    ]
    for old, new, message in cases:
        recipe.write_text(TINY.replace(old, new, 1))
        code, out, err = run(capsys, "train", "--recipe", "tiny.toml")
        assert (code, out, "Traceback" in err) == (1, "", False), (new, err)
        assert message in squeeze(err), (new, err)
    recipe.write_text(TINY)
    wrong = ((["--stages", "dance"], "`--stages`"), (["--units", "x"], "'--units'"), (["--foo"], "--foo"))
    for flags, message in wrong:
        code, _, err = run(capsys, "train", "--recipe", "tiny.toml", *flags)
        assert code in (1, 2) and message in squeeze(err), err
    code, _, err = run(capsys, "train", "tagging", "--recipe", "tiny.toml")
    assert code == 1 and "tagging" in err
    assert not Path("runs").exists()


def test_all_recipes_of_the_repository_are_valid(monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_DATA", "data")
    wrong = []
    for path in RECIPES:
        try:
            make_command(["train", "--recipe", str(path)])
        except (ValueError, OSError) as error:
            wrong.append(str(error))
    assert not wrong


def test_the_settings_of_the_recipes_do_not_follow_the_defaults(monkeypatch):
    """Settings of the models that are shipped or cited: a new default or size rule must not change them."""
    monkeypatch.setenv("RNN_TEMPLATES_DATA", "data")
    recorded = json.loads((Path(__file__).parent / "recipe_settings.json").read_text())
    assert sorted(recorded) == [path.stem for path in RECIPES]
    for path in RECIPES:
        groups = make_command(["train", "--recipe", str(path)]).groups
        settings = {name: value for group in groups for name, value in group.defaults().items()}
        assert {name: settings[name] for name in recorded[path.stem]} == recorded[path.stem], path.stem
