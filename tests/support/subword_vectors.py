"""Golden vectors of the subword tokenizer, and an independent implementation of its rule.

`python tests/support/subword_vectors.py` writes `golden_subword_tokenizer.json`.
"""

import itertools
import json
from pathlib import Path

from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary

FILE = Path(__file__).parent / "golden_subword_tokenizer.json"
WHITE = [*range(0x21), *range(0x7F, 0xA1), 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
TOKENS = [
    "▁", "e", "t", "a", "n", "ö", "日", "🙂", "▁the", "▁t", "▁th", "er", "ere", "▁there", "▁a", "an", "and", "▁1",
    "▁(", "ing", "▁walk", "walk", "walking", "▁日", "日本", "\u0301", "é", "…", "▁<", "END", ">", "0x", "41", "▁über",
    "\ufeff", "n" * 32, "n" * 4, "▁" + "ü" * 15, "\ufffd", "s\u200d",
]  # fmt: skip
TEXTS = [
    "", " ", "the", "there", "thereand", "The walk, walking", "walk\twalking\r\nand", "  a  b  ", "(a) 1 12 (1",
    "e\u0301", "▁", "▁▁", "▁the", "the▁the", " ▁ the", "<END>", "<PAD> <START>", "a<END>b", "<0x41>", "<0x20>",
    "▁<END>", "\ufeff", "日本の日", "日 日本", "🙂🙂 👩\u200d👧", "über Öl", "u\u0308ber", "it’s…", "İstanbul",
    "\ufffd", "a\u00adb", "\x00", "a\x00b", "\x7fa\x80", "s\u200ds", "\U0010ffff", "\U000e0001x", "n" * 31, "n" * 32,
    "n" * 33, "n" * 200, "an" * 40, "ü" * 20,
]  # fmt: skip
INVALID_UTF8 = ["80", "c3", "e282", "f09f98", "eda080", "c0af", "f4908080", "e29681e296", "ff00fe", "f09f9982f09f99"]


def reference_ids(text, subwords):
    """Encodes a text by the rule in `docs/subword_tokenizer.md`, word by word, with the word start apart from bytes."""
    ids_of = {
        ("▁" if subword[0] == "▁" else "", subword.removeprefix("▁").encode()): 259 + i
        for i, subword in enumerate(subwords)
    }
    ids = []
    for white, word in itertools.groupby(text.decode("utf-8", "replace"), lambda character: ord(character) in WHITE):
        mark, rest = "▁", "".join(word).encode()
        while not white and (mark or rest):
            lengths = [n for n in range(len(rest), -1, -1) if (mark, rest[:n]) in ids_of]
            if lengths:
                ids.append(ids_of[mark, rest[: lengths[0]]])
                mark, rest = "", rest[lengths[0] :]
            elif mark:
                ids.append(3 + 0x20)
                mark = ""
            else:
                ids.append(3 + rest[0])
                rest = rest[1:]
    return ids


def reference_whitespace(text):
    """Returns the words of a text with single spaces; an independent implementation."""
    blank = "".join(" " if ord(c) in WHITE else c for c in text.decode("utf-8", "replace"))
    return " ".join(word for word in blank.split(" ") if word)


def write_golden():
    """Writes `golden_subword_tokenizer.json`."""
    around = [f"a{chr(code)}the" for code in WHITE]
    invalid = [bytes.fromhex(data) for data in INVALID_UTF8]
    texts = [*map(str.encode, TEXTS + around), *invalid, *(b"the " + data + b"n and" for data in invalid)]
    cases = [
        {"hex": text.hex(), "ids": reference_ids(text, TOKENS), "text": reference_whitespace(text)} for text in texts
    ]
    lines = ",\n".join(json.dumps(case) for case in cases)
    FILE.write_text(f'{{"subwords": {json.dumps(TOKENS)},\n"cases": [\n{lines}\n]}}\n', encoding="utf-8")


GOLDEN = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"subwords": [], "cases": []}
CASES = [(bytes.fromhex(case["hex"]), case["ids"], case["text"]) for case in GOLDEN["cases"]]
SUBWORDS = SubwordVocabulary(GOLDEN["subwords"])

if __name__ == "__main__":
    write_golden()
