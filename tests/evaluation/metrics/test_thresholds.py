"""Choosing from which probability on a text bears a label."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics.thresholds import choose_thresholds


def f1(probabilities, targets, threshold):
    answers = probabilities >= threshold
    both = np.sum(answers & (targets > 0))
    return 2 * both / max(np.sum(answers) + np.sum(targets > 0), 1)


@st.composite
def judged(draw):
    examples, labels = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    cells = examples * labels
    probabilities = draw(st.lists(st.floats(0, 1), min_size=cells, max_size=cells))
    targets = draw(st.lists(st.integers(0, 1), min_size=cells, max_size=cells))
    return np.reshape(probabilities, (examples, labels)), np.reshape(targets, (examples, labels))


def test_threshold_lies_midway_between_the_noes_and_the_yeses():
    assert choose_thresholds([[0.2], [0.8]], [[0], [1]], prior_count=0) == [0.51]


def test_every_label_has_its_own_without_shrinking():
    probabilities = np.array([[0.1, 0.6], [0.3, 0.9]])
    low, high = choose_thresholds(probabilities, [[0, 0], [1, 1]], prior_count=0)
    assert 0.1 < low <= 0.3
    assert 0.6 < high <= 0.9


def test_label_is_drawn_toward_the_common_threshold_by_its_rarity():
    # Label 0 is parted by 0.11 to 0.30, label 1 by 0.61 to 0.90: alone 0.21 and 0.76. Together: up to 0.10 label 0 has
    # F1 2/3 and so has label 1 up to 0.60; the mean is best, (1 + 2/3) / 2, on either stretch, 0.11-0.30 and, where
    # label 0 has nothing left, worse: 1/2. The middle of 0.11-0.30 is 0.21.
    probabilities, targets = np.array([[0.1, 0.6], [0.3, 0.9]]), np.array([[0, 0], [1, 1]])
    assert choose_thresholds(probabilities, targets, prior_count=0) == [0.21, 0.76]
    assert choose_thresholds(probabilities, targets, prior_count=3) == pytest.approx(
        [0.21, 0.21 + (0.76 - 0.21) * 1 / 4]
    )
    assert choose_thresholds(probabilities, targets, prior_count=1e12) == pytest.approx([0.21, 0.21])


@pytest.mark.parametrize("prior_count", [0, 20])
def test_label_that_nobody_bears_takes_the_common_threshold(prior_count):
    seen, unseen = choose_thresholds([[0.2, 0.1], [0.8, 0.1]], [[0, 0], [1, 0]], prior_count=prior_count)
    assert unseen == seen == 0.51


@settings(deadline=None)
@given(judged())
def test_thresholds_never_hurt_the_examples_they_were_chosen_on(case):
    probabilities, targets = case
    for label, threshold in enumerate(choose_thresholds(probabilities, targets, prior_count=0)):
        column = probabilities[:, label], targets[:, label]
        assert f1(*column, threshold) >= f1(*column, 0.5)


@settings(deadline=None)
@given(judged(), st.floats(0, 1e6))
def test_thresholds_stay_inside_the_grid(case, prior_count):
    assert all(0.02 <= threshold <= 0.95 for threshold in choose_thresholds(*case, prior_count=prior_count))


@settings(deadline=None)
@given(judged())
def test_order_of_the_examples_does_not_matter(case):
    probabilities, targets = case
    assert choose_thresholds(probabilities, targets) == choose_thresholds(probabilities[::-1], targets[::-1])


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"\(2, 1\).*\(2, 2\)"):
        choose_thresholds([[0.1], [0.2]], [[0, 1], [1, 0]])


def test_examples_of_one_label_must_still_be_a_table():
    with pytest.raises(ValueError, match="wanted"):
        choose_thresholds([0.1, 0.2], [0, 1])


def test_shrinking_away_from_the_common_threshold_is_an_error():
    with pytest.raises(ValueError, match="prior_count"):
        choose_thresholds([[0.1]], [[1]], prior_count=-1)
