"""ROUGE-L: the longest words in order that two texts have in common."""

import numpy as np

COCO_BETA = 1.2  # how many times as much recall counts, as in the COCO evaluation


def rouge_l(references, answers):
    """Returns the ROUGE-L of every answer; their mean is that of the whole.

    Precision and recall are each the best over the references of an image, and joined as F with beta 1.2, as in the
    COCO evaluation.

    Args:
        references: list, for each image a list of at least one caption, a caption a list of str.
        answers: list of captions, one an image.

    Returns:
        (images,) float64, from 0 to 1.

    Source:
        Lin, ROUGE: a package for automatic evaluation of summaries, 2004, https://aclanthology.org/W04-1013/

    Example:
        >>> rouge_l([[["a", "dog", "runs"]]], [["a", "dog"]])
        array([0.7721519])
    """
    return np.array([_score(several, answer) for several, answer in zip(references, answers, strict=True)])


def lcs_length(first, second):
    """Returns how many words the longest sequence has that is in both, in order, but not always side by side.

    Example:
        >>> lcs_length(["a", "big", "dog"], ["a", "dog"])
        2
    """
    lengths = [0] * (len(second) + 1)  # for every beginning of `second`
    for word in first:
        before = 0
        for i, other in enumerate(second, 1):
            above = lengths[i]
            lengths[i] = before + 1 if word == other else max(above, lengths[i - 1])
            before = above
    return lengths[-1]


def _score(references, answer):
    common = [lcs_length(answer, reference) for reference in references]
    if not any(common):
        return 0.0
    precision = max(common) / len(answer)
    recall = max(c / len(reference) for c, reference in zip(common, references, strict=True) if reference)
    return (1 + COCO_BETA**2) * precision * recall / (recall + COCO_BETA**2 * precision)
