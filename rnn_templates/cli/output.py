"""Tables for people, JSON for programs."""

import json
import math
import sys

from rich.table import Table
from rich.text import Text


def table(columns, rows, title=None):
    """Returns a rich table; numbers go to the right."""
    grid = Table(title=title, header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], (int, float)) for row in rows)
        short = index == 0 and all(len(_cell(row[0])) <= 24 for row in rows)
        grid.add_column(column, justify="right" if numeric and rows else "left", overflow="fold", no_wrap=short)
    for row in rows:
        grid.add_row(*(value if isinstance(value, Text) else _cell(value) for value in row))
    return grid


def _cell(value):
    if isinstance(value, float):
        return f"{value:.4f}" if math.isfinite(value) else str(value)
    return "" if value is None else str(value)


def print_json(value):
    """Prints one JSON document on standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def describe(answer):
    """Returns one model's answer in words, of `predict(..., return_labels=True)`, as a rich text."""
    if "tokens" in answer:
        from rnn_templates.plots.tagged_text import TaggedText

        return TaggedText(answer).__rich__()
    if noun := written(answer):
        return Text(f"{answer[noun]} ({answer['probability']:.3f})")
    chosen = answer.get("labels", [answer.get("label")])
    return Text(", ".join(f"{label} ({answer['probabilities'][label]:.3f})" for label in chosen) or "(none)")


def written(answer):
    """Returns the key under which an answer holds a text that the model wrote, or None."""
    return next((noun for noun in ("translation", "caption") if noun in answer), None)


def command_line():
    """Returns what was typed, for the card."""
    import shlex

    return shlex.join(["rnn-templates", *sys.argv[1:]])
