"""Counts the lines of code of a file."""

import ast
import re


def code_lines(path):
    """Returns the number of lines that are neither blank, comments nor docstrings, of a Python or JavaScript file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.parse(text)
        lines = text.splitlines()
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
                for number in range(node.body[0].lineno, node.body[0].end_lineno + 1):
                    lines[number - 1] = ""
    else:
        lines = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).splitlines()
    return sum(bool(line.strip()) and not line.strip().startswith(("#", "//")) for line in lines)
