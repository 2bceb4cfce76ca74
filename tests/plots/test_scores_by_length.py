"""The plot of scores by length."""

import pytest
from support.rendering import pixels

from rnn_templates.evaluation.reports.generation import LengthBucket
from rnn_templates.plots.scores_by_length import plot_scores_by_length

CURVE = [LengthBucket("1-5", 1200, 50.0, 62.5), LengthBucket("501+", 34, 12.5, 25.0)]


def test_the_plot_has_the_scores_and_counts_of_the_curve():
    upper, lower = plot_scores_by_length(CURVE, length_of="reference").axes
    assert [list(line.get_ydata()) for line in upper.lines] == [[50.0, 12.5], [62.5, 25.0]]
    assert [bar.get_height() for bar in lower.patches] == [1200, 34]
    assert [label.get_text() for label in lower.get_xticklabels()] == ["1-5", "501+"]
    assert lower.get_xlabel() == "words of the reference"


@pytest.mark.parametrize("count", [1, 11])
def test_curves_of_any_length_can_be_drawn(count):
    figure = plot_scores_by_length([LengthBucket("201-500", 10**i, 0.0, 100.0) for i in range(count)])
    height, width, _ = pixels(figure).shape
    assert 300 < height < 1500
    assert 300 < width < 1500
