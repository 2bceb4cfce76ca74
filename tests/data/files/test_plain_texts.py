"""Plain text files."""

import pytest
from support.files import put, rejections, write

import rnn_templates as rt
from rnn_templates.data.files.plain_texts import read_plain_texts


@pytest.mark.parametrize("compression", ["", ".gz", ".xz", ".bz2"])
def test_a_file_is_one_text_with_line_feeds_and_without_byte_order_mark(tmp_path, compression):
    content = "\ufeffOne,\r\ntwo\rthree é\n"
    path = write(tmp_path, f"mine.txt{compression}", content)
    assert read_plain_texts(path).texts == ["One,\ntwo\nthree é\n".encode()]
    assert rt.load(str(path), kind="plain_texts", validation=0.3).kind == "plain_texts"


def test_a_folder_and_a_list_have_one_text_a_file(tmp_path):
    put(tmp_path, {"b.md": "second", "a.txt": "first", "sub/c.py": "third", ".git/x.txt": "hidden", "image.png": "x"})
    assert read_plain_texts(tmp_path).texts == [b"first", b"second", b"third"]
    assert read_plain_texts((tmp_path / "b.md", tmp_path / "sub")).texts == [b"second", b"third"]
    assert read_plain_texts(f"{tmp_path}/b.md, {tmp_path}/a.txt").texts == [b"second", b"first"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no text file in the folder"):
        read_plain_texts(tmp_path / "empty")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"good line\nbad \xff\xfe byte\n", r"byte 14 \(line 2\), 0xFF, is not UTF-8"),
        ("UTF-16".encode("utf-16"), "UTF-16"),
        (bytes(range(256)) * 20, "not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path, content, message):
    path = write(tmp_path, "mine.txt", content)
    with pytest.raises(ValueError, match=rf"mine\.txt.*{message}"):
        read_plain_texts(path)


def test_of_several_files_the_unusable_ones_are_rejected_up_to_half(tmp_path):
    put(tmp_path, {"a.txt": "first", "b.txt": b"good\nbut \xff", "c.txt": "third"})
    found = read_plain_texts(tmp_path)
    assert found.texts == [b"first", b"third"] and rejections(found)[0][0] == 2
    put(tmp_path, {"d.txt": "", "e.txt": b"\xff" * 99})
    with pytest.raises(ValueError, match="3 of 5 files cannot be used"):
        read_plain_texts(tmp_path)


def test_a_line_of_a_megabyte_and_a_text_of_one_character(tmp_path):
    path = write(tmp_path, "long.txt", "abcdefgh" * 150_000)
    assert len(read_plain_texts(path).texts[0]) == 1_200_000
    with pytest.raises(ValueError, match="one.txt: 1 characters are too few"):
        rt.load(write(tmp_path, "one.txt", "x"), kind="plain_texts")


def test_a_missing_file_and_other_options_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        rt.load(tmp_path / "nowhere.txt", kind="plain_texts")
    path = write(tmp_path, "mine.txt", "some text")
    with pytest.raises(ValueError, match="`input_column`"):
        rt.load(path, kind="plain_texts", input_column="text")
