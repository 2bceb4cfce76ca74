"""Tokens with offsets: equality with the word tokenizer, offsets in the original text, and equality of the graph."""

import json
import re
import time

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.isolated import run_isolated
from support.word_vectors import GOLDEN, INVALID_UTF8, SOME_CODE_POINTS, TRICKY, around

from rnn_templates.preprocessing.text.token_offsets import (
    Token,
    normalize_token,
    normalize_token_tensor,
    tokenize_with_offsets,
    tokenize_with_offsets_tensor,
)
from rnn_templates.preprocessing.text.word_tokenizer import LINE_BREAK, to_bytes, tokenize, word_tokenizer_spec

RULE = word_tokenizer_spec()
DROPPED = {chr(code) for first, last in RULE["dropped"] for code in range(first, last + 1)}
INVISIBLE = DROPPED | {chr(code) for first, last in RULE["space"] for code in range(first, last + 1)}
BR = ["<br>", "<BR/>", "<bR />", "<br >", "<br  />", "<b\u200dr>", "\u00ad", "\ufe0f", "\U000e0100", "L’Eau", "Σ"]
ANY_TEXT = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(TRICKY + BR)).map("".join))
LONE = ["\ud800", "\udbff", "\udc00", "\udfff", "a", "B", "'", " ", "\u200d", "<br>", "😀"]
SURROGATES = st.one_of(st.text(st.characters()), st.lists(st.sampled_from(LONE)).map("".join))
ANY_BYTES = st.one_of(
    st.binary(max_size=30),
    st.lists(st.sampled_from([*INVALID_UTF8, b"B", b"<br>", b"<br />", "\u200d".encode()])).map(b"".join),
)

FOUND = {
    "case is kept": ("It's NOT bad", [("It's", 0, 4), ("NOT", 5, 8), ("bad", 9, 12)]),
    "a curly apostrophe is kept": ("l’Eau", [("l’Eau", 0, 5)]),
    "line breaks of every length": (
        "a<br>b<BR/>c<br >d<br />e",
        [("a", 0, 1), ("b", 5, 6), ("c", 11, 12), ("d", 17, 18), ("e", 24, 25)],
    ),
    "an emoji is one code point": ("a😀B", [("a", 0, 1), ("😀", 1, 2), ("B", 2, 3)]),
    "an emoji with a variation selector": ("❤\ufe0f ok", [("❤", 0, 1), ("ok", 3, 5)]),
    "a skin tone stands alone": ("👍🏽!", [("👍", 0, 1), ("🏽", 1, 2), ("!", 2, 3)]),
    "a family of emoji": ("👩\u200d👩\u200d👧 x", [("👩", 0, 1), ("👩", 2, 3), ("👧", 4, 5), ("x", 6, 7)]),
    "a flag is two tokens": ("🇳🇴 x", [("🇳", 0, 1), ("🇴", 1, 2), ("x", 3, 4)]),
    "combining marks belong to their letter": ("Cafe\u0301 là", [("Cafe\u0301", 0, 5), ("là", 6, 8)]),
    "Arabic": ("مرحبا، يا", [("مرحبا", 0, 5), ("،", 5, 6), ("يا", 7, 9)]),
    "Hebrew with direction marks": ("\u200fשלום\u200e עולם", [("שלום", 1, 5), ("עולם", 7, 11)]),
    "Persian with a non-joiner": ("می\u200cروم.", [("میروم", 0, 6), (".", 6, 7)]),
    "Thai stays whole": ("สวัสดี ครับ", [("สวัสดี", 0, 6), ("ครับ", 7, 11)]),
    "Han and kana stand alone": ("東京2020ア", [("東", 0, 1), ("京", 1, 2), ("2020", 2, 6), ("ア", 6, 7)]),
    "a soft hyphen inside, and around": ("\u00adSo\u00adft\u00ad a", [("Soft", 1, 6), ("a", 8, 9)]),
    "a dropped character by an apostrophe": ("Don'\u200dt", [("Don't", 0, 6)]),
    "a byte order mark": ("\ufeffHi", [("Hi", 1, 3)]),
    "NUL is a space": ("\0A\0\0b", [("A", 1, 2), ("b", 4, 5)]),
    "no line break with something dropped in it": (
        "<b\u200dr>x",
        [("<", 0, 1), ("br", 1, 4), (">", 4, 5), ("x", 5, 6)],
    ),
    "capital I with a dot stays": ("İST", [("İST", 0, 3)]),
    "nothing": ("", []),
    "nothing to see": (" \u200b<br>\n", []),
}


def graph(texts):
    """`tokenize_with_offsets_tensor` in the form of `tokenize_with_offsets`."""
    rows = zip(
        *(values.to_list() for values in tokenize_with_offsets_tensor(tf.constant(texts, tf.string))), strict=True
    )
    return [[Token(token.decode(), *places) for token, *places in zip(*row, strict=True)] for row in rows]


def assert_offsets_are_right(text, tokens):
    """Asserts properties that determine the offsets completely."""
    blank = re.sub(LINE_BREAK, lambda match: " " * len(match[0]), text)
    last = 0
    for token in tokens:
        assert set(blank[last : token.start]) <= INVISIBLE, "something visible is in no token"
        written = text[token.start : token.end]
        assert token.text == "".join(c for c in written if c not in DROPPED)
        assert written[0] not in DROPPED and written[-1] not in DROPPED
        last = token.end
    assert set(blank[last:]) <= INVISIBLE


@pytest.mark.parametrize(("text", "tokens"), FOUND.values(), ids=FOUND)
def test_a_token_is_where_it_stands(text, tokens):
    assert tokenize_with_offsets(text) == tokens
    assert tokenize_with_offsets(text.encode()) == tokens
    assert_offsets_are_right(text, tokenize_with_offsets(text))


def test_the_graph_finds_the_same():
    texts = [text.encode() for text, _ in FOUND.values()]
    assert graph(texts) == [tokens for _, tokens in FOUND.values()]


def test_places_in_bytes_are_those_of_the_decoded_text():
    text = b"\xff\xe2\x82<br>\xc3B"
    tokens = [("\ufffd", 0, 1), ("\ufffd", 1, 2), ("\ufffd", 6, 7), ("B", 7, 8)]
    assert tokenize_with_offsets(text) == tokens == tokenize_with_offsets(text.decode("utf-8", "replace"))
    assert graph([text]) == [tokens]


def test_the_golden_texts_are_located_and_fold_to_their_tokens():
    found_rows = graph([text for text, _ in GOLDEN])
    for (text, tokens), found in zip(GOLDEN, found_rows, strict=True):
        assert found == tokenize_with_offsets(text)
        assert [normalize_token(token.text) for token in found] == tokens
        assert_offsets_are_right(text.decode("utf-8", "replace"), found)


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_TEXT, max_size=6))
def test_any_text_is_located_rightly_and_alike_in_the_graph(texts):
    found_rows = [tokenize_with_offsets(text) for text in texts]
    for text, tokens in zip(texts, found_rows, strict=True):
        assert [normalize_token(token.text) for token in tokens] == tokenize(text)
        assert_offsets_are_right(text, tokens)
    assert graph([text.encode() for text in texts]) == found_rows


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_BYTES, max_size=6))
def test_any_bytes_are_located_rightly_and_alike_in_the_graph(texts):
    found_rows = [tokenize_with_offsets(text) for text in texts]
    for text, tokens in zip(texts, found_rows, strict=True):
        assert [normalize_token(token.text) for token in tokens] == tokenize(text)
        assert_offsets_are_right(text.decode("utf-8", "replace"), tokens)
    assert graph(texts) == found_rows


@settings(max_examples=200, deadline=None)
@given(SURROGATES)
def test_a_lone_surrogate_gives_three_tokens_at_its_place_and_moves_no_other(text):
    lone = {place for place, c in enumerate(text) if "\ud800" <= c <= "\udfff"}
    whole = "".join("\ufffd" if place in lone else c for place, c in enumerate(text))
    assert tokenize_with_offsets(text) == [
        token for token in tokenize_with_offsets(whole) for _ in range(3 if token.start in lone else 1)
    ]
    assert [normalize_token(token.text) for token in tokenize_with_offsets(text)] == tokenize(text)


def test_as_many_surrogates_as_dropped_characters_do_not_hide_each_other():
    text = "\u200d\ud800\u200dA"
    assert tokenize_with_offsets(text) == [*3 * [("\ufffd", 1, 2)], ("A", 3, 4)]


def test_code_points_are_located_alone_in_a_word_and_around_an_apostrophe():
    check_code_points(SOME_CODE_POINTS)


@pytest.mark.slow
def test_every_code_point_of_the_first_plane_and_every_edge_is_located():
    ranges = [run[:2] for part in ("case_folds", "dropped", "space", "single") for run in RULE[part]]
    edges = {edge for first, last in ranges for edge in (first - 1, first, last, last + 1)}
    codes = sorted(
        {*range(0x10000), *range(0x10000, 0x110000, 61), *range(0xE0000, 0xE1000), *edges} & {*range(0x110000)}
    )
    check_code_points(codes)


def check_code_points(codes):
    texts = [to_bytes("".join(map(around, codes[first : first + 512]))) for first in range(0, len(codes), 512)]
    found_rows = [tokenize_with_offsets(text) for text in texts]
    for text, tokens in zip(texts, found_rows, strict=True):
        assert normalize_token(" ".join(token.text for token in tokens)) == " ".join(tokenize(text))
        assert_offsets_are_right(text.decode("utf-8", "replace"), tokens)
    assert graph(texts) == found_rows


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(ANY_TEXT, ANY_BYTES, SURROGATES), max_size=6))
def test_python_and_graph_fold_any_token_alike(tokens):
    folded = normalize_token_tensor(tf.constant([to_bytes(token) for token in tokens], tf.string))
    assert [token.decode() for token in folded.numpy().tolist()] == [normalize_token(token) for token in tokens]
    assert [normalize_token(normalize_token(token)) for token in tokens] == [normalize_token(token) for token in tokens]


@pytest.mark.parametrize(
    "codes", [SOME_CODE_POINTS, pytest.param(range(0x110000), marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_python_and_graph_fold_code_points_alike(codes):
    characters = [to_bytes(chr(code)) for code in codes]
    folded = normalize_token_tensor(tf.constant(characters)).numpy().tolist()
    assert [token.decode() for token in folded] == [normalize_token(character) for character in characters]


@pytest.mark.parametrize(
    ("token", "folded"),
    [
        ("", ""),
        ("New York", "new york"),
        ("\u200d", ""),
        ("L’\u00adEAU", "l'eau"),
        ("İ", "İ"),
        ("ΟΔΟΣ", "οδοσ"),
        ("<BR>", "<br>"),
    ],
)
def test_a_token_of_ones_own_is_folded_and_not_split(token, folded):
    assert normalize_token(token) == folded == normalize_token_tensor(tf.constant([token])).numpy()[0].decode()


@pytest.mark.parametrize("item", [None, 3, ["a"], float("nan")])
@pytest.mark.parametrize("function", [tokenize_with_offsets, normalize_token])
def test_what_is_no_text_is_refused_by_name(function, item):
    with pytest.raises(TypeError, match=f"`text` .*{type(item).__name__}"):
        function(item)


def test_a_batch_without_texts_and_texts_without_tokens():
    assert graph([]) == [] == normalize_token_tensor(tf.constant([], tf.string)).numpy().tolist()
    assert graph([b"", b" \n", b""]) == [[], [], []]
    assert graph([b"", b"A", b"", b"b", b""]) == [[], [("A", 0, 1)], [], [("b", 0, 1)], []]


def test_the_graph_gives_strings_and_int32_in_one_shape():
    tokens, starts, ends = tokenize_with_offsets_tensor(tf.constant(["A b", ""]))
    assert (tokens.dtype, starts.dtype, ends.dtype) == (tf.string, tf.int32, tf.int32)
    assert [values.shape.as_list() for values in (tokens, starts, ends)] == [[2, None]] * 3


@pytest.mark.parametrize("piece", ["Don’t", "<br />", "A\u200d", "a'", "<brother"])
@pytest.mark.parametrize("size", [1 << 12, pytest.param(1 << 20, marks=pytest.mark.slow)])
def test_a_long_text_takes_linear_time(piece, size):
    text = (piece.encode() * size)[:size]
    begun = time.perf_counter()
    found = graph([b"A", text, b"B"])
    assert found == [tokenize_with_offsets(b"A"), tokenize_with_offsets(text), tokenize_with_offsets(b"B")]
    assert time.perf_counter() - begun < 30, "quadratic time would be hours"


RUN = """
import json, sys
import tensorflow as tf
module = tf.saved_model.load(sys.argv[1])
texts = tf.constant([bytes.fromhex(text) for text in json.load(sys.stdin)], tf.string)
tokens, starts, ends = module.locate(texts)
tokens = tokens.with_values(module.fold(tokens.values)), tokens
folded, tokens = ([[token.decode() for token in row] for row in rows.to_list()] for rows in tokens)
mine = any(name.startswith("rnn_templates") for name in sys.modules)
none = module.locate(tf.constant([], tf.string))[0].to_list()
print(json.dumps([tokens, starts.to_list(), ends.to_list(), folded, none, mine]))
"""


def test_a_saved_model_runs_in_a_process_with_tensorflow_only(tmp_path):
    module = tf.Module()
    signature = [tf.TensorSpec([None], tf.string)]
    module.locate = tf.function(tokenize_with_offsets_tensor, input_signature=signature)
    module.fold = tf.function(normalize_token_tensor, input_signature=signature)
    tf.saved_model.save(module, tmp_path)
    texts = [b"", *(text for text, _ in GOLDEN), *(text.encode() for text, _ in FOUND.values())]
    tokens, starts, ends, folded, none, mine = run_isolated(
        RUN, tmp_path, input=json.dumps([text.hex() for text in texts]), tensorflow=True
    )
    found = [[Token(*token) for token in zip(*row, strict=True)] for row in zip(tokens, starts, ends, strict=True)]
    assert found == [tokenize_with_offsets(text) for text in texts]
    assert folded == [tokenize(text) for text in texts]
    assert none == [] and not mine
