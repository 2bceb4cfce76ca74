"""Evaluation of tags of tokens."""

import dataclasses
import functools

import numpy as np

from rnn_templates.evaluation.baselines.most_frequent_tag import most_frequent_tag_baseline
from rnn_templates.evaluation.metrics.calibration import (
    expected_calibration_error,
    most_confident_errors,
    reliability_bins,
)
from rnn_templates.evaluation.metrics.per_class import confusion_counts, per_class_scores
from rnn_templates.evaluation.metrics.segmentation import segmentation_scores
from rnn_templates.evaluation.metrics.spans import span_scores, span_types
from rnn_templates.evaluation.reports.tagging import Confusion, TaggingError, TaggingReport
from rnn_templates.evaluation.text_inputs import fraction, labeled_examples
from rnn_templates.preprocessing.text.sentence_inputs import tokens_with_offsets
from rnn_templates.preprocessing.text.tag_schemes import find_violation
from rnn_templates.preprocessing.text.token_alignment import align_tokens
from rnn_templates.preprocessing.text.token_offsets import normalize_token
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

MAX_CONFUSIONS = 20


def tagging_report(
    tokens,
    references,
    predictions,
    *,
    labels,
    probabilities=None,
    is_known=None,
    scheme=None,
    baseline=None,
    num_worst=10,
):
    """Evaluates tags against reference tags.

    Args:
        tokens: list of sentences, each a list of str.
        references, predictions: lists; for each sentence the list of its tags, str.
        labels: sequence of str; all tags.
        probabilities: list; for each sentence the probabilities of its predictions, in [0, 1]. None for none.
        is_known: function from a token to bool; tokens for which it is False are out-of-vocabulary. None for no such
            metrics.
        scheme: "bio" or "bioes" if the tags encode spans, such as B-PER, I-PER and O; None otherwise.
        baseline: training examples (tokens, tags), to evaluate the most frequent tag too; None for none.
        num_worst: int; number of the worst examples, at most one a sentence. Default 10.

    Returns:
        `TaggingReport`.

    Raises:
        ValueError: if there is no token, lengths differ, a tag is not one of the labels or does not belong to the
            scheme, or a probability is not in [0, 1].

    Example:
        >>> report = tagging_report([["a", "dog"]], [["DET", "NOUN"]], [["DET", "DET"]], labels=["DET", "NOUN"])
        >>> report.accuracy
        0.5
    """
    labels = tuple(labels)
    types = None if scheme is None else span_types(labels, scheme)
    _check_lengths(tokens, references=references, predictions=predictions)
    flat_references = _flatten(references, labels, "references")
    flat_predictions = _flatten(predictions, labels, "predictions")
    correct = flat_references == flat_predictions
    positions = [(index, position) for index, sentence in enumerate(tokens) for position in range(len(sentence))]
    confusion = confusion_counts(flat_references, flat_predictions, len(labels))
    found = {
        "sentences": len(tokens),
        "tokens": len(positions),
        "labels": labels,
        "scheme": scheme,
        "accuracy": float(correct.mean()),
        "sentence_accuracy": fraction(list(r) == list(p) for r, p in zip(references, predictions, strict=True)),
        "confusion": confusion,
        "confusions": _confusions(confusion, labels, flat_references, flat_predictions, tokens, positions),
    }
    if scheme is None:
        found["per_class"] = per_class_scores(flat_references, flat_predictions, labels)
    else:
        found["spans"], found["per_class"] = span_scores(references, predictions, types)
        found["invalid_sequences"] = sum(find_violation(tags, scheme) is not None for tags in predictions)
    if is_known is not None:
        is_known = functools.cache(is_known)
        oov = [hit for (i, j), hit in zip(positions, correct, strict=True) if not is_known(tokens[i][j])]
        found["oov_tokens"], found["oov_accuracy"] = len(oov), float(np.mean(oov)) if oov else None
    if probabilities is not None:
        confidences = _flatten_probabilities(tokens, probabilities)
        found["expected_calibration_error"] = expected_calibration_error(confidences, correct)
        found["reliability"] = reliability_bins(confidences, correct)
        errors = most_confident_errors(confidences, ~correct)
        rows = (flat_references, flat_predictions, confidences)
        found["worst_examples"] = _worst_examples(errors, rows, labels, tokens, positions, num_worst)
    if baseline is not None:
        _check_lengths(baseline[0], baseline=baseline[1])
        _flatten(baseline[1], labels, "baseline")
        found["baseline"] = most_frequent_tag_baseline(baseline, (tokens, references), scheme=scheme, is_known=is_known)
    return TaggingReport(**found)


def evaluate_tagger(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a tagger; the baseline is the most frequent tag of each word.

    If the raw texts of the sentences are known (`dataset.raw_texts`), the report also has the F1 scores of the tokens
    and of their tags on raw text. A token is out-of-vocabulary if it does not occur in `baseline`, in the same case;
    without `baseline`, if it is not in the vocabulary of the model.

    Args:
        model: task with `read_examples`, `encode_targets`, `predict_tags`, `labels`, `scheme` and `preprocessor`, such
            as `Tagger`.
        dataset, baseline, num_worst: as in `evaluate`; inputs are sentences, targets lists of tags.

    Returns:
        `TaggingReport`.

    Example:
        >>> evaluate_tagger(model, splits.test).accuracy  # doctest: +SKIP
    """
    tokens, references = _read(model, dataset)
    numbers, probabilities = model.predict_tags(tokens)
    if baseline is None:
        vocabulary = model.preprocessor.vocabulary

        def is_known(token):
            return normalize_token(token) in vocabulary

    else:
        baseline = _read(model, baseline)
        is_known = {token for sentence in baseline[0] for token in sentence}.__contains__
    report = tagging_report(
        tokens,
        references,
        [[model.labels[number] for number in row] for row in numbers],
        labels=model.labels,
        probabilities=probabilities,
        is_known=is_known,
        scheme=model.scheme,
        baseline=baseline,
        num_worst=num_worst,
    )
    texts = getattr(dataset, "raw_texts", None) or [None]
    return report if None in texts else dataclasses.replace(report, raw=_raw_scores(model, texts, tokens, references))


def _raw_scores(model, texts, tokens, references):
    """Returns the scores of the model on raw texts, with reference tokens and tags."""
    spans = [align_tokens(*pair) for pair in zip(tokens, texts, strict=True)]
    numbers, _ = model.predict_tags(texts)
    found = [tokens_with_offsets(text, model.preprocessor.token_rules)[1] for text in texts]
    predictions = [
        [((token.start, token.end), model.labels[number]) for token, number in zip(*pair, strict=True)]
        for pair in zip(found, numbers, strict=True)
    ]
    expected = [list(zip(*pair, strict=True)) for pair in zip(spans, references, strict=True)]
    return segmentation_scores(expected, predictions)


def _read(model, dataset):
    """Returns tokens and names of tags, both lists of lists of str."""
    sentences, tags = labeled_examples(model, dataset)
    tokens = [[decode_text(token) for token in model.preprocessor.tokens(sentence)] for sentence in sentences]
    return tokens, [[model.labels[number] for number in row] for row in model.encode_targets(tags)]


def _check_lengths(tokens, **others):
    """Raises ValueError unless there are tokens, with an item each."""
    for name, rows in others.items():
        if len(rows) != len(tokens):
            raise ValueError(f"`{name}` must have a list a sentence, {len(tokens)}; received {len(rows)}.")
        for index, (words, row) in enumerate(zip(tokens, rows, strict=True)):
            if len(words) != len(row):
                raise ValueError(
                    f"`{name}[{index}]` must have an item a token, {len(words)}; received {len(row)} for "
                    f"{' '.join(words[:8])!r}."
                )
        if not any(len(words) for words in tokens):
            raise ValueError(f"`{name}` must have at least one token; received {len(tokens)} empty sentences.")


def _flatten(rows, labels, name):
    """Returns the tags of all sentences, concatenated, as numbers (tokens,)."""
    numbers = {label: number for number, label in enumerate(labels)}
    flat = []
    for index, row in enumerate(rows):
        for position, tag in enumerate(row):
            if tag not in numbers:
                raise ValueError(
                    f"`{name}[{index}][{position}]` must be one of the {len(labels)} labels; received {tag!r}."
                )
            flat.append(numbers[tag])
    return np.array(flat)


def _flatten_probabilities(tokens, probabilities):
    _check_lengths(tokens, probabilities=probabilities)
    for index, row in enumerate(probabilities):
        for position, probability in enumerate(row):
            if not -1e-4 <= probability <= 1 + 1e-4:  # also if NaN
                raise ValueError(f"`probabilities[{index}][{position}]` must be in [0, 1]; received {probability}.")
    return np.concatenate([np.asarray(row, np.float64) for row in probabilities]).clip(0, 1)


def _confusions(confusion, labels, references, predictions, tokens, positions):
    """Returns the most frequent confusions; ties in the order of the labels."""
    errors = np.where(np.eye(len(labels), dtype=bool), 0, confusion)
    found = []
    for pair in np.argsort(-errors, axis=None, kind="stable")[:MAX_CONFUSIONS]:
        reference, prediction = divmod(int(pair), len(labels))
        if count := int(errors[reference, prediction]):
            index, position = positions[np.argmax((references == reference) & (predictions == prediction))]
            sentence = list(tokens[index])
            found.append(
                Confusion(labels[reference], labels[prediction], count, sentence[position], sentence, position)
            )
    return found


def _worst_examples(errors, rows, labels, tokens, positions, num_worst):
    """Returns the most confident errors, at most one a sentence."""
    found = {}
    for i in errors:
        index, position = positions[i]
        if index not in found and len(found) < num_worst:
            reference, prediction, confidence = (values[i] for values in rows)
            sentence = list(tokens[index])
            found[index] = TaggingError(
                sentence[position], labels[reference], labels[prediction], float(confidence), sentence, position
            )
    return list(found.values())
