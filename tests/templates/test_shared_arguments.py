"""Shared descriptions of builder arguments."""

import re
import subprocess
import sys

import pytest

from rnn_templates import registry
from rnn_templates.templates.shared_arguments import ARGUMENTS, documented


def test_placeholders_of_all_builders_are_expanded():
    used = set()
    for name in registry.names():
        docstring = registry.get(name).load("builder").__doc__
        assert not re.search(r"^ *\{\w+\}", docstring, re.MULTILINE), name
        flat = re.sub(r"\s+", " ", docstring)
        used |= {argument for argument, text in ARGUMENTS.items() if f" {argument}: {text}" in flat}
    assert used == set(ARGUMENTS)


def test_text_after_a_placeholder_is_appended_and_lines_are_wrapped():
    def model(cell):
        """Returns a model.

        Args:
            {cell} Only sometimes.
        """

    lines = documented(model).__doc__.splitlines()
    assert max(map(len, lines)) <= 120 and lines[3].startswith("            cell: str or class;")
    assert lines[4].startswith("                ") and "`. Only sometimes." in " ".join(map(str.strip, lines))


def test_an_unknown_placeholder_is_an_error():
    def model():
        """{unknown}"""

    with pytest.raises(KeyError, match="unknown"):
        documented(model)


def test_descriptions_do_not_import_tensorflow():
    code = "import sys, rnn_templates.templates.shared_arguments; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
