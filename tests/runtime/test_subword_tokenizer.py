"""Subword tokenizer for devices, in Python and JavaScript: equality with the package, and its documentation."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.code_lines import code_lines
from support.subword_vectors import CASES, SUBWORDS
from support.word_vectors import INVALID_UTF8, SOME_CODE_POINTS, TRICKY

import rnn_templates
from rnn_templates.preprocessing.text.subword_preprocessor import subword_tokenizer_spec
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.runtime.subword_tokenizer import make_decoder, make_encoder

RUNTIME = Path(rnn_templates.__file__).parent / "runtime"
DOCUMENT = (RUNTIME.parents[1] / "docs" / "subword_tokenizer.md").read_text(encoding="utf-8")
INVALID_ROWS = [[1, *ids[::-1], 0, 259] for _, ids, _ in CASES]

RUN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { makeSubwordTokenizer } from "%s";
const { spec, vocabulary, texts, ids } = JSON.parse(readFileSync(0, "utf8"));
const { encode, decode } = makeSubwordTokenizer(spec, vocabulary);
const short = makeSubwordTokenizer({ ...spec, max_source_length: 4 }, vocabulary).encode;
const bytes = texts.map((text) => Buffer.from(text, "hex"));
console.log(JSON.stringify([bytes.map(encode), bytes.map(short), ids.map(decode)]));
"""


def javascript(texts, ids):
    """Returns the ids of texts, the same with a limit of four, and the texts of ids, by the JavaScript port."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    lines = "".join(f"{token}\n" for token in SUBWORDS.tokens)
    texts = [text.hex() for text in texts]
    stdin = json.dumps({"spec": subword_tokenizer_spec(), "vocabulary": lines, "texts": texts, "ids": ids})
    command = [node, "--input-type=module", "--eval", RUN_JAVASCRIPT % (RUNTIME / "subword_tokenizer.mjs").as_uri()]
    result = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", check=True)
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """A folder with the files of a translation model whose two vocabularies are equal."""
    folder = tmp_path_factory.mktemp("export")
    write_spec(folder, 10_000)
    for name in ("source_vocabulary.txt", "target_vocabulary.txt"):
        SUBWORDS.save(folder / name)
    return folder


def write_spec(folder, max_source_length):
    spec = {**subword_tokenizer_spec(), "max_source_length": max_source_length}
    (folder / "preprocessing.json").write_text(json.dumps(spec), encoding="utf-8")


def test_python_reproduces_the_golden_vectors(export):
    encode, decode = make_encoder(export), make_decoder(export)
    assert [(text, encode(text)) for text, ids, _ in CASES if encode(text) != [*ids, 2]] == []
    assert [(ids, decode(ids)) for _, ids, text in CASES if decode(ids) != text] == []
    assert [ids for ids in INVALID_ROWS if decode(ids) != SUBWORDS.decode(ids)] == []


def test_python_truncates_to_the_first_ids(export, tmp_path):
    write_spec(tmp_path, 4)
    SUBWORDS.save(tmp_path / "vocabulary.txt")
    encode = make_encoder(tmp_path, "vocabulary.txt")
    assert [(text, encode(text)) for text, ids, _ in CASES if encode(text) != [*ids[:3], 2]] == []


def test_javascript_reproduces_the_golden_vectors():
    whole, short, texts = javascript([text for text, _, _ in CASES], [ids for _, ids, _ in CASES] + INVALID_ROWS)
    assert [(case, found) for case, found in zip(CASES, whole, strict=True) if found != [*case[1], 2]] == []
    assert short == [[*ids[:3], 2] for _, ids, _ in CASES]
    assert texts == [text for _, _, text in CASES] + [SUBWORDS.decode(ids) for ids in INVALID_ROWS]


def check_code_points(codes, export):
    texts = [to_bytes("".join(f"a{chr(c)}" for c in codes[i : i + 4096])) for i in range(0, len(codes), 4096)]
    expected = [[*SUBWORDS.encode(text), 2] for text in texts]
    assert javascript(texts, [])[0] == expected
    encode = make_encoder(export)
    assert all(encode(text)[:100] == ids[:100] for text, ids in zip(texts, expected, strict=True))


def test_code_points_are_encoded_as_in_the_package(export):
    check_code_points(SOME_CODE_POINTS, export)


@pytest.mark.slow
def test_every_code_point_is_encoded_as_in_the_package(export):
    check_code_points(range(0x110000), export)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from([*TRICKY, "▁", *SUBWORDS.tokens[259:]])).map("".join)))
def test_any_text_gives_the_ids_of_the_package(export, text):
    ids = make_encoder(export)(text)
    assert ids == [*SUBWORDS.encode(text), 2]
    assert make_decoder(export)(ids) == SUBWORDS.decode(ids)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(INVALID_UTF8)).map(b"".join))
def test_any_bytes_give_the_ids_of_the_package(export, data):
    assert make_encoder(export)(data) == [*SUBWORDS.encode(data), 2]


@pytest.mark.parametrize("name", ["subword_tokenizer.py", "subword_tokenizer.mjs"])
def test_the_documentation_shows_the_files_that_are_tested(name):
    assert (RUNTIME / name).read_text(encoding="utf-8") in DOCUMENT


def test_the_documentation_describes_every_key_of_the_specification():
    assert json.loads(json.dumps(subword_tokenizer_spec())) == subword_tokenizer_spec()
    assert [key for key in subword_tokenizer_spec() if f"`{key}`" not in DOCUMENT] == []


def test_the_files_are_short_enough_to_port():
    assert code_lines(RUNTIME / "subword_tokenizer.py") <= 35
    assert code_lines(RUNTIME / "subword_tokenizer.mjs") <= 35
