"""Baseline of image classification: the class with the nearest mean image."""

import numpy as np

from rnn_templates.evaluation.metrics.per_class import macro_f1, per_class_scores
from rnn_templates.utils.extras import require


def nearest_centroid_baseline(train, test, labels):
    """Evaluates the prediction of the class with the nearest mean image.

    The distance is Euclidean, over all pixels.

    Args:
        train, test: pairs (images, targets); images (n, height, width, channels), an array or an object that is
            indexed like one, all of the same size; targets (n,) class numbers.
        labels: sequence of str; names of the classes. A class without a training image is never predicted.

    Returns:
        Dict of `accuracy` and `macro_f1` on `test`, defined as in `ClassificationReport`.

    Example:
        >>> dark, light = np.zeros((1, 8, 8, 1)), np.ones((1, 8, 8, 1))
        >>> train, test = (np.concatenate([dark, light]), [0, 1]), (light, [1])
        >>> nearest_centroid_baseline(train, test, ("dark", "light"))["accuracy"]
        1.0
    """
    metrics = require("sklearn.metrics", "metrics", "The nearest-centroid baseline")
    (train_images, train_targets), (images, targets) = train, test
    train_targets, targets = np.asarray(train_targets), np.asarray(targets)
    classes = np.unique(train_targets)
    # Not NearestCentroid: it also computes variances, which costs 16 bytes a pixel and warns of constant pixels.
    means = [_flatten(train_images, np.flatnonzero(train_targets == number)).mean(axis=0) for number in classes]
    predictions = classes[metrics.pairwise_distances_argmin(_flatten(images, np.arange(len(targets))), np.stack(means))]
    rows = per_class_scores(targets, predictions, labels)
    return {"accuracy": float((predictions == targets).mean()), "macro_f1": macro_f1(rows)}


def _flatten(images, indices):
    """Returns some images as rows of float32."""
    return np.asarray(images[indices], np.float32).reshape(len(indices), -1)
