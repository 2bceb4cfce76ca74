"""Subword vocabulary: golden vectors, an independent implementation of the rule, training, and the file."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.subword_vectors import (
    CASES,
    GOLDEN,
    INVALID_UTF8,
    SUBWORDS,
    TEXTS,
    TOKENS,
    reference_ids,
    reference_whitespace,
)

from rnn_templates.preprocessing.text.subword_vocabulary import (
    MAX_TOKEN_BYTES,
    RESERVED_TOKENS,
    SubwordVocabulary,
    normalize_whitespace,
)
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes

ANY_TEXT = st.one_of(
    st.text(max_size=30),
    st.binary(max_size=20),
    st.lists(st.sampled_from([*TOKENS, *TEXTS, " ", "▁", "\x85"]), max_size=8).map("".join),
    st.lists(st.sampled_from([*INVALID_UTF8, "61", "20", "746865"]), max_size=8).map(
        lambda parts: bytes.fromhex("".join(parts))
    ),
)
ANY_SUBWORDS = st.lists(st.text("▁abé日'<", min_size=1, max_size=5), unique=True, max_size=12).map(
    lambda pieces: [piece for piece in pieces if "▁" not in piece[1:]]
)


def test_the_golden_vectors_are_those_of_the_reference():
    assert GOLDEN["subwords"] == TOKENS
    assert len(CASES) >= 140
    assert [ids for _, ids, _ in CASES] == [reference_ids(text, TOKENS) for text, _, _ in CASES]
    assert [back for _, _, back in CASES] == [reference_whitespace(text) for text, _, _ in CASES]


def test_python_reproduces_the_golden_vectors():
    assert [(text, SUBWORDS.encode(text)) for text, ids, _ in CASES if SUBWORDS.encode(text) != ids] == []
    assert [(ids, SUBWORDS.decode(ids)) for _, ids, back in CASES if SUBWORDS.decode(ids) != back] == []


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, ANY_SUBWORDS)
def test_the_ids_are_those_of_the_plain_reading_with_any_pieces(text, pieces):
    assert SubwordVocabulary(pieces).encode(text) == reference_ids(to_bytes(text), pieces)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, ANY_SUBWORDS)
def test_the_text_comes_back_but_for_its_white_space(text, pieces):
    subwords = SubwordVocabulary(pieces)
    ids = subwords.encode(text)
    assert subwords.decode(ids) == normalize_whitespace(text) == reference_whitespace(to_bytes(text))
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


@pytest.mark.parametrize("number", [-1, 259 + len(TOKENS)])
def test_an_id_of_another_vocabulary_is_refused(number):
    with pytest.raises(ValueError, match=f"`ids` .* {number}"):
        SUBWORDS.decode([267, number])


@pytest.mark.parametrize("item", [None, 3, ["a"]])
def test_what_is_no_text_is_refused_by_name(item):
    with pytest.raises(TypeError, match=f"`text` .*{type(item).__name__}"):
        SUBWORDS.encode(item)


@pytest.mark.slow
@pytest.mark.parametrize("character", ["a", "n", "\uffff"])
def test_a_megabyte_without_a_space_is_read_in_time(character):
    text = character * (10**6 // len(character.encode()))
    began = time.process_time()
    ids = SUBWORDS.encode(text)
    assert time.process_time() - began < 1.5
    assert SUBWORDS.decode(ids) == text


def test_a_long_word_is_encoded_completely():
    for character in ("a", "n", "\uffff"):
        assert SUBWORDS.decode(SUBWORDS.encode(character * 2000)) == character * 2000


TRAINING_TEXTS = [
    "The lower walls, the lowest hall: 1200 steps (and 12 more).",
    "She walked lower; he was walking, they walk 120 steps!",
    "The hall (the old one) had lower walls & 3 öfen, öfen.",
] * 3


def test_frequent_stretches_become_pieces_and_they_keep_within_letters():
    pieces = SubwordVocabulary.from_texts(TRAINING_TEXTS, vocabulary_size=400).tokens[259:]
    assert pieces[0] == "▁" and {"▁the", "▁lower", "▁walk", "▁(", "▁1", "▁walking", "ö"} <= set(pieces)
    for piece in pieces:
        body = piece.removeprefix("▁")
        assert body.isalpha() or len(body) <= 1, piece
    subwords = SubwordVocabulary.from_texts(TRAINING_TEXTS, vocabulary_size=400)
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
    assert SubwordVocabulary.from_texts(TRAINING_TEXTS, vocabulary_size=260).tokens[259:] == ("▁",)
    assert SubwordVocabulary.from_texts(["abb abb abb b"], vocabulary_size=262).tokens[259:] == ("▁", "b", "a")
    assert all(
        len(SubwordVocabulary.from_texts(TRAINING_TEXTS, vocabulary_size=size)) == size for size in (270, 300, 330)
    )


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
    expected = SubwordVocabulary.from_texts(TRAINING_TEXTS, vocabulary_size=350).tokens
    assert SubwordVocabulary.from_texts(TRAINING_TEXTS[::-1], vocabulary_size=350).tokens == expected
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", BUILD]
    result = subprocess.run(
        command, input=json.dumps(TRAINING_TEXTS), capture_output=True, encoding="utf-8", check=True, env=environment
    )
    assert tuple(json.loads(result.stdout)) == expected


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("labeled", [False, True])
def test_they_are_learned_from_any_dataset_of_texts(batched, labeled):
    texts = np.array([text.encode() for text in TRAINING_TEXTS], dtype=object)
    dataset = tf.data.Dataset.from_tensor_slices((texts, texts[::-1]) if labeled else texts)
    built = SubwordVocabulary.from_texts(dataset.batch(2) if batched else dataset, vocabulary_size=300)
    assert built.tokens == SubwordVocabulary.from_texts(TRAINING_TEXTS, vocabulary_size=300).tokens


@pytest.mark.parametrize(
    ("texts", "size", "error", "message"),
    [
        ([], 500, ValueError, "`texts`"),
        (["", " \n"], 500, ValueError, "`texts`"),
        (["a"], 259, ValueError, "`vocabulary_size` .* 259"),
        (["a", 3], 500, TypeError, r"`texts\[1\]` .*int \(3\)"),
        ("one text", 500, TypeError, "`texts`"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused(texts, size, error, message):
    with pytest.raises(error, match=message):
        SubwordVocabulary.from_texts(texts, vocabulary_size=size)


def test_tokens_may_be_given_whole_or_as_pieces():
    assert SubwordVocabulary(SUBWORDS.tokens).tokens == SUBWORDS.tokens == (*RESERVED_TOKENS, *TOKENS)
    assert len(SUBWORDS) == 259 + len(TOKENS)
    assert "▁the" in SUBWORDS and "<END>" in SUBWORDS and "▁never" not in SUBWORDS


@settings(max_examples=50, deadline=None)
@given(ANY_SUBWORDS)
def test_the_file_gives_the_same_tokens(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("s") / "vocabulary.txt"
    SubwordVocabulary(pieces).save(path)
    assert path.read_bytes().split(b"\n")[259:-1] == [piece.encode() for piece in pieces]
    assert SubwordVocabulary.load(path).tokens == SubwordVocabulary(pieces).tokens


INVALID_SUBWORDS = [
    (["a b"], "'a b',? contains white space"),
    (["a\r"], "contains white space"),
    (["a▁"], "contains ▁ after"),
    (["▁▁"], "contains ▁ after"),
    ([""], "'',? is empty"),
    (["x" * 33], "longer than 32 bytes"),
    (["<END>"], "repeats token 2"),
    (["<0x41>"], "repeats token 68"),
]


@pytest.mark.parametrize(("pieces", "message"), INVALID_SUBWORDS)
def test_what_can_be_no_piece_is_refused_with_its_place(tmp_path, pieces, message):
    with pytest.raises(ValueError, match=r"`tokens\[260\]`.*" + message):
        SubwordVocabulary(["fine", *pieces])
    path = tmp_path / "vocabulary.txt"
    path.write_bytes("".join(f"{token}\n" for token in (*RESERVED_TOKENS, "fine", *pieces)).encode())
    with pytest.raises(ValueError, match=r"vocabulary\.txt:261: .*" + message):
        SubwordVocabulary.load(path)


def test_a_lone_surrogate_is_no_piece():
    with pytest.raises(ValueError, match=r"`tokens\[259\]`.*surrogate"):
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
