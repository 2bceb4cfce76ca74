"""Classical baselines on the splits that the models are trained and tested on."""

import re
from collections import Counter, defaultdict

import numpy as np


def tfidf_logistic_regression(train, validation, test, multi_label):
    """Logistic regression on TF-IDF of words and word pairs; C and thresholds are chosen on the validation split.

    Args:
        train, validation, test: pairs (texts, targets); targets (texts,) class numbers, or (texts, labels) if
            `multi_label`.
        multi_label: bool.

    Returns:
        Dict of `accuracy` and `macro_f1` on `test`, and `C`.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.multiclass import OneVsRestClassifier

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+|[^\w\s]", sublinear_tf=True)
    inputs = vectorizer.fit_transform(train[0])
    splits = [(vectorizer.transform(texts), targets) for texts, targets in (validation, test)]
    found = []
    for strength in (1.0, 4.0, 16.0):
        regression = LogisticRegression(C=strength, max_iter=500)
        classifier = (OneVsRestClassifier(regression) if multi_label else regression).fit(inputs, train[1])
        thresholds = None
        scores = []
        for texts, targets in splits:
            probabilities = classifier.predict_proba(texts)
            if multi_label:
                thresholds = _best_thresholds(probabilities, targets) if thresholds is None else thresholds
                predictions = (probabilities >= thresholds).astype(int)
                accuracy = (predictions == targets).all(axis=1).mean()
            else:
                predictions = probabilities.argmax(axis=1)
                accuracy = (predictions == targets).mean()
            macro = f1_score(targets, predictions, average="macro", zero_division=0)
            scores.append({"accuracy": float(accuracy), "macro_f1": float(macro)})
        key = "macro_f1" if multi_label else "accuracy"
        found.append((scores[0][key], strength, scores[1]))
    _, strength, metrics = max(found, key=lambda one: one[0])
    return {**metrics, "C": strength}


def _best_thresholds(probabilities, targets):
    """Threshold with the highest F1 for each label, among 0.05, 0.10, ..., 0.95."""
    from sklearn.metrics import f1_score

    grid = np.arange(0.05, 1.0, 0.05)
    return np.array(
        [
            grid[int(np.argmax([f1_score(y, p >= threshold, zero_division=0) for threshold in grid]))]
            for y, p in zip(targets.T, probabilities.T, strict=True)
        ]
    )


def feature_tagger(train, test):
    """Tags predicted from features of the word and of its neighbors.

    Features are the lower-cased words at -2 to 2, the shape and case of those at -1 to 1, and prefixes and suffixes
    of up to four letters. The classifier is a CRF (package python-crfsuite, L-BFGS, c1 = c2 = 0.1, 150 iterations);
    where that is not installed, a logistic regression for every word alone.

    Args:
        train, test: pairs (tokens, tags), each a list of sentences, which are lists of str.

    Returns:
        `tags, name`: list of lists of str for the test sentences, and the name of the classifier.
    """
    inputs = [[sentence_features(words) for words in tokens] for tokens in (train[0], test[0])]
    try:
        import pycrfsuite
    except ImportError:
        return _logistic_tagger(inputs[0], train[1], inputs[1]), "logistic regression of word features"
    import tempfile

    trainer = pycrfsuite.Trainer(verbose=False)
    for features, tags in zip(inputs[0], train[1], strict=True):
        trainer.append(features, tags)
    trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": 150})
    with tempfile.NamedTemporaryFile(suffix=".crfsuite") as file:
        trainer.train(file.name)
        tagger = pycrfsuite.Tagger()
        tagger.open(file.name)
        return [tagger.tag(features) for features in inputs[1]], "CRF of word features"


def _logistic_tagger(train, tags, test):
    """Tags of the test sentences by logistic regression on the features of each word."""
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.linear_model import LogisticRegression

    hasher = FeatureHasher(2**18, input_type="string", alternate_sign=False)
    words = [features for sentence in train for features in sentence]
    classifier = LogisticRegression(C=1.0, max_iter=100).fit(hasher.transform(words), np.concatenate(tags))
    return [list(classifier.predict(hasher.transform(sentence))) for sentence in test]


def sentence_features(words):
    """Returns the features of each word of a sentence, a list of lists of str."""
    padded = ["<s>", "<s>", *words, "</s>", "</s>"]
    return [_word_features(padded[i : i + 5]) for i in range(len(words))]


def _word_features(window):
    features = [f"{offset}:word={word.lower()}" for offset, word in zip(range(-2, 3), window, strict=True)]
    for offset, word in zip(range(-1, 2), window[1:4], strict=True):
        features += [
            f"{offset}:shape={_shape(word)}",
            f"{offset}:title={word.istitle()}",
            f"{offset}:upper={word.isupper()}",
        ]
    word = window[2].lower()
    return features + [f"{n}<{word[:n]}" for n in range(1, 5)] + [f"{n}>{word[-n:]}" for n in range(1, 5)]


def _shape(word):
    """The word with classes of characters for characters, runs cut to three: "iPhone5" is "xXxxxd"."""
    shape = re.sub("[0-9]", "d", re.sub("[a-z]", "x", re.sub("[A-Z]", "X", word)))
    return re.sub(r"(.)\1{3,}", r"\1\1\1", shape)


def word_by_word(train, test, iterations=8):
    """Translations of every word by its most probable target word, from IBM model 1 (Brown et al. 1993).

    Args:
        train: pair (sources, targets) of lists of str.
        test: list of str; sources.
        iterations: int; iterations of expectation maximization.

    Returns:
        List of str.
    """
    pairs = [(s.split(), t.split()) for s, t in zip(*train, strict=True)]
    table = defaultdict(lambda: 1.0)
    for _ in range(iterations):
        counts, totals = Counter(), Counter()
        for source, target in pairs:
            for word in target:
                norm = sum(table[other, word] for other in source)
                for other in source:
                    share = table[other, word] / norm
                    counts[other, word] += share
                    totals[other] += share
        table = defaultdict(float, {pair: count / totals[pair[0]] for pair, count in counts.items()})
    best = {}
    for (source, target), probability in table.items():
        if probability > best.get(source, ("", 0.0))[1]:
            best[source] = (target, probability)
    return [" ".join(best.get(word, (word, 1.0))[0] for word in text.split()) for text in test]


def translation_memory(train, test):
    """Translations by the target of the most similar training source, by cosine of TF-IDF.

    Args:
        train: pair (sources, targets) of lists of str.
        test: list of str; sources.

    Returns:
        List of str.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    known = vectorizer.fit_transform(train[0])
    nearest = (vectorizer.transform(test) @ known.T).argmax(axis=1)
    return [train[1][i] for i in np.asarray(nearest).ravel()]
