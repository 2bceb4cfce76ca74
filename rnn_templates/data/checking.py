"""Check of a source of examples by names and headers alone, without TensorFlow."""

from rnn_templates.data.files.sources import ImageFiles, PlainTextFiles, TableFile
from rnn_templates.data.files.tables import read_rows
from rnn_templates.data.loading import find_source
from rnn_templates.utils.files import check_file

DEFAULT_COLUMNS = {
    "labeled_texts": ("text", "label"),
    "text_pairs": ("source", "target"),
    "tagged_sentences": ("tokens", "tags"),
}


def check_source(source, kind, *, input_column=None, target_column=None, label_names=None, delimiter=None):
    """Raises an error if a source cannot have examples of a kind; of a table only the first row is read.

    Args:
        source: str, Path or tuple of paths, as for `rnn_templates.load`.
        kind: str; the kind of the examples, as for `rnn_templates.load`.
        input_column, target_column, label_names, delimiter: as for `rnn_templates.load`.

    Raises:
        FileNotFoundError: if a file does not exist.
        ValueError: if there is no data set of this name, the source has another kind, or a table has no such column.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("mine.csv").write_text("review,label\\nfine,yes\\n")
        >>> check_source("mine.csv", "labeled_texts", input_column="review")
        >>> check_source("mine.csv", "labeled_texts")
        Traceback (most recent call last):
        ValueError: mine.csv:1: no column 'text'; the columns are ['review', 'label']. ...
    """
    columns = {"input_column": input_column, "target_column": target_column}
    form, _ = find_source(source, kind, **columns, label_names=label_names, delimiter=delimiter)
    if not form.is_file:
        return
    for path in form.paths(source):
        if not (isinstance(form, ImageFiles | PlainTextFiles) and path.is_dir()):
            check_file(path)
    if isinstance(form, TableFile) and kind in DEFAULT_COLUMNS:
        names = zip((input_column, target_column), DEFAULT_COLUMNS[kind], strict=True)
        next(iter(read_rows(source, [given or default for given, default in names], delimiter)), None)
