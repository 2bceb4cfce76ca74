"""Splits long texts into segments that fit a model's input length."""

import re

from rnn_templates.preprocessing.text.subword_vocabulary import normalize_whitespace

_SENTENCE_END = re.compile(r"(?<=[.!?…]) |(?<=[。！？])(?![。！？」』”’）])")


def split_long_text(text, vocabulary, max_subwords):
    """Splits a text into segments of at most `max_subwords` subwords.

    A text that fits is one segment. Longer texts are split into sentences, longer sentences into runs of words, and
    longer words into runs of characters.

    Args:
        text: str, or bytes in UTF-8.
        vocabulary: `SubwordVocabulary`.
        max_subwords: int >= 1.

    Returns:
        list of str with single spaces between words; empty for a text without words.

    Example:
        >>> split_long_text("One. Two.", rt.SubwordVocabulary(["▁One", "▁Two"]), 3)
        ['One.', 'Two.']
    """
    text = normalize_whitespace(text)
    if not text or len(vocabulary.encode(text)) <= max_subwords:
        return [text] if text else []
    segments = []
    for sentence in filter(None, map(str.strip, _SENTENCE_END.split(text))):
        segments += _fill_segments(sentence, vocabulary, max_subwords)
    return segments


def _fill_segments(sentence, vocabulary, max_subwords):
    """Packs words greedily into segments."""
    segments, remaining = [], 0
    for word in sentence.split():
        for part in _split_word(word, vocabulary, max_subwords):
            length = len(vocabulary.encode(part))
            if length > remaining:
                segments.append([])
                remaining = max_subwords
            segments[-1].append(part)
            remaining -= length
    return [" ".join(segment) for segment in segments]


def _split_word(word, vocabulary, max_subwords):
    if len(vocabulary.encode(word)) <= max_subwords:
        return [word]
    step = max(1, (max_subwords - 1) // 4)  # characters of at most four bytes each, after a space
    return [word[i : i + step] for i in range(0, len(word), step)]
