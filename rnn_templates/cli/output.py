"""Output of commands: tables for the terminal, JSON for programs."""

import contextvars
import json
import math
import shlex
import sys
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

# Arguments of the command that is running; set by `rnn_templates.cli.app.main`.
ARGUMENTS = contextvars.ContextVar("ARGUMENTS", default=())


class Result(NamedTuple):
    """The result of a command.

    Args:
        data: object that JSON can represent.
        view: object that rich prints, such as a table.

    Example:
        >>> Result({"accuracy": 0.9}, "accuracy 0.9").data
        {'accuracy': 0.9}
    """

    data: Any
    view: Any


def print_result(result, as_json):
    """Prints a `Result` to standard output: one JSON document, or its view.

    Args:
        result: `Result`, or None, which prints nothing.
        as_json: bool.

    Example:
        >>> print_result(Result([1], "one"), as_json=True)
        [
          1
        ]
    """
    if result is None:
        return
    if as_json:
        sys.stdout.write(json.dumps(result.data, ensure_ascii=False, indent=2) + "\n")
    else:
        Console().print(result.view)


def make_table(columns, rows, title=None):
    """Returns a table for the terminal; columns of numbers are right-aligned.

    Args:
        columns: sequence of str; the headings.
        rows: list of tuples of str, numbers, None or `rich.text.Text`.
        title: str or None.

    Returns:
        `rich.table.Table`.

    Example:
        >>> make_table(("metric", "value"), [("accuracy", 0.9)]).row_count
        1
    """
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


def format_prediction(prediction):
    """Returns a prediction as a line for the terminal.

    Args:
        prediction: dict, from `Task.to_dict` or `predict(..., return_labels=True)`: of a text generator, a tagger or a
            classifier.

    Returns:
        `rich.text.Text`.

    Example:
        >>> format_prediction({"label": "yes", "probability": 0.9, "probabilities": {"no": 0.1, "yes": 0.9}}).plain
        'yes (0.900)'
        >>> format_prediction({"translation": "Hallo", "probability": 0.75, "alternatives": []}).plain
        'Hallo (0.750)'
        >>> format_prediction({"caption": "", "probability": 0.5, "alternatives": []}).plain
        '(no caption) (0.500)'
    """
    if "tokens" in prediction:
        from rnn_templates.plots.tagged_text import TaggedText

        return TaggedText(prediction).__rich__()
    if name := text_output_name(prediction):
        return Text(f"{prediction[name] or f'(no {name})'} ({prediction['probability']:.3f})")
    labels = prediction.get("labels", [prediction.get("label")])
    return Text(", ".join(f"{label} ({prediction['probabilities'][label]:.3f})" for label in labels) or "(none)")


def text_output_name(prediction):
    """Returns the key of the generated text in the prediction of a text generator, its first key; else None.

    Example:
        >>> text_output_name({"caption": "a dog", "probability": 0.8, "alternatives": []})
        'caption'
    """
    return next(iter(prediction)) if "alternatives" in prediction else None


def command_line():
    """Returns the command that is running, for the model card.

    Example:
        >>> command_line().split()[0]
        'rnn-templates'
    """
    return shlex.join(["rnn-templates", *ARGUMENTS.get()])


def report_rejected(rows, max_rows=5):
    """Prints to standard error which rows of the data were rejected, and why.

    Args:
        rows: sequence of `rnn_templates.data.splits.RejectedRow`.
        max_rows: int; number of rows to list.

    Example:
        >>> report_rejected([])
    """
    if rows:
        console = Console(stderr=True)
        console.print(f"[yellow]{len(rows)} rows were rejected[/] (the card has the number):")
        for row in rows[:max_rows]:
            console.print(f"  {row.file}:{row.line}: {row.reason}", markup=False, highlight=False, soft_wrap=True)
