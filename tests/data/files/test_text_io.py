"""Text files: format checks, compression, corruption."""

import gzip
import os
import zlib

import numpy as np
import pytest
from support.files import COMPRESS, write

from rnn_templates.data.files.text_io import (
    check_rejection_rate,
    format_suffix,
    has_invalid_utf8,
    open_text,
    read_lines,
)
from rnn_templates.data.splits import RejectedRow

LINES = ["first\n", "sécond\r\n", "\n", "third"]


@pytest.mark.parametrize("compression", COMPRESS)
def test_lines_are_read_plain_and_compressed(tmp_path, compression):
    path = write(tmp_path, f"a.txt{compression}", "".join(LINES))
    assert list(read_lines(path, (".txt",))) == LINES
    with open_text(path, (".txt",)) as file:
        assert file.read() == "".join(LINES).encode()


def test_the_suffix_of_the_format_is_the_one_before_that_of_the_compression():
    names = ("a.csv", "a.CSV.gz", "a.b.tsv.xz", "a.gz", "a")
    assert [format_suffix(name) for name in names] == [".csv", ".csv", ".tsv", "", ""]


def test_a_byte_order_mark_is_dropped_and_bytes_that_are_not_utf8_are_detected(tmp_path):
    lines = list(read_lines(write(tmp_path, "a.txt", b"\xef\xbb\xbffirst\nw\xffrd\n"), (".txt",)))
    assert lines[0] == "first\n"
    assert [has_invalid_utf8(line) for line in lines] == [False, True]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"PK\x03\x04rest", "a zip or Excel file, not .csv text; .* save it as csv"),
        ("a.csv", b"\xd0\xcf\x11\xe0rest", "an old Excel file"),
        ("a.csv", b"PAR1rest", "a Parquet file"),
        ("a.csv", gzip.compress(b"text,label\n", mtime=0), "a gzip file"),
        ("a.csv", "text,label\n".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        ("a.csv.gz", b"text,label\n", "not a complete .gz file"),
        ("a.csv.xz", b"text,label\n", "not a complete .xz file"),
        ("a.csv.bz2", b"text,label\n", "not a complete .bz2 file"),
        ("a.docx.gz", gzip.compress(b"x", mtime=0), "unknown format '.docx'; use .csv"),
        ("a", b"x", "unknown format ''"),
    ],
)
def test_a_file_whose_contents_do_not_match_its_name_is_rejected(tmp_path, name, content, message):
    with pytest.raises(ValueError, match=message):
        open_text(write(tmp_path, name, content), (".csv",))


@pytest.mark.parametrize("compression", [".gz", ".xz", ".bz2"])
def test_a_truncated_file_is_reported(tmp_path, compression):
    numbers = np.random.default_rng(1).integers(0, 1 << 30, 50_000)
    whole = COMPRESS[compression]("".join(f"{number}\n" for number in numbers).encode())
    with pytest.raises(ValueError, match="(truncated or damaged|not a complete)"):
        list(read_lines(write(tmp_path, f"a.txt{compression}", whole[: len(whole) // 2]), (".txt",)))


def test_a_file_damaged_in_the_middle_is_reported(tmp_path):
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(b"line of text\n" * 4000) + packer.flush(zlib.Z_FULL_FLUSH)
    with pytest.raises(ValueError, match="truncated or damaged"):
        list(read_lines(write(tmp_path, "a.txt.gz", start + b"\xff" * 100), (".txt",)))


def test_a_missing_file_is_reported_with_its_absolute_path(tmp_path):
    write(tmp_path, "note.txt", "x")
    with pytest.raises(FileNotFoundError, match=f"{tmp_path / 'notes.txt'}. Did you mean 'note.txt'"):
        open_text(tmp_path / "notes.txt", (".txt",))
    with pytest.raises(ValueError, match=f"{tmp_path} is a folder"):
        open_text(tmp_path, (".txt",))


def test_more_than_half_of_the_rows_must_be_valid():
    rejected = [RejectedRow("a.csv", line, "'text' is empty") for line in (2, 3)]
    check_rejection_rate("a.csv", 4, rejected)
    with pytest.raises(ValueError, match=r"2 of 3 rows cannot be used \(line 2: 'text' is empty; line 3"):
        check_rejection_rate("a.csv", 3, rejected)


def test_a_pipe_or_device_is_not_read_as_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    for name, kind in (("pipe.csv", "a named pipe"), ("zero.csv", "a device")):
        with pytest.raises(ValueError, match=f"{name} is {kind}; give a regular file"):
            open_text(tmp_path / name, (".csv",))


def test_a_small_file_that_expands_to_gigabytes_does_not_fill_the_memory(tmp_path):
    rows = gzip.compress(b"text,label\n") + gzip.compress((b"a" * 1023 + b"\n") * 1024) * 100
    rows += np.random.default_rng(1).bytes(1 << 20)  # the ratio of the file is not that of its start
    with pytest.raises(
        ValueError, match=r"a.csv.gz, decompressed to 1\d,\d+,\d+ bytes,.* times its compressed size, and the limit"
    ):
        sum(len(line) for line in read_lines(write(tmp_path, "a.csv.gz", rows), (".csv",)))


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_MAX_LINE_CHARACTERS", "1000")
    path = write(tmp_path, "a.csv", "text\n" + "x" * 2000)
    with pytest.raises(ValueError, match=r"a.csv:2: the line has 1,001 characters, and the limit is 1,000"):
        list(read_lines(path, (".csv",)))
