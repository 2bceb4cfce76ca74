"""The models that ship: whole, small, and the same in every file."""

import json
from pathlib import Path

import numpy as np
import pytest

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[1] / "saved_models").glob("*/card.json"))
FILES = {"card.json", "README.md", "model.keras", "model.tflite", "model_int8.tflite", "vocabulary.txt", "labels.txt"}
TEXTS = ["A wonderful film, I would see it again.", "Dull, badly acted and far too long.", "not bad at all", ""]

shipped = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@shipped
def test_the_file_set_is_whole_and_small_enough(folder):
    assert {path.name for path in folder.iterdir()} >= FILES
    assert (folder / "model_int8.tflite").stat().st_size <= {"tagging": 3_000_000}.get(folder.name, 1_500_000)
    assert sum(path.stat().st_size for path in folder.rglob("*")) <= 30 * 2**20


@shipped
def test_the_card_tells_command_data_figures_and_parity(folder):
    card = json.loads((folder / "card.json").read_text())
    assert card["command"].startswith("rnn-templates train ")
    assert card["data"]["sizes"]["train"] > 0 and card["metrics"] and card["versions"]
    reports = {report["target"]: report for report in card["certificate"]["targets"]}
    assert reports["model.tflite"]["label_agreement"] == 1.0
    assert reports["model_int8.tflite"]["label_agreement"] >= 0.98
    for name, report in reports.items():
        if name.endswith(".tflite"):
            assert report["size_bytes"] == (folder / name).stat().st_size


@shipped
def test_all_files_answer_alike_and_sensibly(folder):
    from rnn_templates.exporters.litert import LiteRTFile
    from rnn_templates.loading import load_model

    model = load_model(folder)
    expected = model.ask(TEXTS)
    for name, tolerance in (("model.tflite", 1e-4), ("model_int8.tflite", 0.1)):
        for answer, ours in zip(model.ask_device(LiteRTFile(folder / name), TEXTS), expected, strict=True):
            np.testing.assert_array_equal(answer.labels, ours.labels)
            np.testing.assert_allclose(answer.probabilities, ours.probabilities, atol=tolerance)
    assert model.preprocessor.vocabulary.tokens == tuple((folder / "vocabulary.txt").read_text().split("\n")[:-1])
    assert list(model.labels) == (folder / "labels.txt").read_text().splitlines()
    if folder.name == "sentiment":
        assert [answer.labels for answer in expected[:2]] == [1, 0]
    if folder.name == "tagging":
        tags = [model.labels[tag] for tag in model.ask([["They", "can", "fish", "."]])[0].labels]
        assert tags == ["PRON", "AUX", "VERB", "PUNCT"]
    if folder.name == "entities":
        found = model.predict(["Please call Ottilie Brandwein on +49 30 555 0199."], return_labels=True)[0]["spans"]
        assert [(span["type"], span["text"]) for span in found] == [
            ("NAME", "Ottilie Brandwein"),
            ("PHONE", "+49 30 555 0199"),
        ]
