"""Labeled texts of tables: classes, several labels, invalid rows; texts without labels."""

import json

import pytest
from support.files import rejections, text_rows, write

from rnn_templates.data.files.labeled_texts import read_labeled_texts, read_texts

CSV = 'text,label\ngood,yes\n"bad, ""really""\nbad",no\nfine,yes\n'
TSV = 'id\tlabel\ttext\n1\tyes\tsaid "good\n2\tno\tbad\n3\tyes\tfine\n'
JSONL = '{"text": "good", "label": "yes"}\n\n{"text": "bad", "label": "no"}\n{"text": "fine", "label": "yes"}\n'


@pytest.mark.parametrize(
    ("name", "content", "first", "second"),
    [
        ("a.csv", CSV, "good", 'bad, "really"\nbad'),
        ("a.tsv.xz", TSV, 'said "good', "bad"),
        ("a.jsonl.gz", JSONL, "good", "bad"),
    ],
)
def test_every_format_is_read(tmp_path, name, content, first, second):
    found = read_labeled_texts(write(tmp_path, name, content))
    assert text_rows(found.dataset()) == [(first, 1), (second, 0), ("fine", 1)]
    assert (found.labels, len(found), found.rejected) == (("no", "yes"), 3, [])


def test_columns_and_labels_can_have_other_names(tmp_path):
    path = write(tmp_path, "a.csv", "review,stars\nx,10\ny,2\n")
    found = read_labeled_texts(path, input_column="review", target_column="stars", label_names={"2": "two"})
    assert (found.labels, text_rows(found.dataset())) == (("10", "two"), [("x", 0), ("y", 1)])


def test_labels_that_are_numbers_are_in_numeric_order(tmp_path):
    assert read_labeled_texts(write(tmp_path, "a.csv", "text,label\nx,10\ny,2\nz,-1\n")).labels == ("-1", "2", "10")


def test_several_labels_a_text_become_multi_hot(tmp_path):
    found = read_labeled_texts(write(tmp_path, "a.csv", 'text,label\nx,"a,b"\ny,b\nz,\n'), label_separator=",")
    assert found.multi_label
    assert text_rows(found.dataset()) == [("x", [1, 1]), ("y", [0, 1]), ("z", [0, 0])]


@pytest.mark.parametrize(
    ("suffix", "row", "reason"),
    [
        (".csv", b"\xff\xfe bad,yes", "not UTF-8"),
        (".csv", b"one,two,three", "3 fields"),
        (".csv", b" ,yes", "'text' is empty"),
        (".csv", b"word,", "no label in 'label'"),
        (".csv", b"word,nan", "no label in 'label'"),
        (".csv", b"wo\x00rd,yes", "NUL byte"),
        (".jsonl", b'{"text": "x"', "not JSON"),
        (".jsonl", b'{"text": 3, "label": "yes"}', "'text' is int, not a text"),
        (".jsonl", b'{"text": NaN, "label": "yes"}', "'text' is float, not a text"),
        (".jsonl", b'{"text": "x", "label": null}', "no label in 'label'"),
        (".csv", b'word,"ye\ns"', "the label 'ye\\ns' contains a line break"),
        (".jsonl", b'{"text": "x", "label": "\\ud800"}', "half of a surrogate pair"),
        (".jsonl", b'{"text": "x", "label": ["yes", "no"]}', "2 labels in 'label'; give `label_separator`"),
    ],
)
def test_an_invalid_row_is_rejected_with_file_line_and_reason(tmp_path, suffix, row, reason):
    content = CSV if suffix == ".csv" else JSONL
    path = write(tmp_path, f"a{suffix}", content.encode() + row + b"\n")
    found = read_labeled_texts(path)
    (rejected,) = found.rejected
    assert (rejected.file, rejected.line) == (str(path), 6 if suffix == ".csv" else 5)
    assert reason in rejected.reason
    assert len(found) == 3


def test_a_label_that_a_model_does_not_have_is_rejected(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\nx,yes\ny,perhaps\nz,no\n")
    found = read_labeled_texts(path, labels=("no", "yes"))
    assert rejections(found) == [(3, "the label 'perhaps' is none of 'no', 'yes'")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "text,label\n", "no rows below the header"),
        ("a.csv", "text,label\nx,yes\ny,yes\n", "only the label 'yes' in 2 rows"),
        ("a.csv", "text,label\n,yes\n,no\nx,yes\n", "2 of 3 rows cannot be used"),
        ("a.jsonl", "not json\n", "1 of 1 rows cannot be used"),
    ],
)
def test_a_file_without_two_classes_is_rejected(tmp_path, name, content, message):
    with pytest.raises(ValueError, match=message):
        read_labeled_texts(write(tmp_path, name, content))


@pytest.mark.slow
def test_a_megabyte_in_one_field_is_read(tmp_path):
    long = "word " * 200_000
    found = read_labeled_texts(write(tmp_path, "a.csv", f"text,label\n{long},yes\nx,no\n"))
    assert len(found.texts[0]) == len(long)


def test_texts_without_labels_are_a_column_or_the_lines_of_a_file(tmp_path):
    assert read_texts(write(tmp_path, "a.csv", 'body\nx\n\n""\n'), input_column="body") == ["x", ""]
    assert read_texts(write(tmp_path, "a.txt", "x\n\ny\r\nz")) == ["x", "", "y", "z"]
    assert read_texts(write(tmp_path, "mark.txt", "\ufeffx\n")) == ["x"]
    assert read_texts(write(tmp_path, "a.jsonl", json.dumps({"text": "é"}))) == ["é"]


def test_a_row_without_a_text_is_an_error_with_its_line(tmp_path):
    with pytest.raises(ValueError, match="a.jsonl:2: 'text' is int"):
        read_texts(write(tmp_path, "a.jsonl", '{"text": "x"}\n{"text": 3}\n'))
    with pytest.raises(ValueError, match="no texts"):
        read_texts(write(tmp_path, "empty.txt", ""))


@pytest.mark.slow
def test_the_imdb_reviews_are_read_whole(shared_data):
    path = shared_data / "sentiment" / "imdb" / "imdb_test.tsv.xz"
    found = read_labeled_texts(path, label_names={"0": "negative", "1": "positive"})
    assert (len(found), found.labels, found.rejected) == (25000, ("negative", "positive"), [])


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt"])
def test_a_text_of_megabytes_is_not_predicted_but_trained_on_without_it(tmp_path, name):
    long = "word " * 1_000_000
    content = {"a.csv": f"text,label\n{long},yes\nx,no\ny,yes\n", "a.txt": f"x\n{long}\n"}.get(
        name, f'{{"text": "{long}", "label": "yes"}}\n{JSONL}'
    )
    path = write(tmp_path, name, content)
    with pytest.raises(ValueError, match=r"a\.\w+:\d: .*5,000,000 characters, and the limit is 1,000,000 .RNN_TEMPL"):
        read_texts(path)
    if name != "a.txt":
        found = read_labeled_texts(path)
        assert len(found.rejected) == 1 and "5,000,000 characters" in found.rejected[0].reason
