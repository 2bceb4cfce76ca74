"""The nearest centroid against cases counted by hand."""

import numpy as np
import pytest

from rnn_templates.evaluation.baselines.nearest_centroid import nearest_centroid_baseline

LABELS = ("dark", "light", "unused")


def images(*grays):
    return np.stack([np.full((4, 4, 1), gray, np.uint8) for gray in grays])


def test_the_nearest_mean_image_decides():
    train = images(0, 40, 200, 240), [0, 0, 1, 1]  # means 20 and 220
    found = nearest_centroid_baseline(train, (images(119, 121, 0), [0, 0, 0]), LABELS)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["macro_f1"] == pytest.approx(4 / 5 / 3)


def test_one_image_a_class_is_enough():
    assert nearest_centroid_baseline((images(0, 255), [0, 1]), (images(9, 250), [0, 1]), LABELS)["accuracy"] == 1


def test_training_images_of_one_class():
    assert nearest_centroid_baseline((images(0, 9), [1, 1]), (images(3), [1]), LABELS)["accuracy"] == 1
