"""The linters: a bad file is found, a good one is not."""

import subprocess
import sys
from pathlib import Path

LINT = Path(__file__).parent


def lint(script, *arguments, cwd=LINT.parents[1]):
    command = [sys.executable, str(LINT / script), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    return result.returncode, result.stdout.splitlines()


def test_words_of_the_list_are_found_with_their_line(tmp_path):
    (tmp_path / "bad.py").write_text('"""A file."""\n# the colour that the model knows\n')
    (tmp_path / "good.py").write_text('"""Returns the color of a pixel."""\n')
    code, lines = lint("prose.py", tmp_path / "bad.py", tmp_path / "good.py")
    assert code == 1
    assert [line.split(": ")[0].rpartition("bad.py:")[2] for line in lines] == ["2", "2"]
    assert lint("prose.py", tmp_path / "good.py") == (0, [])


def test_large_files_functions_and_builders_are_found(tmp_path):
    package = tmp_path / "rnn_templates"
    package.mkdir()
    (package / "__init__.py").write_text('"""A package."""\n')
    assert lint("sizes.py", cwd=tmp_path) == (0, [""])
    arguments = ", ".join(f"a{i}" for i in range(19))
    (package / "templates").mkdir()
    (package / "templates" / "builder.py").write_text(f"def some_model({arguments}):\n    pass\n")
    (package / "templates" / "long.py").write_text("x = 1\n" * 301)
    (package / "templates" / "function.py").write_text("def f():\n" + "    x = 1\n" * 61)
    (package / "loose.py").write_text("")
    code, lines = lint("sizes.py", cwd=tmp_path)
    assert code == 1
    for name in ("builder.py:1: some_model", "long.py: 301", "function.py:1: f has 62", "loose.py"):
        assert any(name in line for line in lines), (name, lines)
