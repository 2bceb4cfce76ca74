"""Attention inside of boxes, against counting many points."""

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
    ("boxes", "share"),
    [
        ([TOP], 0.8),
        ([BOTTOM], 0.2),
        ([ALL], 1.0),
        ([TOP, BOTTOM], 1.0),
        ([TOP, TOP, [0, 0, 0.5, 0.5]], 0.8),  # what is in several boxes counts once
        ([[0, 0.5, 0.5, 1]], 0.3),  # ymin, xmin, ymax, xmax
        ([[0, 0, 0.25, 0.25]], 0.125),
        ([[0.25, 0.25, 0.75, 0.75]], 0.25),
        ([[0.5, 0.5, 0.5, 0.9]], 0.0),
    ],
)
def test_every_place_counts_by_its_area_inside(boxes, share):
    assert attention_correctness(WEIGHTS, boxes) == pytest.approx(share)


def test_rows_of_words_have_a_share_each():
    shares = attention_correctness([WEIGHTS, [0, 0, 0, 1]], [TOP], (2, 2))
    np.testing.assert_allclose(shares, [0.8, 0])


def test_places_go_row_by_row_over_the_grid():
    weights = [0.1, 0.2, 0.3, 0.15, 0.05, 0.2]
    assert attention_correctness(weights, [[0, 0, 0.5, 1]], (2, 3)) == pytest.approx(0.6)
    assert attention_correctness(weights, [[0, 0, 1, 0.5]], (3, 2)) == pytest.approx(0.1 + 0.3 + 0.05)


def test_share_is_of_the_attention_there_is():
    assert attention_correctness([0.5, 0.51], [ALL], (1, 2)) == 1


sides = st.tuples(st.integers(0, 24), st.integers(0, 24)).map(sorted)
boxes = st.lists(st.tuples(sides, sides).map(lambda s: [s[0][0], s[1][0], s[0][1], s[1][1]]), min_size=1, max_size=4)


@settings(deadline=None)
@given(boxes, st.integers(1, 4), st.integers(1, 4))
def test_area_is_that_of_the_points_inside(boxes, rows, columns):
    # Edges at multiples of 1/24 and places of whole twenty-fourths: the middles of 24 x 24 squares decide all.
    inside = np.zeros((24, 24))
    for ymin, xmin, ymax, xmax in boxes:
        inside[ymin:ymax, xmin:xmax] = 1
    expected = inside.reshape(rows, 24 // rows, columns, 24 // columns).mean(axis=(1, 3))
    np.testing.assert_allclose(box_coverage(np.array(boxes) / 24, (rows, columns)), expected, atol=1e-12)


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(1, 15), st.integers(1, 15))
def test_areas_of_one_box_add_up_to_its_own(y1, x1, y2, x2, rows, columns):
    box = [min(y1, y2), min(x1, x2), max(y1, y2), max(x1, x2)]
    areas = box_coverage([box], (rows, columns))
    assert areas.shape == (rows, columns)
    assert areas.sum() / rows / columns == pytest.approx((box[2] - box[0]) * (box[3] - box[1]), abs=1e-9)


def test_mean_is_over_words_that_name_something():
    weights = [WEIGHTS, [1, 0, 0, 0], [0, 0, 0, 1]]
    assert mean_attention_correctness(weights, [[TOP], None, [TOP, BOTTOM]]) == pytest.approx((0.8 + 1) / 2)
    assert mean_attention_correctness(
        np.array(weights), [np.array([TOP]), np.zeros((0, 4)), []], (2, 2)
    ) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("weights", "given", "grid", "said"),
    [
        (WEIGHTS, [], None, r"boxes have shape \(0,\)"),
        (WEIGHTS, TOP, None, r"boxes have shape \(4,\)"),
        (WEIGHTS, [[0, 0, 1]], None, r"boxes have shape \(1, 3\)"),
        (WEIGHTS, [TOP, [0, 0, 64, 64]], None, r"box 1 is \[0.0, 0.0, 64.0, 64.0\]; wanted .* from 0 to 1"),
        (WEIGHTS, [[0.5, 0, 0.4, 1]], None, "box 0 is"),
        (WEIGHTS, [[np.nan, 0, 1, 1]], None, "box 0 is"),
        (WEIGHTS, [["a"] * 4], None, "no array of numbers"),
        (WEIGHTS, [TOP], (3, 1), "4 places do not fill"),
        ([0.5, 0.25, 0.25], [TOP], None, "3 places are no square"),
        ([1.0, 1.0, 0.0, 0.0], [TOP], None, "sums to 2"),
        ([[WEIGHTS]], [TOP], None, r"shape \(1, 1, 4\)"),
    ],
    ids=["none", "one", "three", "pixels", "turned", "nan", "words", "grid", "square", "sum", "batch"],
)
def test_what_does_not_fit_is_told_of(weights, given, grid, said):
    with pytest.raises(ValueError, match=said):
        attention_correctness(weights, given, grid)


def test_words_that_do_not_fit_are_told_of():
    with pytest.raises(ValueError, match="boxes of 2 words"):
        mean_attention_correctness([WEIGHTS], [None, [TOP]])
    with pytest.raises(ValueError, match="none of 1 words has a box"):
        mean_attention_correctness([WEIGHTS], [None])
