"""Plots of a classification can be drawn for all labels and counts."""

import matplotlib.image
import numpy as np
import pytest

from rnn_templates.evaluation.metrics.per_class import PerClass
from rnn_templates.plots.classification import plot_confusion_matrix, plot_f1_by_label, plot_reliability_diagram

NAMES = {
    "mathematics": "a$b_^$",
    "no glyph": "喜び",
    "too long": "W" * 200,
    "lines": "one\n\ttwo",
    "empty": "",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("count", [2, 25])
def test_any_label_can_be_drawn(tmp_path, name, count):
    labels = [name, *(f"label {number}" for number in range(1, count))]
    plot_confusion_matrix(np.eye(count, dtype=int), labels, tmp_path / "confusion.png")
    plot_f1_by_label([PerClass(label, 1, 1, 0.5, 3, 0.5) for label in labels], tmp_path / "labels.png")
    for file in ("confusion.png", "labels.png"):
        height, width, _ = matplotlib.image.imread(tmp_path / file).shape
        assert 100 < width < 2400
        assert 100 < height < 2400


def test_classes_without_examples_are_drawn_empty(tmp_path):
    plot_confusion_matrix([[0, 0], [0, 0]], ("a", "b"), tmp_path / "empty.png")
    plot_confusion_matrix([[9, 0], [0, 9]], ("a", "b"), tmp_path / "full.png")
    empty, full = (matplotlib.image.imread(tmp_path / f"{name}.png") for name in ("empty", "full"))
    assert full.mean() < empty.mean()  # darker


def test_large_matrices_have_no_numbers(tmp_path):
    def drawn(count, numbers):
        confusion = np.full((count, count), 1) * numbers
        plot_confusion_matrix(confusion, [f"label {number}" for number in range(count)], tmp_path / "confusion.png")
        return matplotlib.image.imread(tmp_path / "confusion.png")

    # Ten times the counts, equal fractions: only the numbers can differ.
    assert not np.array_equal(drawn(20, 1), drawn(20, 10))
    assert np.array_equal(drawn(21, 1), drawn(21, 10))


def test_few_errors_among_many_correct_predictions_are_visible(tmp_path):
    def drawn(wrong, **options):
        confusion = np.diag([1000] * 30)
        confusion[3, 20] = wrong
        plot_confusion_matrix(confusion, [f"label {number}" for number in range(30)], tmp_path / "c.png", **options)
        return matplotlib.image.imread(tmp_path / "c.png")[:, :900, :3]  # without the color bar

    # Five in a thousand: almost white on the common scale, the darkest blue among errors alone.
    assert np.abs(drawn(5) - drawn(0)).max() < 0.05
    assert np.abs(drawn(5, errors_only=True) - drawn(0, errors_only=True)).max() > 0.5


@pytest.mark.parametrize("count", [2, 25])
def test_a_matrix_without_errors_is_light(tmp_path, count):
    labels = [f"label {number}" for number in range(count)]
    plot_confusion_matrix(np.eye(count, dtype=int), labels, tmp_path / "confusion.png", errors_only=True)
    assert matplotlib.image.imread(tmp_path / "confusion.png").mean() > 0.85


@pytest.mark.parametrize("rows", [[(1, 1.0, 1.0)], [(5, 0.0, 0.0), (90000, 0.5, 0.52), (7, 1.0, 0.97)]])
def test_reliability_can_be_drawn(tmp_path, rows):
    plot_reliability_diagram(rows, 0.05, tmp_path / "reliability.png")
    assert matplotlib.image.imread(tmp_path / "reliability.png").std() > 0


def test_plots_do_not_register_with_pyplot(tmp_path):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    plot_reliability_diagram([(1, 1.0, 1.0)], 0.0, tmp_path / "reliability.png")
    assert pyplot.get_fignums() == []
