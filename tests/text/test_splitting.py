"""The splitting rule: golden vectors, and equality of Python, graph, device reader and JavaScript."""

import json
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from reader import make_reader

from rnn_templates.text import characters
from rnn_templates.text.splitting import encode_text, split, split_tensor, splitting_rule
from rnn_templates.text.vocabulary import Vocabulary

HERE = Path(__file__).parent
GOLDEN = [
    (bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode(), case["tokens"])
    for case in json.loads((HERE / "golden_splits.json").read_text(encoding="utf-8"))
]
TRICKY = [
    "a",
    "B",
    "'",
    "’",
    " ",
    "<br />",
    "<",
    "br>",
    "\u0301",
    "\u200d",
    "😀",
    "日",
    "ß",
    "İ",
    "\x00",
    "\ufeff",
    ".",
]
BROKEN = [
    b"\x80",
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    b"a",
    b"'",
    b" ",
]


def graph(texts):
    return [[token.decode() for token in row] for row in split_tensor(tf.constant(texts, tf.string)).to_list()]


def test_there_are_golden_vectors_enough():
    assert len({text for text, _ in GOLDEN}) >= 200


@pytest.mark.parametrize(("text", "tokens"), GOLDEN, ids=range(len(GOLDEN)))
def test_python_splits_as_the_golden_vectors(text, tokens):
    assert split(text) == tokens


def test_the_graph_splits_as_the_golden_vectors():
    assert graph([text for text, _ in GOLDEN]) == [tokens for _, tokens in GOLDEN]


def test_javascript_splits_as_the_golden_vectors():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    question = json.dumps({"rule": splitting_rule(), "texts": [text.hex() for text, _ in GOLDEN]})
    answer = subprocess.run([node, HERE / "splitting.mjs"], input=question, capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == [tokens for _, tokens in GOLDEN]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=20), st.lists(st.sampled_from(BROKEN)).map(b"".join)), max_size=8))
def test_python_and_graph_agree_on_any_bytes(texts):
    assert graph(texts) == [split(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.lists(st.sampled_from(TRICKY)).map("".join)), max_size=8))
def test_python_and_graph_agree_on_any_text(texts):
    assert graph([encode_text(text) for text in texts]) == [split(text) for text in texts]


def test_python_and_graph_agree_on_every_code_point_alone_in_a_word_and_around_an_apostrophe():
    for plane in range(0, 0x110000, 0x10000):
        texts = ["{0} a{0}b {0}'{0}".format(chr(c)) for c in range(plane, plane + 0x10000)]
        texts = [encode_text(text) for text in texts]
        assert graph(texts) == [split(text) for text in texts]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_splitting_the_tokens_again_changes_nothing(text):
    assert split(" ".join(split(text))) == split(text)


def test_a_batch_without_texts_and_texts_without_tokens_are_answered():
    assert split_tensor(tf.constant([], tf.string)).to_list() == []
    assert graph([b"", b" \n", b""]) == [[], [], []]


@pytest.mark.parametrize("item", [None, 3, ["a"], float("nan")])
def test_what_is_no_text_is_refused_by_name(item):
    with pytest.raises(TypeError, match=f"not {type(item).__name__}"):
        split(item)


def test_a_lone_surrogate_reads_as_the_replacement_character():
    assert split("a\ud83db") == ["a", "\ufffd", "\ufffd", "\ufffd", "b"]


def test_the_frozen_tables_are_those_of_unicode_14():
    if unicodedata.unidata_version != "14.0.0":
        pytest.skip(f"this Python knows Unicode {unicodedata.unidata_version}")
    assert characters.derive() == (list(characters.RANGES), list(characters.FOLDS))


@pytest.fixture(scope="module")
def device_reader(tmp_path_factory):
    folder = tmp_path_factory.mktemp("device")
    rule = {**splitting_rule(), "max_words": 5}
    (folder / "splitting.json").write_text(json.dumps(rule), encoding="utf-8")
    vocabulary = Vocabulary(sorted({token for _, tokens in GOLDEN for token in tokens}))
    vocabulary.save(folder / "vocabulary.txt")
    return make_reader(folder), vocabulary


def test_the_device_reader_gives_the_ids_of_the_golden_vectors(device_reader):
    read, vocabulary = device_reader
    for text, tokens in GOLDEN:
        ids = vocabulary.ids(tokens)
        assert read(text) == (ids if len(ids) <= 5 else ids[:3] + ids[-2:])


def test_the_device_reader_is_short_enough_to_port():
    code = [line for line in (HERE / "reader.py").read_text().split('"""')[2].splitlines() if line.strip()]
    assert len(code) <= 30


def test_the_rule_for_devices_is_json():
    assert json.loads(json.dumps(splitting_rule())) == splitting_rule()
