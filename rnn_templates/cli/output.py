"""Output of commands: tables for the terminal, JSON for programs."""

import contextvars
import re
import shlex
import sys
import textwrap
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnn_templates.utils.numbers import format_number, to_json

# Arguments of the command that is running; set by `rnn_templates.cli.app.main`.
ARGUMENTS = contextvars.ContextVar("ARGUMENTS", default=())
MIN_WIDTH = 12  # characters of a column of texts, which can be folded
MAX_STEPS = 8  # of a forecast, in a table
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


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


def make_console(stderr=False):
    """Returns a `rich.console.Console` that prints text as it is: no markup in square brackets, no emoji names.

    Args:
        stderr: whether to print to standard error.

    Example:
        >>> make_console().print("[bold] :smile:", highlight=False)
        [bold] :smile:
    """
    return Console(stderr=stderr, markup=False, emoji=False)


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
        sys.stdout.write(to_json(result.data) + "\n")
    else:
        make_console().print(result.view, soft_wrap=isinstance(result.view, str))


def make_table(columns, rows, title=None):
    """Returns a table for the terminal; columns of numbers are right-aligned.

    In a terminal that is too narrow headings are wrapped; if that is not enough, every row becomes a list of headings
    and values.

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
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    parts = [_Column(*pair, is_first=not index) for index, pair in enumerate(zip(columns, values, strict=True))]
    width = make_console().width - 3 * len(parts) - 1
    title = None if title is None else Text(title)
    if rows and sum(part.min_width for part in parts) > width:
        return _records(parts, title)
    wrap = sum(max(len(part.heading), part.widest) for part in parts) > width
    grid = Table(title=title, header_style="bold")
    for part in parts:
        heading = part.wrapped_heading() if wrap and part.keep else part.heading
        justify = "right" if part.numeric else "left"
        grid.add_column(Text(heading), justify=justify, overflow="fold", no_wrap=part.keep)
    for row in zip(*(part.cells for part in parts), strict=True):
        grid.add_row(*row)
    return grid


class _Column:
    """A column of a table: its cells, and whether they are kept on one line."""

    def __init__(self, heading, values, is_first):
        numbers = [isinstance(value, (int, float)) for value in values if value is not None]
        self.heading = heading
        self.cells = list(map(_cell, values))
        self.widest = max(map(len, self.cells), default=0)
        self.numeric = bool(numbers) and all(numbers)
        self.keep = self.numeric or (is_first and self.widest <= 24)
        longest = max((self.widest, *map(len, heading.split())))
        self.min_width = longest if self.keep else min(MIN_WIDTH, longest)

    def wrapped_heading(self):
        return textwrap.fill(self.heading, max(1, self.widest), break_long_words=False)


def _records(columns, title):
    """A table with a line for every value that is not empty, and a rule between the rows."""
    table = Table(title=title, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for row in zip(*(column.cells for column in columns), strict=True):
        for column, cell in zip(columns, row, strict=True):
            if len(cell):
                table.add_row(Text(column.heading), cell)
        table.add_section()
    return table


def _cell(value):
    """The `Text` of a cell: rich reads square brackets of a str as markup."""
    if isinstance(value, Text):
        return value
    text = value if isinstance(value, str) else "" if value is None else format_number(value)
    return Text(CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text))


def format_prediction(prediction):
    """Returns a prediction as a line for the terminal.

    Args:
        prediction: dict, from `Task.to_dict` or `predict(..., return_labels=True)`: of a text generator, a tagger or a
            classifier, of a forecasting model, or of an anomaly detector.

    Returns:
        `rich.text.Text`; "(no caption)" or the like for an empty generated text, "(empty)" for a text without tokens.

    Example:
        >>> format_prediction({"label": "yes", "probability": 0.9, "probabilities": {"no": 0.1, "yes": 0.9}}).plain
        'yes (0.900)'
        >>> format_prediction({"translation": "Hallo", "probability": 0.75, "alternatives": []}).plain
        'Hallo (0.750)'
        >>> format_prediction({"caption": "", "probability": 0.5, "alternatives": []}).plain
        '(no caption) (0.500)'
    """
    if "forecast" in prediction:
        values = prediction["forecast"]
        more = f", ... ({len(values)} steps)" if len(values) > MAX_STEPS else ""
        return Text(", ".join(format_number(value) for value in values[:MAX_STEPS]) + more)
    if "events" in prediction:
        return Text(", ".join(_describe_event(event) for event in prediction["events"]) or "(no anomaly)")
    if "tokens" in prediction:
        from rnn_templates.plots.tagged_text import TaggedText

        return _clean(TaggedText(prediction).__rich__()) if prediction["tokens"] else Text("(empty)")
    if name := text_output_name(prediction):
        text = prediction[name] if prediction[name].strip() else f"(no {name})"
        return _cell(f"{text} ({prediction['probability']:.3f})")
    labels = prediction.get("labels", [prediction.get("label")])
    return _cell(", ".join(f"{label} ({prediction['probabilities'][label]:.3f})" for label in labels) or "(none)")


def _describe_event(event):
    """The samples of an event, and its score, as a str."""
    samples = f"{event['start']}-{event['end']}" if event["end"] > event["start"] else f"{event['start']}"
    return f"{samples} (score {format_number(event['score'])})"


def _clean(text):
    """A `Text` with replaced control characters, and the same styles."""
    text.plain = CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text.plain)
    return text


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
        console = make_console(stderr=True)
        console.print(Text(f"{len(rows)} rows were rejected", style="yellow"), "(the card has the number):")
        for row in rows[:max_rows]:
            console.print(f"  {row.file}:{row.line}: {row.reason}", highlight=False, soft_wrap=True)
