"""The package as a whole: imports without TensorFlow, documented names, templates in step with their builders."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rnn_templates
from rnn_templates import registry

PACKAGE = Path(rnn_templates.__file__).parent
MODULES = {path.relative_to(PACKAGE).as_posix(): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}


def run_python(code, cwd=None):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, env=env)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout


def test_importing_the_package_imports_no_tensorflow():
    code = "import rnn_templates; dir(rnn_templates); import sys; print({'tensorflow', 'keras'} & set(sys.modules))"
    assert run_python(code) == "set()\n"


def test_help_usage_errors_and_wrong_paths_import_no_tensorflow(tmp_path):
    (tmp_path / "mine.csv").write_text("words,mood\nfine,yes\n")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "README.md").write_text("mine")
    words = [["--help"], ["--version"], ["list"], ["list", "--markdown"], ["train", "--help"], ["tune", "--help"],
             ["train", "x"], ["evaluate", "--help"], ["export", "--help"], ["predict"], ["demo", "weather"],
             *(["train", name, "--help"] for name in registry.names()), ["tune", "captioning", "--help"],
             ["train", "sentiment", "--unitz", "3"], ["train", "sentiment", "--units", "many"],
             ["train", "sentiment", "--data", "nowhere.csv"], ["train", "translation", "--data", "a.en,a.de"],
             ["train", "sentiment", "--data", "mine.csv", "--output", "thesis"], ["train", "--recipe", "nowhere"],
             ["train", "sentiment", "--data", "mine.csv", "--test-data", "nowhere.csv"],
             ["evaluate", "nowhere"], ["predict", "nowhere", "x"], ["export", "nowhere", "--data", "mine.csv"],
             ["predict", "thesis", "--file", "nowhere.csv"]]  # fmt: skip
    code = f"""
import contextlib, io, sys
from rnn_templates.cli import main
for words in {words!r}:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try: main(words)
        except SystemExit: pass
    if 'tensorflow' in sys.modules: print(words); break
names = {{'tensorflow_datasets', 'tokenizers', 'sacrebleu', 'babel', 'num2words', 'keras_tuner', 'keras'}}
print(sorted(names & set(sys.modules)))"""
    assert run_python(code, cwd=tmp_path) == "[]\n"


def test_modules_below_the_floor_of_tensorflow_import_none():
    pattern = re.compile(r"(registry|model_card)\.py|(runtime|utils)/.*|templates/(\w+/)?__init__\.py")
    names = [name.removesuffix(".py").removesuffix("/__init__") for name in MODULES if pattern.fullmatch(name)]
    free = [f"rnn_templates.{name.replace('/', '.')}" for name in names]
    code = f"import sys, importlib; [importlib.import_module(name) for name in {free}]; print('keras' in sys.modules)"
    assert len(free) > 10 and run_python(code) == "False\n"


def test_every_public_name_exists_and_has_an_example():
    without = [name for name in rnn_templates.__all__ if "Example:" not in (getattr(rnn_templates, name).__doc__ or "")]
    assert not without
    assert set(rnn_templates.__all__) <= set(dir(rnn_templates))
    with pytest.raises(AttributeError, match="sentimental_model"):
        rnn_templates.sentimental_model  # noqa: B018


def test_every_module_and_public_definition_has_a_docstring():
    without = [name for name, text in MODULES.items() if not ast.get_docstring(ast.parse(text))]
    for name, text in MODULES.items():
        without += [
            f"{name}: {node.name}"
            for node in ast.parse(text).body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert not without


def test_every_class_is_registered_with_keras_under_the_name_of_the_package():
    registered = [
        (name, match.group(1))
        for name, text in MODULES.items()
        for match in re.finditer(r"register_keras_serializable\((.*?)\)", text)
    ]
    assert registered and not [entry for entry in registered if entry[1] != 'package="rnn_templates"']


def test_every_template_has_a_folder_a_record_and_its_parts():
    folders = {path.parent.name for path in (PACKAGE / "templates").glob("*/__init__.py")}
    assert folders <= set(registry.names())
    for template in map(registry.get, registry.names()):
        for part in ("builder", "task", "evaluate", "data_kwargs", "search_space"):
            assert callable(template.load(part)), (template.name, part)
        assert template.datasets and template.summary
