"""The command line with classes of pictures: from folders to a model, its answers and its mistakes."""

import json

import numpy as np
import pytest
import tensorflow as tf
from cli.test_cli import run
from PIL import Image

from rnn_templates.cli import main
from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.images.image_io import read_images

LABELS = ("left", "right", "top", "bottom")
SMALL = ["--image-size", 12, "--units", 8, "--filters", 4, "--max-translation", 0, "--dropout", 0, "--batch-size", 8,
         "--average", 0, "--learning-rate", 0.01, "--patience", 20, "--epochs", 20]  # fmt: skip


def halves(count, seed):
    """ImageArray of which one half is bright, and which."""
    rng = np.random.default_rng(seed)
    pictures, classes = rng.integers(0, 60, (count, 12, 12), np.uint8), np.arange(count) % 4
    places = [np.s_[:, :6], np.s_[:, 6:], np.s_[:6], np.s_[6:]]
    for picture, number in zip(pictures, classes, strict=True):
        picture[places[number]] += np.uint8(rng.integers(120, 190))
    return pictures, classes


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "halves"
    for seed, split in enumerate(("train", "val", "test")):
        for number, (picture, of) in enumerate(zip(*halves(40 if split == "train" else 12, seed), strict=True)):
            path = folder / split / LABELS[of] / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(path)
    odd = folder / "test" / "left" / "odd.png"  # in the wrong folder
    Image.fromarray(halves(2, 9)[0][1]).save(odd)
    (folder / "train" / "left" / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def trained(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("runs") / "mine"
    words = ["train", "image_classification", "--data", folder, "--output", output, *SMALL]
    with pytest.raises(SystemExit) as stop:
        main(list(map(str, words)))
    assert not stop.value.code
    return output


def test_the_card_tells_of_classes_and_of_pictures_that_cannot_be_used(trained):
    card = json.loads((trained / "card.json").read_text())
    assert card["data"]["sizes"] == {"train": 40, "validation": 12, "test": 13}
    assert card["data"]["labels"] == sorted(LABELS) and card["data"]["rejected_rows"] == 1
    assert (trained / "labels.txt").read_text().split() == sorted(LABELS)
    assert not (trained / "vocabulary.txt").exists()


def test_pictures_are_asked_by_their_files(capsys, trained, folder):
    files = [next((folder / "test" / label).glob("[0-9]*.png")) for label in LABELS]
    code, out, err = run(capsys, "predict", trained, *files, "--json")
    assert code == 0, err
    assert [row["label"] for row in json.loads(out)] == list(LABELS)
    code, out, _ = run(capsys, "predict", trained, files[1])
    assert (code, "right (" in out) == (0, True)
    code, _, err = run(capsys, "predict", trained, "nowhere.png")
    assert code == 1 and "nowhere.png" in err and "Traceback" not in err


def test_mistakes_are_named_by_number_and_shown(capsys, trained, folder):
    code, out, err = run(capsys, "evaluate", trained, "--data", folder, "--baseline-data", folder, "--json")
    assert code == 0, err
    report = json.loads(out)
    (mistake,) = report["worst"]
    assert report["examples"] == 13 and mistake["text"].startswith("picture ")
    assert (mistake["label"], mistake["answer"]) == ("left", "right")
    assert (trained / "mistakes.png").stat().st_size > 2000
    assert "nearest_centroid_accuracy" in json.loads((trained / "card.json").read_text())["metrics"]["halves"]
    code, out, _ = run(capsys, "evaluate", trained, "--data", folder)
    assert code == 0 and "picture" in out and "\\x" not in out


def test_the_demo_goes_the_whole_way(capsys, tmp_path, monkeypatch):
    from rnn_templates.cli import demo

    parts = [halves(count, seed) for seed, count in enumerate((320, 20, 20))]
    parts = [tf.data.Dataset.from_tensor_slices((read_images(pictures), classes)) for pictures, classes in parts]
    splits = Splits("glyphs", *parts, labels=LABELS, sizes={"train": 320})
    monkeypatch.setattr("rnn_templates.data.load", lambda source: splits)
    monkeypatch.setitem(demo.DEMOS["image_classification"].fitting, "batch_size", 32)
    monkeypatch.setitem(demo.DEMOS["image_classification"].building, "filters", 4)
    monkeypatch.setitem(demo.DEMOS["image_classification"].building, "image_size", 12)
    code, out, err = run(capsys, "demo", "image_classification", "--output", tmp_path / "demo")
    assert code == 0, err
    for label in LABELS:
        assert f"“{label}”" in out and f"{label} (" in out
