"""The face of the package: light to import, complete, and in the order of its floors."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import rnn_templates

PACKAGE = Path(rnn_templates.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def loaded_by(code):
    code += "; import sys; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_package_imports_no_tensorflow():
    assert loaded_by("import rnn_templates; dir(rnn_templates)") == ["False", "False"]


@pytest.mark.parametrize("words", [["--help"], ["list"], ["train", "--help"], ["evaluate", "--help"], ["predict"]])
def test_help_and_plain_mistakes_import_no_tensorflow(words):
    code = f"""
import contextlib, io
from rnn_templates.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    try: main({words!r})
    except SystemExit: pass
import sys; print('tensorflow' in sys.modules)"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("name", rnn_templates.__all__)
def test_every_public_name_is_there_and_documented(name):
    value = getattr(rnn_templates, name)
    assert "Example:" in (value.__doc__ or ""), f"{name} has no example"
    assert name in dir(rnn_templates)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'sentimental_model'"):
        rnn_templates.sentimental_model  # noqa: B018


def test_the_names_for_type_checkers_are_those_of_the_lazy_face():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    assert sorted(alias.name for node in checked.body for alias in node.names) == rnn_templates.__all__


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_says_what_it_is_and_is_short(path):
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "a module needs a line on what it is"
    assert text.count("\n") <= 300, "a file of more than 300 lines asks to be split"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_public_function_and_class_has_a_docstring(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_every_registered_class_bears_the_name_of_the_package():
    for path in MODULES:
        for match in re.finditer(r"register_keras_serializable\((.*?)\)", path.read_text()):
            assert match.group(1) == 'package="rnn_templates"'


def test_every_template_of_the_catalogue_has_builder_search_space_and_data():
    from rnn_templates.registry import TEMPLATES

    for template in TEMPLATES.values():
        module = import_module(f"rnn_templates.templates.{template.name}")
        assert callable(template.builder) and callable(module.search_space) and module.DEFAULT_DATA in template.data
