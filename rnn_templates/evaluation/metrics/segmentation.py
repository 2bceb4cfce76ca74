"""F1 of tokens and of their tags on raw text."""

import numpy as np


def segmentation_scores(references, predictions):
    """Returns the F1 score of tokens, and of tokens with the correct tag.

    A predicted token is correct if its characters are those of a reference token. With n reference tokens, m predicted
    ones and c correct ones, F1 = 2 c / (n + m); for tags, c counts the correct tokens with the correct tag.

    Args:
        references: list of sentences, each a list of (span, tag); a span is (start, end), or None if the token is not
            in the text, which is then never found.
        predictions: list of sentences, each a list of (span, tag).

    Returns:
        Dict with `raw_token_f1` and `raw_tag_f1`.

    Source:
        Zeman et al. 2018, CoNLL 2018 Shared Task, section 5 (tokens and UPOS).

    Example:
        >>> segmentation_scores([[((0, 2), "VERB"), ((2, 5), "PART")]], [[((0, 2), "AUX"), ((2, 5), "PART")]])
        {'raw_token_f1': 1.0, 'raw_tag_f1': 0.5}
    """
    counts = np.zeros(3)  # all tokens, correct tokens, correct tags
    for reference, prediction in zip(references, predictions, strict=True):
        tags = {span: tag for span, tag in reference if span is not None}
        found = [(span, tag) for span, tag in prediction if span in tags]
        counts += len(reference) + len(prediction), len(found), sum(tags[span] == tag for span, tag in found)
    return {"raw_token_f1": 2 * float(counts[1] / counts[0]), "raw_tag_f1": 2 * float(counts[2] / counts[0])}
