"""Thresholds of a multi-label classifier."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics.thresholds import choose_thresholds


def f1(probabilities, targets, threshold):
    predicted = probabilities >= threshold
    hits = np.sum(predicted & (targets > 0))
    return 2 * hits / max(np.sum(predicted) + np.sum(targets > 0), 1)


@st.composite
def predictions(draw):
    examples, labels = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    cells = examples * labels
    probabilities = draw(st.lists(st.floats(0, 1), min_size=cells, max_size=cells))
    targets = draw(st.lists(st.integers(0, 1), min_size=cells, max_size=cells))
    return np.reshape(probabilities, (examples, labels)), np.reshape(targets, (examples, labels))


def test_the_threshold_is_midway_between_negatives_and_positives():
    assert choose_thresholds([[0.2], [0.8]], [[0], [1]], prior_count=0) == [0.51]


def test_without_shrinkage_every_label_has_its_own_threshold():
    probabilities = np.array([[0.1, 0.6], [0.3, 0.9]])
    low, high = choose_thresholds(probabilities, [[0, 0], [1, 1]], prior_count=0)
    assert 0.1 < low <= 0.3
    assert 0.6 < high <= 0.9


def test_rare_labels_shrink_toward_the_common_threshold():
    # Label 0 is separated by 0.11 to 0.30, label 1 by 0.61 to 0.90: own thresholds 0.21 and 0.76. Together the mean F1
    # is highest, (1 + 2/3) / 2, from 0.11 to 0.30; above 0.60 label 0 has no prediction, and the mean is 1/2.
    probabilities, targets = np.array([[0.1, 0.6], [0.3, 0.9]]), np.array([[0, 0], [1, 1]])
    assert choose_thresholds(probabilities, targets, prior_count=0) == [0.21, 0.76]
    assert choose_thresholds(probabilities, targets, prior_count=3) == pytest.approx(
        [0.21, 0.21 + (0.76 - 0.21) * 1 / 4]
    )
    assert choose_thresholds(probabilities, targets, prior_count=1e12) == pytest.approx([0.21, 0.21])


@pytest.mark.parametrize("prior_count", [0, 20])
def test_a_label_without_examples_has_the_common_threshold(prior_count):
    seen, unseen = choose_thresholds([[0.2, 0.1], [0.8, 0.1]], [[0, 0], [1, 0]], prior_count=prior_count)
    assert unseen == seen == 0.51


@settings(deadline=None)
@given(predictions())
def test_thresholds_are_at_least_as_good_as_one_half_on_their_examples(case):
    probabilities, targets = case
    for label, threshold in enumerate(choose_thresholds(probabilities, targets, prior_count=0)):
        column = probabilities[:, label], targets[:, label]
        assert f1(*column, threshold) >= f1(*column, 0.5)


@settings(deadline=None)
@given(predictions(), st.floats(0, 1e6))
def test_thresholds_stay_inside_the_grid(case, prior_count):
    assert all(0.02 <= threshold <= 0.95 for threshold in choose_thresholds(*case, prior_count=prior_count))


@settings(deadline=None)
@given(predictions())
def test_the_order_of_examples_has_no_effect(case):
    probabilities, targets = case
    assert choose_thresholds(probabilities, targets) == choose_thresholds(probabilities[::-1], targets[::-1])


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"\(2, 1\).*\(2, 2\)"):
        choose_thresholds([[0.1], [0.2]], [[0, 1], [1, 0]])


def test_a_single_label_needs_two_axes():
    with pytest.raises(ValueError, match="`targets`"):
        choose_thresholds([0.1, 0.2], [0, 1])


def test_a_negative_prior_count_is_an_error():
    with pytest.raises(ValueError, match="`prior_count`"):
        choose_thresholds([[0.1]], [[1]], prior_count=-1)
