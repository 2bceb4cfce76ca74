"""Limits of the share of unknown words in a text."""

import numpy as np

LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 48, 64, 96, 128)  # words of a part of a text
MIN_PARTS = 50  # fewer parts of a length do not determine its limit
DEFAULT_LIMIT = 0.5


def unknown_share_limits(known, quantile=0.98):
    """Returns the usual maximum share of unknown words, by length of a text.

    Short texts vary more, so every length has its own limit: texts are cut into parts of that many words, and the limit
    is the quantile of the shares of unknown words in the parts.

    Args:
        known: list of bool arrays (words,); for each text whether its words are known.
        quantile: float in (0, 1).

    Returns:
        Dict of length to limit, by increasing length; empty if there are too few texts.

    Example:
        >>> unknown_share_limits([np.array([True, False])] * 100)
        {1: 1.0, 2: 0.5}
    """
    limits = {}
    for length in LENGTHS:
        counts = [len(words) // length for words in known]
        parts = [words[: count * length].reshape(count, length) for words, count in zip(known, counts, strict=True)]
        if sum(counts) >= MIN_PARTS:
            shares = 1 - np.concatenate(parts).mean(1)
            limits[length] = round(float(np.quantile(shares, quantile)), 4)
    return limits


def has_too_many_unknown_words(known, limits, needs_known_word=True):
    """Returns whether the share of unknown words is above the limit for their number.

    Args:
        known: bool array (words,); at least one word.
        limits: dict of length to limit, from `unknown_share_limits`; if empty, the limit is 0.5.
        needs_known_word: bool; whether a text without a known word is always above the limit.

    Example:
        >>> has_too_many_unknown_words(np.array([True, True, False, False]), {1: 1.0, 4: 0.25})
        True
    """
    share = 1 - np.mean(known)
    limit = next((limit for length, limit in reversed(limits.items()) if length <= len(known)), DEFAULT_LIMIT)
    return bool(share > limit or (needs_known_word and share == 1))
