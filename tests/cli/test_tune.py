"""`tune`: trials beside the defaults, the command that trains the best one, and resumption."""

import json
import shlex

import pytest
from support.command_line import run, squeeze

from rnn_templates import registry
from rnn_templates.cli.tune import train_command
from rnn_templates.training.trial import Trial


def test_a_search_compares_with_the_defaults_is_resumed_and_prints_a_command_that_trains(capsys, table, tmp_path):
    folder = tmp_path / "a search"
    words = ["tune", "sentiment", "--data", table, "--output", folder, "--epochs", 1, "--batch-size", 16]
    first = json.loads(run(capsys, *words, "--json", "--trials", 1)[1])
    second = json.loads(run(capsys, *words, "--json", "--trials", 2)[1])
    assert [trial["status"] for trial in second["trials"]] == ["COMPLETED"] * 2
    assert first["trials"][0] in second["trials"] and first["improvement"] == 0.0
    scores = {int(trial["id"]): trial["score"] for trial in second["trials"]}
    assert second["improvement"] == scores[0] - min(scores.values()) >= 0
    code, out, _ = run(capsys, *words, "--trials", 2)
    assert code == 0 and "settings other than the defaults" in squeeze(out) and "against defaults" in squeeze(out)
    assert "defaults: cell" in squeeze(out) and "train it with" in squeeze(out)

    command = shlex.split(second["command"])
    assert command[:3] == ["rnn-templates", "train", "sentiment"] and str(folder / "best") in command
    winner = second["trials"][0]["hyperparameters"]
    assert all(f"--{name.replace('_', '-')}" in command for name in winner)
    code, out, err = run(capsys, *command[1:], "--epochs", 1, "--json")
    assert code == 0 and json.loads(out)["best_epoch"] == 1, err
    card = json.loads((folder / "best" / "card.json").read_text())
    assert {name: card["configuration"][name] for name in winner} == pytest.approx(winner)
    assert card["training"]["batch_size"] == 16


def test_the_command_of_a_trial_quotes_its_values():
    given = [{"data": "my file's.csv", "label_separator": ", "}, {"trials": 3, "epochs": 2, "seed": 4}]
    trial = Trial("2", "COMPLETED", 0.1, {"bidirectional": False, "crf": True, "dropout": 0.30000000000000004})
    assert shlex.split(train_command(registry.get("tagging"), trial, given, "runs/x")) == [
        "rnn-templates", "train", "tagging", "--data", "my file's.csv", "--label-separator", ", ", "--seed", "4",
        "--no-bidirectional", "--crf", "--dropout", "0.3", "--output", "runs/x/best",
    ]  # fmt: skip
