"""ROUGE-L: F-measure of the longest common subsequence of words."""

import numpy as np

COCO_BETA = 1.2  # weight of recall relative to precision in the COCO evaluation server


def rouge_l(references, candidates):
    """Returns the ROUGE-L of every candidate.

        F = (1 + beta^2) P R / (R + beta^2 P),   P = max_j LCS(c, s_j) / |c|,   R = max_j LCS(c, s_j) / |s_j|

    with beta = 1.2, as in the COCO evaluation server. The score of a corpus is the mean.

    Args:
        references: list; for each image a list of at least one caption, each a list of str (words).
        candidates: list of captions, one an image.

    Returns:
        (images,) float64 in [0, 1].

    Source:
        Lin, ROUGE: a package for automatic evaluation of summaries, 2004, https://aclanthology.org/W04-1013/

    Example:
        >>> rouge_l([[["a", "dog", "runs"]]], [["a", "dog"]])
        array([0.7721519])
    """
    return np.array([_score(captions, candidate) for captions, candidate in zip(references, candidates, strict=True)])


def lcs_length(first, second):
    """Returns the length of the longest common subsequence, by dynamic programming.

    Args:
        first, second: sequences of comparable items.

    Example:
        >>> lcs_length(["a", "big", "dog"], ["a", "dog"])
        2
    """
    lengths = [0] * (len(second) + 1)  # one a prefix of `second`
    for item in first:
        diagonal = 0
        for i, other in enumerate(second, 1):
            above = lengths[i]
            lengths[i] = diagonal + 1 if item == other else max(above, lengths[i - 1])
            diagonal = above
    return lengths[-1]


def _score(references, candidate):
    common = [lcs_length(candidate, reference) for reference in references]
    if not any(common):
        return 0.0
    precision = max(common) / len(candidate)
    recall = max(length / len(reference) for length, reference in zip(common, references, strict=True) if reference)
    return (1 + COCO_BETA**2) * precision * recall / (recall + COCO_BETA**2 * precision)
