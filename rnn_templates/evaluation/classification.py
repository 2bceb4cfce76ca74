"""Evaluation of classifiers of texts and of images."""

import numpy as np

from rnn_templates.evaluation.baselines.bag_of_words import bag_of_words_baseline
from rnn_templates.evaluation.baselines.nearest_centroid import nearest_centroid_baseline
from rnn_templates.evaluation.metrics.calibration import (
    expected_calibration_error,
    most_confident_errors,
    reliability_bins,
)
from rnn_templates.evaluation.metrics.per_class import (
    confusion_counts,
    macro_f1,
    per_class_scores,
    per_label_scores,
    precision_recall_f1,
)
from rnn_templates.evaluation.reports.classification import ClassificationReport, Misclassification
from rnn_templates.evaluation.text_inputs import labeled_examples
from rnn_templates.preprocessing.images.image_array import ImageArray
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

GOEMOTIONS_THRESHOLD = 0.3  # the protocol of the GoEmotions paper, arXiv:2005.00547


def evaluate_text_classifier(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a classifier of texts.

    The baseline is logistic regression on a bag of words.

    Args:
        model: task with `read_examples`, `encode_targets`, `predict`, `labels`, `multi_label` and `thresholds`, such as
            `TextClassifier`.
        dataset, baseline, num_worst: as in `evaluate`; a target is a class number, the name of a label, or for
            multi-label classification multi-hot (labels,).

    Returns:
        `ClassificationReport`.

    Raises:
        ValueError: if there is no example, a target is not one of the labels, or a prediction is no probability.

    Example:
        >>> evaluate_text_classifier(model, splits.test).accuracy  # doctest: +SKIP
    """
    texts, targets = _read(model, dataset)
    found = _metrics(model, texts, targets, num_worst)
    found["inputs"] = {row.index: decode_text(texts[row.index]) for row in found["worst_examples"]}
    if baseline is not None:
        train = _read(model, baseline)
        found["baseline"] = bag_of_words_baseline(train, (texts, targets), model.labels, model.multi_label)
    return ClassificationReport(**found)


def evaluate_image_classifier(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a classifier of images.

    The baseline is the nearest centroid of the pixels.

    Args:
        model: task with `read_examples`, `encode_targets`, `predict`, `preprocessor`, `labels`, `multi_label` and
            `thresholds`, such as `ImageClassifier`.
        dataset, baseline, num_worst: as in `evaluate`; a target is a class number or the name of a label.

    Returns:
        `ClassificationReport`, with the images of its worst examples.

    Raises:
        ValueError: if there is no example, a target is not one of the labels, or a prediction is no probability.

    Example:
        >>> evaluate_image_classifier(model, splits.test).accuracy  # doctest: +SKIP
    """
    images, targets = _read(model, dataset)
    found = _metrics(model, images, targets, num_worst)
    found["inputs"] = {row.index: images[row.index] for row in found["worst_examples"]}
    if baseline is not None:
        splits = [(ImageArray(inputs, model.preprocessor), classes) for inputs, classes in
                  (_read(model, baseline), (images, targets))]  # fmt: skip
        found["baseline"] = nearest_centroid_baseline(*splits, model.labels)
        found["baseline_name"] = "nearest centroid"
    return ClassificationReport(**found)


def _read(model, dataset):
    """Returns raw inputs, and targets (n,) int or for multi-label (n, labels) bool."""
    inputs, targets = labeled_examples(model, dataset)
    return inputs, _check_targets(model, np.asarray(model.encode_targets(targets)))


def _check_targets(model, targets):
    labels = len(model.labels)
    shape = (len(targets), labels) if model.multi_label else (len(targets),)
    if targets.shape != shape:
        raise ValueError(f"evaluate: `targets` must have the shape {shape}; received {targets.shape}.")
    allowed = (0, 1) if model.multi_label else range(labels)
    valid = np.isin(targets, allowed).reshape(len(targets), -1).all(axis=1)
    if not valid.all():
        first = int(np.argmin(valid))
        wanted = "0 or 1" if model.multi_label else f"class numbers from 0 to {labels - 1}"
        raise ValueError(f"evaluate: `targets` must be {wanted}; received {targets[first]} for example {first}.")
    return targets.astype(bool if model.multi_label else np.int64)


def _predict(model, inputs):
    """Returns finite probabilities (n, labels) in [0, 1]."""
    probabilities = np.asarray(model.predict(inputs), np.float64)
    shape = (len(inputs), len(model.labels))
    if probabilities.shape != shape:
        raise ValueError(f"evaluate: predictions must have the shape {shape}; received {probabilities.shape}.")
    not_finite = int((~np.isfinite(probabilities)).any(axis=1).sum())
    if not_finite:
        raise ValueError(f"evaluate: {not_finite} of {len(inputs)} predictions are not finite; train the model again.")
    low, high = probabilities.min(), probabilities.max()
    if low < -1e-4 or high > 1 + 1e-4:
        raise ValueError(
            f"evaluate: predictions must be probabilities; received values from {low:.3g} to {high:.3g}. `predict` "
            "must end in softmax or sigmoid."
        )
    return probabilities.clip(0, 1)  # softmax in half precision may exceed 1 a little


def _metrics(model, inputs, targets, num_worst):
    """Returns the fields of a `ClassificationReport`, but inputs and baseline."""
    probabilities = _predict(model, inputs)
    compute = _multi_label_metrics if model.multi_label else _single_label_metrics
    return {
        "examples": len(inputs),
        "labels": tuple(model.labels),
        "multi_label": model.multi_label,
        **compute(model, targets, probabilities, num_worst),
    }


def _single_label_metrics(model, targets, probabilities, num_worst):
    predictions, confidences = probabilities.argmax(axis=1), probabilities.max(axis=1)
    correct = predictions == targets
    per_class = per_class_scores(targets, predictions, model.labels)
    return {
        "accuracy": float(correct.mean()),
        "per_class": per_class,
        "macro_f1": macro_f1(per_class),
        "expected_calibration_error": expected_calibration_error(confidences, correct),
        "reliability": reliability_bins(confidences, correct),
        "confusion": confusion_counts(targets, predictions, len(model.labels)),
        "worst_examples": [
            Misclassification(int(i), model.labels[targets[i]], model.labels[predictions[i]], float(confidences[i]))
            for i in most_confident_errors(confidences, ~correct, num_worst)
        ],
    }


def _multi_label_metrics(model, targets, probabilities, num_worst):
    thresholds = [0.5] * len(model.labels) if model.thresholds is None else [float(t) for t in model.thresholds]
    predictions = probabilities >= np.array(thresholds)
    wrong = predictions != targets
    # The most confident wrong decision of an example: p of a label predicted wrongly, or 1 - p of one that was missed.
    confidences = np.where(wrong, np.where(predictions, probabilities, 1 - probabilities), 0).max(axis=1)
    per_class = per_label_scores(targets, predictions, model.labels, thresholds)
    fixed = per_label_scores(targets, probabilities >= GOEMOTIONS_THRESHOLD, model.labels)
    decisions = probabilities.ravel(), targets.ravel()

    def names(row):
        return ", ".join(label for label, chosen in zip(model.labels, row, strict=True) if chosen) or "(none)"

    return {
        "accuracy": float((~wrong).all(axis=1).mean()),
        "per_class": per_class,
        "macro_f1": macro_f1(per_class),
        "micro_f1": precision_recall_f1((targets * predictions).sum(), predictions.sum(), targets.sum())[2],
        "macro_f1_at_fixed_threshold": macro_f1(fixed),
        "expected_calibration_error": expected_calibration_error(*decisions),
        "reliability": reliability_bins(*decisions),
        "worst_examples": [
            Misclassification(int(i), names(targets[i]), names(predictions[i]), float(confidences[i]))
            for i in most_confident_errors(confidences, wrong.any(axis=1), num_worst)
        ],
    }
