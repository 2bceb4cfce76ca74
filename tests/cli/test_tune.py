"""`tune`: trials as JSON, and resumption."""

import json

from support.command_line import run


def test_trials_are_printed_and_an_interrupted_search_is_resumed(capsys, table, tmp_path):
    words = ["tune", "sentiment", "--data", table, "--output", tmp_path / "t", "--epochs", 1, "--json"]
    first = json.loads(run(capsys, *words, "--trials", 1)[1])
    second = json.loads(run(capsys, *words, "--trials", 2)[1])
    assert [trial["status"] for trial in second] == ["COMPLETED"] * 2
    assert first[0] in second and "units" in first[0]["hyperparameters"]
    code, out, _ = run(capsys, *words[:-1], "--trials", 2)
    assert (code, "Best first" in out) == (0, True)
