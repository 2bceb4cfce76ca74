"""Kinds of examples of a table, by its columns."""

from rnn_templates.data.series.options import TIME_COLUMNS


def table_kinds(columns, suffix):
    """Returns the kinds of examples that a table with these columns can have; of none, those of its format.

    Args:
        columns: set of str; names of the columns, empty if they are not known.
        suffix: str; of the file, such as ".csv".

    Example:
        >>> from rnn_templates.data.files.table_kinds import table_kinds
        >>> table_kinds({"date", "sales"}, ".csv")
        ('time_series',)
    """
    if {"tokens", "tags"} <= columns and "text" not in columns:
        return ("tagged_sentences",)
    if {"source", "target"} <= columns and "text" not in columns:
        return ("text_pairs",)
    if {"text", "label"} <= columns and "source" not in columns:
        return ("labeled_texts",)
    if any(name.lower() in TIME_COLUMNS for name in columns) and not columns & {"text", "tokens"}:
        return ("time_series",)
    has_lists = not columns and suffix in (".jsonl", ".parquet")
    has_numbers = not columns or not columns & {"text", "label", "source", "target", "tokens", "tags"}
    others = (("tagged_sentences",) if has_lists else ()) + (("time_series",) if has_numbers else ())
    return ("labeled_texts", "text_pairs", *others)
