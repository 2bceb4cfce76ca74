"""The image classification template: what it learns, what it takes and gives, and what it refuses."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.flat import build_flat
from support.tiny_classifier import LABELS, SMALL, build, halves

from rnn_templates.data.loading import read_labeled_file
from rnn_templates.data.synthetic.glyphs import NAMES, make_glyphs
from rnn_templates.evaluation import evaluate
from rnn_templates.evaluation.baselines.nearest_centroid import nearest_centroid_baseline
from rnn_templates.layers.random_translation import RandomTranslation
from rnn_templates.preprocessing.images.image_io import load_image_bytes, read_images
from rnn_templates.saving import load_model
from rnn_templates.templates.image_classification.builder import data_kwargs, image_classification_model, search_space

PICTURES, CLASSES = halves(160)
OTHERS, TRUTH = halves(40, seed=1)


@pytest.fixture(scope="module", params=["cnn", "row_rnn"])
def trained(request):
    model = build(architecture=request.param)
    model.fit(PICTURES, CLASSES, epochs=8, batch_size=16, verbose=0)
    return model


def dataset(pictures=OTHERS, classes=TRUTH):
    return tf.data.Dataset.from_tensor_slices((read_images(pictures), np.asarray(classes, np.int64)))


def test_it_learns_what_tells_classes_apart_in_pictures_it_has_not_seen(trained):
    assert trained.evaluate(OTHERS, TRUTH, verbose=0, return_dict=True)["accuracy"] >= 0.95


def test_pictures_may_be_arrays_files_bytes_or_datasets(trained, tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(load_image_bytes(OTHERS[3]))
    wanted = trained.predict(OTHERS)
    assert wanted.shape == (40, 4) and np.ptp(wanted[:4], axis=0).max() > 0.3
    np.testing.assert_allclose(wanted.sum(axis=1), 1, atol=1e-5)
    several = [OTHERS[0], OTHERS[3], OTHERS[3, :, :, 0], file, str(file), file.read_bytes()]
    np.testing.assert_allclose(trained.predict(several), wanted[[0, 3, 3, 3, 3, 3]], atol=1e-5)
    for one in (OTHERS[3, :, :, 0], file):
        np.testing.assert_allclose(trained.predict(one), wanted[3:4], atol=1e-5)
    for given in (dataset().batch(7), dataset().map(lambda image, _: image)):
        np.testing.assert_allclose(trained.predict(given, batch_size=9), wanted, atol=1e-5)


def test_the_answer_has_a_name(trained):
    answers = trained.predict(OTHERS[:4], return_labels=True)
    assert [answer["label"] for answer in answers] == list(LABELS)
    assert set(answers[0]["probabilities"]) == set(LABELS)
    assert answers[0]["probability"] == max(answers[0]["probabilities"].values())


def test_a_model_that_was_saved_answers_as_before(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(OTHERS), trained.predict(OTHERS))
    assert again.describe() == "4 labels, pictures of 12 x 12" and again.labels == LABELS
    again.fit(PICTURES[:16], CLASSES[:16], verbose=0)


def test_the_report_has_the_index_and_the_image_of_errors(trained, tmp_path):
    wrong = TRUTH.copy()
    wrong[[7, 20]] = (wrong[[7, 20]] + 1) % 4
    report = evaluate(trained, dataset(classes=wrong), baseline=(PICTURES, CLASSES))
    errors = {row.index: (row.label, row.prediction) for row in report.worst_examples}
    assert errors[7] == (LABELS[wrong[7]], LABELS[TRUTH[7]]) and 20 in errors
    assert report.accuracy == evaluate(trained, (list(OTHERS), wrong)).accuracy <= 0.95
    assert report.metrics()["nearest_centroid_accuracy"] == 0.95
    report.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.json", "reliability.png", "confusion.png", "worst_examples.png",
    }  # fmt: skip
    with pytest.raises(ValueError, match="`dataset`"):
        evaluate(trained, list(OTHERS[:1]))


def test_both_readings_learn_the_same_task_and_one_of_them_has_no_recurrence():
    names = {
        architecture: [layer.name for layer in build(architecture=architecture).network.layers]
        for architecture in ("cnn", "row_rnn")
    }
    assert "recurrent" in names["row_rnn"] and not any(name.startswith("conv_") for name in names["row_rnn"])
    assert "recurrent" not in names["cnn"] and "conv_0b" in names["cnn"]


@pytest.mark.parametrize("cell", ["gru", "lstm", "minlstm"])
def test_every_row_matters_in_both_directions(cell):
    network = build(architecture="row_rnn", cell=cell, units=3).network
    rng = np.random.default_rng(0)
    network.set_weights([rng.normal(size=weight.shape, scale=0.5) for weight in network.get_weights()])
    outputs = keras.Model(network.input, network.get_layer("recurrent").output)
    base = outputs(PICTURES[:1]).numpy()[0]
    for row in (0, 6, 11):
        other = PICTURES[:1].copy()
        other[:, row] = 255 - other[:, row]
        moved = abs(outputs(other).numpy()[0] - base) > 1e-7
        forward, backward = moved[:, :3].any(axis=1), moved[:, 3:].any(axis=1)
        assert not forward[:row].any() and forward[row] and not backward[row + 1 :].any() and backward[row]


@pytest.mark.parametrize("size, last", [(8, (4, 4, 4)), (28, (7, 7, 8)), (64, (4, 4, 16))])
def test_large_pictures_are_halved_until_they_are_small(size, last):
    assert build(image_size=size).network.get_layer("flatten").input.shape[1:] == last


def test_colours_are_seen_when_there_are_three_channels():
    picture = np.zeros((12, 12, 3), np.uint8)
    red, blue = picture + np.array([100, 0, 0], np.uint8), picture + np.array([0, 0, 100], np.uint8)
    for architecture in ("cnn", "row_rnn"):
        one, other = build(channels=3, architecture=architecture).predict([red, blue])
        assert abs(one - other).max() > 1e-4


def test_a_shift_moves_every_picture_another_way_in_training_alone():
    picture = np.arange(36.0).reshape(1, 6, 6, 1)
    pictures, layer = np.repeat(picture, 200, axis=0), RandomTranslation(1)
    np.testing.assert_array_equal(layer(pictures), pictures)
    padded = np.pad(picture[0, :, :, 0], 1, "edge")
    possible = {padded[y : y + 6, x : x + 6].astype(np.float32).tobytes() for y in range(3) for x in range(3)}
    moved = layer(pictures, training=True).numpy()
    assert {one.tobytes() for one in moved} == possible and len(possible) == 9
    np.testing.assert_array_equal(RandomTranslation(0)(pictures, training=True), pictures)


def test_the_loss_is_the_cross_entropy_of_the_classes():
    pictures, classes = PICTURES[:6], np.array([LABELS[number] for number in CLASSES[:6]])
    for smoothing in (0.0, 0.2):
        model = build(label_smoothing=smoothing)
        p = model.predict(pictures).astype(np.float64)
        truth = np.eye(4)[CLASSES[:6]] * (1 - smoothing) + smoothing / 4
        wanted = -(truth * np.log(p)).sum(axis=1)
        assert model.evaluate(pictures, classes, verbose=0)[0] == pytest.approx(wanted.mean(), rel=1e-4)
    weights = np.array([1.0, 0, 0, 2, 0, 0])
    found = model.evaluate(pictures, classes, sample_weight=weights, verbose=0)[0]
    assert found == pytest.approx((weights * wanted).sum() / 6, rel=1e-4)


def test_the_nearest_mean_is_the_class_whose_mean_picture_is_nearest():
    rng = np.random.default_rng(3)
    train, test = rng.normal(size=(30, 4, 4, 1)), rng.normal(size=(20, 4, 4, 1))
    classes, truth = np.arange(30) % 3, np.arange(20) % 4  # nothing was ever of class 3
    means = [train[classes == number].mean(axis=0) for number in range(3)]
    answers = np.array([np.argmin([((one - mean) ** 2).sum() for mean in means]) for one in test])
    found = nearest_centroid_baseline((train, classes), (test, truth), "abcd")
    assert found["accuracy"] == (answers == truth).mean()
    f1 = [2 * ((answers == k) & (truth == k)).sum() / ((answers == k).sum() + (truth == k).sum()) for k in range(4)]
    assert found["macro_f1"] == pytest.approx(np.mean(f1))


def test_generated_glyphs_go_in_as_they_are():
    class Data:
        labels = NAMES

    model = build_flat(image_classification_model, **data_kwargs(Data), units=8, filters=2)
    glyphs = list(make_glyphs(8))
    model.fit([image for image, _ in glyphs], [name for _, name in glyphs], verbose=0)
    assert model.predict(glyphs[0][0]).shape == (1, len(NAMES))


def test_the_search_space_holds_arguments_of_the_builder():
    keras_tuner = pytest.importorskip("keras_tuner")
    drawn = search_space(keras_tuner.HyperParameters())
    assert set(drawn) <= set(inspect.signature(image_classification_model).parameters)
    assert build_flat(image_classification_model, LABELS, **{**SMALL, **drawn}).count_params() > 0


@pytest.mark.parametrize(
    "options, message",
    [
        ({"architecture": "columns"}, "`architecture`"),
        ({"channels": 2}, "`channels`"),
        ({"image_size": 7}, "`image_size`"),
        ({"units": 0}, "`units`"),
        ({"num_layers": 0}, "`num_layers`"),
        ({"max_translation": -1}, "`max_translation`"),
        ({"dropout": 1.0}, "`dropout`"),
        ({"label_smoothing": 1.0}, "`label_smoothing`"),
        ({"architecture": "row_rnn", "cell": "lstn"}, "lstn"),
    ],
    ids=str,
)
def test_an_argument_that_does_not_fit_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        build(**options)


def test_labels_must_be_two_or_more():
    with pytest.raises(ValueError, match="`labels`"):
        image_classification_model(["one"])


@pytest.mark.parametrize(
    "x, y, error, message",
    [
        ([], [], ValueError, "`x`"),
        (PICTURES[:2], [0], ValueError, "2 pictures and 1 targets"),
        (PICTURES[:2], None, ValueError, "no targets"),
        (PICTURES[:2], [0, 4], ValueError, "Target 1 is 4; the labels are 'left'"),
        (PICTURES[:2], ["left", "up"], ValueError, "Target 1 is 'up'"),
        (PICTURES[:2], [[1, 0], [0, 1]], ValueError, "one class a picture"),
        ([PICTURES[0], b"no picture"], [0, 1], ValueError, "image 1"),
        ([PICTURES[0], "nowhere.png"], [0, 1], FileNotFoundError, "nowhere.png"),
        (PICTURES[:2] / 255, [0, 1], TypeError, "uint8"),
        (tf.data.Dataset.from_tensor_slices((PICTURES[:2], [0, 1])), None, TypeError, "bytes of their files"),
        (tf.data.Dataset.from_tensor_slices(([b"no picture"], [0])), None, ValueError, "image 0"),
        (dataset().take(0), None, ValueError, "`x`"),
    ],
    ids=[
        "none", "too few targets", "no targets", "number", "name", "several", "no picture", "no file", "floats",
        "decoded dataset", "damaged dataset", "empty dataset",
    ],
)  # fmt: skip
def test_bad_input_is_named(x, y, error, message):
    with pytest.raises(error, match=message):
        build().fit(x, y, verbose=0)


def test_a_file_of_pictures_wants_one_class_each(trained, tmp_path):
    for label, picture in zip(LABELS, OTHERS, strict=False):
        (tmp_path / label).mkdir()
        (tmp_path / label / "one.png").write_bytes(load_image_bytes(picture))
    found = read_labeled_file(tmp_path, "classified_images", labels=trained.labels)
    assert not found.rejected and evaluate(trained, found.dataset()).accuracy == 1
    with pytest.raises(ValueError, match="label_separator"):
        read_labeled_file(tmp_path, "classified_images", label_separator=",")
