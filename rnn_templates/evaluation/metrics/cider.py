"""CIDEr-D: how far a caption says what people say of the same image, and of no other."""

import math
from collections import Counter

import numpy as np

LONGEST = 4  # words of an n-gram
SIGMA = 6.0  # words by which an answer may be longer or shorter than a reference
SAMPLE = 20_000  # captions among which the most consensual one is looked for


def cider_d(references, answers):
    """Returns the CIDEr-D of every answer; their mean is that of the whole.

    The scale is that of the COCO evaluation, where 1.0 is what papers print as 100. An answer equal to all references
    has 10, if it has four words and none of its n-grams are in every image. How rare an n-gram is, is learned from the
    references: figures of different sets of images cannot be compared, and for a single image all are 0.

    Args:
        references: list, for each image a list of at least one caption, a caption a list of str.
        answers: list of captions, one an image.

    Returns:
        (images,) float64, from 0 to 10.

    Source:
        Vedantam, Zitnick and Parikh, CIDEr: consensus-based image description evaluation, arXiv:1411.5726, with
        clipped counts and the penalty of length of its section 6.

    Example:
        >>> cider_d([[["a", "dog", "runs"]], [["two", "men", "sit"]]], [["a", "dog", "sits"], ["two", "men", "sit"]])
        array([2.91666667, 7.5       ])
    """
    counted = [[_ngrams(reference) for reference in several] for several in references]
    rarity = _TfIdf(counted)
    scores = []
    for several, answer in zip(counted, answers, strict=True):
        vector = rarity.vector(_ngrams(answer))
        scores.append(10 * np.mean([_similarity(vector, rarity.vector(reference)) for reference in several]))
    return np.array(scores)


def consensus_caption(references):
    """Returns the caption that is most like all others, the best answer of one who sees no image.

    That is the one with the highest mean cosine to the TF-IDF vectors of all, over n-grams of one to four words. Of
    more than 20,000 captions, as many, spread evenly, are looked at.

    Args:
        references: list, for each image a list of captions, a caption a list of str; at least one has a word.

    Returns:
        List of str.

    Example:
        >>> consensus_caption([[["a", "dog"]], [["a", "black", "dog"]], [["two", "men"]], [["a", "black", "cat"]]])
        ['a', 'black', 'dog']
    """
    captions = [caption for several in references for caption in several if caption]
    rarity = _TfIdf([[_ngrams(caption) for caption in several] for several in references])
    captions = captions[:: math.ceil(len(captions) / SAMPLE)]
    vectors, centre = [], Counter()
    for caption in captions:
        weights, norms, _ = rarity.vector(_ngrams(caption))
        vectors.append({ngram: weight / (norms[len(ngram) - 1] or 1) for ngram, weight in weights.items()})
        for ngram, weight in vectors[-1].items():
            centre[ngram] += weight
    nearness = [sum(weight * centre[ngram] for ngram, weight in vector.items()) for vector in vectors]
    return captions[int(np.argmax(nearness))]


class _TfIdf:
    """Weighs n-grams by the logarithm of how few images they are said of."""

    def __init__(self, counted):
        self._images = len(counted)
        self._document_frequency = Counter(ngram for several in counted for ngram in set().union(*several))

    def vector(self, counts):
        """The weight of every n-gram, the norm of those of each length, and the number of words."""
        weights, squares = {}, [0.0] * LONGEST
        for ngram, count in counts.items():
            weight = count * math.log(self._images / max(self._document_frequency[ngram], 1))
            weights[ngram] = weight
            squares[len(ngram) - 1] += weight * weight
        words = sum(count for ngram, count in counts.items() if len(ngram) == 1)
        return weights, [math.sqrt(square) for square in squares], words


def _ngrams(words):
    return Counter(tuple(words[i : i + n]) for n in range(1, LONGEST + 1) for i in range(len(words) - n + 1))


def _similarity(answer, reference):
    """From 0 to 1: the mean over the lengths of n-grams of the cosine, clipped, for texts of about the same length."""
    (weights, norms, words), (wanted, wanted_norms, wanted_words) = answer, reference
    products = [0.0] * LONGEST
    for ngram, weight in weights.items():
        if other := wanted.get(ngram):
            products[len(ngram) - 1] += min(weight, other) * other
    cosines = (p / (a * b) if a and b else 0.0 for p, a, b in zip(products, norms, wanted_norms, strict=True))
    return sum(cosines) / LONGEST * math.exp(-((words - wanted_words) ** 2) / (2 * SIGMA**2))
