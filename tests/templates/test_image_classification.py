"""The image classification template: learning, architectures, loss, inputs, and errors."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.image_classification import LABELS, build, half_images

from rnn_templates.data.loading import read_labeled_file
from rnn_templates.data.synthetic.glyphs import NAMES, make_glyphs
from rnn_templates.evaluation import evaluate
from rnn_templates.preprocessing.images.image_io import load_image_bytes, read_images
from rnn_templates.saving import load_model
from rnn_templates.templates.image_classification.builder import data_kwargs, image_classification_model

IMAGES, CLASSES = half_images(160)
TEST_IMAGES, TEST_CLASSES = half_images(40, seed=1)


@pytest.fixture(scope="module", params=["cnn", "row_rnn"])
def trained(request):
    model = build(architecture=request.param, learning_rate=0.01, randomize=False)
    model.fit(IMAGES, CLASSES, epochs=8, batch_size=16, verbose=0)
    return model


@pytest.fixture(scope="module")
def model():
    """A model with random weights that no test trains."""
    return build()


def dataset(images=TEST_IMAGES, classes=TEST_CLASSES):
    return tf.data.Dataset.from_tensor_slices((read_images(images), np.asarray(classes, np.int64)))


def test_it_learns_to_classify_new_images(trained):
    assert trained.evaluate(TEST_IMAGES, TEST_CLASSES, verbose=0, return_dict=True)["accuracy"] >= 0.95
    predictions = trained.predict(TEST_IMAGES[:4], return_labels=True)
    assert [prediction["label"] for prediction in predictions] == list(LABELS)
    assert set(predictions[0]["probabilities"]) == set(LABELS)
    assert predictions[0]["probability"] == max(predictions[0]["probabilities"].values())


def test_images_may_be_arrays_files_bytes_or_datasets(model, tmp_path):
    file = tmp_path / "image.png"
    file.write_bytes(load_image_bytes(TEST_IMAGES[3]))
    expected = model.predict(TEST_IMAGES)
    assert expected.shape == (40, 4) and np.ptp(expected[:4], axis=0).max() > 0.05
    np.testing.assert_allclose(expected.sum(axis=1), 1, atol=1e-5)
    mixed = [TEST_IMAGES[0], TEST_IMAGES[3], TEST_IMAGES[3, :, :, 0], file, str(file), file.read_bytes()]
    np.testing.assert_allclose(model.predict(mixed), expected[[0, 3, 3, 3, 3, 3]], atol=1e-5)
    for one in (TEST_IMAGES[3, :, :, 0], file):
        np.testing.assert_allclose(model.predict(one), expected[3:4], atol=1e-5)
    for form in (dataset().batch(7), dataset().map(lambda image, _: image)):
        np.testing.assert_allclose(model.predict(form, batch_size=9), expected, atol=1e-5)


def test_a_loaded_model_predicts_the_same_and_trains_on(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(TEST_IMAGES), trained.predict(TEST_IMAGES))
    assert loaded.describe() == trained.describe() and loaded.labels == LABELS
    loaded.fit(IMAGES[:16], CLASSES[:16], verbose=0)


def test_the_report_has_the_index_and_the_image_of_errors(trained, tmp_path):
    wrong = TEST_CLASSES.copy()
    wrong[[7, 20]] = (wrong[[7, 20]] + 1) % 4
    report = evaluate(trained, dataset(classes=wrong), baseline=(IMAGES, CLASSES))
    errors = {row.index: (row.label, row.prediction) for row in report.worst_examples}
    assert errors[7] == (LABELS[wrong[7]], LABELS[TEST_CLASSES[7]]) and 20 in errors
    assert report.accuracy == evaluate(trained, (list(TEST_IMAGES), wrong)).accuracy <= 0.95
    assert report.metrics()["nearest_centroid_accuracy"] == 0.95
    report.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.json", "reliability.png", "confusion.png", "worst_examples.png",
    }  # fmt: skip
    with pytest.raises(ValueError, match="`dataset`"):
        evaluate(trained, list(TEST_IMAGES[:1]))


def test_only_the_row_rnn_is_recurrent():
    names = {
        architecture: {layer.name for layer in build(architecture=architecture).network.layers}
        for architecture in ("cnn", "row_rnn")
    }
    assert "recurrent" in names["row_rnn"] and not any(name.startswith("conv_") for name in names["row_rnn"])
    assert "recurrent" not in names["cnn"] and "conv_0b" in names["cnn"]


@pytest.mark.parametrize("cell", ["gru", "lstm", "minlstm"])
def test_every_row_has_an_effect_in_both_directions(cell):
    network = build(architecture="row_rnn", cell=cell, units=3).network
    rng = np.random.default_rng(0)
    network.set_weights([rng.normal(size=weight.shape, scale=0.5) for weight in network.get_weights()])
    outputs = keras.Model(network.input, network.get_layer("recurrent").output)
    base = outputs(IMAGES[:1]).numpy()[0]
    for row in (0, 6, 11):
        changed = IMAGES[:1].copy()
        changed[:, row] = 255 - changed[:, row]
        moved = abs(outputs(changed).numpy()[0] - base) > 1e-7
        forward, backward = moved[:, :3].any(axis=1), moved[:, 3:].any(axis=1)
        assert not forward[:row].any() and forward[row] and not backward[row + 1 :].any() and backward[row]


@pytest.mark.parametrize("size, last", [(8, (4, 4, 4)), (28, (7, 7, 8)), (64, (4, 4, 16))])
def test_large_images_have_more_blocks(size, last):
    options = {"units": 8, "filters": 4}
    network = image_classification_model(LABELS, image_size=size, **options).network
    assert network.get_layer("flatten").input.shape[1:] == last


def test_colors_have_an_effect_with_three_channels():
    image = np.zeros((12, 12, 3), np.uint8)
    red, blue = image + np.array([100, 0, 0], np.uint8), image + np.array([0, 0, 100], np.uint8)
    for architecture in ("cnn", "row_rnn"):
        one, other = build(channels=3, architecture=architecture, randomize=False).predict([red, blue])
        assert abs(one - other).max() > 1e-4


def test_the_loss_is_the_cross_entropy_of_the_classes():
    images, classes = IMAGES[:6], np.array([LABELS[number] for number in CLASSES[:6]])
    for smoothing in (0.0, 0.2):
        model = build(label_smoothing=smoothing, randomize=False)
        p = model.predict(images).astype(np.float64)
        targets = np.eye(4)[CLASSES[:6]] * (1 - smoothing) + smoothing / 4
        losses = -(targets * np.log(p)).sum(axis=1)
        assert model.evaluate(images, classes, verbose=0)[0] == pytest.approx(losses.mean(), rel=1e-4)
    weights = np.array([1.0, 0, 0, 2, 0, 0])
    found = model.evaluate(images, classes, sample_weight=weights, verbose=0)[0]
    assert found == pytest.approx((weights * losses).sum() / 6, rel=1e-4)


def test_generated_glyphs_are_accepted_as_they_are():
    class Data:
        labels = NAMES

    model = image_classification_model(**data_kwargs(Data), units=8, filters=2)
    glyphs = list(make_glyphs(8))
    model.fit([image for image, _ in glyphs], [name for _, name in glyphs], verbose=0)
    assert model.predict(glyphs[0][0]).shape == (1, len(NAMES))


def test_a_folder_of_images_has_one_class_each(model, tmp_path):
    for label, image in zip(LABELS, TEST_IMAGES, strict=False):
        (tmp_path / label).mkdir()
        (tmp_path / label / "one.png").write_bytes(load_image_bytes(image))
    found = read_labeled_file(tmp_path, "classified_images", labels=model.labels)
    assert not found.rejected and evaluate(model, found.dataset()).examples == 4
    with pytest.raises(ValueError, match="label_separator"):
        read_labeled_file(tmp_path, "classified_images", label_separator=",")


def test_invalid_inputs_are_named(model):
    for x, y, error, message in (
        ([], [], ValueError, "`x`"),
        (IMAGES[:2], [0], ValueError, "`y`.* 1 for 2"),
        (IMAGES[:2], [0, 4], ValueError, "Target 1 is 4.*'left'"),
        (IMAGES[:2], ["left", "up"], ValueError, "Target 1 is 'up'"),
        (IMAGES[:2], [[1, 0], [0, 1]], ValueError, "argmax"),
        ([IMAGES[0], b"not an image"], [0, 1], ValueError, "image 1"),
        ([IMAGES[0], "nowhere.png"], [0, 1], FileNotFoundError, "nowhere.png"),
        (IMAGES[:2] / 255, [0, 1], TypeError, "uint8"),
        (tf.data.Dataset.from_tensor_slices((IMAGES[:2], [0, 1])), None, TypeError, "`x`.*encoded"),
        (tf.data.Dataset.from_tensor_slices(([b"not an image"], [0])), None, ValueError, "image 0"),
        (dataset().take(0), None, ValueError, "`x`"),
    ):
        with pytest.raises(error, match=message):
            model.fit(x, y, verbose=0)


def test_an_argument_out_of_range_is_named():
    for options, name in (
        ({"architecture": "columns"}, "architecture"),
        ({"channels": 2}, "channels"),
        ({"image_size": 7}, "image_size"),
        ({"units": 0}, "units"),
        ({"num_layers": 0}, "num_layers"),
        ({"max_translation": -1}, "max_translation"),
        ({"dropout": 1.0}, "dropout"),
        ({"label_smoothing": 1.0}, "label_smoothing"),
        ({"architecture": "row_rnn", "cell": "lstn"}, "cell"),
        ({"labels": ["one"]}, "labels"),
    ):
        with pytest.raises(ValueError, match=f"`{name}`"):
            build(**options)
