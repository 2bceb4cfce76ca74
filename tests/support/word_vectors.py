"""Golden vectors of the word tokenizer, and strings on which ports fail."""

import json
from pathlib import Path

from rnn_templates.preprocessing.text.vocabulary import Vocabulary

FILE = Path(__file__).parent / "golden_word_tokenizer.json"
GOLDEN = [
    (bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode(), case["tokens"])
    for case in json.loads(FILE.read_text(encoding="utf-8"))
]
ALL_TOKENS = Vocabulary(sorted({token for _, tokens in GOLDEN for token in tokens}))
TRICKY = [
    "a", "B", "'", "’", " ", "<br />", "<", "br>", "\u0301", "\u200d", "😀", "日", "ß", "İ", "\x00", "\ufeff", ".",
]  # fmt: skip
INVALID_UTF8 = [
    b"\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"a", b"'", b" ",
]  # fmt: skip
# Edges of the planes and of the tables' ranges, and every 61st code point.
SOME_CODE_POINTS = sorted({*range(0x3000), *range(0xFE00, 0x10100), *range(0, 0x110000, 61), *range(0xE0000, 0xE0200)})


def around(code):
    """Returns a code point alone, inside a word, and beside an apostrophe."""
    return "{0} a{0}b {0}'{0} ".format(chr(code))


def first_and_last(ids, limit):
    """Returns the first and last halves of ids, the larger one first; an independent implementation."""
    if limit is None or len(ids) <= limit:
        return ids
    return [id for i, id in enumerate(ids) if min(2 * i, 2 * (len(ids) - 1 - i) + 1) < limit]
