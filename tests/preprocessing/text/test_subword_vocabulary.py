"""SubwordVocabulary: golden vectors, equality with a plain reading of the rule and with JavaScript, learning, and the file."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_templates
from rnn_templates.preprocessing.text.subword_preprocessor import subword_tokenizer_spec
from rnn_templates.preprocessing.text.subword_vocabulary import (
    MAX_TOKEN_BYTES,
    RESERVED_TOKENS,
    SubwordVocabulary,
    normalize_whitespace,
)
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes

HERE = Path(__file__).parent
RUNTIME = Path(rnn_templates.__file__).parent / "runtime"
DOCUMENT = HERE.parents[1] / "docs" / "subwords.md"
GOLDEN_FILE = HERE / "golden_subwords.json"

WHITE = [*range(0x21), *range(0x7F, 0xA1), 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
PIECES = [
    "▁", "e", "t", "a", "n", "ö", "日", "🙂", "▁the", "▁t", "▁th", "er", "ere", "▁there", "▁a", "an", "and", "▁1",
    "▁(", "ing", "▁walk", "walk", "walking", "▁日", "日本", "\u0301", "é", "…", "▁<", "END", ">", "0x", "41", "▁über",
    "\ufeff", "n" * 32, "n" * 4, "▁" + "ü" * 15, "\ufffd", "s\u200d",
]  # fmt: skip
WRITTEN = [
    "", " ", "the", "there", "thereand", "The walk, walking", "walk\twalking\r\nand", "  a  b  ", "(a) 1 12 (1",
    "e\u0301", "▁", "▁▁", "▁the", "the▁the", " ▁ the", "<END>", "<PAD> <START>", "a<END>b", "<0x41>", "<0x20>",
    "▁<END>", "\ufeff", "日本の日", "日 日本", "🙂🙂 👩\u200d👧", "über Öl", "u\u0308ber", "it’s…", "İstanbul",
    "\ufffd", "a\u00adb", "\x00", "a\x00b", "\x7fa\x80", "s\u200ds", "\U0010ffff", "\U000e0001x", "n" * 31, "n" * 32,
    "n" * 33, "n" * 200, "an" * 40, "ü" * 20,
]  # fmt: skip
BROKEN = ["80", "c3", "e282", "f09f98", "eda080", "c0af", "f4908080", "e29681e296", "ff00fe", "f09f9982f09f99"]


def reference(text, pieces):
    """The rule as `docs/subwords.md` tells it: word by word, the mark no byte but a thing of its own."""
    number = {
        ("▁" if piece[0] == "▁" else "", piece.removeprefix("▁").encode()): 259 + i for i, piece in enumerate(pieces)
    }
    ids = []
    for white, word in itertools.groupby(text.decode("utf-8", "replace"), lambda character: ord(character) in WHITE):
        mark, rest = "▁", "".join(word).encode()
        while not white and (mark or rest):
            lengths = [n for n in range(len(rest), -1, -1) if (mark, rest[:n]) in number]
            if lengths:
                ids.append(number[mark, rest[: lengths[0]]])
                mark, rest = "", rest[lengths[0] :]
            elif mark:
                ids.append(3 + 0x20)
                mark = ""
            else:
                ids.append(3 + rest[0])
                rest = rest[1:]
    return ids


def write_golden():
    """Writes `golden_subwords.json`; run this file for it."""
    around = [f"a{chr(code)}the" for code in WHITE]
    broken = [bytes.fromhex(one) for one in BROKEN]
    texts = [*map(str.encode, WRITTEN + around), *broken, *(b"the " + one + b"n and" for one in broken)]
    cases = [{"hex": text.hex(), "ids": reference(text, PIECES), "text": spaced(text)} for text in texts]
    lines = ",\n".join(json.dumps(case) for case in cases)
    GOLDEN_FILE.write_text(f'{{"pieces": {json.dumps(PIECES)},\n"cases": [\n{lines}\n]}}\n', encoding="utf-8")


def spaced(text):
    """The words with one space between them, by a way of its own."""
    blank = "".join(" " if ord(c) in WHITE else c for c in text.decode("utf-8", "replace"))
    return " ".join(word for word in blank.split(" ") if word)


GOLDEN = json.loads(GOLDEN_FILE.read_text(encoding="utf-8")) if GOLDEN_FILE.exists() else {"pieces": [], "cases": []}
CASES = [(bytes.fromhex(case["hex"]), case["ids"], case["text"]) for case in GOLDEN["cases"]]
SUBWORDS = SubwordVocabulary(GOLDEN["pieces"])

ANY_TEXT = st.one_of(
    st.text(max_size=30),
    st.binary(max_size=20),
    st.lists(st.sampled_from([*PIECES, *WRITTEN, " ", "▁", "\x85"]), max_size=8).map("".join),
    st.lists(st.sampled_from([*BROKEN, "61", "20", "746865"]), max_size=8).map(
        lambda parts: bytes.fromhex("".join(parts))
    ),
)
ANY_PIECES = st.lists(st.text("▁abé日'<", min_size=1, max_size=5), unique=True, max_size=12).map(
    lambda pieces: [piece for piece in pieces if "▁" not in piece[1:]]
)


def test_the_golden_vectors_are_what_the_reference_says():
    assert GOLDEN["pieces"] == PIECES
    assert len(CASES) >= 140
    assert [ids for _, ids, _ in CASES] == [reference(text, PIECES) for text, _, _ in CASES]
    assert [back for _, _, back in CASES] == [spaced(text) for text, _, _ in CASES]


@pytest.mark.parametrize(("text", "ids", "back"), CASES, ids=range(len(CASES)))
def test_python_reads_and_writes_the_golden_vectors(text, ids, back):
    assert SUBWORDS.encode(text) == ids
    assert SUBWORDS.decode(ids) == back


ASK_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { makeSubwords } from "%s";
const { rule, vocabulary, texts, ids } = JSON.parse(readFileSync(0, "utf8"));
const { read, write } = makeSubwords(rule, vocabulary);
const short = makeSubwords({ ...rule, max_source: 4 }, vocabulary).read;
const bytes = texts.map((text) => Buffer.from(text, "hex"));
console.log(JSON.stringify([bytes.map(read), bytes.map(short), ids.map(write)]));
"""


def javascript(texts, ids):
    """Ids whole and cut to four, and texts, by the JavaScript port."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    lines = "".join(f"{token}\n" for token in SUBWORDS.tokens)
    texts = [text.hex() for text in texts]
    question = json.dumps({"rule": subword_tokenizer_spec(), "vocabulary": lines, "texts": texts, "ids": ids})
    command = [node, "--input-type=module", "--eval", ASK_JAVASCRIPT % (RUNTIME / "subword_tokenizer.mjs").as_uri()]
    answer = subprocess.run(command, input=question, capture_output=True, encoding="utf-8", check=True)
    return json.loads(answer.stdout)


def test_javascript_reads_and_writes_the_golden_vectors():
    garbled = [[1, *ids[::-1], 0, 259] for _, ids, _ in CASES]
    whole, cut, texts = javascript([text for text, _, _ in CASES], [ids for _, ids, _ in CASES] + garbled)
    assert whole == [[*ids, 2] for _, ids, _ in CASES]
    assert cut == [[*ids[:3], 2] for _, ids, _ in CASES]
    assert texts == [back for _, _, back in CASES] + [SUBWORDS.decode(ids) for ids in garbled]


def test_javascript_reads_every_code_point_of_the_first_plane_and_many_others_as_python():
    codes = [*range(0x10000), *range(0x10000, 0x110000, 61)]
    texts = [to_bytes("".join(f"a{chr(c)}" for c in codes[i : i + 4096])) for i in range(0, len(codes), 4096)]
    assert javascript(texts, [])[0] == [[*SUBWORDS.encode(text), 2] for text in texts]


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, ANY_PIECES)
def test_the_ids_are_those_of_the_plain_reading_with_any_pieces(text, pieces):
    assert SubwordVocabulary(pieces).encode(text) == reference(to_bytes(text), pieces)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, ANY_PIECES)
def test_the_text_comes_back_but_for_its_white_space(text, pieces):
    subwords = SubwordVocabulary(pieces)
    ids = subwords.encode(text)
    assert subwords.decode(ids) == normalize_whitespace(text) == spaced(to_bytes(text))
    assert all(3 <= number < len(subwords) for number in ids)
    assert subwords.encode(text, start=True, end=True) == [1, *ids, 2]


def test_a_text_that_spells_a_special_token_is_a_text():
    for text in ("<PAD>", "<START>", "<END>", "<0x41>", "▁"):
        assert min(SubwordVocabulary().encode(text)) >= 3
        assert SubwordVocabulary().decode(SubwordVocabulary().encode(text)) == text


def test_writing_stops_at_the_end_and_skips_padding_and_start():
    assert SUBWORDS.decode([1, 0, 267, 0, 267, 2, 267, 99999]) == "the the"
    assert SUBWORDS.decode(np.array([267, 263 + 3], np.int64)) == "the🙂"
    assert SUBWORDS.decode([]) == ""


def test_bytes_of_a_model_that_are_not_utf_8_become_the_replacement_character():
    assert SUBWORDS.decode([267, 3 + 0xE2, 267, 3 + 0xFF]) == "the\ufffd the\ufffd"


def test_only_the_one_space_before_the_first_word_is_dropped():
    assert SUBWORDS.decode([259, 267]) == " the"


@pytest.mark.parametrize("number", [-1, 259 + len(PIECES)])
def test_an_id_of_another_vocabulary_is_refused(number):
    with pytest.raises(ValueError, match=f"there is no id {number}; they are 0 to {258 + len(PIECES)}"):
        SUBWORDS.decode([267, number])


@pytest.mark.parametrize("item", [None, 3, ["a"]])
def test_what_is_no_text_is_refused_by_name(item):
    with pytest.raises(TypeError, match=f"not {type(item).__name__}"):
        SUBWORDS.encode(item)


@pytest.mark.parametrize("character", ["a", "n", "\uffff"])
def test_a_megabyte_without_a_space_is_read_in_time(character):
    text = character * (10**6 // len(character.encode()))
    began = time.process_time()
    ids = SUBWORDS.encode(text)
    assert time.process_time() - began < 1.5
    assert SUBWORDS.decode(ids) == text


TEXTS = [
    "The lower walls, the lowest hall: 1200 steps (and 12 more).",
    "She walked lower; he was walking, they walk 120 steps!",
    "The hall (the old one) had lower walls & 3 öfen, öfen.",
] * 3


def test_frequent_stretches_become_pieces_and_they_keep_within_letters():
    pieces = SubwordVocabulary.from_texts(TEXTS, vocabulary_size=400).tokens[259:]
    assert pieces[0] == "▁" and {"▁the", "▁lower", "▁walk", "▁(", "▁1", "▁walking", "ö"} <= set(pieces)
    for piece in pieces:
        body = piece.removeprefix("▁")
        assert body.isalpha() or len(body) <= 1, piece
    subwords = SubwordVocabulary.from_texts(TEXTS, vocabulary_size=400)
    assert [subwords.tokens[number] for number in subwords.encode("the lower 12,")] == [
        "▁the",
        "▁lower",
        "▁1",
        "2",
        ",",
    ]


def test_marks_stay_with_their_letters():
    assert "▁नमस्ते" in SubwordVocabulary.from_texts(["नमस्ते दुनिया"] * 4)


def test_rare_characters_go_through_bytes_and_join_nothing():
    subwords = SubwordVocabulary.from_texts(["aéa aéa", "aßa aßa aßa"])
    assert "ß" in subwords and "▁aßa" in subwords
    assert not any("é" in token for token in subwords.tokens)


def test_merges_are_seen_twice_at_least():
    subwords = SubwordVocabulary.from_texts(["abc", "bd", "c d", "a", "ab cd", "efg efg efg"])
    assert "▁ab" in subwords and "bd" not in subwords and "▁efg" in subwords


def test_the_size_is_kept_and_frequent_characters_come_first():
    assert SubwordVocabulary.from_texts(TEXTS, vocabulary_size=260).tokens[259:] == ("▁",)
    assert SubwordVocabulary.from_texts(["abb abb abb b"], vocabulary_size=262).tokens[259:] == ("▁", "b", "a")
    assert all(len(SubwordVocabulary.from_texts(TEXTS, vocabulary_size=size)) == size for size in (270, 300, 330))


def test_no_piece_of_a_long_word_is_longer_than_the_bound():
    subwords = SubwordVocabulary.from_texts(["ü" * 100 + " " + "x" * 200] * 9)
    longest = max(len(spelling) for spelling in subwords.token_bytes)
    assert 16 < longest <= MAX_TOKEN_BYTES


def test_a_mark_of_the_text_is_never_learned():
    subwords = SubwordVocabulary.from_texts(["a▁b a▁b a▁b ▁ ▁ ▁▁▁"] * 3)
    assert [token for token in subwords.tokens[259:] if "b" in token] == ["b"]
    assert [token for token in subwords.tokens if "▁" in token] == ["▁", "▁a"]


BUILD = """
import json, sys
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
print(json.dumps(SubwordVocabulary.from_texts(json.load(sys.stdin), vocabulary_size=350).tokens))
"""


def test_the_same_texts_give_the_same_pieces_in_any_order_and_process():
    expected = SubwordVocabulary.from_texts(TEXTS, vocabulary_size=350).tokens
    assert SubwordVocabulary.from_texts(TEXTS[::-1], vocabulary_size=350).tokens == expected
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", BUILD]
    answer = subprocess.run(
        command, input=json.dumps(TEXTS), capture_output=True, encoding="utf-8", check=True, env=environment
    )
    assert tuple(json.loads(answer.stdout)) == expected


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("labeled", [False, True])
def test_they_are_learned_from_any_dataset_of_texts(batched, labeled):
    texts = np.array([text.encode() for text in TEXTS], dtype=object)
    dataset = tf.data.Dataset.from_tensor_slices((texts, texts[::-1]) if labeled else texts)
    built = SubwordVocabulary.from_texts(dataset.batch(2) if batched else dataset, vocabulary_size=300)
    assert built.tokens == SubwordVocabulary.from_texts(TEXTS, vocabulary_size=300).tokens


@pytest.mark.parametrize(
    ("texts", "size", "error", "message"),
    [
        ([], 500, ValueError, "no words"),
        (["", " \n"], 500, ValueError, "no words"),
        (["a"], 259, ValueError, "`size` is 259; .* the least is 260"),
        (["a", 3], 500, TypeError, r"Item 1 of the texts is int \(3\)"),
        ("one text", 500, TypeError, r"one text is \[text\]"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused(texts, size, error, message):
    with pytest.raises(error, match=message):
        SubwordVocabulary.from_texts(texts, vocabulary_size=size)


def test_tokens_may_be_given_whole_or_as_pieces():
    assert SubwordVocabulary(SUBWORDS.tokens).tokens == SUBWORDS.tokens == (*RESERVED_TOKENS, *PIECES)
    assert len(SUBWORDS) == 259 + len(PIECES)
    assert "▁the" in SUBWORDS and "<END>" in SUBWORDS and "▁never" not in SUBWORDS


@settings(max_examples=50, deadline=None)
@given(ANY_PIECES)
def test_the_file_gives_the_same_tokens(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("s") / "vocabulary.txt"
    SubwordVocabulary(pieces).save(path)
    assert path.read_bytes().split(b"\n")[259:-1] == [piece.encode() for piece in pieces]
    assert SubwordVocabulary.load(path).tokens == SubwordVocabulary(pieces).tokens


BAD_PIECES = [
    (["a b"], "'a b',? holds white space"),
    (["a\r"], "holds white space"),
    (["a▁"], "holds ▁ inside"),
    (["▁▁"], "holds ▁ inside"),
    ([""], "'',? is empty"),
    (["x" * 33], "longer than 32 bytes"),
    (["<END>"], "is the token 2 already"),
    (["<0x41>"], "is the token 68 already"),
]


@pytest.mark.parametrize(("pieces", "message"), BAD_PIECES)
def test_what_can_be_no_piece_is_refused_with_its_place(tmp_path, pieces, message):
    with pytest.raises(ValueError, match="token 260.*" + message):
        SubwordVocabulary(["fine", *pieces])
    path = tmp_path / "vocabulary.txt"
    path.write_bytes("".join(f"{token}\n" for token in (*RESERVED_TOKENS, "fine", *pieces)).encode())
    with pytest.raises(ValueError, match=r"vocabulary\.txt:261: .*" + message):
        SubwordVocabulary.load(path)


def test_a_lone_surrogate_is_no_piece():
    with pytest.raises(ValueError, match="token 259.*no character"):
        SubwordVocabulary(["\ud800"])


def lines_with(number, line):
    lines = [token.encode() for token in RESERVED_TOKENS]
    lines[number - 1] = line
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: '' must be <PAD>"),
        (b"<pad>\n<unk>\nthe\n", ":1: '<pad>' must be <PAD>"),
        (b"<PAD>\n<START>\n<END>\n", ":4: '' must be <0x00>"),
        (lines_with(5, b"<0x02>"), ":5: '<0x02>' must be <0x01>"),
        (lines_with(7, b"\xff"), ":7: not UTF-8"),
        (b"<PAD>\r\n<START>\r\n", ":1: the line ends with CR LF"),
    ],
    ids=range(6),
)
def test_a_file_that_holds_no_subwords_is_refused_with_its_line(tmp_path, content, message):
    path = tmp_path / "vocabulary.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"vocabulary\.txt" + message):
        SubwordVocabulary.load(path)


def test_the_documentation_shows_the_reader_that_is_tested():
    assert (RUNTIME / "subword_tokenizer.mjs").read_text(encoding="utf-8") in DOCUMENT.read_text(encoding="utf-8")


def test_the_documentation_tells_of_every_part_of_the_rule():
    assert json.loads(json.dumps(subword_tokenizer_spec())) == subword_tokenizer_spec()
    assert [part for part in subword_tokenizer_spec() if f"`{part}`" not in DOCUMENT.read_text(encoding="utf-8")] == []


def test_the_reader_is_short_enough_to_port():
    lines = (RUNTIME / "subword_tokenizer.mjs").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip() and not line.startswith("//")]) <= 30


if __name__ == "__main__":
    write_golden()
