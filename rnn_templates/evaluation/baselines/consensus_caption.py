"""Baseline of captioning: the most central training caption, for every image."""

import math
from collections import Counter

import numpy as np

from rnn_templates.evaluation.metrics.cider import TfIdf, ngram_counts

MAX_CANDIDATES = 20_000


def consensus_caption(references):
    """Returns the caption with the highest mean similarity to all captions.

    The similarity is the sum over n = 1 to 4 of the cosine of TF-IDF vectors over n-grams. Of more than 20,000
    captions, 20,000 at equal distances are compared.

    Args:
        references: list; for each image a list of captions, each a list of str (words). At least one has a word.

    Returns:
        List of str.

    Example:
        >>> consensus_caption([[["a", "dog"]], [["a", "black", "dog"]], [["two", "men"]], [["a", "black", "cat"]]])
        ['a', 'black', 'dog']
    """
    tf_idf = TfIdf([[ngram_counts(caption) for caption in captions] for captions in references])
    candidates = [caption for captions in references for caption in captions if caption]
    candidates = candidates[:: math.ceil(len(candidates) / MAX_CANDIDATES)]
    vectors, total = [], Counter()
    for caption in candidates:
        weights, norms, _ = tf_idf.vector(ngram_counts(caption))
        vectors.append({ngram: weight / (norms[len(ngram) - 1] or 1) for ngram, weight in weights.items()})
        for ngram, weight in vectors[-1].items():
            total[ngram] += weight
    similarities = [sum(weight * total[ngram] for ngram, weight in vector.items()) for vector in vectors]
    return candidates[int(np.argmax(similarities))]
