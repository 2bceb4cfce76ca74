"""Own files: every form, and every way in which a file or a row can be bad."""

import bz2
import gzip
import json
import lzma

import numpy as np
import pytest

from rnn_templates.data import load
from rnn_templates.data.files.labeled_texts import read_labeled_texts, read_texts

CSV = 'text,label\ngood,yes\n"bad, ""really""\nbad",no\nfine,yes\n'
TSV = 'id\tlabel\ttext\n1\tyes\tsaid "good\n2\tno\tbad\n3\tyes\tfine\n'
JSONL = '{"text": "good", "label": "yes"}\n\n{"text": "bad", "label": "no"}\n{"text": "fine", "label": "yes"}\n'
COMPRESS = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress}


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(dataset):
    return [(text.decode(), np.asarray(target).tolist()) for text, target in dataset.as_numpy_iterator()]


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize(
    ("ending", "content", "second"),
    [(".csv", CSV, 'bad, "really"\nbad'), (".tsv", TSV, "bad"), (".jsonl", JSONL, "bad")],
)
def test_every_form_is_read_plain_and_compressed(tmp_path, ending, content, second, compression):
    path = write(tmp_path, f"data{ending}{compression}", COMPRESS[compression](content.encode()))
    found = read_labeled_texts(path)
    first = 'said "good' if ending == ".tsv" else "good"
    assert rows(found.dataset()) == [(first, 1), (second, 0), ("fine", 1)]
    assert (found.labels, len(found), found.rejected) == (("no", "yes"), 3, [])


def test_columns_labels_and_splits_go_by_the_names_given(tmp_path):
    train = write(tmp_path, "a.csv", "review,stars\nx,10\ny,2\n")
    test = write(tmp_path, "b.csv", "review,stars\nz,2\n")
    columns = {"input_column": "review", "target_column": "stars", "label_names": {"2": "two"}}
    splits = load(train, **columns, validation=0.5, test_data=test)
    assert splits.labels == ("10", "two")
    assert rows(splits.test) == [("z", 1)]


def test_labels_that_are_numbers_are_in_the_order_of_numbers(tmp_path):
    assert read_labeled_texts(write(tmp_path, "a.csv", "text,label\nx,10\ny,2\nz,-1\n")).labels == ("-1", "2", "10")


def test_several_labels_a_text_become_multi_hot(tmp_path):
    found = read_labeled_texts(write(tmp_path, "a.csv", 'text,label\nx,"a,b"\ny,b\nz,\n'), label_separator=",")
    assert found.multi_label
    assert rows(found.dataset()) == [("x", [1, 1]), ("y", [0, 1]), ("z", [0, 0])]


@pytest.mark.parametrize(
    ("ending", "bad", "reason"),
    [
        (".csv", b"\xff\xfe bad,yes", "not UTF-8"),
        (".csv", b"one,two,three", "3 fields, where the header has 2"),
        (".csv", b" ,yes", "'text' is empty"),
        (".csv", b"word,", "no label in 'label'"),
        (".csv", b"word,nan", "no label in 'label'"),
        (".csv", b"wo\x00rd,yes", "NUL byte"),
        (".jsonl", b'{"text": "x"', "not JSON"),
        (".jsonl", b'["x", "yes"]', "no 'text'"),
        (".jsonl", b'{"text": "x"}', "no 'label'"),
        (".jsonl", b'{"text": 3, "label": "yes"}', "'text' is int, not a text"),
        (".jsonl", b'{"text": NaN, "label": "yes"}', "'text' is float, not a text"),
        (".jsonl", b'{"text": "x", "label": null}', "no label in 'label'"),
    ],
)
def test_a_bad_row_is_reported_with_file_and_line_and_counted(tmp_path, ending, bad, reason):
    content = CSV.replace("fine", "fine") if ending == ".csv" else JSONL
    path = write(tmp_path, f"data{ending}", content.encode() + bad + b"\n")
    found = read_labeled_texts(path)
    (rejected,) = found.rejected
    assert (rejected.file, rejected.line) == (str(path), 6 if ending == ".csv" else 5)
    assert reason in rejected.reason
    assert len(found) == 3


def test_a_label_outside_the_set_is_rejected(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\nx,yes\ny,perhaps\nz,no\n")
    found = read_labeled_texts(path, labels=("no", "yes"))
    assert [row.line for row in found.rejected] == [3]
    assert "'perhaps' is none of 'no', 'yes'" in found.rejected[0].reason


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "text,label\n", "no rows below the header"),
        ("a.csv", "review,label\nx,yes\n", r":1: no column 'text'; the columns are \['review', 'label'\]"),
        ("a.csv", "text,label\nx,yes\ny,yes\n", "only the label 'yes' in 2 rows"),
        ("a.csv", "text,label\n,yes\n,no\nx,yes\n", "2 of 3 rows cannot be used"),
        ("a.csv", b"PK\x03\x04rest", "a zip or Excel file"),
        ("a.csv", b"PAR1rest", "a Parquet file"),
        ("a.csv", gzip.compress(b"text,label\n", mtime=0), "a gzip file"),
        ("a.csv", "text,label\nx,yes\n".encode("utf-16"), "UTF-16"),
        ("a.csv.gz", b"text,label\n", "not a complete .gz file"),
        ("a.csv.xz", b"text,label\n", "not a complete .xz file"),
        ("a.docx.gz", gzip.compress(b"x", mtime=0), "unknown format '.docx'"),
        ("a.jsonl", "not json\n", "1 of 1 rows cannot be used"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, name, content, message):
    with pytest.raises(ValueError, match=message):
        read_labeled_texts(write(tmp_path, name, content))


@pytest.mark.parametrize("ending", [".gz", ".xz", ".bz2"])
def test_a_file_that_is_cut_short_says_so(tmp_path, ending):
    whole = COMPRESS[ending](("text,label\n" + "".join(f"{i} {hash(str(i))},{i % 2}\n" for i in range(20000))).encode())
    with pytest.raises(ValueError, match=r"(truncated|not a complete)"):
        read_labeled_texts(write(tmp_path, f"a.csv{ending}", whole[: len(whole) // 2]))


def test_a_missing_file_is_named_with_its_whole_path(tmp_path):
    with pytest.raises(FileNotFoundError, match=str(tmp_path / "none.csv")):
        load(str(tmp_path / "none.csv"))


def test_a_megabyte_in_one_field_is_read(tmp_path):
    long = "word " * 250_000
    assert len(
        rows(read_labeled_texts(write(tmp_path, "a.csv", f"text,label\n{long},yes\nx,no\n")).dataset())[0][0]
    ) == len(long)


def test_a_byte_order_mark_does_not_hide_the_first_column(tmp_path):
    assert len(read_labeled_texts(write(tmp_path, "a.csv", b"\xef\xbb\xbftext,label\nx,yes\ny,no\n"))) == 2


def test_texts_alone_are_read_from_a_column_or_line_by_line(tmp_path):
    assert read_texts(write(tmp_path, "a.csv", "body\nx\n\n,\n".replace("\n,\n", '\n""\n')), input_column="body") == [
        "x",
        "",
    ]
    assert read_texts(write(tmp_path, "a.txt", "x\n\ny\r\nz")) == ["x", "", "y", "z"]
    assert read_texts(write(tmp_path, "mark.txt", "\ufeffx\n")) == ["x"]
    assert read_texts(write(tmp_path, "a.jsonl", json.dumps({"text": "é"}))) == ["é"]


def test_a_row_without_a_text_stops_reading_texts_with_its_line(tmp_path):
    with pytest.raises(ValueError, match="a.jsonl:2: 'text' is int"):
        read_texts(write(tmp_path, "a.jsonl", '{"text": "x"}\n{"text": 3}\n'))


def test_the_held_out_part_is_the_same_every_time_and_disjoint(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\n" + "".join(f"t{i},{i % 2}\n" for i in range(50)))
    first, again, other = (load(str(path), validation=0.2, seed=seed) for seed in (1, 1, 2))
    assert first.sizes == {"train": 40, "validation": 10}
    assert rows(first.validation) == rows(again.validation) != rows(other.validation)
    assert {text for text, _ in rows(first.train)} | {text for text, _ in rows(first.validation)} == {
        f"t{i}" for i in range(50)
    }
    assert int(first.train.cardinality()) == 40


def test_neighbours_are_held_out_together(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\n" + "".join(f"{i},{i % 2}\n" for i in range(53)))
    held = [int(text) for text, _ in rows(load(str(path), validation=0.2, validation_block_size=5).validation)]
    assert len(held) >= 8
    for start in {number // 5 for number in held}:
        assert {number for number in range(5 * start, 5 * start + 5) if number < 53} <= set(held)


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 0.001])
def test_a_fraction_that_leaves_a_side_empty_is_refused(tmp_path, fraction):
    path = write(tmp_path, "a.csv", "text,label\nx,yes\ny,no\n")
    with pytest.raises(ValueError, match="hold out"):
        load(str(path), validation=fraction)


def test_the_imdb_reviews_are_read_whole(shared_data):
    path = shared_data / "sentiment" / "imdb" / "imdb_test.tsv.xz"
    found = read_labeled_texts(path, label_names={"0": "negative", "1": "positive"})
    assert (len(found), found.labels, found.rejected) == (25000, ("negative", "positive"), [])
