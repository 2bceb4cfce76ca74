"""Atomic writing: the previous file stays until the new one is complete."""

import pytest

from rnn_templates.utils.atomic import atomic_write, write_text


def test_an_error_leaves_the_previous_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "labels.txt"
    write_text(path, "good\n")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"good\n" and list(tmp_path.iterdir()) == [path]
    write_text(path, "gut\n")
    assert path.read_text() == "gut\n" and path.stat().st_mode & 0o777 == 0o644
