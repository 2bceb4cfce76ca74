"""Sources of the standard library."""

import pytest

from rnn_templates.data.synthetic.python_sources import read_python_sources


def test_every_module_is_in_one_split_whatever_else_there_is(tmp_path):
    for number in range(60):
        (tmp_path / f"module{number}.py").write_text(f"value = {number}\n" * 300, encoding="utf-8")
    (tmp_path / "short.py").write_text("x = 1\n")
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "tool.py").write_text("import json\n" * 300)
    found = {split: dict(read_python_sources(split, tmp_path)) for split in ("train", "validation", "test")}
    names = [name for texts in found.values() for name in texts]
    assert len(names) == len(set(names)) == 61 and "json/tool.py" in names and "short.py" not in names
    assert len(found["train"]) > 40 and found["validation"] and found["test"]


def test_an_unknown_split_and_a_library_without_sources_are_errors(tmp_path):
    with pytest.raises(ValueError, match="`split`"):
        next(read_python_sources("dev", tmp_path))
    with pytest.raises(FileNotFoundError, match="standard library"):
        next(read_python_sources("train", tmp_path))
