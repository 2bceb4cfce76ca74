"""Measuring the tags that a model gives to words."""

import functools

import numpy as np

from rnn_templates.evaluation.baselines.most_frequent_tag import most_frequent_tag_baseline
from rnn_templates.evaluation.metrics.calibration import (
    expected_calibration_error,
    most_confident_errors,
    reliability_bins,
)
from rnn_templates.evaluation.metrics.spans import span_scores, span_types
from rnn_templates.evaluation.reports.classification import PerClass
from rnn_templates.evaluation.reports.tagging import Confusion, TaggingError, TaggingReport
from rnn_templates.preprocessing.text.sentence_inputs import get_tokens
from rnn_templates.preprocessing.text.tag_schemes import find_violation
from rnn_templates.preprocessing.text.token_offsets import normalize_token
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

CONFUSIONS = 20  # how many of the pairs of tags that are taken for one another are kept


def tagging_report(
    tokens, true, answered, *, labels, probabilities=None, known=None, scheme=None, baseline=None, num_worst=10
):
    """Measures tags against the true ones.

    Args:
        tokens: list of sentences, each a list of str.
        true, answered: for each sentence the list of its tags, and of those that the model gave.
        labels: names of all tags.
        probabilities: for each sentence the list of probabilities that the model stated for its answers; None if it
            states none.
        known: a function that says of a word whether the model knows it; None if that makes no difference.
        scheme: "bio" or "bioes" if the tags write spans, such as B-PER, I-PER and O.
        baseline: training examples (tokens, tags), to measure the most frequent tag beside the model; None for none.
        num_worst: how many of the surest mistakes to keep, one a sentence.

    Returns:
        `TaggingReport`.

    Raises:
        ValueError: if there is no token, if lengths differ, if a tag is not one of the labels or not one of the scheme,
            or if a probability is not in [0, 1]; sentences and tokens are counted from 0 in what it says.

    Example:
        >>> report = tagging_report([["a", "dog"]], [["DET", "NOUN"]], [["DET", "DET"]], labels=["DET", "NOUN"])
        >>> report.accuracy
        0.5
    """
    labels = tuple(labels)
    types = None if scheme is None else span_types(labels, scheme)
    numbers = {label: number for number, label in enumerate(labels)}
    _check_lengths(tokens, {"true tags": true, "answers": answered})
    flat_true, flat_answers = _flat(true, numbers, "true tag"), _flat(answered, numbers, "answer")
    right = flat_true == flat_answers
    words = [word for sentence in tokens for word in sentence]
    places = [(number, position) for number, sentence in enumerate(tokens) for position in range(len(sentence))]
    confusion = _confusion(flat_true, flat_answers, len(labels))
    found = {
        "sentences": len(tokens),
        "tokens": len(words),
        "labels": labels,
        "scheme": scheme,
        "accuracy": float(right.mean()),
        "sentence_accuracy": sum(list(t) == list(a) for t, a in zip(true, answered, strict=True)) / len(tokens),
        "confusion": confusion,
        "confusions": _confusions(confusion, labels, flat_true, flat_answers, tokens, places),
    }
    if scheme is None:
        found["per_class"] = _per_tag(labels, confusion)
    else:
        found["spans"], found["per_class"] = span_scores(true, answered, types)
        found["invalid_sequences"] = sum(find_violation(tags, scheme) is not None for tags in answered)
    if known is not None:
        known = functools.cache(known)
        hits = [hit for word, hit in zip(words, right, strict=True) if not known(word)]
        found["oov_tokens"], found["oov_accuracy"] = len(hits), float(np.mean(hits)) if hits else None
    if probabilities is not None:
        sure = _checked_probabilities(tokens, probabilities)
        found["expected_calibration_error"], found["reliability"] = (
            expected_calibration_error(sure, right),
            reliability_bins(sure, right),
        )
        found["worst_examples"] = _worst(labels, flat_true, flat_answers, sure, tokens, places, num_worst)
    if baseline is not None:
        train_tokens, train_tags = baseline
        _check_lengths(train_tokens, {"tags": train_tags}, "training sentence")
        _flat(train_tags, numbers, "training tag")
        found["baseline"] = most_frequent_tag_baseline(baseline, (tokens, true), scheme=scheme, known=known)
    return TaggingReport(**found)


def evaluate_tagger(model, dataset, *, baseline=None, num_worst=10):
    """Measures a `Tagger` on tagged raw sentences; arguments and answer as of `evaluate`.

    A word is unknown if the training examples, given as `baseline`, do not have it as it is written; without them, if
    it is not in the model's vocabulary.
    """
    tokens, true = _examples(model, dataset)
    numbers, probabilities = model.predict_tags(tokens)
    answered = [[model.labels[number] for number in row] for row in numbers]
    if baseline is None:
        known = functools.partial(_in_vocabulary, model.preprocessor.vocabulary)
    else:
        baseline = _examples(model, baseline)
        known = {word for sentence in baseline[0] for word in sentence}.__contains__
    return tagging_report(
        tokens,
        true,
        answered,
        labels=model.labels,
        probabilities=probabilities,
        known=known,
        scheme=model.scheme,
        baseline=baseline,
        num_worst=num_worst,
    )


def _examples(model, dataset):
    """Tokens and names of tags of raw examples."""
    sentences, tags = model.read_examples(*dataset) if isinstance(dataset, (tuple, list)) else model.read_examples(dataset)
    if tags is None:
        raise ValueError("evaluate: the sentences have no tags; wanted (tokens, tags).")
    tokens = [[_text(token) for token in get_tokens(sentence)] for sentence in sentences]
    return tokens, [[model.labels[number] for number in row] for row in model.encode_targets(tags)]


def _text(token):
    return decode_text(token)


def _in_vocabulary(vocabulary, word):
    return normalize_token(word) in vocabulary


def _check_lengths(tokens, others, sentence="sentence"):
    for name, rows in others.items():
        if len(rows) != len(tokens):
            raise ValueError(f"tagging_report: {len(tokens)} {sentence}s, but {name} for {len(rows)}.")
        for number, (words, row) in enumerate(zip(tokens, rows, strict=True)):
            if len(words) != len(row):
                raise ValueError(
                    f"tagging_report: {sentence} {number} has {len(words)} tokens, but {len(row)} {name}: "
                    f"{' '.join(words[:8])!r}."
                )
    if not any(len(words) for words in tokens):
        raise ValueError(f"tagging_report: there is no {sentence} with a token; is the split empty?")


def _flat(rows, numbers, name):
    """The tags of all sentences, one after the other, as numbers (tokens,)."""
    flat = []
    for number, row in enumerate(rows):
        for position, tag in enumerate(row):
            if tag not in numbers:
                raise ValueError(
                    f"tagging_report: the {name} of sentence {number}, token {position}, is {tag!r}, which is not one "
                    f"of the {len(numbers)} labels."
                )
            flat.append(numbers[tag])
    return np.array(flat)


def _checked_probabilities(tokens, probabilities):
    _check_lengths(tokens, {"probabilities": probabilities})
    for number, row in enumerate(probabilities):
        for position, probability in enumerate(row):
            if not -1e-4 <= probability <= 1 + 1e-4:  # nor is NaN
                raise ValueError(
                    f"tagging_report: the answer to sentence {number}, token {position}, has probability "
                    f"{probability}; wanted one in [0, 1]."
                )
    return np.concatenate([np.asarray(row, np.float64) for row in probabilities]).clip(0, 1)


def _confusion(true, answers, labels):
    return np.bincount(true * labels + answers, minlength=labels**2).reshape(labels, labels)


def _confusions(confusion, labels, true, answers, tokens, places):
    """The most frequent mistakes, each with the first token where it was made; of equals, the earlier labels first."""
    mistakes = np.where(np.eye(len(labels), dtype=bool), 0, confusion)
    found = []
    for pair in np.argsort(-mistakes, axis=None, kind="stable")[:CONFUSIONS]:
        tag, answer = divmod(int(pair), len(labels))
        if mistakes[tag, answer]:
            number, position = places[np.argmax((true == tag) & (answers == answer))]
            sentence = list(tokens[number])
            count = int(mistakes[tag, answer])
            found.append(Confusion(labels[tag], labels[answer], count, sentence[position], sentence, position))
    return found


def _per_tag(labels, confusion):
    rows = []
    for tag, label in enumerate(labels):
        hits, answered, support = (int(n) for n in (confusion[tag, tag], confusion[:, tag].sum(), confusion[tag].sum()))
        f1 = 2 * hits / max(answered + support, 1)
        rows.append(PerClass(label, hits / max(answered, 1), hits / max(support, 1), f1, support, None))
    return rows


def _worst(labels, true, answers, sure, tokens, places, most):
    """The most_confident_errors wrong tag of a sentence, for those sentences where it is most_confident_errors."""
    found = {}
    for i in most_confident_errors(sure, true != answers, None):
        number, position = places[i]
        if number not in found and len(found) < most:
            sentence = list(tokens[number])
            found[number] = TaggingError(
                sentence[position], labels[true[i]], labels[answers[i]], float(sure[i]), sentence, position
            )
    return list(found.values())
