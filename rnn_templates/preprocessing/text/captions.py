"""Captions as the field compares them."""

import unicodedata

from rnn_templates.preprocessing.text.word_tokenizer import decode_text


def normalize_caption(caption):
    """Returns a caption in lower case, without punctuation, its words one space apart.

    Captioners are trained and judged so: whether a sentence ends in a full stop is nothing that a picture shows.

    Args:
        caption: str, or bytes in UTF-8.

    Returns:
        str; "" if there is no letter and no digit in it.

    Source:
        Karpathy and Fei-Fei, Deep visual-semantic alignments for generating image descriptions, arXiv:1412.2306.

    Example:
        >>> normalize_caption("A man's dog -- black & white -- runs .")
        'a mans dog black white runs'
    """
    text = decode_text(caption).lower()
    kept = (character for character in text if character not in "'’")
    spaced = (" " if unicodedata.category(character)[0] in "PSC" else character for character in kept)
    return " ".join("".join(spaced).split())
