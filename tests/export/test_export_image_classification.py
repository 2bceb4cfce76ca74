"""An exported classifier of pictures answers as the model does, in processes that know nothing of this package."""

import io
import json
import subprocess
import sys

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from rnn_templates.export import export_model
from rnn_templates.export.targets.litert import LiteRTModel, list_ops
from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.templates.image_classification.builder import image_classification_model

LABELS = ("left", "right", "top", "bottom")
SIZE = 16


def halves(count, seed):
    rng = np.random.default_rng(seed)
    pictures, classes = rng.integers(0, 60, (count, SIZE, SIZE, 3), np.uint8), np.arange(count) % 4
    half = SIZE // 2
    places = [np.s_[:, :half], np.s_[:, half:], np.s_[:half], np.s_[half:]]
    for picture, number in zip(pictures, classes, strict=True):
        picture[places[number]] += np.uint8(rng.integers(120, 190))
    return pictures, classes


PICTURES, CLASSES = halves(160, 0)
OTHERS, TRUTH = halves(24, 1)


def photograph(picture):
    """A JPEG of twice the size that lies on its side, and says so."""
    large, file, exif = np.rot90(picture.repeat(2, 0).repeat(2, 1)), io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(large).save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


@pytest.fixture(scope="module", params=["plain", "rows"])
def exported(request, tmp_path_factory):
    keras.utils.set_random_seed(1)
    channels = 1 if request.param == "plain" else 3
    model = image_classification_model(
        LABELS, image_size=SIZE, channels=channels, architecture=request.param, units=16, filters=8, learning_rate=0.01
    )
    model.fit(PICTURES, CLASSES, epochs=8, batch_size=16, verbose=0)
    found = model.predict(OTHERS)
    assert (found.argmax(axis=1) == TRUTH).all(), "the other tests want answers that are no ties"
    folder = tmp_path_factory.mktemp("exported") / "model"
    return model, folder, export_model(model, folder, examples=(OTHERS, TRUTH), data="bright halves")


def test_the_certificate_tells_that_every_file_answers_as_keras_does(exported):
    _, folder, parity = exported
    reports = {report["target"]: report for report in parity["targets"]}
    assert set(reports) == {"keras", "saved_model", "model.tflite", "model_int8.tflite"}
    for name in ("saved_model", "model.tflite"):
        assert (reports[name]["label_agreement"], reports[name]["metric_change"]) == (1.0, 0.0)
        assert reports[name]["max_abs_difference"] < 1e-4
    assert (folder / "labels.txt").read_text().split() == list(LABELS)
    assert {path.name for path in folder.iterdir()} == {
        "saved_model", "model.tflite", "model_int8.tflite", "labels.txt", "preprocessing.json", "card.json", "README.md",
    }  # fmt: skip


def test_the_device_is_told_how_to_make_a_picture(exported):
    model, folder, _ = exported
    rule = json.loads((folder / "preprocessing.json").read_text())
    assert (rule["image_size"], rule["channels"], rule["resize"]) == (SIZE, model.preprocessor.channels, "squashed")


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_a_picture_goes_in_as_bytes_and_probabilities_come_out_with_built_in_ops_alone(exported, name):
    model, folder, _ = exported
    runner = Interpreter(str(folder / name)).get_signature_runner("serve")
    details = runner.get_input_details()["image"]
    assert details["dtype"] == np.uint8 and details["shape"].tolist() == [1, SIZE, SIZE, model.preprocessor.channels]
    assert not [op for op in list_ops((folder / name).read_bytes()) if op.startswith(("CUSTOM", "Flex"))]


def test_the_float_file_answers_as_keras_does_picture_by_picture(exported):
    model, folder, _ = exported
    file, ours = LiteRTModel(folder / "model.tflite"), model.predict(OTHERS)
    for picture, wanted in zip(OTHERS, ours, strict=True):
        square = model.preprocessor([picture]).numpy()
        np.testing.assert_allclose(file(image=square)["probabilities"][0], wanted, atol=1e-4)


def test_the_saved_model_reads_encoded_pictures_where_there_is_only_tensorflow(exported):
    model, folder, _ = exported
    images = [*map(load_image_bytes, OTHERS[:4]), *map(photograph, OTHERS[:4])]
    code = (
        "import sys, json, tensorflow as tf\n"
        "served = tf.saved_model.load(sys.argv[1])\n"
        "images = tf.constant([bytes.fromhex(image) for image in json.loads(sys.stdin.read())])\n"
        "found = {k: v.numpy().tolist() for k, v in served.serve(images).items()}\n"
        "assert 'rnn_templates' not in sys.modules\n"
        "print(json.dumps(found, default=bytes.decode))"
    )
    given = json.dumps([image.hex() for image in images])
    answer = subprocess.run(
        [sys.executable, "-c", code, str(folder / "saved_model")], input=given, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    found = json.loads(answer.stdout.strip().splitlines()[-1])
    assert found["label"] == list(LABELS) * 2 and found["labels"] == list(LABELS)
    ours = model.predict(images)
    np.testing.assert_allclose(found["probabilities"], ours, atol=1e-5)
    np.testing.assert_allclose(found["probability"], ours.max(axis=1), atol=1e-5)
