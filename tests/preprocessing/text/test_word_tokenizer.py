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

import rnn_templates
from rnn_templates.preprocessing.text import unicode_tables
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes, tokenize, tokenize_tensor, word_tokenizer_spec
from rnn_templates.runtime.word_tokenizer import make_reader

HERE = Path(__file__).parent
RUNTIME = Path(rnn_templates.__file__).parent / "runtime"
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


ALL_TOKENS = Vocabulary(sorted({token for _, tokens in GOLDEN for token in tokens}))


def around(code):
    """A code point alone, inside of a word, and around an apostrophe."""
    return "{0} a{0}b {0}'{0} ".format(chr(code))


def truncate_label(ids, max_tokens):
    """The first and last halves, odd words to the first, by a way of its own."""
    if max_tokens is None or len(ids) <= max_tokens:
        return ids
    return [one for place, one in enumerate(ids) if min(2 * place, 2 * (len(ids) - 1 - place) + 1) < max_tokens]


def graph(texts):
    return [[token.decode() for token in row] for row in tokenize_tensor(tf.constant(texts, tf.string)).to_list()]


def test_there_are_golden_vectors_enough():
    assert len({text for text, _ in GOLDEN}) == len(GOLDEN) >= 220


def test_the_golden_vectors_still_hold_what_editors_like_to_normalise():
    everything = b"".join(text for text, _ in GOLDEN).decode("utf-8", "replace")
    fragile = (
        "\x00\r\xa0\xad\u0301\u1680\u2009\u200b\u2028\u2029\u2066\u212a\u3099\ue000\ufeff\ufb01\U000e0100\U0010fffd"
    )
    assert [hex(ord(c)) for c in fragile if c not in everything] == []


@pytest.mark.parametrize(("text", "tokens"), GOLDEN, ids=range(len(GOLDEN)))
def test_python_splits_as_the_golden_vectors(text, tokens):
    assert tokenize(text) == tokens


def test_the_graph_splits_as_the_golden_vectors():
    assert graph([text for text, _ in GOLDEN]) == [tokens for _, tokens in GOLDEN]


ASK_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { makeReader } from "%s";
const { rule, vocabulary, texts } = JSON.parse(readFileSync(0, "utf8"));
const { split, read } = makeReader(rule, vocabulary);
const bytes = texts.map((text) => Buffer.from(text, "hex"));
console.log(JSON.stringify([bytes.map(split), bytes.map(read)]));
"""


def javascript(texts, vocabulary, max_tokens):
    """Tokens and ids of the JavaScript port."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    lines = "".join(f"{token}\n" for token in vocabulary.tokens)
    rule = {**word_tokenizer_spec(), "max_tokens": max_tokens}
    question = json.dumps({"rule": rule, "vocabulary": lines, "texts": [text.hex() for text in texts]})
    program = ASK_JAVASCRIPT % (RUNTIME / "word_tokenizer.mjs").as_uri()
    command = [node, "--input-type=module", "--eval", program]
    answer = subprocess.run(command, input=question, capture_output=True, encoding="utf-8", check=True)
    return json.loads(answer.stdout)


@pytest.mark.parametrize("max_tokens", [None, 1, 5])
def test_javascript_reads_the_golden_vectors(max_tokens):
    tokens, ids = javascript([text for text, _ in GOLDEN], ALL_TOKENS, max_tokens)
    assert tokens == [tokens for _, tokens in GOLDEN]
    assert ids == [truncate_label(ALL_TOKENS.ids(tokens), max_tokens) for _, tokens in GOLDEN]


def test_javascript_splits_every_code_point_as_python():
    texts = [to_bytes("".join(map(around, range(first, first + 256)))) for first in range(0, 0x110000, 256)]
    assert javascript(texts, ALL_TOKENS, None)[0] == [tokenize(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=20), st.lists(st.sampled_from(BROKEN)).map(b"".join)), max_size=8))
def test_python_and_graph_agree_on_any_bytes(texts):
    assert graph(texts) == [tokenize(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.lists(st.sampled_from(TRICKY)).map("".join)), max_size=8))
def test_python_and_graph_agree_on_any_text(texts):
    assert graph([to_bytes(text) for text in texts]) == [tokenize(text) for text in texts]


def test_python_and_graph_agree_on_every_code_point_alone_in_a_word_and_around_an_apostrophe():
    for plane in range(0, 0x110000, 0x10000):
        texts = [to_bytes(around(code)) for code in range(plane, plane + 0x10000)]
        assert graph(texts) == [tokenize(text) for text in texts]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_splitting_the_tokens_again_changes_nothing(text):
    assert tokenize(" ".join(tokenize(text))) == tokenize(text)


def test_a_batch_without_texts_and_texts_without_tokens_are_answered():
    assert tokenize_tensor(tf.constant([], tf.string)).to_list() == []
    assert graph([b"", b" \n", b""]) == [[], [], []]


@pytest.mark.parametrize("item", [None, 3, ["a"], float("nan")])
def test_what_is_no_text_is_refused_by_name(item):
    with pytest.raises(TypeError, match=f"not {type(item).__name__}"):
        tokenize(item)


def test_a_lone_surrogate_reads_as_the_replacement_character():
    assert tokenize("a\ud83db") == ["a", "\ufffd", "\ufffd", "\ufffd", "b"]


def test_the_frozen_tables_are_those_of_unicode_14():
    if unicodedata.unidata_version != "14.0.0":
        pytest.skip(f"this Python knows Unicode {unicodedata.unidata_version}")
    assert unicode_tables.derive_tables() == (list(unicode_tables.RANGES), list(unicode_tables.CASE_FOLDS))


def device_reader(folder, vocabulary, max_tokens):
    """The reader of an exported folder."""
    (folder / "preprocessing.json").write_text(
        json.dumps({**word_tokenizer_spec(), "max_tokens": max_tokens}), encoding="utf-8"
    )
    vocabulary.save(folder / "vocabulary.txt")
    return make_reader(folder)


@pytest.mark.parametrize("max_tokens", [None, 1, 4, 5])
def test_the_device_reader_gives_the_ids_of_the_golden_vectors(tmp_path, max_tokens):
    read = device_reader(tmp_path, ALL_TOKENS, max_tokens)
    for text, tokens in GOLDEN:
        assert read(text) == truncate_label(ALL_TOKENS.ids(tokens), max_tokens)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.text(max_size=30), st.binary(max_size=30), st.lists(st.sampled_from(TRICKY)).map("".join)),
    st.sampled_from([None, 1, 2, 5]),
)
def test_the_device_reader_gives_the_ids_of_any_text(tmp_path_factory, text, max_tokens):
    vocabulary = Vocabulary.from_texts([text])
    read = device_reader(tmp_path_factory.mktemp("device"), vocabulary, max_tokens)
    assert read(text) == truncate_label(vocabulary.ids(tokenize(text)), max_tokens)


@pytest.mark.parametrize("name", ["reader.py", "splitting.mjs"])
def test_the_documentation_shows_the_readers_that_are_tested(name):
    assert (HERE / name).read_text(encoding="utf-8") in (HERE.parents[1] / "docs" / "splitting.md").read_text("utf-8")


def test_the_documentation_tells_of_every_part_of_the_rule():
    document = (HERE.parents[1] / "docs" / "splitting.md").read_text("utf-8")
    assert [part for part in word_tokenizer_spec() if f"`{part}`" not in document] == []


def test_the_device_reader_is_short_enough_to_port():
    code = [line for line in (RUNTIME / "word_tokenizer.py").read_text().split('"""')[2].splitlines() if line.strip()]
    assert len(code) <= 45


def test_the_rule_for_devices_is_json():
    assert json.loads(json.dumps(word_tokenizer_spec())) == word_tokenizer_spec()
