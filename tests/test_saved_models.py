"""The models that ship: whole, small, and the same in every file."""

import functools
import json
from pathlib import Path

import numpy as np
import pytest

SAVED = Path(__file__).parents[1] / "saved_models"
TRANSLATORS, SEEING = ("translation", "dates"), ("captioning", "glyphs")
WRITERS = (*TRANSLATORS, "captioning")
NAMES = {"sentiment", "tagging", "entities", *WRITERS, *SEEING} | {
    path.parent.name for path in SAVED.glob("*/card.json")
}
FILES = {"card.json", "README.md", "model.keras", "model.tflite", "model_int8.tflite", "preprocessing.json"}
WORDS = {"captioning": {"vocabulary.txt"}, "glyphs": {"labels.txt"}}
WORDS |= dict.fromkeys(TRANSLATORS, {"source_vocabulary.txt", "target_vocabulary.txt"})
TEXTS = ["A wonderful film, I would see it again.", "Dull, badly acted and far too long.", "not bad at all", ""]
SOURCES = {
    "translation": ["A dog runs through the snow.", "Two men are playing guitar on a stage.", "A girl in a red dress."],
    "dates": ["Monday, March 3, 2031", "the total is $2,480.75", "three hundred and seventeen"],
}
LARGEST_INT8 = {"tagging": 3_000_000, "translation": 12_000_000}


def load_images(name):
    """Generated pictures of the test split, and what is to be seen on each."""
    from rnn_templates.data.synthetic.glyphs import make_glyphs
    from rnn_templates.data.synthetic.scenes import make_scenes

    if name == "glyphs":
        return tuple(zip(*make_glyphs(20, "test"), strict=True))
    scenes = list(make_scenes(20, "test"))
    return [scene["image"] for scene in scenes], [scene["caption"] for scene in scenes]


@pytest.fixture(params=sorted(NAMES))
def folder(request):
    if not (SAVED / request.param / "card.json").exists():
        pytest.skip(f"there is no saved_models/{request.param}")
    return SAVED / request.param


@functools.cache
def model_in(folder):
    from rnn_templates.saving import load_model

    return load_model(folder)


def test_the_file_set_is_whole_and_small_enough(folder):
    assert {path.name for path in folder.iterdir()} >= FILES | WORDS.get(folder.name, {"vocabulary.txt", "labels.txt"})
    assert (folder / "model_int8.tflite").stat().st_size <= LARGEST_INT8.get(folder.name, 1_500_000)
    most = 50 if folder.name == "translation" else 30
    assert sum(path.stat().st_size for path in folder.rglob("*")) <= most * 2**20


def test_the_card_tells_command_data_figures_and_parity(folder):
    card = json.loads((folder / "card.json").read_text())
    assert card["command"].startswith("rnn-templates train ")
    assert card["data"]["sizes"]["train"] > 0 and card["metrics"] and card["versions"]
    writes = folder.name in WRITERS
    reports = {(report["target"], report["signature"]): report for report in card["parity"]["targets"]}
    for name in ("greedy", "beam") if writes else ("serve",):
        exact, small = reports["model.tflite", name], reports["model_int8.tflite", name]
        assert exact["label_agreement"] >= 0.99 if writes else exact["label_agreement"] == 1.0
        assert small["metric_change"] > -1 if writes else small["label_agreement"] >= 0.98  # BLEU, in percent
    for (name, _), report in reports.items():
        if name.endswith(".tflite"):
            assert report["size_bytes"] == (folder / name).stat().st_size


def test_all_files_answer_alike(folder):
    from rnn_templates.export.targets.litert import LiteRTModel
    from rnn_templates.tasks.signature import predict_with

    model, texts = model_in(folder), SOURCES.get(folder.name, TEXTS)
    texts = list(load_images(folder.name)[0]) if folder.name in SEEING else texts
    for name, tolerance in (("model.tflite", 1e-4), ("model_int8.tflite", 0.1)):
        file = LiteRTModel(folder / name)
        least = model.min_agreement["int8"] if name == "model_int8.tflite" and folder.name in WRITERS else 1.0
        for signature in model.device_signatures():
            if signature.decode is None:
                continue
            expected = model.predict_examples(texts, signature.strategy)
            actual = predict_with(file, signature, texts)
            assert model.agreement(expected, actual) >= least
            for one, other in zip(expected, actual, strict=True):
                if np.array_equal(one.outputs, other.outputs):
                    np.testing.assert_allclose(one.scores, other.scores, atol=tolerance)


def test_the_files_of_words_are_those_of_the_model(folder):
    model = model_in(folder)
    vocabularies = {"vocabulary.txt": model.preprocessor}
    if folder.name in SEEING:
        vocabularies = {"vocabulary.txt": model.target_preprocessor} if folder.name in WRITERS else {}
    if folder.name in TRANSLATORS:
        vocabularies = {"source_vocabulary.txt": model.preprocessor, "target_vocabulary.txt": model.target_preprocessor}
    if folder.name not in WRITERS:
        assert list(model.labels) == (folder / "labels.txt").read_text().splitlines()
    for name, preprocessor in vocabularies.items():
        assert list(preprocessor.vocabulary.tokens) == (folder / name).read_text().split("\n")[:-1]
    assert json.loads((folder / "preprocessing.json").read_text()) == json.loads(json.dumps(model.preprocessing_spec()))


def test_the_answers_are_sensible(folder):
    model = model_in(folder)
    if folder.name == "sentiment":
        assert [prediction.outputs for prediction in model.predict_examples(TEXTS[:2])] == [1, 0]
    if folder.name == "tagging":
        tags = [model.labels[tag] for tag in model.predict_examples([["They", "can", "fish", "."]])[0].outputs]
        assert tags == ["PRON", "AUX", "VERB", "PUNCT"]
    if folder.name == "entities":
        found = model.predict(["Please call Ottilie Brandwein on +49 30 555 0199."], return_labels=True)[0]["spans"]
        assert [(span["type"], span["text"]) for span in found] == [
            ("NAME", "Ottilie Brandwein"),
            ("PHONE", "+49 30 555 0199"),
        ]
    if folder.name == "translation":
        dog, men, girl = (answer.split() for answer in model.generate(SOURCES["translation"]))
        assert "Hund" in dog and "Männer" in men and "Mädchen" in girl
    if folder.name == "dates":
        date, total, number = model.generate(SOURCES["dates"])
        assert (date, number) == ("Montag, 3. März 2031", "dreihundertsiebzehn")
        assert total == "die Summe beträgt 2.480,75 $"
    if folder.name in SEEING:
        pictures, seen = load_images(folder.name)
        found = [model.to_dict(*pair) for pair in zip(pictures, model.predict_examples(list(pictures)), strict=True)]
        assert (
            sum(answer.get("caption", answer.get("label")) == true for answer, true in zip(found, seen, strict=True))
            > 17
        )
