"""Baseline of text classification: logistic regression on word counts."""

import warnings

import numpy as np

from rnn_templates.evaluation.metrics.per_class import macro_f1, per_class_scores, per_label_scores
from rnn_templates.preprocessing.text.word_tokenizer import tokenize
from rnn_templates.utils.extras import require


def bag_of_words_baseline(train, test, labels, multi_label=False, *, ngrams=1):
    """Fits logistic regression on word counts and evaluates it.

    Words are the tokens of `tokenize`.

    Args:
        train, test: pairs (texts, targets); texts are str or bytes, targets (texts,) class numbers or, if
            `multi_label`, (texts, labels) of 0 and 1.
        labels: sequence of str; names of the classes.
        multi_label: whether a text may have several labels; then one regression a label, with the threshold 0.5.
        ngrams: int; words of the longest n-gram that is counted. Default 1.

    Returns:
        Dict of `accuracy` and `macro_f1` on `test`, defined as in `ClassificationReport`.

    Example:
        >>> bag_of_words_baseline((["good", "bad"], [1, 0]), (["good"], [1]), ("no", "yes"))
        {'accuracy': 1.0, 'macro_f1': 0.5}
    """
    (train_texts, train_targets), (texts, targets) = train, test
    train_targets, targets = np.asarray(train_targets).astype(int), np.asarray(targets).astype(int)
    vectorizer = _sklearn("feature_extraction.text").CountVectorizer(
        tokenizer=tokenize,
        token_pattern=None,
        lowercase=False,
        decode_error="replace",
        ngram_range=(1, ngrams),
        min_df=2 if len(train_texts) > 1000 else 1,  # most words occur once, and those do not generalize
    )
    classifier = _make_classifier(train_targets, multi_label)
    counts = vectorizer.fit_transform(train_texts)
    with warnings.catch_warnings():  # a label of all training texts, or of none, is predicted always or never
        warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
        classifier.fit(counts, train_targets)
    predictions = classifier.predict(vectorizer.transform(texts)).reshape(targets.shape)
    if multi_label:
        accuracy, rows = (predictions == targets).all(axis=1).mean(), per_label_scores(targets, predictions, labels)
    else:
        accuracy, rows = (predictions == targets).mean(), per_class_scores(targets, predictions, labels)
    return {"accuracy": float(accuracy), "macro_f1": macro_f1(rows)}


def _make_classifier(targets, multi_label):
    if not multi_label and len(np.unique(targets)) == 1:  # LogisticRegression needs two classes
        return _sklearn("dummy").DummyClassifier(strategy="most_frequent")
    regression = _sklearn("linear_model").LogisticRegression(max_iter=1000)
    return _sklearn("multiclass").OneVsRestClassifier(regression) if multi_label else regression


def _sklearn(module):
    return require(f"sklearn.{module}", "metrics", "The bag-of-words baseline")
