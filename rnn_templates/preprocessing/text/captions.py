"""Caption normalization as in the captioning literature."""

import unicodedata

from rnn_templates.preprocessing.text.word_tokenizer import decode_text


def normalize_caption(caption):
    """Returns a caption in lowercase, without punctuation, with single spaces.

    Captioning models are trained and evaluated on this form.

    Args:
        caption: str, or bytes in UTF-8.

    Returns:
        str; "" for a caption without letters and digits.

    Source:
        Karpathy and Fei-Fei, Deep visual-semantic alignments for generating image descriptions, arXiv:1412.2306.

    Example:
        >>> normalize_caption("A man's dog -- black & white -- runs .")
        'a mans dog black white runs'
    """
    characters = (character for character in decode_text(caption).lower() if character not in "'’")
    spaced = (" " if unicodedata.category(character)[0] in "PSC" else character for character in characters)
    return " ".join("".join(spaced).split())
