"""The one rule by which texts become words: in Python, and inside a TensorFlow graph.

1. An HTML line break, `<br>`, `<br/>` or `<br />`, is a space.
2. Bytes are read as UTF-8; what is not UTF-8 becomes U+FFFD.
3. Every character becomes its lower case where that is one character; U+2019 becomes an apostrophe.
4. Invisible format characters and variation selectors are dropped.
5. A token is a run of letters, marks and digits, in which single apostrophes may stand; or any other visible character
   alone: punctuation, symbols, emoji, Han and kana.

`docs/splitting.md` tells it to those who port it to a device.
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
KIND_SHIFT = 1 << 21


def tokenize(text):
    """Splits a text into its tokens.

    Args:
        text: str, or bytes that should be UTF-8.

    Returns:
        A list of str.

    Raises:
        TypeError: if `text` is neither.

    Example:
        >>> tokenize("It's NOT bad!<br />10/10")
        ["it's", 'not', 'bad', '!', '10', '/', '10']
    """
    token, folds = compile_rule()
    return token.findall(replace_line_breaks(text).translate(folds))


def decode_text(text):
    """Returns a text as str; bytes that are not UTF-8 become U+FFFD.

    Args:
        text: str, or bytes that should be UTF-8.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> decode_text(b"caf\xc3\xa9")
        'café'
    """
    return to_bytes(text).decode("utf-8", "replace")


def replace_line_breaks(text):
    """Returns a text as str with every HTML line break replaced by as many spaces.

    Args:
        text: str, or bytes that should be UTF-8.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> replace_line_breaks("a<br>b")
        'a    b'
    """
    return _LINE_BREAK.sub(lambda found: " " * len(found[0]), decode_text(text))


def to_bytes(text):
    """Returns the bytes of a text; a lone surrogate gives bytes that are not UTF-8, and so U+FFFD when it is read.

    Raises:
        TypeError: if `text` is neither str nor bytes.
    """
    if isinstance(text, bytes):
        return text
    if not isinstance(text, str):
        raise TypeError(f"A text is a str or bytes, not {type(text).__name__} ({text!r:.60}).")
    return text.encode("utf-8", "surrogatepass")


def tokenize_tensor(texts):
    """Splits texts into their tokens with core TensorFlow ops, so that a SavedModel can hold the rule.

    Args:
        texts: (batch,) string tensor.

    Returns:
        `tf.RaggedTensor` (batch, None) of strings, equal to `split` of every text.

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
            codes: `tf.RaggedTensor` (batch, None) int32, the code points of the texts, line breaks being spaces.
            folded: (characters,) int32, what each of them becomes, in the order of `codes.flat_values`.
            tokens: `tf.RaggedTensor` (batch, None, None) int32, for each token the places of its characters there.
    """
    import tensorflow as tf

    for slash in ("", "/"):  # LINE_BREAK in two, since a replacement by equally many spaces cannot count
        texts = tf.strings.regex_replace(texts, f"<[bB][rR]( ?){slash}>", r"\1" + " " * len(f"<br{slash}>"))
    codes = tf.strings.unicode_decode(texts, "UTF-8", errors="replace")
    rows = tf.cast(codes.value_rowids(), tf.int32)
    folded, kinds = classify_code_points(codes.flat_values)

    places = tf.cast(tf.where(kinds != DROPPED)[:, 0], tf.int32)
    rows, kinds = tf.gather(rows, places), tf.gather(kinds, places)
    before_word = _neighbor(rows, kinds, 1) == WORD
    after_word = _neighbor(rows, kinds, -1) == WORD
    in_word = (kinds == WORD) | ((kinds == JOINER) & before_word & after_word)
    follows = _neighbor(rows, tf.cast(in_word, tf.int32), 1) == 1
    seen = kinds != SPACE
    token = tf.cumsum(tf.cast(seen & ~(in_word & follows), tf.int32)) - 1

    rows, places, token = (tf.boolean_mask(values, seen) for values in (rows, places, token))
    count = tf.reduce_max(tf.concat([token, [-1]], 0)) + 1
    row_of_token = tf.math.unsorted_segment_max(rows, token, count)
    tokens = tf.RaggedTensor.from_value_rowids(places, tf.cast(token, tf.int64), tf.cast(count, tf.int64))
    tokens = tf.RaggedTensor.from_value_rowids(tokens, tf.cast(row_of_token, tf.int64), codes.nrows())
    return codes, folded, tokens


def word_tokenizer_spec():
    """Returns the rule as data, all that a reader on a device needs; see `docs/splitting.md`.

    Example:
        >>> sorted(word_tokenizer_spec())
        ['case_folds', 'dropped', 'joiner', 'line_break', 'single', 'space', 'version']
    """
    ranges = {
        kind: [[first, last] for first, last, one in (*RANGES, *EXTRA_RANGES) if one == kind] for kind in range(5)
    }
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
    """Returns the rule for Python: the pattern of a token, and the folds for `str.translate` (None drops)."""
    folds = {
        code: code + distance for first, last, step, distance in CASE_FOLDS for code in range(first, last + 1, step)
    }
    dropped = [run for run in (*RANGES, *EXTRA_RANGES) if run[2] == DROPPED]
    folds |= {code: None for first, last, _ in dropped for code in range(first, last + 1)}
    word, space = _character_class(_word_ranges()), _character_class(run for run in RANGES if run[2] == SPACE)
    return re.compile(f"[{word}]+(?:'[{word}]+)*|[^{space}]"), folds


def _word_ranges():
    """The gaps between all other ranges; `re` finds a letter there sooner than it misses it in their complement."""
    others = (*RANGES, *EXTRA_RANGES)
    starts = [0, *(last + 1 for _, last, _ in others)]
    ends = [*(first - 1 for first, _, _ in others), 0x10FFFF]
    return [(first, last, WORD) for first, last in zip(starts, ends, strict=True) if first <= last]


def _character_class(ranges):
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last, _ in ranges)


@functools.cache
def _packed_tables():
    """For every code point up to LAST_CODE_POINT what it becomes, plus its kind times KIND_SHIFT, as one int32 array."""
    import numpy as np

    becomes = np.arange(LAST_CODE_POINT + 1, dtype=np.int32)
    for first, last, step, distance in CASE_FOLDS:
        becomes[first : last + 1 : step] += distance
    kinds = np.full(LAST_CODE_POINT + 1, WORD, np.int32)
    for first, last, kind in RANGES:
        kinds[first : last + 1] = kind
    return becomes + kinds[becomes] * KIND_SHIFT


def classify_code_points(codes):
    """Returns what each code point becomes, and the kind of that, both as `codes`: an int32 tensor of any shape."""
    import tensorflow as tf

    packed = tf.gather(tf.constant(_packed_tables()), tf.minimum(codes, LAST_CODE_POINT))
    kinds = packed // KIND_SHIFT  # beyond LAST: its own, WORD
    for first, last, kind in EXTRA_RANGES:
        kinds = tf.where((codes >= first) & (codes <= last), kind, kinds)
    return tf.where(codes > LAST_CODE_POINT, codes, packed % KIND_SHIFT), kinds


def _neighbor(rows, values, by):
    """Every character's neighbour's value: the one before (1) or after (-1) in the same text, else -1."""
    import tensorflow as tf

    neighbours, theirs = tf.roll(values, by, 0), tf.roll(rows, by, 0)
    position = tf.range(tf.shape(values)[0])
    edge = position == (0 if by == 1 else tf.shape(values)[0] - 1)
    return tf.where((theirs == rows) & ~edge, neighbours, -1)
