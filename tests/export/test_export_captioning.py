"""An exported captioner answers as the model does, in processes that know nothing of this package."""

import io
import itertools
import json
import subprocess
import sys

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from support.flat import build_flat

from rnn_templates.export import export_model
from rnn_templates.export.targets.litert import LiteRTModel, list_ops
from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID, SubwordVocabulary
from rnn_templates.templates.captioning.builder import captioning_model

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (30, 40, 220), "black": (10, 10, 10)}
PAIRS = list(itertools.product(COLOURS, repeat=2))
CAPTIONS = [" and ".join(pair) for pair in PAIRS]


def halves(left, right):
    image = np.empty((32, 32, 3), np.uint8)
    image[:, :16], image[:, 16:] = COLOURS[left], COLOURS[right]
    return image


PICTURES = [halves(*pair) for pair in PAIRS]


def turned(image):
    """A JPEG of twice the size that lies on its side, and says so."""
    picture, file = Image.fromarray(np.rot90(image.repeat(2, 0).repeat(2, 1))), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    keras.utils.set_random_seed(1)
    calm = dict.fromkeys(("dropout", "embedding_dropout", "memory_dropout", "label_smoothing"), 0.0)
    words = SubwordVocabulary([f"▁{word}" for word in (*COLOURS, "and")])
    model = build_flat(captioning_model, 
        words, image_size=32, units=16, embedding_dim=16, similarity_units=8, max_target_length=8, beam_width=3,
        learning_rate=0.01, **calm,
    )  # fmt: skip
    model.fit(PICTURES * 8, CAPTIONS * 8, epochs=30, batch_size=16, verbose=0)
    assert model.generate(PICTURES) == CAPTIONS, "the other tests want answers that are no ties"
    folder = tmp_path_factory.mktemp("exported") / "model"
    return model, folder, export_model(model, folder, examples=(PICTURES, CAPTIONS), data="two colours")


def test_the_certificate_tells_of_every_search_of_every_file(exported):
    _, folder, parity = exported
    reports = {(report["target"], report["signature"]): report for report in parity["targets"]}
    assert (parity["metric"], parity["examples"], len(reports)) == ("bleu", 16, 7)
    for key, report in reports.items():
        if key[0] in ("saved_model", "model.tflite"):
            assert (report["label_agreement"], report["metric_change"]) == (1.0, 0.0), key
        elif key[0] != "keras":
            assert report["label_agreement"] >= 0.9, key
    assert {path.name for path in folder.iterdir()} == {
        "saved_model", "model.tflite", "model_int8.tflite", "vocabulary.txt", "preprocessing.json", "card.json",
        "README.md",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_a_picture_goes_in_as_bytes_and_tokens_come_out_with_built_in_ops_alone(exported, name):
    _, folder, _ = exported
    interpreter = Interpreter(str(folder / name))
    assert set(interpreter.get_signature_list()) == {"encode", "decode_step", "greedy", "beam"}
    details = interpreter.get_signature_runner("greedy").get_input_details()["source"]
    assert (details["dtype"], details["shape"].tolist()) == (np.uint8, [1, 32, 32, 3])
    assert not [op for op in list_ops((folder / name).read_bytes()) if op.startswith(("CUSTOM", "Flex"))]


def test_a_loop_of_the_host_writes_what_greedy_writes(exported):
    model, folder, _ = exported
    file = LiteRTModel(folder / "model.tflite")
    for picture, caption in zip(PICTURES[::5], CAPTIONS[::5], strict=True):
        carried = file("encode", source=picture[None])
        token, tokens = START_ID, []
        while token != END_ID and len(tokens) < 8:
            found = file("decode_step", tokens=np.array([token], np.int32), **carried)
            logits = found.pop("logits")[0]
            logits[[PAD_ID, START_ID]] = -np.inf
            token = int(logits.argmax())
            tokens.append(token)
            carried |= found
        answer = file("greedy", source=picture[None])
        assert answer["tokens"].tolist() == [tokens + [PAD_ID] * (8 - len(tokens))]
        assert model.target_preprocessor.vocabulary.decode(tokens) == caption


def test_the_saved_model_reads_encoded_pictures_where_there_is_only_tensorflow(exported):
    model, folder, _ = exported
    images = [*map(load_image_bytes, PICTURES), turned(PICTURES[1]), turned(PICTURES[6])]
    code = (
        "import sys, json, tensorflow as tf\n"
        "served = tf.saved_model.load(sys.argv[1])\n"
        "images = tf.constant([bytes.fromhex(image) for image in json.loads(sys.stdin.read())])\n"
        "found = {k: v.numpy() for k, v in served.caption(images).items()}\n"
        "assert 'rnn_templates' not in sys.modules\n"
        "print(json.dumps([[t.decode() for t in found['caption']], found['probability'].tolist()]))"
    )
    given = json.dumps([image.hex() for image in images])
    answer = subprocess.run(
        [sys.executable, "-c", code, str(folder / "saved_model")], input=given, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    captions, sure = json.loads(answer.stdout.strip().splitlines()[-1])
    assert captions == [*CAPTIONS, CAPTIONS[1], CAPTIONS[6]]
    ours = model.generate(images, return_probabilities=True)
    assert captions == [caption for caption, _ in ours]
    np.testing.assert_allclose(sure, [probability for _, probability in ours], atol=1e-5)
