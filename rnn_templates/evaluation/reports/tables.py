"""Tables that several reports share, for rich."""

from rnn_templates.plots.style import truncate_label
from rnn_templates.utils.numbers import format_number

MAX_CHARACTERS = 240  # of a text in a table; the JSON has the whole text


def summary_table(title, metrics, baseline=None, baseline_name=""):
    """Returns a table of metrics, with those of a baseline beside them.

    Args:
        title: str.
        metrics: dict from name to int or float.
        baseline: dict of the baseline's metrics; None for none.
        baseline_name: str; heading of the baseline's column.

    Example:
        >>> summary_table("5 examples", {"accuracy": 0.8}, {"accuracy": 0.5}, "bag of words").row_count
        1
    """
    from rich.table import Table

    table = Table("metric", "model", title=title, header_style="bold")
    if baseline:
        table.add_column(baseline_name)
    for name, value in metrics.items():
        beside = (baseline or {}).get(name)
        table.add_row(
            name.replace("_", " "), format_number(value), *([] if beside is None else [format_number(beside)])
        )
    return table


def per_class_table(title, rows, *, label="label", counted="examples", thresholds=False):
    """Returns a table of the scores of classes.

    Args:
        title: str.
        rows: list of `PerClass`.
        label, counted: str; headings of the first and of the support column.
        thresholds: whether to show the thresholds too.

    Example:
        >>> from rnn_templates.evaluation.metrics.per_class import PerClass
        >>> len(per_class_table("Labels", [PerClass("yes", 1.0, 0.5, 0.67, 2)]).columns)
        5
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(label, "precision", "recall", "F1", counted, title=title, header_style="bold")
    if thresholds:
        table.add_column("threshold")
    for row in rows:
        cells = [f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", f"{row.support:,}"]
        table.add_row(Text(row.label), *cells, *([f"{row.threshold:.2f}"] if thresholds else []))
    return table


def examples_table(title, headings, rows, *, lines=False):
    """Returns a table of examples; texts are truncated to 240 characters.

    Args:
        title: str.
        headings: list of str.
        rows: list of rows, each a list of cells: str, list of str (a line each), or `rich.text.Text`.
        lines: whether to draw lines between the rows.

    Example:
        >>> examples_table("Worst", ["chrF", "reference"], [["12.5", ["a dog", "one dog"]]]).row_count
        1
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, title=title, header_style="bold", show_lines=lines)
    for row in rows:
        texts = []
        for cell in row:
            if not isinstance(cell, Text):  # Text, because rich reads square brackets in str as markup
                parts = [cell] if isinstance(cell, str) else cell
                cell = Text("\n".join(truncate_label(part, MAX_CHARACTERS) for part in parts))
            texts.append(cell)
        table.add_row(*texts)
    return table
