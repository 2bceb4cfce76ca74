"""`list`: the templates as a table, as JSON and as Markdown."""

import json
import re
from pathlib import Path

from support.command_line import run

from rnn_templates import registry


def test_every_template_is_listed_in_every_format(capsys):
    code, out, _ = run(capsys, "list", "--json")
    assert (code, [row["name"] for row in json.loads(out)]) == (0, registry.names())
    markdown = run(capsys, "list", "--markdown")[1]
    table = run(capsys, "list")[1]
    for name in registry.names():
        assert f"| `{name}` | {registry.get(name).summary} | `{registry.get(name).datasets[0]}`" in markdown
        assert name in table


def test_readme_has_the_table_of_templates(capsys):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = re.search(r"<!-- templates: begin .*?-->\n(.*?)<!-- templates: end -->", readme, re.DOTALL).group(1)
    assert table == run(capsys, "list", "--markdown")[1]
