"""The bag of words: what a model must beat to be worth its recurrence."""

import numpy as np

from rnn_templates.text.splitting import split


def bag_of_words(train_texts, train_targets, texts, targets):
    """Trains logistic regression on word counts, and measures it.

    Args:
        train_texts, texts: lists of texts (str or bytes).
        train_targets, targets: class numbers (texts,), or multi-hot (texts, labels).

    Returns:
        A dict with `accuracy` and `macro_f1` on `texts`.

    Example:
        >>> bag_of_words(["good", "bad"], [1, 0], ["good"], [1])["accuracy"]
        1.0
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.multiclass import OneVsRestClassifier

    counter = CountVectorizer(
        tokenizer=split, token_pattern=None, lowercase=False, min_df=2 if len(texts) > 1000 else 1
    )
    classifier = LogisticRegression(max_iter=300)
    train_targets, targets = np.asarray(train_targets), np.asarray(targets)
    if train_targets.ndim == 2:
        classifier = OneVsRestClassifier(classifier)
    classifier.fit(counter.fit_transform(train_texts), train_targets)
    answers = classifier.predict(counter.transform(texts))
    right = (answers == targets).reshape(len(texts), -1).all(axis=1)
    return {
        "accuracy": float(right.mean()),
        "macro_f1": float(f1_score(targets, answers, average="macro", zero_division=0)),
    }
