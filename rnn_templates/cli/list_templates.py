"""`rnn-templates list`."""

import dataclasses
from typing import Annotated

import typer

from rnn_templates import registry
from rnn_templates.cli.output import Result, make_table, print_result

COLUMNS = ("template", "topology and use", "data sets by name")


def list_templates(
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
):
    """List the templates and their data sets. All of them also read files."""
    templates = [registry.get(name) for name in registry.names()]
    if markdown:
        return print(markdown_table(templates))
    rows = [(template.name, template.summary, ", ".join(template.datasets)) for template in templates]
    print_result(Result([dataclasses.asdict(template) for template in templates], make_table(COLUMNS, rows)), json)


def markdown_table(templates):
    """Returns a Markdown table of templates, which README.md contains.

    Args:
        templates: list of `rnn_templates.registry.Template`.

    Example:
        >>> from rnn_templates import registry
        >>> markdown_table([registry.get("sentiment")]).splitlines()[1]
        '|---|---|---|'
    """
    rows = [
        (f"`{template.name}`", template.summary, ", ".join(f"`{name}`" for name in template.datasets))
        for template in templates
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (COLUMNS, *rows)).replace("\n", "\n|---|---|---|\n", 1)
