"""Plot of the loss by position."""

from rnn_templates.evaluation.reports.language_model import PositionBucket
from rnn_templates.plots.loss_by_position import plot_loss_by_position


def test_the_curve_and_the_baseline_are_drawn_and_written(tmp_path):
    curve = [PositionBucket(0, 15, 16, 2.5), PositionBucket(16, 63, 48, 1.5)]
    figure = plot_loss_by_position(curve, tmp_path / "plot.png", {"perplexity": 4.0})
    line, baseline = figure.axes[0].lines
    assert list(line.get_ydata()) == [2.5, 1.5] and abs(baseline.get_ydata()[0] - 1.3863) < 1e-3
    assert (tmp_path / "plot.png").stat().st_size > 1000
