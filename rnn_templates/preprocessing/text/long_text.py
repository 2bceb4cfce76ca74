"""Long texts in parts that a model can read at once."""

import re

from rnn_templates.preprocessing.text.subword_vocabulary import normalize_whitespace

_SENTENCE_END = re.compile(r"(?<=[.!?…]) |(?<=[。！？])(?![。！？」』”’）])")


def split_long_text(text, vocabulary, max_subwords):
    """Returns a text in parts of at max_subwords `max_subwords` subwords: whole if it fits, else sentences, else runs of words.

    A single word that does not fit is cut.

    Args:
        text: str or bytes.
        vocabulary: `rnn_templates.preprocessing.text.subword_vocabulary.SubwordVocabulary`.
        max_subwords: a positive integer.

    Returns:
        A list of str, the words of each with one space between them; empty for a text without a word.

    Example:
        >>> split_long_text("One. Two.", vocabulary, 4)
        ['One.', 'Two.']
    """
    text = normalize_whitespace(text)
    if not text or len(vocabulary.encode(text)) <= max_subwords:
        return [text] if text else []
    parts = []
    for sentence in filter(None, map(str.strip, _SENTENCE_END.split(text))):
        parts += _fill_segments(sentence, vocabulary, max_subwords)
    return parts


def _fill_segments(sentence, vocabulary, max_subwords):
    """Runs of words that fill `max_subwords` subwords as well as they can."""
    runs, room = [], 0
    for word in sentence.split():
        for piece in _split_word(word, vocabulary, max_subwords):
            need = len(vocabulary.encode(piece))
            if need > room:
                runs.append([])
                room = max_subwords
            runs[-1].append(piece)
            room -= need
    return [" ".join(run) for run in runs]


def _split_word(word, vocabulary, max_subwords):
    ids = vocabulary.encode(word)
    if len(ids) <= max_subwords:
        return [word]
    step = max(1, (max_subwords - 1) // 4)  # characters, of which none has more than four bytes, behind a space
    return [word[i : i + step] for i in range(0, len(word), step)]
