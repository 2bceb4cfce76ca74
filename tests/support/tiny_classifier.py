"""Small classifiers of pictures, and what they learn: which half of a picture is bright."""

import keras
import numpy as np
from support.flat import build_flat

from rnn_templates.templates.image_classification.builder import image_classification_model

LABELS = ("left", "right", "top", "bottom")
SMALL = {"image_size": 12, "units": 8, "filters": 4, "max_translation": 1, "dropout": 0.0, "learning_rate": 0.01}


def halves(count, seed=0, size=12):
    """Noisy pictures (count, size, size, 1) uint8 and their classes (count,), as many of each."""
    rng = np.random.default_rng(seed)
    pictures, classes = rng.integers(0, 60, (count, size, size, 1), np.uint8), np.arange(count) % 4
    bright, half = rng.integers(120, 190, count, np.uint8), size // 2
    places = [np.s_[:, :half], np.s_[:, half:], np.s_[:half], np.s_[half:]]
    for picture, number, light in zip(pictures, classes, bright, strict=True):
        picture[places[number]] += light
    return pictures, classes


def build(seed=1, **options):
    keras.utils.set_random_seed(seed)
    return build_flat(image_classification_model, LABELS, **{**SMALL, **options})
