"""`export`: parity in the output and in the card, selection of targets."""

import json

from support.command_line import run


def test_parity_is_printed_and_added_to_the_card(capsys, trained, table, tmp_path):
    code, out, err = run(capsys, "export", trained, "--data", table, "--output", tmp_path / "out", "--json")
    assert code == 0, err
    files = [entry["target"] for entry in json.loads(out)["targets"]]
    assert {"saved_model", "model.tflite", "model_int8.tflite"} <= set(files)
    assert json.loads((tmp_path / "out" / "card.json").read_text())["parity"]["data"] == "mine.csv, the training data"


def test_selected_targets_are_written_beside_the_model(capsys, trained, table):
    code, out, err = run(capsys, "export", trained, "--data", table, "--targets", "litert", "--examples", 5)
    assert (code, "parity on 5 examples" in out) == (0, True), err
    assert (trained / "model.tflite").exists() and (trained / "model.keras").exists()
    code, _, err = run(capsys, "export", trained, "--data", table, "--targets", "fax")
    assert (code, "fax" in err) == (1, True)
