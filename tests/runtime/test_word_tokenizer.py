"""Word tokenizer for devices, in Python and JavaScript: equality with the package, and its documentation."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.code_lines import code_lines
from support.word_vectors import ALL_TOKENS, GOLDEN, SOME_CODE_POINTS, TRICKY, around, first_and_last

import rnn_templates
from rnn_templates.preprocessing.text.token_offsets import normalize_token, tokenize_with_offsets
from rnn_templates.preprocessing.text.token_preprocessor import TokenPreprocessor
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes, tokenize, word_tokenizer_spec
from rnn_templates.runtime.word_tokenizer import cut_position, make_text_encoder, make_token_encoder, make_tokenizer

RUNTIME = Path(rnn_templates.__file__).parent / "runtime"
DOCUMENT = (RUNTIME.parents[1] / "docs" / "word_tokenizer.md").read_text(encoding="utf-8")
ANY_TEXT = st.one_of(st.text(max_size=30), st.binary(max_size=30), st.lists(st.sampled_from(TRICKY)).map("".join))

RUN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { makeWordTokenizer } from "%s";
const { spec, vocabulary, limits, texts } = JSON.parse(readFileSync(0, "utf8"));
const bytes = texts.map((text) => Buffer.from(text, "hex"));
const tokens = bytes.map(makeWordTokenizer(spec, vocabulary).tokenize);
const ids = limits.map((limit) => bytes.map(makeWordTokenizer({ ...spec, max_tokens: limit }, vocabulary).encode));
console.log(JSON.stringify([tokens, ids]));
"""


def write_export(folder, vocabulary, **spec):
    (folder / "preprocessing.json").write_text(json.dumps({**word_tokenizer_spec(), **spec}), encoding="utf-8")
    vocabulary.save(folder / "vocabulary.txt")
    return str(folder)


def javascript(texts, vocabulary, limits=(), rules=None):
    """Returns the tokens of texts, and their ids for every limit, by the JavaScript port."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    lines = "".join(f"{token}\n" for token in vocabulary.tokens)
    texts = [text.hex() for text in texts]
    stdin = json.dumps(
        {"spec": word_tokenizer_spec() | (rules or {}), "vocabulary": lines, "limits": limits, "texts": texts}
    )
    command = [node, "--input-type=module", "--eval", RUN_JAVASCRIPT % (RUNTIME / "word_tokenizer.mjs").as_uri()]
    result = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", check=True, timeout=60)
    return json.loads(result.stdout)


def test_python_reproduces_the_golden_vectors(tmp_path):
    limits = [None, 1, 4, 5]
    encoders = [make_text_encoder(write_export(tmp_path, ALL_TOKENS, max_tokens=limit)) for limit in limits]
    failed = [
        (text, limit, encode(text))
        for limit, encode in zip(limits, encoders, strict=True)
        for text, tokens in GOLDEN
        if encode(text) != first_and_last(ALL_TOKENS.ids(tokens), limit)
    ]
    assert failed == []


def test_javascript_reproduces_the_golden_vectors():
    limits = [None, 1, 5]
    found, ids = javascript([text for text, _ in GOLDEN], ALL_TOKENS, limits)
    assert [(text, row) for (text, tokens), row in zip(GOLDEN, found, strict=True) if row != tokens] == []
    for limit, rows in zip(limits, ids, strict=True):
        expected = [first_and_last(ALL_TOKENS.ids(tokens), limit) for _, tokens in GOLDEN]
        assert [(text, row) for (text, _), row, ids in zip(GOLDEN, rows, expected, strict=True) if row != ids] == []


def check_code_points(codes):
    texts = [to_bytes("".join(map(around, codes[first : first + 256]))) for first in range(0, len(codes), 256)]
    expected = [tokenize(text) for text in texts]
    assert javascript(texts, ALL_TOKENS)[0] == expected
    python = make_tokenizer(word_tokenizer_spec())
    assert [[normalized for normalized, *_ in python(text)] for text in texts] == expected


def test_code_points_are_tokenized_as_in_the_package():
    check_code_points(SOME_CODE_POINTS)


@pytest.mark.slow
def test_every_code_point_is_tokenized_as_in_the_package():
    check_code_points(range(0x110000))


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, st.sampled_from([None, 1, 2, 5]))
def test_any_text_gives_the_ids_of_the_package(tmp_path_factory, text, limit):
    vocabulary = Vocabulary.from_texts([text])
    encode = make_text_encoder(write_export(tmp_path_factory.mktemp("device"), vocabulary, max_tokens=limit))
    assert encode(text) == first_and_last(vocabulary.ids(tokenize(text)), limit)


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, st.integers(1, 4), st.integers(2, 6))
def test_any_sentence_gives_the_segments_of_the_package(tmp_path_factory, text, max_tokens, max_word_bytes):
    if isinstance(text, str):
        text = to_bytes(text).decode("utf-8", "replace")  # offsets of lone surrogates differ in strings
    vocabulary = Vocabulary(["a", "b"])
    folder = tmp_path_factory.mktemp("device")
    encode = make_token_encoder(write_export(folder, vocabulary, max_tokens=max_tokens, max_word_bytes=max_word_bytes))
    tokens = tokenize_with_offsets(text)
    segments = [tokens[i : i + max_tokens] for i in range(0, len(tokens), max_tokens)]
    found = encode(text)
    assert [segment for _, _, segment in found] == segments
    preprocessor = TokenPreprocessor(vocabulary, max_word_bytes)
    for (word_ids, byte_ids, _), segment in zip(found, segments, strict=True):
        expected = preprocessor.encode([token.text for token in segment])
        assert word_ids == expected["word_ids"].tolist()
        assert byte_ids == [[byte for byte in row if byte] for row in expected["byte_ids"].tolist()]


@pytest.mark.parametrize("name", ["word_tokenizer", "subword_tokenizer"])
def test_the_python_file_needs_the_standard_library_only(name):
    code = f"import sys, {name}; print([m for m in ('numpy', 'tensorflow', 'rnn_templates') if m in sys.modules])"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, sys.argv[1]); {code}", str(RUNTIME)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", ["word_tokenizer.py", "word_tokenizer.mjs"])
def test_the_documentation_shows_the_files_that_are_tested(name):
    assert (RUNTIME / name).read_text(encoding="utf-8") in DOCUMENT


def test_the_documentation_describes_every_key_of_the_specification():
    assert [key for key in word_tokenizer_spec() if f"`{key}`" not in DOCUMENT] == []


def test_the_files_are_short_enough_to_port():
    """45 and 35 lines for the word tokenizer, 30 and 25 for the tables of a treebank."""
    assert code_lines(RUNTIME / "word_tokenizer.py") <= 45 + 30
    assert code_lines(RUNTIME / "word_tokenizer.mjs") <= 35 + 25


RULES = {
    "joined": ["dr.", "u.s.", "A@A", "A.A", "0,0", "0.0", ".."],
    "words": {"cannot": 3, "aujourd'hui": 0},
    "prefixes": ["d'", "l'", "qu'"],
    "suffixes": ["'s", "n't", "'"],
}
RULED = {
    "I don't, Dr. No's": ["i", "do", "n't", ",", "dr.", "no", "'s"],
    "L’eau d'aujourd'hui, qu'l'Ann's": ["l'", "eau", "d'", "aujourd'hui", ",", "qu'", "l'", "ann's"],
    "1,000.50 a@b.com... <br>Cannot U.S. 😀's 3.x, Dr .": [
        *("1,000.50", "a@b.com", "...", "can", "not", "u.s.", "😀", "'", "s", "3", ".", "x", ",", "dr", "."),
    ],
}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*TRICKY, *RULES["joined"], *RULES["prefixes"], *RULES["suffixes"], "cannot", "7"])))
def test_rules_of_a_treebank_give_the_same_tokens_in_python_on_a_device_and_in_a_graph(parts):
    text = "".join(parts)
    expected = [tuple(token) for token in tokenize_with_offsets(text, RULES)]
    tokenize_on_device = make_tokenizer({**word_tokenizer_spec(), **RULES})
    assert [token for _, *token in map(list, tokenize_on_device(text))] == [*map(list, expected)]
    columns = TokenPreprocessor(ALL_TOKENS, token_rules=RULES).tokenize_tensor(tf.constant([text, "", "don't"]))
    tokens, starts, ends = (column.to_list() for column in columns)
    assert [(token.decode(), *place) for token, *place in zip(tokens[0], starts[0], ends[0], strict=True)] == expected
    assert tokens[1:] == [[], [b"do", b"n't"]]


def test_rules_of_a_treebank_join_and_cut_tokens_alike_in_javascript():
    for text, tokens in RULED.items():
        assert [normalize_token(token.text) for token in tokenize_with_offsets(text, RULES)] == tokens
    texts = [*map(to_bytes, RULED)]
    assert javascript(texts, ALL_TOKENS, rules=RULES)[0] == [*RULED.values()]


def test_a_word_of_a_megabyte_is_cut_in_time_that_is_linear_in_its_length():
    rules = {name: set(RULES[name]) for name in ("prefixes", "suffixes")}
    start = time.process_time()
    assert cut_position("qu'" + 1_000_000 * "a", {}, **rules) == 3
    assert cut_position(1_000_000 * "a" + "n't", {}, **rules) == 1_000_000
    assert time.process_time() - start < 1.0
    long = "qu'" + 1_000_000 * "a"
    assert javascript([to_bytes(long)], ALL_TOKENS, rules=RULES)[0] == [["qu'", long[3:]]]
