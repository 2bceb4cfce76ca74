"""Tokens as they stand in the text: by the rule of `splitting`, with case kept and with their places."""

import functools
from typing import NamedTuple

from rnn_templates.preprocessing.text.unicode_tables import DROPPED
from rnn_templates.preprocessing.text.word_tokenizer import (
    classify_code_points,
    compile_rule,
    decode_text,
    find_token_characters,
    replace_line_breaks,
)


class Token(NamedTuple):
    """One token of a text.

    Args:
        text: str, as it is written, but without the characters that the rule drops.
        start: int, the place of its first character in the text, counted in code points from 0.
        end: int, the place after its last character; `text[start:end]` holds the token.

    Example:
        >>> Token("Oslo", 3, 7)
        Token(text='Oslo', start=3, end=7)
    """

    text: str
    start: int
    end: int


def tokenize_with_offsets(text):
    """Splits a text into its tokens, and says where they are.

    Dropped characters inside of a token lie between its start and its end, those around it do not. A lone surrogate is
    read as three U+FFFD, as `split` does, which all are at its place.

    Args:
        text: str; or bytes that should be UTF-8, whose places are those of `text.decode("utf-8", "replace")`.

    Returns:
        A list of `Token`; `normalize_token` of their texts is `split` of the text.

    Raises:
        TypeError: if `text` is neither.

    Example:
        >>> tokenize_with_offsets("In Oslo!")
        [Token(text='In', start=0, end=2), Token(text='Oslo', start=3, end=7), Token(text='!', start=7, end=8)]
    """
    token, folds = compile_rule()
    read = replace_line_breaks(text)
    written = text if isinstance(text, str) else read
    surface = read.translate(_dropped())
    alike = len(written) == len(read) == len(surface)
    places = range(len(read)) if alike else _character_offsets(written)
    spans = (match.span() for match in token.finditer(surface.translate(folds)))  # folds keep the length
    return [Token(surface[first:last], places[first], places[last - 1] + 1) for first, last in spans]


def normalize_token(token):
    """Returns a token as a vocabulary knows it: in lower case, without the characters that the rule drops.

    Args:
        token: str, or bytes that should be UTF-8: one of `locate`, or one's own, in which there may be spaces.

    Returns:
        str.

    Raises:
        TypeError: if `token` is neither.

    Example:
        >>> normalize_token("L’Eau")
        "l'eau"
    """
    return decode_text(token).translate(compile_rule()[1])


def tokenize_with_offsets_tensor(texts):
    """Finds the tokens of texts with core TensorFlow ops, so that a SavedModel can hold the rule.

    Args:
        texts: (batch,) string tensor.

    Returns:
        A tuple `(tokens, starts, ends)` of `tf.RaggedTensor` (batch, None), equal to `locate` of every text: strings in
        UTF-8, int32 and int32.

    Example:
        >>> tokenize_with_offsets_tensor(tf.constant(["In Oslo!"]))
        (<tf.RaggedTensor [[b'In', b'Oslo', b'!']]>, <tf.RaggedTensor [[0, 3, 7]]>, <tf.RaggedTensor [[2, 7, 8]]>)
    """
    import tensorflow as tf

    codes, _, tokens = find_token_characters(texts)
    places, characters = tokens.flat_values, tokens.values
    surface = tf.strings.unicode_encode(characters.with_values(tf.gather(codes.flat_values, places)), "UTF-8")
    text_starts = tf.cast(tf.gather(codes.row_starts(), tokens.value_rowids()), tf.int32)
    starts = tf.gather(places, characters.row_starts()) - text_starts
    ends = tf.gather(places, characters.row_limits() - 1) + 1 - text_starts
    return tokens.with_values(surface), tokens.with_values(starts), tokens.with_values(ends)


def normalize_token_tensor(tokens):
    """Folds tokens with core TensorFlow ops.

    Args:
        tokens: (n,) string tensor.

    Returns:
        (n,) string tensor, equal to `normalize_token` of every token.

    Example:
        >>> normalize_token_tensor(tf.constant(["Oslo"]))
        <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'oslo'], dtype=object)>
    """
    import tensorflow as tf

    characters = tf.strings.unicode_decode(tokens, "UTF-8", errors="replace")
    folded, kinds = classify_code_points(characters.flat_values)
    kept = characters.with_flat_values(kinds != DROPPED)
    return tf.strings.unicode_encode(tf.ragged.boolean_mask(characters.with_flat_values(folded), kept), "UTF-8")


@functools.cache
def _dropped():
    """The dropped characters alone, for `str.translate`."""
    return {code: None for code, becomes in compile_rule()[1].items() if becomes is None}


@functools.cache
def _read_counts():
    """How often a character is read, where not once: a dropped one never, a lone surrogate for each of its bytes."""
    return dict.fromkeys(map(chr, _dropped()), 0) | dict.fromkeys(map(chr, range(0xD800, 0xE000)), 3)


def _character_offsets(text):
    """The place in the text of every character that the rule keeps."""
    times = _read_counts()
    return [place for place, character in enumerate(text) for _ in range(times.get(character, 1))]
