"""The plot of the gradient over time."""

import numpy as np

from rnn_templates.plots.gradient_flow import plot_gradient_flow


def test_both_curves_are_drawn_with_their_steps(tmp_path):
    figure = plot_gradient_flow([1e-9, 0.5, 1.0], [0.0, 2.0], tmp_path / "flow.png", title="cell")
    left, right = figure.axes
    assert left.lines[0].get_xydata().tolist() == [[0, 1e-9], [1, 0.5], [2, 1.0]]
    np.testing.assert_array_equal(right.lines[0].get_xydata(), [[1, np.nan], [2, 2.0]])
    assert figure.get_suptitle() == "cell"
    assert (tmp_path / "flow.png").exists()


def test_norms_that_are_not_finite_can_be_drawn(tmp_path):
    plot_gradient_flow(np.array([np.nan, 1e8, 1.0]), np.array([np.nan, 1.0]), tmp_path / "flow.png")
    assert (tmp_path / "flow.png").exists()
