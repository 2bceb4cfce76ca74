"""Lints sizes: at most 300 lines a file, 60 lines a function without its docstring, 18 arguments a builder.

python tests/lint/sizes.py    exit status 1 and one line a finding
"""

import ast
import sys
from pathlib import Path

MAX_FILE, MAX_FUNCTION, MAX_ARGUMENTS = 300, 60, 18
ROOT_MODULES = {"__init__.py", "registry.py", "model_card.py"}


def findings(package):
    """Yields a sentence for everything in a package folder that is too large or out of place."""
    for path in sorted(package.glob("*.py")):
        if path.name not in ROOT_MODULES:
            yield f"{path}: a module at the root of the package; move it into a folder"
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > MAX_FILE:
            yield f"{path}: {text.count(chr(10))} lines, at most {MAX_FILE}"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1 - _docstring_lines(node)
                if lines > MAX_FUNCTION:
                    yield f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {MAX_FUNCTION}"
                arguments = len(node.args.args) + len(node.args.kwonlyargs)
                if path.name == "builder.py" and node.name.endswith("_model") and arguments > MAX_ARGUMENTS:
                    yield f"{path}:{node.lineno}: {node.name} has {arguments} arguments, at most {MAX_ARGUMENTS}"


def _docstring_lines(node):
    first = node.body[0]
    has = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return first.end_lineno - first.lineno + 1 if has else 0


if __name__ == "__main__":
    found = list(findings(Path("rnn_templates")))
    print("\n".join(found))
    sys.exit(int(bool(found)))
