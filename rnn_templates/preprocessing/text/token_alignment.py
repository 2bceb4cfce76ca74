"""Alignment of the tokens of a treebank with the raw text."""

import re

MAX_CONTRACTED = 4  # words of a contraction such as French "du", whose words are not in the text
CLOSING, OPENING = (".", ",", ";", ":", "!", "?", ")", "]", "}", "%"), ("(", "[", "{", "$")


def align_tokens(tokens, text):
    """Returns the span of each token in the text, None for tokens that are not in it.

    Tokens that are not in the text are the words of contractions, such as "de" and "le" of French "du". A space may
    stand in the text where the token has none.

    Args:
        tokens: list of str.
        text: str; the raw text of the sentence.

    Returns:
        List of (start, end) or None.

    Example:
        >>> align_tokens(["prix", "de", "le", "pain"], "prix du pain")
        [(0, 4), None, None, (8, 12)]
    """
    spans, position, index = [], 0, 0
    while index < len(tokens):
        position += len(text[position:]) - len(text[position:].lstrip())
        end = position + len(tokens[index])
        if text.startswith(tokens[index], position) and _goes_on(tokens[index + 1 :], text[end:]):
            spans.append((position, end))
            position, index = end, index + 1
            continue
        contraction = re.compile(r"\w+|\S").match(text, position)
        end = contraction.end() if contraction else len(text)
        skipped = _contracted_words(tokens[index:], text[end:])
        spans += [None] * skipped
        position, index = end, index + skipped
    return spans


def _goes_on(tokens, rest):
    """Whether the rest of the text begins with the next token, or does not continue a word, such as "de" in "des"."""
    return bool(not tokens or rest.startswith(tokens[0]) or not re.match(r"\w", rest))


def _contracted_words(tokens, rest):
    """The number of tokens before the one with which the rest of the text begins."""
    for count in range(1, min(MAX_CONTRACTED, len(tokens)) + 1):
        after = tokens[count : count + 2]
        if re.match(r"\s*".join(["", *map(re.escape, after)]), rest):
            return count
    return len(tokens)


def guess_text(tokens):
    """Returns the tokens joined to a text, with a space before a token unless it is usually written without.

    Tokens that begin or end with an apostrophe, or are at most three characters with one, such as "l'", "'s" and "n't",
    and punctuation have no space on one side.

    Args:
        tokens: list of str.

    Returns:
        A tuple `(text, spans)`: str, and the (start, end) of each token.

    Example:
        >>> guess_text(["do", "n't", "go", "!"])
        ("don't go!", [(0, 2), (2, 5), (6, 8), (8, 9)])
    """
    text, spans, attaches = "", [], True
    for token in tokens:
        plain = token.replace("\u2019", "'")
        has_letters = any(character.isalpha() for character in token)
        is_clitic = has_letters and "'" in plain and (plain.startswith("'") or len(token) <= 3)
        ends = has_letters and plain.endswith("'")
        text += "" if attaches or token in CLOSING or (is_clitic and not ends) else " "
        spans.append((len(text), len(text) + len(token)))
        text += token
        attaches = ends or token in OPENING
    return text, spans
