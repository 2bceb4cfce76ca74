"""Tables: rows of csv, tsv and jsonl files, and invalid rows."""

import csv
import gzip

import numpy as np
import pytest
from support.files import write

from rnn_templates.data.files.tables import column_names, find_text_error, read_rows

ROWS = [("good", "yes"), ("bad, very bad", "no"), ("fine", "yes"), ("poor", "no")]
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
        (".jsonl", b"[" * 100_000, "not JSON (maximum recursion depth"),
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


@pytest.mark.parametrize(
    ("delimiter", "columns", "first"),
    [(";", "text;label", ""), (";", "Bewertung;Sterne", ""), (";", "text;label", "sep=;\r\n"), ("|", "a|b", ""),
     ("\t", "text\tlabel", ""), (",", '"a; b, c",label', ""), (",", "text,label", "sep=,\n")],
)  # fmt: skip
def test_the_delimiter_of_a_spreadsheet_program_is_not_taken_for_text(tmp_path, delimiter, columns, first):
    rows = "".join(f'"{text}"{delimiter}{label}\r\n' for text, label in ROWS)
    path = write(tmp_path, "a.csv", f"\ufeff{first}{columns}\r\n{rows}")
    names = next(csv.reader([columns], delimiter=delimiter))
    line = 3 if first else 2
    assert list(read_rows(path, names)) == [(line + number, list(row)) for number, row in enumerate(ROWS)]
    assert column_names(path) == set(names)
    assert list(read_rows(path, names, delimiter)) == list(read_rows(path, names))


def test_a_delimiter_that_is_named_is_not_overruled(tmp_path):
    path = write(tmp_path, "a.csv", "text,a;label\nx,1;2\n")
    assert list(read_rows(path, ("text,a", "label"), ";")) == [(2, ["x,1", "2"])]
    assert list(read_rows(write(tmp_path, "b.tsv", "text;label\nx;2\n"), ("text",), ";")) == [(2, ["x"])]
    assert list(read_rows(write(tmp_path, "c.csv", "text\tlabel\nx\t2\n"), ("text",), "tab")) == [(2, ["x"])]
    for wrong in ("", ";;", "\n", '"'):
        with pytest.raises(ValueError, match="`delimiter` must be one character"):
            list(read_rows(path, ("text",), wrong))


def test_a_quotation_mark_that_is_not_closed_does_not_swallow_the_rows_after_it(tmp_path):
    lines = [f"text {number},{number % 2}" for number in range(1, 1001)]
    lines[499] = '"' + lines[499]
    path = write(tmp_path, "a.csv", "\n".join(["text,label", *lines]))
    rows = list(read_rows(path, ("text", "label")))
    assert [row for row in rows if isinstance(row[1], str)] == [
        (501, "not a row of a table (the quotation mark that opens in this line is not closed)")
    ]
    assert [line for line, _ in rows] == list(range(2, 1002)) and rows[500] == (502, ["text 501", "1"])
    lines[799] = '"quoted, well",1'  # the mark that opens here is the first one after line 501
    rows = list(read_rows(write(tmp_path, "b.csv", "\n".join(["text,label", *lines])), ("text", "label")))
    assert [line for line, row in rows if isinstance(row, str)] == [501] and len(rows) == 1000
    assert rows[799] == (801, ["quoted, well", "1"])
    lines[799] = 'a screen of 12",1'  # this one closes it, and makes a row of 300 lines
    with pytest.raises(ValueError, match="c.csv:501: a field of 301 lines, which look like rows: close the quotation"):
        list(read_rows(write(tmp_path, "c.csv", "\n".join(["text,label", *lines])), ("text", "label")))


def test_fields_of_many_lines_are_not_taken_for_an_unclosed_quotation_mark(tmp_path):
    mail = "Dear Ann,\n" + "\n".join(f"line {number} of a mail, or more, of text" for number in range(60))
    prose = "\n".join(["no comma here"] * 500)
    path = write(tmp_path, "a.csv", f'text,label\n"{mail}",yes\n"{prose}",no\nx,yes\n')
    assert list(read_rows(path, ("text", "label"))) == [(2, [mail, "yes"]), (63, [prose, "no"]), (563, ["x", "yes"])]
    one = write(tmp_path, "b.csv", f'text\n"{prose}"\nx\n')
    assert list(read_rows(one, ("text",))) == [(2, [prose]), (502, ["x"])]


def test_lines_that_end_with_carriage_returns_are_not_one_line(tmp_path):
    path = write(tmp_path, "a.csv", CSV.replace("\n", "\r"))
    assert list(read_rows(path, ("label", "text"))) == [(2, ["yes", "good"]), (3, ["no", 'bad, "really"\rbad'])]


def test_binary_data_named_csv_is_a_clear_error(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, 9000, np.uint8).tobytes()
    for name, content in (("a.csv", noise), ("b.csv.gz", gzip.compress(noise)), ("c.jsonl", bytes(5000))):
        with pytest.raises(ValueError, match=f"{name} is not UTF-8 text .* it is binary data, or in another encoding"):
            list(read_rows(write(tmp_path, name, content), ("text",)))
    with pytest.raises(ValueError, match="the header is not a row of a table"):
        list(read_rows(write(tmp_path, "d.csv", 'text,"label" x\nx,y\n'), ("text",)))


def test_a_column_that_occurs_twice_is_not_read_from_its_first_occurrence(tmp_path):
    path = write(tmp_path, "a.csv", "text,label,label\nx,yes,no\n")
    with pytest.raises(ValueError, match="a.csv:1: the column 'label' occurs 2 times"):
        list(read_rows(path, ("text", "label")))
    assert list(read_rows(path, ("text",))) == [(2, ["x"])]


def test_a_missing_column_names_the_columns_and_near_matches(tmp_path):
    path = write(tmp_path, "a.csv", "Text,label\nx,yes\n")
    with pytest.raises(ValueError, match=r"no column 'text'; the columns are \['Text', 'label'\]. Did you mean 'Text'"):
        list(read_rows(path, ("text",)))
    path = write(tmp_path, "a.jsonl", '{"review": "x", "stars": 1}\n')
    with pytest.raises(ValueError, match=r"a.jsonl:1: no column 'text'; the columns are \['review', 'stars'\]"):
        list(read_rows(path, ("text", "label")))
