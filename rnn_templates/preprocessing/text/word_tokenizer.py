"""Word tokenizer: one rule, in Python and as TensorFlow ops.

1. Bytes are decoded as UTF-8; invalid bytes become U+FFFD.
2. An HTML line break, `<br>`, `<br/>` or `<br />`, is replaced by spaces.
3. Every character is lowercased if its lowercase form is a single character; U+2019 becomes an apostrophe.
4. Invisible format characters and variation selectors are dropped.
5. A token is a run of letters, marks and digits, which may contain single apostrophes; or any other visible character
   alone: punctuation, symbols, emoji, Han and kana.

`docs/word_tokenizer.md` specifies the rule for ports to other languages.
"""

import functools
import re

from rnn_templates.preprocessing.text.unicode_tables import (
    CASE_FOLDS,
    DROPPED,
    EXTRA_RANGES,
    JOINER,
    LAST_CODE_POINT,
    RANGES,
    SINGLE,
    SPACE,
    WORD,
)

LINE_BREAK = r"<[bB][rR] ?/?>"
_LINE_BREAK = re.compile(LINE_BREAK)
KIND_SHIFT = 1 << 21  # above every code point: a code point and its kind are packed into one int32


def tokenize(text):
    """Splits a text into lowercase tokens.

    Args:
        text: str, or bytes in UTF-8.

    Returns:
        list of str.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> tokenize("It's NOT bad!<br />10/10")
        ["it's", 'not', 'bad', '!', '10', '/', '10']
    """
    token, folds = compile_rule()
    return token.findall(replace_line_breaks(text).translate(folds))


def to_bytes(text):
    """Returns the UTF-8 bytes of a text.

    Args:
        text: str, or bytes, which are returned unchanged. A lone surrogate becomes three invalid bytes, which decode to
            U+FFFD.

    Returns:
        bytes.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> to_bytes("café")
        b'caf\\xc3\\xa9'
    """
    if isinstance(text, bytes):
        return text
    if not isinstance(text, str):
        raise TypeError(f"`text` must be str or bytes; received {type(text).__name__} ({text!r:.60}).")
    return text.encode("utf-8", "surrogatepass")


def decode_text(text):
    """Returns a text as str; invalid UTF-8 becomes U+FFFD.

    Args:
        text: str, or bytes in UTF-8.

    Returns:
        str without lone surrogates.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> decode_text(b"caf\\xc3\\xa9")
        'café'
    """
    return to_bytes(text).decode("utf-8", "replace")


def replace_line_breaks(text):
    """Returns a text as str with HTML line breaks replaced by spaces.

    Args:
        text: str, or bytes in UTF-8.

    Returns:
        str of the length of the decoded text.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> replace_line_breaks("a<br>b")
        'a    b'
    """
    return _LINE_BREAK.sub(lambda found: " " * len(found[0]), decode_text(text))


def tokenize_tensor(texts):
    """Splits texts into lowercase tokens with core TensorFlow ops.

    Args:
        texts: (batch,) string tensor.

    Returns:
        `tf.RaggedTensor` (batch, None) of strings, equal to `tokenize` of every text.

    Example:
        >>> tokenize_tensor(tf.constant(["not bad!"]))
        <tf.RaggedTensor [[b'not', b'bad', b'!']]>
    """
    import tensorflow as tf

    _, folded, tokens = find_token_characters(texts)
    return tf.strings.unicode_encode(tokens.with_flat_values(tf.gather(folded, tokens.flat_values)), "UTF-8")


def find_token_characters(texts):
    """Finds the characters of every token with core TensorFlow ops.

    Args:
        texts: (batch,) string tensor.

    Returns:
        A tuple `(codes, folded, tokens)`:
            codes: `tf.RaggedTensor` (batch, None) int32, code points of the texts; line breaks are spaces.
            folded: (characters,) int32, normalized code point of each element of `codes.flat_values`.
            tokens: `tf.RaggedTensor` (batch, None, None) int32, for each token the indices of its characters in
                `codes.flat_values`.

    Example:
        >>> codes, folded, tokens = find_token_characters(tf.constant(["A b"]))
        >>> folded.numpy().tolist(), tokens.to_list()
        ([97, 32, 98], [[[0], [2]]])
    """
    import tensorflow as tf

    for slash in ("", "/"):  # LINE_BREAK in two steps: `regex_replace` cannot insert a match-dependent number of spaces
        texts = tf.strings.regex_replace(texts, f"<[bB][rR]( ?){slash}>", r"\1" + " " * len(f"<br{slash}>"))
    codes = tf.strings.unicode_decode(texts, "UTF-8", errors="replace")
    rows = tf.cast(codes.value_rowids(), tf.int32)
    folded, kinds = classify_code_points(codes.flat_values)

    positions = tf.cast(tf.where(kinds != DROPPED)[:, 0], tf.int32)
    rows, kinds = tf.gather(rows, positions), tf.gather(kinds, positions)
    after_word = _neighbor(rows, kinds, 1) == WORD
    before_word = _neighbor(rows, kinds, -1) == WORD
    in_word = (kinds == WORD) | ((kinds == JOINER) & after_word & before_word)
    continues = in_word & (_neighbor(rows, tf.cast(in_word, tf.int32), 1) == 1)
    visible = kinds != SPACE
    token = tf.cumsum(tf.cast(visible & ~continues, tf.int32)) - 1

    rows, positions, token = (tf.boolean_mask(values, visible) for values in (rows, positions, token))
    count = tf.reduce_max(tf.concat([token, [-1]], 0)) + 1
    row_of_token = tf.math.unsorted_segment_max(rows, token, count)
    tokens = tf.RaggedTensor.from_value_rowids(positions, tf.cast(token, tf.int64), tf.cast(count, tf.int64))
    tokens = tf.RaggedTensor.from_value_rowids(tokens, tf.cast(row_of_token, tf.int64), codes.nrows())
    return codes, folded, tokens


def word_tokenizer_spec():
    """Returns the rule as JSON data, as exported for devices.

    Returns:
        dict; `docs/word_tokenizer.md` describes each key.

    Example:
        >>> sorted(word_tokenizer_spec())
        ['case_folds', 'dropped', 'joiner', 'line_break', 'single', 'space', 'version']
    """
    ranges = {kind: [[first, last] for first, last, k in (*RANGES, *EXTRA_RANGES) if k == kind] for kind in range(5)}
    return {
        "version": 1,
        "line_break": LINE_BREAK,
        "case_folds": [list(run) for run in CASE_FOLDS],
        "dropped": ranges[DROPPED],
        "space": ranges[SPACE],
        "single": ranges[SINGLE],
        "joiner": "'",
    }


@functools.cache
def compile_rule():
    """Returns the rule compiled for Python.

    Returns:
        A tuple `(token, folds)`: the pattern that matches one token of normalized text, and the table for
        `str.translate` that normalizes a text (None drops a character).

    Example:
        >>> token, folds = compile_rule()
        >>> token.findall("Don’t!".translate(folds))
        ["don't", '!']
    """
    folds = {code: code + shift for first, last, step, shift in CASE_FOLDS for code in range(first, last + 1, step)}
    dropped = [run for run in (*RANGES, *EXTRA_RANGES) if run[2] == DROPPED]
    folds |= {code: None for first, last, _ in dropped for code in range(first, last + 1)}
    word, space = _character_class(_word_ranges()), _character_class(run for run in RANGES if run[2] == SPACE)
    return re.compile(f"[{word}]+(?:'[{word}]+)*|[^{space}]"), folds


def is_word(token):
    """Returns whether a token is a run of word characters, not a single other character.

    Args:
        token: str; normalized token.

    Example:
        >>> is_word("don't"), is_word("'")
        (True, False)
    """
    return len(token) > 1 or bool(compile_rule()[0].fullmatch(f"{token}a"))


def _word_ranges():
    """Returns the gaps between the other ranges; faster than a negated class."""
    others = (*RANGES, *EXTRA_RANGES)
    starts = [0, *(last + 1 for _, last, _ in others)]
    ends = [*(first - 1 for first, _, _ in others), 0x10FFFF]
    return [(first, last, WORD) for first, last in zip(starts, ends, strict=True) if first <= last]


def _character_class(ranges):
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last, _ in ranges)


@functools.cache
def _packed_tables():
    """Returns normalized code point + kind * KIND_SHIFT of each code point."""
    import numpy as np

    folded = np.arange(LAST_CODE_POINT + 1, dtype=np.int32)
    for first, last, step, shift in CASE_FOLDS:
        folded[first : last + 1 : step] += shift
    kinds = np.full(LAST_CODE_POINT + 1, WORD, np.int32)
    for first, last, kind in RANGES:
        kinds[first : last + 1] = kind
    return folded + kinds[folded] * KIND_SHIFT


def classify_code_points(codes):
    """Returns the normalized code point and the kind of each code point.

    Args:
        codes: int32 tensor of any shape, code points.

    Returns:
        A tuple `(folded, kinds)` of int32 tensors of the shape of `codes`; a kind is WORD, SPACE, SINGLE, JOINER or
        DROPPED of `unicode_tables`.

    Example:
        >>> [values.numpy().tolist() for values in classify_code_points(tf.constant([65, 32]))]
        [[97, 32], [0, 1]]
    """
    import tensorflow as tf

    packed = tf.gather(tf.constant(_packed_tables()), tf.minimum(codes, LAST_CODE_POINT))
    kinds = packed // KIND_SHIFT  # beyond the tables: that of LAST_CODE_POINT, WORD
    for first, last, kind in EXTRA_RANGES:
        kinds = tf.where((codes >= first) & (codes <= last), kind, kinds)
    return tf.where(codes > LAST_CODE_POINT, codes, packed % KIND_SHIFT), kinds


def _neighbor(rows, values, shift):
    """Returns values of the previous (`shift` 1) or next (-1) character, or -1."""
    import tensorflow as tf

    neighbors, neighbor_rows = tf.roll(values, shift, 0), tf.roll(rows, shift, 0)
    position = tf.range(tf.shape(values)[0])
    edge = position == (0 if shift == 1 else tf.shape(values)[0] - 1)
    return tf.where((neighbor_rows == rows) & ~edge, neighbors, -1)
