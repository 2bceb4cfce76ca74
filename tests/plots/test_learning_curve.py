"""The plot of the learning curve."""

import matplotlib.image

from rnn_templates.plots.learning_curve import plot_learning_curve

HISTORY = {
    "loss": [0.9, 0.5, 0.4],
    "val_loss": [0.8, 0.6, 0.7],
    "accuracy": [0.5, 0.6, 0.7],
    "val_accuracy": [0.4, 0.5, 0.6],
}


def test_every_metric_has_a_panel_with_training_and_validation():
    loss, accuracy = plot_learning_curve(HISTORY).axes
    assert (loss.get_title(), accuracy.get_title()) == ("loss", "accuracy")
    assert [list(line.get_ydata()) for line in loss.lines[:2]] == [HISTORY["loss"], HISTORY["val_loss"]]


def test_the_best_epoch_has_the_lowest_loss_or_the_highest_metric():
    loss, accuracy = plot_learning_curve(HISTORY).axes
    assert [axes.lines[2].get_label() for axes in (loss, accuracy)] == ["best: epoch 2", "best: epoch 3"]


def test_a_training_without_validation_can_be_saved(tmp_path):
    plot_learning_curve({"loss": [0.9]}, tmp_path / "curve.png")
    assert matplotlib.image.imread(tmp_path / "curve.png").std() > 0
    assert [file.name for file in tmp_path.iterdir()] == ["curve.png"]
