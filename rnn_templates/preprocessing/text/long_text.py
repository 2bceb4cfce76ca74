"""Long texts in parts that a model can read at once."""

import re

from rnn_templates.preprocessing.text.subword_vocabulary import one_spaced

_SENTENCE_END = re.compile(r"(?<=[.!?…]) |(?<=[。！？])(?![。！？」』”’）])")


def passages(text, vocabulary, most):
    """Returns a text in parts of at most `most` subwords: whole if it fits, else sentences, else runs of words.

    A single word that does not fit is cut.

    Args:
        text: str or bytes.
        vocabulary: `rnn_templates.preprocessing.text.subword_vocabulary.Subwords`.
        most: a positive integer.

    Returns:
        A list of str, the words of each with one space between them; empty for a text without a word.

    Example:
        >>> passages("One. Two.", vocabulary, 4)
        ['One.', 'Two.']
    """
    text = one_spaced(text)
    if not text or len(vocabulary.ids(text)) <= most:
        return [text] if text else []
    parts = []
    for sentence in filter(None, map(str.strip, _SENTENCE_END.split(text))):
        parts += _runs(sentence, vocabulary, most)
    return parts


def _runs(sentence, vocabulary, most):
    """Runs of words that fill `most` subwords as well as they can."""
    runs, room = [], 0
    for word in sentence.split():
        for piece in _pieces(word, vocabulary, most):
            need = len(vocabulary.ids(piece))
            if need > room:
                runs.append([])
                room = most
            runs[-1].append(piece)
            room -= need
    return [" ".join(run) for run in runs]


def _pieces(word, vocabulary, most):
    ids = vocabulary.ids(word)
    if len(ids) <= most:
        return [word]
    step = max(1, (most - 1) // 4)  # characters, of which none has more than four bytes, behind a space
    return [word[i : i + step] for i in range(0, len(word), step)]
