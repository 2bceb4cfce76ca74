"""Tables: rows of csv, tsv and jsonl files, and invalid rows."""

import pytest
from support.files import write

from rnn_templates.data.files.tables import column_names, find_text_error, read_rows

CSV = 'text,label\ngood,yes\n"bad, ""really""\nbad",no\n'
JSONL = '{"text": "good", "label": "yes"}\n\n{"text": "bad", "label": "no"}\n'


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("a.csv", CSV, [(2, ["yes", "good"]), (3, ["no", 'bad, "really"\nbad'])]),
        ("a.txt", CSV, [(2, ["yes", "good"]), (3, ["no", 'bad, "really"\nbad'])]),
        ("a.tsv.xz", 'id\tlabel\ttext\n1\tyes\tsaid "good\n', [(2, ["yes", 'said "good'])]),
        ("a.jsonl.gz", JSONL, [(1, ["yes", "good"]), (3, ["no", "bad"])]),
        ("a.csv", b"\xef\xbb\xbftext,label\nx,yes\n", [(2, ["yes", "x"])]),
    ],
    ids=["csv", "txt", "tsv", "jsonl", "byte order mark"],
)
def test_the_values_of_the_columns_come_with_their_line(tmp_path, name, content, rows):
    path = write(tmp_path, name, content)
    assert list(read_rows(path, ("label", "text"))) == rows
    assert column_names(path) >= {"text", "label"}


@pytest.mark.parametrize(
    ("suffix", "row", "reason"),
    [
        (".csv", b"\xff\xfe bad,yes", "not UTF-8"),
        (".csv", b"one,two,three", "3 fields, where the header has 2"),
        (".csv", b'one,"two', "not a row of a table"),
        (".jsonl", b'{"text": "x"', "not JSON"),
        (".jsonl", b'["x", "yes"]', "no 'text'"),
        (".jsonl", b'{"text": "x"}', "no 'label'"),
    ],
)
def test_an_invalid_row_comes_with_the_reason(tmp_path, suffix, row, reason):
    content = CSV if suffix == ".csv" else JSONL
    path = write(tmp_path, f"a{suffix}", content.encode() + row + b"\n")
    *valid, (line, found) = read_rows(path, ("text", "label"))
    assert (len(valid), line) == (2, 5 if suffix == ".csv" else 4)
    assert reason in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("review,label\nx,yes\n", r":1: no column 'text'; the columns are \['review', 'label'\].*`input_column`"),
    ],
)
def test_a_table_without_the_columns_is_rejected(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        list(read_rows(write(tmp_path, "a.csv", content), ("text",)))


def test_the_columns_of_a_file_that_is_not_a_table_are_none(tmp_path):
    assert column_names(write(tmp_path, "a.csv", b"PK\x03\x04rest")) == set()
    assert column_names(write(tmp_path, "a.csv", "")) == set()
    assert column_names(write(tmp_path, "a.jsonl", '{"a": 1}\nnot JSON\n[1]\n{"b": 1}\n')) == {"a", "b"}


@pytest.mark.parametrize(
    ("value", "options", "reason"),
    [
        ("x", {}, None),
        (3, {}, "'text' is int, not a text"),
        ("a\0", {}, "'text' holds a NUL byte"),
        (" \u00a0", {}, "'text' is empty"),
        ("", {"allow_empty": True}, None),
        ("\ud83d", {}, None),
        ("\ud83d", {"allow_surrogates": False}, "half of a surrogate pair"),
    ],
    ids=repr,
)
def test_why_a_value_is_not_a_text(value, options, reason):
    assert find_text_error(value, "text", **options) == reason
