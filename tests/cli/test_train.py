"""`train`: the card, JSON, and the flags that only some templates have."""

import json
import re

from support.command_line import run, squeeze

from rnn_templates import registry
from rnn_templates.saving import load_model


def test_the_card_holds_command_configuration_and_rejected_rows(trained, table):
    card = json.loads((trained / "card.json").read_text())
    assert card["command"].startswith("rnn-templates train sentiment --data ")
    assert (card["data"]["rejected_rows"], card["configuration"]["units"]) == (1, 6)
    (rejected,) = card["data"]["first_rejected"]
    assert rejected.startswith(f"{table}:42: ")


def test_json_is_alone_on_standard_output_and_has_the_end_and_the_test_figures(capsys, table, tiny, tmp_path):
    words = ["train", "sentiment", "--data", table, "--output", tmp_path / "m", *tiny, "--epochs", 1, "--json"]
    words += ["--test-data", table]
    code, out, err = run(capsys, *words)
    assert code == 0, err
    found, card = json.loads(out), json.loads((tmp_path / "m" / "card.json").read_text())
    assert {"output", "best_epoch", "val_loss", "val_accuracy"} <= set(found)
    assert (found["epochs"], found["stopped"]) == (1, "epochs") and "more epochs would help" in found["remarks"][0]
    assert found["test"]["accuracy"] == card["metrics"]["mine.csv"]["accuracy"]
    assert "mine.csv:42: " in err


def test_two_parallel_files_are_pairs(capsys, tmp_path):
    for name in ("mine.en", "mine.de"):
        (tmp_path / name).write_text("one\ntwo\nsix\nten\n" * 6)
    words = ["train", "translation", "--data", f"{tmp_path / 'mine.en'},{tmp_path / 'mine.de'}", "--units", 4,
             "--embedding-dim", 4, "--source-vocabulary-size", 270, "--target-vocabulary-size", 270, "--epochs", 1,
             "--output", tmp_path / "m"]  # fmt: skip
    code, out, err = run(capsys, *words)
    assert (code, "best epoch" in out) == (0, True), err
    card = json.loads((tmp_path / "m" / "card.json").read_text())
    assert card["data"]["sizes"] == {"train": 22, "validation": 2}
    assert card["configuration"]["source_vocabulary_size"] == 270


def test_pretrained_vectors_and_balanced_class_weights_are_used(capsys, table, tmp_path):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("good 1 2 3\nbad -1 -2 -3\n")
    words = ["train", "sentiment", "--data", table, "--output", tmp_path / "m", "--epochs", 1, "--units", 4]
    code, _, err = run(capsys, *words, "--pretrained-vectors", vectors, "--balanced-class-weights")
    assert code == 0, err
    assert "2 of" in err
    assert load_model(tmp_path / "m").network.get_layer("embedding").embedding_dim == 3


def test_without_resume_a_finished_training_starts_again(capsys, table, tiny, tmp_path):
    words = ["train", "sentiment", "--data", table, "--output", tmp_path / "m", *tiny, "--epochs", 1]
    assert run(capsys, *words)[0] == 0
    assert "epoch 1/1" not in run(capsys, *words)[2]
    assert "epoch 1/1" in run(capsys, *words, "--no-resume")[2]


def test_sizes_follow_the_data_where_no_flag_gives_them_and_are_printed(capsys, table, tmp_path):
    words = ["train", "sentiment", "--data", table, "--epochs", 1, "--units", 3, "--output", tmp_path / "m"]
    code, _, err = run(capsys, *words)
    assert code == 0, err
    rule = registry.get("sentiment").size_rule
    expected = rule.arguments(100)
    assert re.search(r"sizes for 1\d\d training words: ", squeeze(err)) and "units 3" not in squeeze(err)
    assert f"embedding dim {expected['embedding_dim']}" in squeeze(err)
    configuration = json.loads((tmp_path / "m" / "card.json").read_text())["configuration"]
    assert {name: configuration[name] for name in rule.names} == {**expected, "units": 3}
