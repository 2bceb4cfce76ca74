"""Calibration error against cases counted by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics.calibration import expected_calibration_error, most_confident_errors


def test_bins_are_weighted_by_their_examples():
    # 0.75 four times, three correct; 0.95 once, wrong.
    correct = np.array([True, True, True, False, False])
    assert expected_calibration_error(np.array([0.75] * 4 + [0.95]), correct) == pytest.approx(0.95 / 5)


def test_probability_one_is_in_the_last_bin():
    assert expected_calibration_error(np.array([1.0, 0.94]), np.array([False, False])) == pytest.approx(0.97)


UNIT = st.floats(0, 1, allow_nan=False, width=32)


@settings(deadline=None)
@given(st.lists(st.tuples(UNIT, st.booleans()), min_size=1, max_size=40))
def test_calibration_error_is_in_the_unit_interval(rows):
    probabilities, correct = (np.array(column) for column in zip(*rows, strict=True))
    assert 0 <= expected_calibration_error(probabilities, correct) <= 1


def test_ties_of_errors_keep_their_order():
    found = most_confident_errors(np.array([0.5, 0.9, 0.5, 0.5]), np.array([True, True, False, True]))
    assert found.tolist() == [1, 0, 3]
