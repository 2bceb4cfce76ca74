"""What `evaluate` finds, against cases counted by hand."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnn_templates.evaluation.classification import evaluate_text_classifier as evaluate
from rnn_templates.evaluation.metrics.calibration import expected_calibration_error


class Fixed:
    """A model that answers the same whatever it is asked."""

    def __init__(self, probabilities, labels=("a", "b", "c"), *, multi_label=False, thresholds=None):
        self.probabilities = np.array(probabilities, np.float32)
        self.labels = labels
        self.multi_label = multi_label
        self.thresholds = thresholds

    def predict(self, texts):
        self.asked = texts
        return self.probabilities


# Answers a, a, b, b, a; truth a, b, b, c, a.
ANSWERS = [[0.8, 0.1, 0.1], [0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.2, 0.6, 0.2], [0.4, 0.3, 0.3]]
TRUTH = [0, 1, 1, 2, 0]
TEXTS = ["one", "two", "three", "four", "five"]

# Two labels, answered from 0.5 on: {x}, {x, y}, {}, {y}; truth {x}, {y}, {x}, {y}.
SEVERAL = [[0.9, 0.1], [0.7, 0.8], [0.4, 0.2], [0.1, 0.6]]
BORNE = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]


def several(**options):
    return evaluate(Fixed(SEVERAL, ("x", "y"), multi_label=True, **options), (TEXTS[:4], BORNE))


def test_accuracy_and_confusion_count_true_labels_down():
    report = evaluate(Fixed(ANSWERS), (TEXTS, TRUTH))
    assert report.examples == 5
    assert report.accuracy == 3 / 5
    assert report.confusion.tolist() == [[2, 0, 0], [1, 1, 0], [0, 1, 0]]


def test_figures_of_a_class():
    a, b, c = evaluate(Fixed(ANSWERS), (TEXTS, TRUTH)).per_class
    assert (a.label, a.support, a.threshold) == ("a", 2, None)
    assert (a.precision, a.recall, a.f1) == pytest.approx((2 / 3, 1, 4 / 5))
    assert (b.precision, b.recall, b.f1, b.support) == pytest.approx((1 / 2, 1 / 2, 1 / 2, 2))
    assert (c.precision, c.recall, c.f1, c.support) == (0, 0, 0, 1)


def test_macro_f1_weighs_labels_alike():
    assert evaluate(Fixed(ANSWERS), (TEXTS, TRUTH)).macro_f1 == pytest.approx((4 / 5 + 1 / 2 + 0) / 3)


def test_calibration_error_of_the_report():
    # Every top probability has a bin of its own: 0.8 right, 0.9 wrong, 0.7 right, 0.6 wrong, 0.4 right.
    expected = (0.2 + 0.9 + 0.3 + 0.6 + 0.6) / 5
    assert evaluate(Fixed(ANSWERS), (TEXTS, TRUTH)).expected_calibration_error == pytest.approx(expected, abs=1e-6)


def test_worst_mistake_is_the_surest():
    worst = evaluate(Fixed(ANSWERS), (TEXTS, TRUTH)).worst_examples
    assert [(m.text, m.label, m.answer) for m in worst] == [("two", "b", "a"), ("four", "c", "b")]
    assert [m.probability for m in worst] == pytest.approx([0.9, 0.6])
    assert len(evaluate(Fixed(ANSWERS), (TEXTS, TRUTH), num_worst=1).worst_examples) == 1


@pytest.mark.parametrize("batched", [False, True])
def test_dataset_is_as_good_as_a_pair(batched):
    dataset = tf.data.Dataset.from_tensor_slices((TEXTS, TRUTH))
    model = Fixed(ANSWERS)
    report = evaluate(model, dataset.batch(2) if batched else dataset)
    assert report.as_dict() == evaluate(Fixed(ANSWERS), (TEXTS, TRUTH)).as_dict()
    assert list(model.asked) == [text.encode() for text in TEXTS]


def test_class_that_does_not_occur_is_reported_with_no_support():
    report = evaluate(Fixed(ANSWERS[:3]), (TEXTS[:3], TRUTH[:3]))
    assert report.per_class[2] == ("c", 0, 0, 0, 0, None)
    assert report.confusion.shape == (3, 3)


def test_only_one_class_in_the_test_set():
    report = evaluate(Fixed([[0.9, 0.1], [0.8, 0.2]], ("a", "b")), (["x", "y"], [0, 0]))
    assert report.accuracy == 1
    assert report.confusion.tolist() == [[2, 0], [0, 0]]


def test_bytes_that_are_not_utf8_are_shown_nevertheless():
    report = evaluate(Fixed([[0.9, 0.1]], ("a", "b")), ([b"caf\xe9"], [1]))
    assert report.worst_examples[0].text == "caf\ufffd"


def test_several_labels_are_right_together_or_not_at_all():
    report = several()
    assert report.accuracy == 2 / 4
    assert report.confusion is None


def test_figures_of_one_of_several_labels():
    x, y = several().per_class
    assert (x.precision, x.recall, x.f1, x.support, x.threshold) == (1 / 2, 1 / 2, 1 / 2, 2, 0.5)
    assert (y.precision, y.recall, y.f1, y.support, y.threshold) == (1, 1, 1, 2, 0.5)


def test_micro_f1_pools_the_decisions():
    report = several()  # three hits, four answered, four borne
    assert report.micro_f1 == pytest.approx(3 / 4)
    assert report.macro_f1 == pytest.approx(3 / 4)


def test_thresholds_of_the_model_are_used():
    report = several(thresholds=[0.75, 0.7])  # {x}, {y}, {}, {}
    assert report.accuracy == 2 / 4
    assert [row.threshold for row in report.per_class] == [0.75, 0.7]
    assert [row.f1 for row in report.per_class] == pytest.approx([2 / 3, 2 / 3])


def test_macro_f1_at_the_fixed_threshold_ignores_those_of_the_model():
    # From 0.3 on: {x}, {x, y}, {x}, {y}: x has two hits of three answered and two borne; y is all right.
    for thresholds in (None, [0.75, 0.7]):
        report = several(thresholds=thresholds)
        assert report.macro_f1_at_fixed_threshold == pytest.approx((4 / 5 + 1) / 2)
        assert report.as_dict()["macro_f1_at_0.3"] == report.macro_f1_at_fixed_threshold


def test_calibration_error_of_several_labels_is_over_all_decisions():
    # p, borne: .9 1, .1 0, .7 0, .8 1, .4 1, .2 0, .1 0, .6 1; the two of 0.1 share a bin.
    expected = (0.1 + 2 * 0.1 + 0.7 + 0.2 + 0.6 + 0.2 + 0.4) / 8
    assert several().expected_calibration_error == pytest.approx(expected, abs=1e-6)


def test_worst_mistake_with_several_labels_is_the_surest_wrong_decision():
    worst = several().worst_examples
    # "two": x answered with 0.7. "three": x left out with 0.6.
    assert [(m.text, m.label, m.answer) for m in worst] == [("two", "y", "x, y"), ("three", "x", "(none)")]
    assert [m.probability for m in worst] == pytest.approx([0.7, 0.6])


def test_single_column_is_scored_on_its_yeses_alone():
    model = Fixed([[0.9], [0.2], [0.8]], ("x",), multi_label=True)
    report = evaluate(model, (["one", "two", "three"], [[1.0], [0.0], [0.0]]))
    assert report.per_class[0][1:5] == pytest.approx((1 / 2, 1, 2 / 3, 1))
    assert report.micro_f1 == pytest.approx(2 / 3)


def test_label_that_no_text_bears():
    model = Fixed([[0.9, 0.1], [0.8, 0.2]], ("x", "y"), multi_label=True)
    report = evaluate(model, (["one", "two"], [[1.0, 0.0], [1.0, 0.0]]))
    assert report.per_class[1][1:5] == (0, 0, 0, 0)
    assert report.macro_f1 == 1 / 2


def test_baseline_is_measured_on_the_same_examples():
    train = (["good", "good fun", "bad", "bad luck"], [1, 1, 0, 0])
    model = Fixed([[0.9, 0.1], [0.8, 0.2]], ("no", "yes"))
    report = evaluate(model, (["good", "bad"], [1, 0]), baseline=train)
    assert report.accuracy == 1 / 2
    assert report.baseline == {"accuracy": 1, "macro_f1": 1}
    assert evaluate(model, (["good", "bad"], [1, 0])).baseline is None


def test_targets_go_through_the_model_where_it_can_encode_them():
    model = Fixed([[0.9, 0.1], [0.2, 0.8]], ("no", "yes"))
    model.encode_targets = lambda targets: [{b"no": 0, b"yes": 1}[target] for target in targets]
    assert evaluate(model, (["one", "two"], ["no", "yes"])).accuracy == 1


def test_no_example_is_an_error():
    empty = tf.data.Dataset.from_tensor_slices((TEXTS, TRUTH)).take(0)
    with pytest.raises(ValueError, match="no example"):
        evaluate(Fixed(ANSWERS), empty)
    with pytest.raises(ValueError, match="no texts"):
        evaluate(Fixed(ANSWERS), ([], []))


def test_no_target_is_an_error():
    with pytest.raises(ValueError, match="no targets"):
        evaluate(Fixed(ANSWERS), tf.data.Dataset.from_tensor_slices(TEXTS))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_answers_that_are_not_numbers_are_counted(broken):
    answers = np.array(ANSWERS)
    answers[1, 0] = answers[3, 1] = answers[3, 2] = broken
    with pytest.raises(ValueError, match="2 of 5"):
        evaluate(Fixed(answers), (TEXTS, TRUTH))


def test_logits_are_not_taken_for_probabilities():
    with pytest.raises(ValueError, match=r"from -3 to 3.*softmax"):
        evaluate(Fixed([[3.0, -3.0]], ("a", "b")), (["x"], [0]))


def test_wrong_number_of_answers_is_an_error():
    with pytest.raises(ValueError, match=r"\(5, 3\).*\(4, 3\)"):
        evaluate(Fixed(ANSWERS), (TEXTS[:4], TRUTH[:4]))


@pytest.mark.parametrize("wrong", [-1, 3])
def test_first_target_out_of_range_is_named(wrong):
    with pytest.raises(ValueError, match=f"target 2 is {wrong}.*0 to 2"):
        evaluate(Fixed(ANSWERS), (TEXTS, [0, 1, wrong, 7, 0]))


def test_first_target_that_is_not_multi_hot_is_named():
    with pytest.raises(ValueError, match="target 1 is .*zeros and ones"):
        evaluate(Fixed(SEVERAL[:2], ("x", "y"), multi_label=True), (TEXTS[:2], [[1.0, 0.0], [2.0, 0.0]]))


def test_class_numbers_for_several_labels_are_an_error():
    with pytest.raises(ValueError, match=r"shape \(4,\)"):
        evaluate(Fixed(SEVERAL, ("x", "y"), multi_label=True), (TEXTS[:4], [0, 1, 0, 1]))


def test_calibration_error_weighs_bins_by_their_examples():
    # 0.75 four times, three right; 0.95 once, wrong.
    right = np.array([True, True, True, False, False])
    assert expected_calibration_error(np.array([0.75] * 4 + [0.95]), right) == pytest.approx(0.95 / 5)


def test_probability_one_falls_into_the_last_bin():
    assert expected_calibration_error(np.array([1.0, 0.94]), np.array([False, False])) == pytest.approx(0.97)


UNIT = st.floats(0, 1, allow_nan=False, width=32)


@settings(deadline=None)
@given(st.lists(st.tuples(UNIT, st.booleans()), min_size=1, max_size=40))
def test_calibration_error_is_a_share(rows):
    probabilities, right = (np.array(column) for column in zip(*rows, strict=True))
    assert 0 <= expected_calibration_error(probabilities, right) <= 1


@settings(deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.just(3)), elements=st.floats(0.015625, 1)))
def test_perfect_model_errs_only_by_being_unsure(weights):
    probabilities = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    texts = [str(number) for number in range(len(weights))]
    report = evaluate(Fixed(probabilities), (texts, probabilities.argmax(axis=1)))
    assert report.accuracy == 1
    assert report.worst_examples == []
    assert report.expected_calibration_error == pytest.approx(np.mean(1 - probabilities.max(axis=1)), abs=1e-5)
