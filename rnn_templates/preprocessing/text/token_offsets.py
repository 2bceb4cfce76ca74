"""Tokens with their original case and their offsets in the text."""

import functools
from typing import NamedTuple

from rnn_templates.preprocessing.text.unicode_tables import DROPPED
from rnn_templates.preprocessing.text.word_tokenizer import (
    classify_code_points,
    compile_rule,
    decode_text,
    find_token_characters,
    is_word,
    replace_line_breaks,
)
from rnn_templates.runtime.word_tokenizer import regroup


class Token(NamedTuple):
    """A token and its offsets.

    Args:
        text: str; the token with its original case, without dropped characters.
        start: int; offset of its first character, in code points.
        end: int; offset after its last character; `text[start:end]` of the full text contains the token.

    Example:
        >>> Token("Oslo", 3, 7)
        Token(text='Oslo', start=3, end=7)
    """

    text: str
    start: int
    end: int


def tokenize_with_offsets(text, rules=None):
    """Splits a text into tokens with offsets and original case.

    Dropped characters inside a token lie between its start and its end; leading and trailing ones do not. A lone
    surrogate gives three tokens U+FFFD, as in `tokenize`, all with its offset.

    Args:
        text: str, or bytes in UTF-8, whose offsets are those of `text.decode("utf-8", "replace")`.
        rules: dict of `rnn_templates.preprocessing.text.token_rules.learn_token_rules`, or None for the word tokenizer.

    Returns:
        list of `Token`; `normalize_token` of their texts equals `tokenize` of the text.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> tokenize_with_offsets("In Oslo!")
        [Token(text='In', start=0, end=2), Token(text='Oslo', start=3, end=7), Token(text='!', start=7, end=8)]
    """
    token, folds = compile_rule()
    decoded = replace_line_breaks(text)
    original = text if isinstance(text, str) else decoded
    surface = decoded.translate(_dropped())
    same_offsets = len(original) == len(decoded) == len(surface)
    offsets = range(len(decoded)) if same_offsets else _character_offsets(original)
    normalized = surface.translate(folds)  # of the same length
    spans = regroup(normalized, [match.span() for match in token.finditer(normalized)], rules or {}, is_word)
    return [Token(surface[first:last], offsets[first], offsets[last - 1] + 1) for first, last in spans]


def normalize_token(token):
    """Returns a token in its vocabulary form: lowercase, without dropped characters.

    Args:
        token: str, or bytes in UTF-8; of `tokenize_with_offsets`, or of another tokenizer, with or without spaces.

    Returns:
        str.

    Raises:
        TypeError: if `token` is neither str nor bytes.

    Example:
        >>> normalize_token("L’Eau")
        "l'eau"
    """
    return decode_text(token).translate(compile_rule()[1])


def tokenize_with_offsets_tensor(texts, rules=None):
    """Splits texts into tokens with offsets with core TensorFlow ops.

    Args:
        texts: (batch,) string tensor.
        rules: `rnn_templates.preprocessing.text.token_rules_tensor.TokenRules`, or None for the word tokenizer.

    Returns:
        A tuple `(tokens, starts, ends)` of `tf.RaggedTensor` (batch, None): strings in UTF-8, int32 and int32; equal to
        `tokenize_with_offsets` of every text.

    Example:
        >>> tokenize_with_offsets_tensor(tf.constant(["In Oslo!"]))
        (<tf.RaggedTensor [[b'In', b'Oslo', b'!']]>, <tf.RaggedTensor [[0, 3, 7]]>, <tf.RaggedTensor [[2, 7, 8]]>)
    """
    import tensorflow as tf

    codes, folded, tokens = find_token_characters(texts)
    if rules is not None:
        tokens = rules.regroup(codes.flat_values, folded, tokens)
    positions, characters = tokens.flat_values, tokens.values
    surface = tf.strings.unicode_encode(characters.with_values(tf.gather(codes.flat_values, positions)), "UTF-8")
    text_starts = tf.cast(tf.gather(codes.row_starts(), tokens.value_rowids()), tf.int32)
    starts = tf.gather(positions, characters.row_starts()) - text_starts
    ends = tf.gather(positions, characters.row_limits() - 1) + 1 - text_starts
    return tokens.with_values(surface), tokens.with_values(starts), tokens.with_values(ends)


def normalize_token_tensor(tokens):
    """Normalizes tokens with core TensorFlow ops.

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
    keep = characters.with_flat_values(kinds != DROPPED)
    return tf.strings.unicode_encode(tf.ragged.boolean_mask(characters.with_flat_values(folded), keep), "UTF-8")


@functools.cache
def _dropped():
    """Returns the `str.translate` table that removes only dropped characters."""
    return {code: None for code, folded in compile_rule()[1].items() if folded is None}


@functools.cache
def _read_counts():
    """Returns decoded characters per character: dropped 0, lone surrogate 3, others absent."""
    return dict.fromkeys(map(chr, _dropped()), 0) | dict.fromkeys(map(chr, range(0xD800, 0xE000)), 3)


def _character_offsets(text):
    """Returns the offset of every decoded character that is not dropped."""
    counts = _read_counts()
    return [offset for offset, character in enumerate(text) for _ in range(counts.get(character, 1))]
