"""Measuring a trained model."""

import numpy as np

from rnn_templates.evaluation.baselines.bag_of_words import bag_of_words_baseline
from rnn_templates.evaluation.baselines.nearest_centroid import nearest_centroid_baseline
from rnn_templates.evaluation.metrics.calibration import (
    expected_calibration_error,
    most_confident_errors,
    reliability_bins,
)
from rnn_templates.evaluation.reports.classification import ClassificationReport, Misclassification, PerClass
from rnn_templates.preprocessing.images.image_array import ImageArray
from rnn_templates.preprocessing.text.word_tokenizer import decode_text
from rnn_templates.templates.image_classification.task import ImageClassifier

GOEMOTIONS_THRESHOLD = 0.3  # the protocol of the GoEmotions paper, arXiv:2005.00547


def evaluate_text_classifier(model, dataset, *, baseline=None, num_worst=10):
    """Measures a model on labeled raw examples.

    Args:
        model: with `predict`, `labels`, `multi_label` and `thresholds`, such as `TextClassifier`; where it has
            `encode_targets`, targets may be whatever that takes; or an `ImageClassifier`, a `Tagger`, or a `TextGenerator`.
        dataset: raw `tf.data.Dataset` of (text, target), batched or not, or a pair (texts, targets). A target is a
            class number, multi-hot (labels,) for several labels, or a text.
        baseline: raw training examples in the same form, to measure a baseline beside the model: a bag of words, the
            nearest mean picture, the most frequent tag of each word, the source as it is, or one caption for all
            pictures; None for none.
        num_worst: how many of the worst mistakes to keep.

    Returns:
        `ClassificationReport`, `TaggingReport`, `GenerationReport` or `CaptionReport`.

    Raises:
        ValueError: if there is no example, a target is not one of the labels, or an answer is not a probability.

    Source:
        Guo et al., On calibration of modern neural networks, arXiv:1706.04599 (calibration error, 15 bins).

    Example:
        >>> print(evaluate(model, splits.test).accuracy)
    """
    pictures = isinstance(model, ImageClassifier)
    examples, targets = _read(model, dataset)
    probabilities = _checked_probabilities(model, examples)
    names = [f"picture {number}" for number in range(len(examples))] if pictures else examples
    measure = _multi_label_metrics if model.multi_label else _single_label_metrics
    found = measure(model, names, targets, probabilities, num_worst)
    if pictures:
        shown = {mistake.text for mistake in found["worst_examples"]}
        found["images"] = {name: image for name, image in zip(names, examples, strict=True) if name in shown}
    if baseline is not None:
        found |= _baseline(model, _read(model, baseline), (examples, targets))
    return ClassificationReport(
        examples=len(examples), labels=tuple(model.labels), multi_label=model.multi_label, **found
    )


def evaluate_image_classifier(model, dataset, *, baseline=None, num_worst=10):
    """Measures an `ImageClassifier`; arguments and report as of `evaluate_text_classifier`."""
    return evaluate_text_classifier(model, dataset, baseline=baseline, num_worst=num_worst)


def _read(model, dataset):
    """Examples, encoded, and what their targets are to the model."""
    if not isinstance(model, ImageClassifier):
        texts, targets = labeled_examples(dataset)
        return texts, _checked_targets(model, targets)
    images, targets = model.read_examples(*dataset) if isinstance(dataset, (tuple, list)) else model.read_examples(dataset)
    if targets is None:
        raise ValueError("evaluate: the examples have no targets; wanted (picture, class).")
    return images, _checked_targets(model, targets)


def _baseline(model, train, test):
    if not isinstance(model, ImageClassifier):
        return {"baseline": bag_of_words_baseline(train, test, model.labels, model.multi_label)}
    train, test = ((ImageArray(images, model.preprocessor), targets) for images, targets in (train, test))
    return {"baseline": nearest_centroid_baseline(train, test, model.labels), "baseline_name": "nearest centroid"}


def labeled_examples(dataset):
    """Returns `texts, targets`: a list of bytes and an array, of a dataset or a pair.

    Raises:
        ValueError: if there are no examples, or they have no targets.
    """
    from rnn_templates.tasks.task import as_dataset

    dataset = as_dataset(*dataset) if isinstance(dataset, (tuple, list)) else as_dataset(dataset)
    if not isinstance(dataset.element_spec, tuple):
        raise ValueError("evaluate: the examples have no targets; wanted (text, target).")
    if dataset.element_spec[0].shape.rank == 1:
        dataset = dataset.unbatch()
    rows = list(dataset.map(lambda text, target, *_: (text, target)).batch(1024).as_numpy_iterator())
    if not rows:
        raise ValueError("evaluate: there is no example; is the split empty?")
    return [text for texts, _ in rows for text in texts], np.concatenate([targets for _, targets in rows])


def _checked_targets(model, targets):
    """Class numbers (examples,), or for several labels bool (examples, labels)."""
    encode = getattr(model, "encode_targets", None)
    targets = np.asarray(targets if encode is None else encode(targets))
    labels = len(model.labels)
    wanted = (len(targets), labels) if model.multi_label else (len(targets),)
    if targets.shape != wanted:
        raise ValueError(f"evaluate: targets have shape {targets.shape}; for the {labels} labels wanted {wanted}.")
    known = np.isin(targets, (0, 1) if model.multi_label else range(labels)).reshape(len(targets), -1).all(axis=1)
    if not known.all():
        first = int(np.argmin(known))
        allowed = "zeros and ones" if model.multi_label else f"a class number from 0 to {labels - 1}"
        raise ValueError(f"evaluate: target {first} is {targets[first]}; wanted {allowed} for {labels} labels.")
    return targets.astype(bool if model.multi_label else np.int64)


def _checked_probabilities(model, texts):
    probabilities = np.asarray(model.predict(np.array(texts, dtype=object)), np.float64)
    wanted = (len(texts), len(model.labels))
    if probabilities.shape != wanted:
        raise ValueError(f"evaluate: the model's answers have shape {probabilities.shape}; wanted {wanted}.")
    broken = int((~np.isfinite(probabilities)).any(axis=1).sum())
    if broken:
        raise ValueError(f"{broken} of {len(texts)} answers are not numbers: the weights of the model are broken.")
    if probabilities.min() < -1e-4 or probabilities.max() > 1 + 1e-4:
        raise ValueError(
            f"evaluate: answers reach from {probabilities.min():.3g} to {probabilities.max():.3g}, so they are no "
            "probabilities; `predict` must end in softmax or sigmoid."
        )
    return probabilities.clip(0, 1)  # softmax in half precision may exceed 1 a little


def _single_label_metrics(model, texts, targets, probabilities, worst):
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    every = list(range(len(model.labels)))
    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right = answers == targets
    columns = precision_recall_fscore_support(targets, answers, labels=every, zero_division=0)
    return {
        "accuracy": float(right.mean()),
        **_per_class(model.labels, zip(*columns, strict=True), [None] * len(every)),
        "expected_calibration_error": expected_calibration_error(sure, right),
        "reliability": reliability_bins(sure, right),
        "confusion": confusion_matrix(targets, answers, labels=every),
        "worst_examples": [
            Misclassification(_text(texts[i]), model.labels[targets[i]], model.labels[answers[i]], float(sure[i]))
            for i in most_confident_errors(sure, ~right, worst)
        ],
    }


def _multi_label_metrics(model, texts, targets, probabilities, worst):
    from sklearn.metrics import f1_score

    thresholds = [0.5] * len(model.labels) if model.thresholds is None else [float(t) for t in model.thresholds]
    answers = probabilities >= np.array(thresholds)
    wrong = answers != targets
    # How sure the model was of its most_confident_errors wrong decision: of a label it gave, or of one it left out.
    sure = np.where(wrong, np.where(answers, probabilities, 1 - probabilities), 0).max(axis=1)
    decisions = probabilities.ravel(), targets.ravel()

    def named(row):
        return ", ".join(label for label, there in zip(model.labels, row, strict=True) if there) or "(none)"

    fixed = _binary_scores(targets, probabilities >= GOEMOTIONS_THRESHOLD)
    return {
        "accuracy": float((~wrong).all(axis=1).mean()),
        **_per_class(model.labels, _binary_scores(targets, answers), thresholds),
        "micro_f1": float(f1_score(targets.ravel(), answers.ravel(), zero_division=0)),
        "macro_f1_at_fixed_threshold": float(np.mean([f1 for _, _, f1, _ in fixed])),
        "expected_calibration_error": expected_calibration_error(*decisions),
        "reliability": reliability_bins(*decisions),
        "worst_examples": [
            Misclassification(_text(texts[i]), named(targets[i]), named(answers[i]), float(sure[i]))
            for i in most_confident_errors(sure, wrong.any(axis=1), worst)
        ],
    }


def _binary_scores(targets, answers):
    """Precision, recall, F1 and support of every label, each a yes-no question of its own."""
    from sklearn.metrics import precision_recall_fscore_support

    # Column by column: scikit-learn takes a single column for two classes, and would score the noes as well.
    columns = list(zip(targets.T, answers.T, strict=True))
    scores = [precision_recall_fscore_support(*pair, average="binary", zero_division=0)[:3] for pair in columns]
    return [(*score, there.sum()) for score, (there, _) in zip(scores, columns, strict=True)]


def _per_class(labels, scores, thresholds):
    rows = [
        PerClass(label, float(precision), float(recall), float(f1), int(support), threshold)
        for label, (precision, recall, f1, support), threshold in zip(labels, scores, thresholds, strict=True)
    ]
    return {"per_class": rows, "macro_f1": float(np.mean([row.f1 for row in rows]))}


def _text(text):
    return decode_text(text)
