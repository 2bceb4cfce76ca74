"""Measuring a trained model."""

import numpy as np
import tensorflow as tf

from rnn_templates.evaluation.baseline import bag_of_words
from rnn_templates.evaluation.report import Mistake, PerClass, Report
from rnn_templates.raw_model import raw_dataset

FIXED_THRESHOLD = 0.3  # the protocol of the GoEmotions paper
BINS = 15


def evaluate(model, dataset, *, baseline=None, worst=10):
    """Measures a model on labelled raw examples.

    Args:
        model: with `predict`, `labels`, `multi_label`, `thresholds` and `encode_targets`, such as `SentimentModel`.
        dataset: raw `tf.data.Dataset` of (text, target), batched or not, or a pair (texts, targets).
        baseline: raw training examples in the same form, to train a bag of words beside the model; None for none.
        worst: how many of the worst mistakes to keep.

    Returns:
        `Report`.

    Raises:
        ValueError: if there is no example, a target is not one of the labels, or a probability is not a number.

    Source:
        Guo et al., On calibration of modern neural networks, arXiv:1706.04599 (calibration error, 15 bins).

    Example:
        >>> print(evaluate(model, splits.test).accuracy)
    """
    texts, targets = examples_of(dataset)
    targets = model.encode_targets(targets)
    probabilities = np.asarray(model.predict(np.array(texts, dtype=object)), np.float64)
    broken = int((~np.isfinite(probabilities)).any(axis=1).sum())
    if broken:
        raise ValueError(f"{broken} of {len(texts)} answers are not numbers: the weights of the model are broken.")
    if model.multi_label:
        report = _multi_label(model, texts, targets, probabilities, worst)
    else:
        report = _one_label(model, texts, targets, probabilities, worst)
    if baseline is not None:
        train_texts, train_targets = examples_of(baseline)
        train_targets = model.encode_targets(train_targets)
        report["baseline"] = bag_of_words(train_texts, train_targets, texts, targets)
    return Report(examples=len(texts), labels=model.labels, multi_label=model.multi_label, **report)


def examples_of(dataset):
    """Returns `texts, targets`: a list of bytes and an array, of a dataset or a pair."""
    dataset = raw_dataset(*dataset) if isinstance(dataset, (tuple, list)) else dataset
    if not isinstance(dataset.element_spec, tuple):
        raise ValueError("evaluate: the examples have no targets; wanted (text, target).")
    if dataset.element_spec[0].shape.rank == 1:
        dataset = dataset.unbatch()
    rows = list(dataset.map(lambda text, target, *_: (text, target)).batch(1024).as_numpy_iterator())
    if not rows:
        raise ValueError("evaluate: there is no example; is the split empty?")
    return [text for texts, _ in rows for text in texts], np.concatenate([targets for _, targets in rows])


def _one_label(model, texts, targets, probabilities, worst):
    from sklearn.metrics import confusion_matrix

    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    every = range(len(model.labels))
    right = answers == targets
    wrong = np.flatnonzero(~right)
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")][:worst]
    return {
        "accuracy": float(right.mean()),
        **_per_class(model.labels, targets, answers, None, every),
        "calibration_error": calibration_error(sure, right),
        "reliability": _reliability(sure, right),
        "confusion": confusion_matrix(targets, answers, labels=list(every)),
        "worst": [
            Mistake(_text(texts[i]), model.labels[targets[i]], model.labels[answers[i]], float(sure[i])) for i in wrong
        ],
    }


def _multi_label(model, texts, targets, probabilities, worst):
    from sklearn.metrics import f1_score

    thresholds = np.array(model.thresholds or [0.5] * len(model.labels))
    answers = probabilities >= thresholds
    right = answers == targets.astype(bool)
    loss = -np.log(np.where(targets > 0, probabilities, 1 - probabilities).clip(1e-12)).sum(axis=1)
    wrong = np.flatnonzero(~right.all(axis=1))
    wrong = wrong[np.argsort(-loss[wrong], kind="stable")][:worst]

    def named(row):
        return ", ".join(label for label, there in zip(model.labels, row, strict=True) if there) or "(none)"

    fixed = f1_score(targets, probabilities >= FIXED_THRESHOLD, average="macro", zero_division=0)
    return {
        "accuracy": float(right.all(axis=1).mean()),
        **_per_class(model.labels, targets, answers, thresholds, range(len(model.labels))),
        "micro_f1": float(f1_score(targets, answers, average="micro", zero_division=0)),
        "macro_f1_at_fixed_threshold": float(fixed),
        "calibration_error": calibration_error(probabilities.ravel(), targets.ravel() > 0),
        "reliability": _reliability(probabilities.ravel(), targets.ravel() > 0),
        "worst": [
            Mistake(_text(texts[i]), named(targets[i]), named(answers[i]), float(np.exp(-loss[i]))) for i in wrong
        ],
    }


def _per_class(labels, targets, answers, thresholds, every):
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(targets, answers, labels=list(every), zero_division=0)
    rows = [
        PerClass(label, float(p), float(r), float(f1), int(n), None if thresholds is None else float(thresholds[i]))
        for i, (label, p, r, f1, n) in enumerate(zip(labels, *columns, strict=True))
    ]
    return {"per_class": rows, "macro_f1": float(np.mean(columns[2]))}


def calibration_error(probabilities, right):
    """Returns the expected calibration error: how far, on average, a stated probability is from the share of truth.

        sum_b n_b / n |share of right answers in b - mean probability in b|   over 15 bins of equal width

    Args:
        probabilities: (n,) in [0, 1].
        right: (n,) bool.

    Example:
        >>> calibration_error(np.array([0.75] * 4), np.array([True, True, True, False]))
        0.0
    """
    return float(sum(n * abs(share - mean) for n, share, mean in _reliability(probabilities, right)) / len(right))


def _reliability(probabilities, right):
    """For each bin that is not empty: count, share of right answers, mean probability."""
    bins = np.minimum((np.asarray(probabilities) * BINS).astype(int), BINS - 1)
    rows = []
    for b in range(BINS):
        inside = bins == b
        if inside.any():
            rows.append((int(inside.sum()), float(right[inside].mean()), float(probabilities[inside].mean())))
    return rows


def _text(text):
    return tf.compat.as_bytes(text).decode("utf-8", "replace")
