"""CIDEr-D: consensus of a caption with its references, by TF-IDF weighted n-grams."""

import math
from collections import Counter

import numpy as np

MAX_ORDER = 4  # words of the longest n-gram
LENGTH_SIGMA = 6.0  # standard deviation, in words, of the Gaussian length penalty


def cider_d(references, candidates):
    """Returns the CIDEr-D of every candidate.

        CIDEr-D(c, S) = 10 / 4 sum_n 1 / |S| sum_j exp(-(|c| - |s_j|)^2 / (2 6^2)) min(g_n(c), g_n(s_j)) . g_n(s_j)
                                                                                 / (|g_n(c)| |g_n(s_j)|)

    g_n are the TF-IDF vectors over n-grams of n words, n = 1 to 4. The scale is that of the COCO evaluation server, on
    which 1.0 is printed as 100 in papers. The score of a corpus is the mean. A candidate that equals all references has
    10 if it has at least four words and none of its n-grams occurs with every image. Document frequencies come from
    `references`: scores on different sets of images are not comparable, and for a single image all scores are 0.

    Args:
        references: list; for each image a list of at least one caption, each a list of str (words).
        candidates: list of captions, one an image.

    Returns:
        (images,) float64 in [0, 10].

    Source:
        Vedantam, Zitnick and Parikh, CIDEr: consensus-based image description evaluation, arXiv:1411.5726; clipped
        counts and length penalty of its section 6.

    Example:
        >>> cider_d([[["a", "dog", "runs"]], [["two", "men", "sit"]]], [["a", "dog", "sits"], ["two", "men", "sit"]])
        array([2.91666667, 7.5       ])
    """
    counts = [[ngram_counts(reference) for reference in captions] for captions in references]
    tf_idf = TfIdf(counts)
    scores = []
    for captions, candidate in zip(counts, candidates, strict=True):
        vector = tf_idf.vector(ngram_counts(candidate))
        scores.append(10 * np.mean([_similarity(vector, tf_idf.vector(reference)) for reference in captions]))
    return np.array(scores)


def ngram_counts(words):
    """Returns the counts of all n-grams of one to four words.

    Args:
        words: list of str.

    Returns:
        `collections.Counter` of tuples of str.

    Example:
        >>> ngram_counts(["a", "dog"])
        Counter({('a',): 1, ('dog',): 1, ('a', 'dog'): 1})
    """
    return Counter(tuple(words[i : i + n]) for n in range(1, MAX_ORDER + 1) for i in range(len(words) - n + 1))


class TfIdf:
    """TF-IDF weights of n-grams; the captions of an image are a document.

        weight(n-gram) = count log(images / document frequency)

    Args:
        counts: list; for each image a list of `ngram_counts`, one a caption.

    Example:
        >>> tf_idf = TfIdf([[ngram_counts(["dog"])], [ngram_counts(["cat"])]])
        >>> weights, norms, length = tf_idf.vector(ngram_counts(["dog"]))
        >>> round(weights["dog",], 3), length
        (0.693, 1)
    """

    def __init__(self, counts):
        self._images = len(counts)
        self._document_frequency = Counter(ngram for captions in counts for ngram in set().union(*captions))

    def vector(self, counts):
        """Returns the TF-IDF vector of a caption.

        Args:
            counts: `ngram_counts` of the caption.

        Returns:
            `weights, norms, length`: dict from n-gram to weight, list of the norms for n = 1 to 4, number of words.
        """
        weights, squares = {}, [0.0] * MAX_ORDER
        for ngram, count in counts.items():
            weight = count * math.log(self._images / max(self._document_frequency[ngram], 1))
            weights[ngram] = weight
            squares[len(ngram) - 1] += weight * weight
        length = sum(count for ngram, count in counts.items() if len(ngram) == 1)
        return weights, [math.sqrt(square) for square in squares], length


def _similarity(candidate, reference):
    """Returns the mean clipped cosine over n, times the length penalty, in [0, 1]."""
    (weights, norms, length), (other_weights, other_norms, other_length) = candidate, reference
    products = [0.0] * MAX_ORDER
    for ngram, weight in weights.items():
        if other := other_weights.get(ngram):
            products[len(ngram) - 1] += min(weight, other) * other
    cosines = (p / (a * b) if a and b else 0.0 for p, a, b in zip(products, norms, other_norms, strict=True))
    return sum(cosines) / MAX_ORDER * math.exp(-((length - other_length) ** 2) / (2 * LENGTH_SIGMA**2))
