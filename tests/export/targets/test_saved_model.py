"""SavedModels: the outputs of their signatures."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.specs import SPECS

from rnn_templates.export.targets.saved_model import SavedModelRunner
from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.tasks.signature import string_array

TRANSLATION, TAGGING = SPECS["translation"], SPECS["tagging"]


def serve(model, folder):
    model.export(folder / "saved_model", verbose=False)
    return SavedModelRunner(folder / "saved_model")


def test_a_classifier_returns_labels_and_probabilities(tmp_path):
    spec = SPECS["sentiment"]
    model = spec.build()
    outputs = serve(model, tmp_path)("serve", texts=string_array(spec.examples))
    probabilities = model.predict(spec.examples)
    np.testing.assert_allclose(outputs["probabilities"], probabilities, atol=1e-6)
    np.testing.assert_allclose(outputs["probability"], probabilities.max(axis=1), atol=1e-6)
    labels = [label.decode() for label in outputs["label"]]
    assert labels == [prediction["label"] for prediction in model.predict(spec.examples, return_labels=True)]
    assert [[label.decode() for label in row] for row in outputs["labels"]] == len(labels) * [list(model.labels)]


def test_several_labels_are_chosen_by_their_thresholds(tmp_path):
    spec = SPECS["sentiment"]
    model = spec.build(labels=("a", "b", "c"), multi_label=True)
    model.thresholds = [0.0, 0.9, 0.3]
    run = serve(model, tmp_path)
    outputs = run("serve", texts=string_array(spec.examples))
    np.testing.assert_array_equal(outputs["chosen"], model.predict(spec.examples) >= model.thresholds)
    assert outputs["labels"].tolist() == len(spec.examples) * [[b"a", b"b", b"c"]]


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    model = TAGGING.build()
    return model, serve(model, tmp_path_factory.mktemp("tagger"))


def test_a_tagger_tokenizes_texts(tagger):
    model, run = tagger
    texts = [
        "Ann Lee is in Oslo",
        "L’Eau<br>👩\u200d👧 never-seen" + "x" * 20,
        "",
        "é Bo Ray 東京!",
        "Ann left Rome. " * 7,
    ]
    outputs = run("serve", sentences=string_array([to_bytes(text) for text in texts]))
    for row, prediction in enumerate(model.predict(texts, return_labels=True)):
        tokens = prediction["tokens"]
        length = len(tokens)
        names = {"tokens": "text", "starts": "start", "ends": "end", "tags": "tag"}
        for name, key in names.items():
            values = [value.decode() if isinstance(value, bytes) else int(value) for value in outputs[name][row]]
            assert values[:length] == [token[key] for token in tokens]
            assert set(values[length:]) <= {"", 0}
        probabilities = [token["probability"] for token in tokens]
        np.testing.assert_allclose(outputs["probabilities"][row][:length], probabilities, atol=1e-5)
        assert not outputs["probabilities"][row][length:].any()
    again = run("serve_tokens", tokens=outputs["tokens"])
    np.testing.assert_array_equal(again["tags"], outputs["tags"])
    np.testing.assert_allclose(again["probabilities"], outputs["probabilities"], atol=1e-6)
    assert run("serve", sentences=string_array([b""]))["tags"].tolist() == [[b""]]
    assert len(run("serve", sentences=string_array([]))["tags"]) == 0


def test_padding_changes_no_tag(tagger):
    model, run = tagger
    tokens = np.array([[b"Ann", b"Lee", b"", b""], [b"", b"", b"", b""], [b"Bo", b"", b"Rome", b""]], object)
    outputs = run("serve_tokens", tokens=tokens)
    assert outputs["tags"].shape == outputs["probabilities"].shape == (3, 4)
    for row, sentence in zip(outputs["tags"], (["Ann", "Lee"], [], ["Bo", "", "Rome"]), strict=True):
        expected = [model.labels[tag].encode() for tag in model.predict([sentence])[0]]
        assert row.tolist() == expected + [b""] * (4 - len(expected))


def test_a_translator_returns_one_or_more_hypotheses(tmp_path):
    model = TRANSLATION.build()
    run = serve(model, tmp_path)
    too_long = "a b c d " * 4
    texts = [*TRANSLATION.examples[::5], " a\n c ", "ab 😀", b"a \xff\xfe b", too_long, "", " \n"]
    strings = string_array([to_bytes(text) for text in texts])
    one, best = run("translate", texts=strings), run("translate_best", texts=strings)
    assert one["translation"].tolist() == best["translations"][:, 0].tolist()
    np.testing.assert_allclose(one["probability"], best["probabilities"][:, 0], atol=1e-6)
    assert one["truncated"].tolist() == best["truncated"].tolist() == [text == too_long for text in texts]
    assert (one["translation"][-2:].tolist(), one["probability"][-2:].tolist()) == ([b"", b""], [1.0, 1.0])
    tokens, probabilities = model.decode_examples(texts[:-2], "beam")
    decode = model.target_preprocessor.vocabulary.decode
    for row, (hypotheses, scores) in enumerate(zip(tokens, probabilities, strict=True)):
        assert [text.decode() for text in best["translations"][row]] == [decode(ids) for ids in hypotheses]
        np.testing.assert_allclose(best["probabilities"][row], scores, atol=1e-5)


def rotated_jpeg(image):
    """A JPEG of twice the size, rotated, with the orientation in its Exif data."""
    image = np.squeeze(image)
    large, file, exif = np.rot90(image.repeat(2, 0).repeat(2, 1)), io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(large).save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("template", ["captioning", "image_classification"])
def test_encoded_images_are_decoded_rotated_and_resized(tmp_path, template):
    spec = SPECS[template]
    model = spec.build()
    images = [load_image_bytes(image) for image in spec.examples[:6]] + [rotated_jpeg(one) for one in spec.examples[:6]]
    run = serve(model, tmp_path)
    if template == "captioning":
        outputs = run("caption", images=string_array(images))
        captions = model.generate(images, return_probabilities=True)
        assert [caption.decode() for caption in outputs["caption"]] == [caption for caption, _ in captions]
        np.testing.assert_allclose(outputs["probability"], [probability for _, probability in captions], atol=1e-5)
    else:
        outputs = run("serve", images=string_array(images))
        probabilities = model.predict(images)
        np.testing.assert_allclose(outputs["probabilities"], probabilities, atol=1e-5)
        upright = probabilities[:6].argmax(axis=1)
        assert (probabilities[6:].argmax(axis=1) == upright).mean() > 0.5, "the orientation must be applied"


def test_a_loaded_signature_takes_tensors(tmp_path):
    spec = SPECS["sentiment"]
    spec.build().export(tmp_path / "saved_model", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "saved_model"))
    assert served.serve(tf.constant(["not bad"]))["label"].shape == (1,)
