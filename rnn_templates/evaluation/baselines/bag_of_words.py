"""The bag of words: what a model must beat to be worth its recurrence."""

import warnings

import numpy as np

from rnn_templates.preprocessing.text.word_tokenizer import tokenize


def bag_of_words_baseline(train, test, labels, multi_label=False, *, ngrams=1):
    """Trains logistic regression on word counts, and measures it; words are those of the package's own splitting.

    Args:
        train, test: pairs (texts, targets); texts are str or bytes, targets class numbers (texts,) or, for several
            labels, multi-hot (texts, labels).
        labels: names of the classes.
        multi_label: whether a text may bear several; then there is one regression a label, with 0.5 as threshold.
        ngrams: the longest run of words that is counted, 1 for single words.

    Returns:
        A dict with `accuracy` and `macro_f1` on `test`, defined as in `ClassificationReport`.

    Example:
        >>> bag_of_words_baseline((["good", "bad"], [1, 0]), (["good"], [1]), ("no", "yes"))
        {'accuracy': 1.0, 'macro_f1': 0.5}
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics import f1_score

    (train_texts, train_targets), (texts, targets) = train, test
    train_targets, targets = np.asarray(train_targets).astype(int), np.asarray(targets).astype(int)
    counter = CountVectorizer(
        tokenizer=tokenize,
        token_pattern=None,
        lowercase=False,
        decode_error="replace",
        ngram_range=(1, ngrams),
        min_df=2 if len(train_texts) > 1000 else 1,  # a word seen once teaches nothing, and most words are such
    )
    classifier = _classifier(train_targets, multi_label)
    counts = counter.fit_transform(train_texts)
    with warnings.catch_warnings():  # a label that all training texts bear, or none, is answered always or never
        warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
        classifier.fit(counts, train_targets)
    answers = classifier.predict(counter.transform(texts)).reshape(targets.shape)
    if not multi_label:
        targets, answers = (values[:, None] == np.arange(len(labels)) for values in (targets, answers))
    f1 = [f1_score(*column, zero_division=0) for column in zip(targets.T, answers.T, strict=True)]
    return {"accuracy": float((answers == targets).all(axis=1).mean()), "macro_f1": float(np.mean(f1))}


def _classifier(targets, multi_label):
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    if multi_label:
        return OneVsRestClassifier(LogisticRegression(max_iter=1000))
    if len(np.unique(targets)) == 1:  # nothing to tell apart
        return DummyClassifier(strategy="most_frequent")
    return LogisticRegression(max_iter=1000)
