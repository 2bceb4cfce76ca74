"""Evaluation of classifiers against cases counted by hand."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnn_templates.evaluation.classification import evaluate_image_classifier, evaluate_text_classifier
from rnn_templates.preprocessing.images.image_io import read_images
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor
from rnn_templates.tasks.task import Task


class Fixed:
    """A classifier with fixed predictions."""

    read_examples = Task.read_examples

    def __init__(self, probabilities, labels=("a", "b", "c"), *, multi_label=False, thresholds=None):
        self.probabilities = np.array(probabilities, np.float32)
        self.labels = labels
        self.multi_label = multi_label
        self.thresholds = thresholds

    def encode_targets(self, targets):
        return targets

    def predict(self, inputs):
        self.inputs = inputs
        return self.probabilities


# Predictions a, a, b, b, a; targets a, b, b, c, a.
PREDICTIONS = [[0.8, 0.1, 0.1], [0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.2, 0.6, 0.2], [0.4, 0.3, 0.3]]
TARGETS = [0, 1, 1, 2, 0]
TEXTS = ["one", "two", "three", "four", "five"]

# Two labels with threshold 0.5, predictions {x}, {x, y}, {}, {y}; targets {x}, {y}, {x}, {y}.
MULTI_PREDICTIONS = [[0.9, 0.1], [0.7, 0.8], [0.4, 0.2], [0.1, 0.6]]
MULTI_TARGETS = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]


def single(predictions=PREDICTIONS, texts=TEXTS, targets=TARGETS, labels=("a", "b", "c"), **options):
    return evaluate_text_classifier(Fixed(predictions, labels), (texts, targets), **options)


def multi(**options):
    return evaluate_text_classifier(
        Fixed(MULTI_PREDICTIONS, ("x", "y"), multi_label=True, **options), (TEXTS[:4], MULTI_TARGETS)
    )


def test_rows_of_the_confusion_matrix_are_references():
    report = single()
    assert report.examples == 5
    assert report.accuracy == 3 / 5
    assert report.confusion.tolist() == [[2, 0, 0], [1, 1, 0], [0, 1, 0]]


def test_scores_of_a_class():
    a, b, c = single().per_class
    assert (a.label, a.support, a.threshold) == ("a", 2, None)
    assert (a.precision, a.recall, a.f1) == pytest.approx((2 / 3, 1, 4 / 5))
    assert (b.precision, b.recall, b.f1, b.support) == pytest.approx((1 / 2, 1 / 2, 1 / 2, 2))
    assert (c.precision, c.recall, c.f1, c.support) == (0, 0, 0, 1)


def test_macro_f1_weights_labels_equally():
    assert single().macro_f1 == pytest.approx((4 / 5 + 1 / 2 + 0) / 3)


def test_calibration_error():
    # Every confidence has a bin of its own: 0.8 correct, 0.9 wrong, 0.7 correct, 0.6 wrong, 0.4 correct.
    expected = (0.2 + 0.9 + 0.3 + 0.6 + 0.6) / 5
    assert single().expected_calibration_error == pytest.approx(expected, abs=1e-6)


def test_worst_examples_are_the_most_confident_errors():
    report = single()
    assert [row[:3] for row in report.worst_examples] == [(1, "b", "a"), (3, "c", "b")]
    assert [row.confidence for row in report.worst_examples] == pytest.approx([0.9, 0.6])
    assert report.inputs == {1: "two", 3: "four"}
    assert len(single(num_worst=1).worst_examples) == 1


@pytest.mark.parametrize("batched", [False, True])
def test_a_dataset_gives_the_report_of_a_pair(batched):
    dataset = tf.data.Dataset.from_tensor_slices((TEXTS, TARGETS))
    model = Fixed(PREDICTIONS)
    report = evaluate_text_classifier(model, dataset.batch(2) if batched else dataset)
    assert report.as_dict() == single().as_dict()
    assert list(model.inputs) == [text.encode() for text in TEXTS]


def test_a_class_that_does_not_occur_has_no_support():
    report = single(PREDICTIONS[:3], TEXTS[:3], TARGETS[:3])
    assert report.per_class[2] == ("c", 0, 0, 0, 0, None)
    assert report.confusion.shape == (3, 3)


def test_one_class_in_the_test_set():
    report = single([[0.9, 0.1], [0.8, 0.2]], ["x", "y"], [0, 0], ("a", "b"))
    assert report.accuracy == 1
    assert report.confusion.tolist() == [[2, 0], [0, 0]]


def test_invalid_utf8_is_replaced():
    assert single([[0.9, 0.1]], [b"caf\xe9"], [1], ("a", "b")).inputs == {0: "caf\ufffd"}


def test_all_labels_of_an_example_must_be_correct():
    report = multi()
    assert report.accuracy == 2 / 4
    assert report.confusion is None


def test_scores_of_a_label():
    x, y = multi().per_class
    assert (x.precision, x.recall, x.f1, x.support, x.threshold) == (1 / 2, 1 / 2, 1 / 2, 2, 0.5)
    assert (y.precision, y.recall, y.f1, y.support, y.threshold) == (1, 1, 1, 2, 0.5)


def test_micro_f1_pools_the_decisions():
    report = multi()  # three true positives, four predicted, four in the references
    assert report.micro_f1 == pytest.approx(3 / 4)
    assert report.macro_f1 == pytest.approx(3 / 4)


def test_thresholds_of_the_model_apply():
    report = multi(thresholds=[0.75, 0.7])  # {x}, {y}, {}, {}
    assert report.accuracy == 2 / 4
    assert [row.threshold for row in report.per_class] == [0.75, 0.7]
    assert [row.f1 for row in report.per_class] == pytest.approx([2 / 3, 2 / 3])


def test_macro_f1_at_the_fixed_threshold_ignores_those_of_the_model():
    # Threshold 0.3: {x}, {x, y}, {x}, {y}. x has two true positives of three predicted and two; y is correct.
    for thresholds in (None, [0.75, 0.7]):
        report = multi(thresholds=thresholds)
        assert report.macro_f1_at_fixed_threshold == pytest.approx((4 / 5 + 1) / 2)
        assert report.as_dict()["macro_f1_at_0.3"] == report.macro_f1_at_fixed_threshold


def test_multi_label_calibration_error_is_over_all_decisions():
    # p, target: .9 1, .1 0, .7 0, .8 1, .4 1, .2 0, .1 0, .6 1; the two of 0.1 share a bin.
    expected = (0.1 + 2 * 0.1 + 0.7 + 0.2 + 0.6 + 0.2 + 0.4) / 8
    assert multi().expected_calibration_error == pytest.approx(expected, abs=1e-6)


def test_multi_label_worst_examples_are_the_most_confident_wrong_decisions():
    worst = multi().worst_examples
    # "two": x predicted with 0.7. "three": x missed with 0.6.
    assert [row[:3] for row in worst] == [(1, "y", "x, y"), (2, "x", "(none)")]
    assert [row.confidence for row in worst] == pytest.approx([0.7, 0.6])


def test_a_single_label_is_scored_on_its_positive_class_alone():
    model = Fixed([[0.9], [0.2], [0.8]], ("x",), multi_label=True)
    report = evaluate_text_classifier(model, (["one", "two", "three"], [[1.0], [0.0], [0.0]]))
    assert report.per_class[0][1:5] == pytest.approx((1 / 2, 1, 2 / 3, 1))
    assert report.micro_f1 == pytest.approx(2 / 3)


def test_a_label_without_positive_examples():
    model = Fixed([[0.9, 0.1], [0.8, 0.2]], ("x", "y"), multi_label=True)
    report = evaluate_text_classifier(model, (["one", "two"], [[1.0, 0.0], [1.0, 0.0]]))
    assert report.per_class[1][1:5] == (0, 0, 0, 0)
    assert report.macro_f1 == 1 / 2


def test_baseline_of_texts_is_a_bag_of_words():
    train = (["good", "good fun", "bad", "bad luck"], [1, 1, 0, 0])
    given = [[0.9, 0.1], [0.8, 0.2]], ["good", "bad"], [1, 0], ("no", "yes")
    report = single(*given, baseline=train)
    assert report.accuracy == 1 / 2
    assert report.baseline == {"accuracy": 1, "macro_f1": 1}
    assert report.metrics()["bag_of_words_accuracy"] == 1
    assert single(*given).baseline is None


class FixedImages(Fixed):
    """A classifier of images with fixed predictions."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.preprocessor = ImagePreprocessor(8)

    def read_examples(self, images, targets):
        return read_images(images), np.asarray(targets)


def test_images_stay_with_their_index_and_are_not_in_the_json(tmp_path):
    images = [np.full((8, 8, 3), gray, np.uint8) for gray in (0, 255, 10)]
    model = FixedImages([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6]], ("dark", "light"))
    report = evaluate_image_classifier(model, (images, [0, 1, 0]), baseline=(images, [0, 1, 0]))
    assert [row[:3] for row in report.worst_examples] == [(1, "light", "dark"), (2, "dark", "light")]
    assert report.inputs == dict(zip((1, 2), read_images(images[1:]), strict=True))
    assert report.metrics()["nearest_centroid_accuracy"] == 1
    report.save(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {
        "report.json",
        "reliability.png",
        "confusion.png",
        "worst_examples.png",
    }
    assert "text" not in report.as_dict()["worst_examples"][0]


def test_targets_are_encoded_by_the_model():
    model = Fixed([[0.9, 0.1], [0.2, 0.8]], ("no", "yes"))
    model.encode_targets = lambda targets: [[b"no", b"yes"].index(target) for target in targets]
    assert evaluate_text_classifier(model, (["one", "two"], ["no", "yes"])).accuracy == 1


def test_no_example_is_an_error():
    empty = tf.data.Dataset.from_tensor_slices((TEXTS, TARGETS)).take(0)
    for dataset in (empty, ([], [])):
        with pytest.raises(ValueError, match="There (is|are) no"):
            evaluate_text_classifier(Fixed(PREDICTIONS), dataset)


def test_no_target_is_an_error():
    with pytest.raises(ValueError, match="`dataset`"):
        evaluate_text_classifier(Fixed(PREDICTIONS), tf.data.Dataset.from_tensor_slices(TEXTS))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_predictions_that_are_not_finite_are_counted(value):
    predictions = np.array(PREDICTIONS)
    predictions[1, 0] = predictions[3, 1] = predictions[3, 2] = value
    with pytest.raises(ValueError, match="2 of 5"):
        single(predictions)


def test_logits_are_no_probabilities():
    with pytest.raises(ValueError, match=r"from -3 to 3.*softmax"):
        single([[3.0, -3.0]], ["x"], [0], ("a", "b"))


def test_a_wrong_number_of_predictions_is_an_error():
    with pytest.raises(ValueError, match=r"\(4, 3\).*\(5, 3\)"):
        single(texts=TEXTS[:4], targets=TARGETS[:4])


@pytest.mark.parametrize("wrong", [-1, 3])
def test_the_first_target_out_of_range_is_named(wrong):
    with pytest.raises(ValueError, match=f"`targets`.* 0 to 2.*{wrong} for example 2"):
        single(targets=[0, 1, wrong, 7, 0])


def test_the_first_target_that_is_not_multi_hot_is_named():
    model = Fixed(MULTI_PREDICTIONS[:2], ("x", "y"), multi_label=True)
    with pytest.raises(ValueError, match="`targets`.*example 1"):
        evaluate_text_classifier(model, (TEXTS[:2], [[1.0, 0.0], [2.0, 0.0]]))


def test_class_numbers_for_multi_label_classification_are_an_error():
    with pytest.raises(ValueError, match=r"`targets`.*\(4,\)"):
        evaluate_text_classifier(Fixed(MULTI_PREDICTIONS, ("x", "y"), multi_label=True), (TEXTS[:4], [0, 1, 0, 1]))


@settings(deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.just(3)), elements=st.floats(0.015625, 1)))
def test_the_calibration_error_of_a_perfect_model_is_its_lack_of_confidence(weights):
    probabilities = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    report = single(probabilities, [str(number) for number in range(len(weights))], probabilities.argmax(axis=1))
    assert report.accuracy == 1
    assert report.worst_examples == []
    assert report.expected_calibration_error == pytest.approx(np.mean(1 - probabilities.max(axis=1)), abs=1e-5)
