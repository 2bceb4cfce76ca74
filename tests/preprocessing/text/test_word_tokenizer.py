"""Word tokenizer: golden vectors, and equality of Python and the TensorFlow ops."""

import json
import unicodedata

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.word_vectors import GOLDEN, INVALID_UTF8, SOME_CODE_POINTS, TRICKY, around

from rnn_templates.preprocessing.text import unicode_tables
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes, tokenize, tokenize_tensor, word_tokenizer_spec


def graph(texts):
    return [[token.decode() for token in row] for row in tokenize_tensor(tf.constant(texts, tf.string)).to_list()]


def test_there_are_golden_vectors_enough():
    assert len({text for text, _ in GOLDEN}) == len(GOLDEN) >= 220


def test_the_golden_vectors_still_hold_what_editors_like_to_normalize():
    everything = b"".join(text for text, _ in GOLDEN).decode("utf-8", "replace")
    fragile = (
        "\x00\r\xa0\xad\u0301\u1680\u2009\u200b\u2028\u2029\u2066\u212a\u3099\ue000\ufeff\ufb01\U000e0100\U0010fffd"
    )
    assert [hex(ord(c)) for c in fragile if c not in everything] == []


def test_python_reproduces_the_golden_vectors():
    assert [(text, tokenize(text)) for text, tokens in GOLDEN if tokenize(text) != tokens] == []


def test_the_graph_reproduces_the_golden_vectors():
    found = graph([text for text, _ in GOLDEN])
    assert [(text, row) for (text, tokens), row in zip(GOLDEN, found, strict=True) if row != tokens] == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=20), st.lists(st.sampled_from(INVALID_UTF8)).map(b"".join)), max_size=8))
def test_python_and_graph_agree_on_any_bytes(texts):
    assert graph(texts) == [tokenize(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.lists(st.sampled_from(TRICKY)).map("".join)), max_size=8))
def test_python_and_graph_agree_on_any_text(texts):
    assert graph([to_bytes(text) for text in texts]) == [tokenize(text) for text in texts]


def check_code_points(codes):
    texts = [to_bytes(around(code)) for code in codes]
    assert graph(texts) == [tokenize(text) for text in texts]


def test_python_and_graph_agree_on_code_points_alone_in_a_word_and_around_an_apostrophe():
    check_code_points(SOME_CODE_POINTS)


@pytest.mark.slow
def test_python_and_graph_agree_on_every_code_point():
    for plane in range(0, 0x110000, 0x10000):
        check_code_points(range(plane, plane + 0x10000))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_tokenizing_the_tokens_again_changes_nothing(text):
    assert tokenize(" ".join(tokenize(text))) == tokenize(text)


def test_a_batch_without_texts_and_texts_without_tokens():
    assert tokenize_tensor(tf.constant([], tf.string)).to_list() == []
    assert graph([b"", b" \n", b""]) == [[], [], []]


@pytest.mark.parametrize("item", [None, 3, ["a"], float("nan")])
def test_another_type_is_rejected_by_name(item):
    with pytest.raises(TypeError, match=f"`text` .*{type(item).__name__}"):
        tokenize(item)


def test_a_lone_surrogate_becomes_the_replacement_character():
    assert tokenize("a\ud83db") == ["a", "\ufffd", "\ufffd", "\ufffd", "b"]


def test_the_frozen_tables_are_those_of_unicode_14():
    if unicodedata.unidata_version != "14.0.0":
        pytest.skip(f"this Python has Unicode {unicodedata.unidata_version}")
    assert unicode_tables.derive_tables() == (list(unicode_tables.RANGES), list(unicode_tables.CASE_FOLDS))


def test_the_specification_is_json():
    assert json.loads(json.dumps(word_tokenizer_spec())) == word_tokenizer_spec()
