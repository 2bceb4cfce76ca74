"""Attention correctness against the count of many points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics.attention_correctness import (
    attention_correctness,
    box_coverage,
    mean_attention_correctness,
)

WEIGHTS = [0.5, 0.3, 0.1, 0.1]
TOP, BOTTOM, ALL = [0, 0, 0.5, 1], [0.5, 0, 1, 1], [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        ([TOP], 0.8),
        ([BOTTOM], 0.2),
        ([ALL], 1.0),
        ([TOP, BOTTOM], 1.0),
        ([TOP, TOP, [0, 0, 0.5, 0.5]], 0.8),  # overlaps count once
        ([[0, 0.5, 0.5, 1]], 0.3),  # ymin, xmin, ymax, xmax
        ([[0, 0, 0.25, 0.25]], 0.125),
        ([[0.25, 0.25, 0.75, 0.75]], 0.25),
        ([[0.5, 0.5, 0.5, 0.9]], 0.0),
    ],
)
def test_positions_are_weighted_by_their_area_inside(boxes, expected):
    assert attention_correctness(WEIGHTS, boxes) == pytest.approx(expected)


def test_every_word_has_a_fraction():
    found = attention_correctness([WEIGHTS, [0, 0, 0, 1]], [TOP], (2, 2))
    np.testing.assert_allclose(found, [0.8, 0])


def test_positions_are_in_row_major_order():
    weights = [0.1, 0.2, 0.3, 0.15, 0.05, 0.2]
    assert attention_correctness(weights, [[0, 0, 0.5, 1]], (2, 3)) == pytest.approx(0.6)
    assert attention_correctness(weights, [[0, 0, 1, 0.5]], (3, 2)) == pytest.approx(0.1 + 0.3 + 0.05)


def test_weights_are_normalized():
    assert attention_correctness([0.5, 0.51], [ALL], (1, 2)) == 1


sides = st.tuples(st.integers(0, 24), st.integers(0, 24)).map(sorted)
boxes = st.lists(st.tuples(sides, sides).map(lambda s: [s[0][0], s[1][0], s[0][1], s[1][1]]), min_size=1, max_size=4)


@settings(deadline=None)
@given(boxes, st.integers(1, 4), st.integers(1, 4))
def test_coverage_equals_a_count_of_points(boxes, rows, columns):
    # All edges are multiples of 1/24, so the centers of 24 x 24 cells decide.
    inside = np.zeros((24, 24))
    for ymin, xmin, ymax, xmax in boxes:
        inside[ymin:ymax, xmin:xmax] = 1
    expected = inside.reshape(rows, 24 // rows, columns, 24 // columns).mean(axis=(1, 3))
    np.testing.assert_allclose(box_coverage(np.array(boxes) / 24, (rows, columns)), expected, atol=1e-12)


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(1, 15), st.integers(1, 15))
def test_the_coverage_of_a_box_sums_to_its_area(y1, x1, y2, x2, rows, columns):
    box = [min(y1, y2), min(x1, x2), max(y1, y2), max(x1, x2)]
    areas = box_coverage([box], (rows, columns))
    assert areas.shape == (rows, columns)
    assert areas.sum() / rows / columns == pytest.approx((box[2] - box[0]) * (box[3] - box[1]), abs=1e-9)


def test_the_mean_is_over_words_with_a_box():
    weights = [WEIGHTS, [1, 0, 0, 0], [0, 0, 0, 1]]
    assert mean_attention_correctness(weights, [[TOP], None, [TOP, BOTTOM]]) == pytest.approx((0.8 + 1) / 2)
    assert mean_attention_correctness(
        np.array(weights), [np.array([TOP]), np.zeros((0, 4)), []], (2, 2)
    ) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("weights", "given", "grid", "message"),
    [
        (WEIGHTS, [], None, r"`boxes` .*\(0,\)"),
        (WEIGHTS, TOP, None, r"`boxes` .*\(4,\)"),
        (WEIGHTS, [[0, 0, 1]], None, r"`boxes` .*\(1, 3\)"),
        (WEIGHTS, [TOP, [0, 0, 64, 64]], None, r"`boxes\[1\]` .*\[0.0, 0.0, 64.0, 64.0\]"),
        (WEIGHTS, [[0.5, 0, 0.4, 1]], None, r"`boxes\[0\]`"),
        (WEIGHTS, [[np.nan, 0, 1, 1]], None, r"`boxes\[0\]`"),
        (WEIGHTS, [["a"] * 4], None, "`boxes`"),
        (WEIGHTS, [TOP], (3, 1), "`grid` .*4.*3, 1"),
        ([0.5, 0.25, 0.25], [TOP], None, "`weights` .*3 .*`grid"),
        ([1.0, 1.0, 0.0, 0.0], [TOP], None, r"`weights\[0\]` .*sum 2"),
        ([[WEIGHTS]], [TOP], None, r"`weights` .*\(1, 1, 4\)"),
        ([[0.5], [0.5, 0.5]], [TOP], None, "`weights`"),
    ],
    ids=["none", "one", "three", "pixels", "reversed", "nan", "str", "grid", "square", "sum", "batch", "ragged"],
)
def test_invalid_arguments_are_named(weights, given, grid, message):
    with pytest.raises(ValueError, match=message):
        attention_correctness(weights, given, grid)


def test_words_without_boxes_are_an_error():
    with pytest.raises(ValueError, match="`weights` .*2"):
        mean_attention_correctness([WEIGHTS], [None, [TOP]])
    with pytest.raises(ValueError, match="`boxes` .*1 words"):
        mean_attention_correctness([WEIGHTS], [None])
