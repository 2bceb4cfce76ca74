"""Dependencies: upper bounds that the installed versions satisfy, licenses, and no private names."""

import ast
import configparser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg")
EXTRAS = ("datasets", "generators", "metrics", "sklearn", "tables", "tensorboard", "tune")
PRIVATE = ("keras.src", "tensorflow.python", "tensorflow.lite", "tensorflow.core", "tensorflow_datasets.core")
NAMED_TUPLES = {"_replace", "_asdict", "_fields"}  # public in spite of their names


def requirements():
    """Requirements of the package and of its extras that other packages fulfil."""
    options = [CONFIG["options"]["install_requires"], *(CONFIG["options.extras_require"][name] for name in EXTRAS)]
    lines = [line for text in options for line in text.splitlines() if line and not line.startswith("#")]
    return [Requirement(line) for line in lines if not line.startswith("rnn_templates")]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_every_dependency_has_an_upper_bound_and_the_tested_version_is_below_it(requirement):
    assert any(one.operator == "<" for one in requirement.specifier), f"{requirement} has no upper bound"
    assert metadata.version(requirement.name) in requirement.specifier


def test_the_core_has_no_copyleft_and_every_dependency_is_explained():
    core = CONFIG["options"]["install_requires"].lower()
    assert not [name for name in ("num2words", "seqeval", "docopt", "datasets", "scikit-learn") if name in core]
    page = (ROOT / "docs" / "decisions" / "0009-dependencies.md").read_text(encoding="utf-8").lower()
    assert [one.name for one in requirements() if f"`{one.name.lower()}`" not in page] == []


def test_the_package_uses_no_private_names_of_its_dependencies():
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "rnn_templates").rglob("*.py")}
    own, used = set(NAMED_TUPLES), []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                own.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                own.add(node.id)
            elif isinstance(node, ast.Attribute):
                if isinstance(node.ctx, ast.Store):
                    own.add(node.attr)
                elif node.attr.startswith("_") and not node.attr.startswith("__"):
                    used.append((path, node.lineno, node.attr))
            elif isinstance(node, ast.ImportFrom | ast.Import):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                assert not [name for name in names if name.startswith(PRIVATE)], (path, node.lineno)
    assert [entry for entry in used if entry[2] not in own] == []
