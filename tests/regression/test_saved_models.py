"""The shipped folders: complete, small, and described by their cards; predictions: test_recorded_predictions.py."""

import json
from functools import cache
from pathlib import Path

import pytest

from rnn_templates import registry

SAVED_MODELS = Path(__file__).parents[2] / "saved_models"
NAMES = sorted(path.parent.name for path in SAVED_MODELS.glob("*/card.json"))
FILES = {"card.json", "README.md", "model.keras", "model.tflite", "model_int8.tflite", "preprocessing.json"}
MAX_FOLDER_BYTES, MAX_TOTAL_BYTES = 50 * 2**20, 120 * 2**20
MAX_INT8_BYTES = {"tagging": 3_000_000, "translation": 12_000_000}

pytestmark = pytest.mark.parametrize("name", NAMES)


@cache
def card_of(name):
    return json.loads((SAVED_MODELS / name / "card.json").read_text(encoding="utf-8"))


@cache
def model_of(name):
    from rnn_templates.saving import load_model

    return load_model(SAVED_MODELS / name)


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_folder_is_complete_and_small(name):
    folder = SAVED_MODELS / name
    assert {path.name for path in folder.iterdir()} > FILES
    assert (folder / "model_int8.tflite").stat().st_size <= MAX_INT8_BYTES.get(name, 1_500_000)
    assert size_of(folder) <= MAX_FOLDER_BYTES and size_of(SAVED_MODELS) <= MAX_TOTAL_BYTES


def test_card_has_command_data_metrics_and_parity_of_the_files(name):
    card = card_of(name)
    assert card["command"] == f"rnn-templates train --recipe {name}"
    assert (SAVED_MODELS.parent / "recipes" / f"{name}.toml").exists()
    assert card["template"] in registry.names()
    assert card["data"]["sizes"]["train"] > 0 and card["metrics"] and card["versions"]
    for report in card["parity"]["targets"]:
        if not report["target"].endswith(".tflite"):
            continue
        assert report["size_bytes"] == (SAVED_MODELS / name / report["target"]).stat().st_size
        if report["target"] == "model.tflite":
            assert report["label_agreement"] >= 0.99 and report["max_abs_difference"] <= 1e-3
        else:  # a changed token changes all later ones: for text the metric counts, BLEU in percent
            assert report["label_agreement"] >= 0.98 or report["metric_change"] > -1


def test_vocabulary_files_and_preprocessing_are_those_of_the_model(name, tmp_path):
    model = model_of(name)
    model.save_vocabulary(tmp_path)
    written = list(tmp_path.iterdir())
    assert written
    for path in written:
        assert path.read_bytes() == (SAVED_MODELS / name / path.name).read_bytes()
    stored = json.loads((SAVED_MODELS / name / "preprocessing.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(model.preprocessing_spec()))
