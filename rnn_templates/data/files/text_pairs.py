"""Text pairs: two parallel text files, or two columns of a table."""

import dataclasses
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

import numpy as np

from rnn_templates.data.files.tables import TABLE_SUFFIXES, find_text_error, read_rows
from rnn_templates.data.files.text_io import check_rejection_rate, find_line_error, format_suffix, read_lines
from rnn_templates.data.frames import Frame
from rnn_templates.data.splits import Examples, RejectedRow, make_dataset
from rnn_templates.utils.limits import find_excess


@dataclasses.dataclass(frozen=True)
class TextPairs(Examples):
    """Pairs of a source text and a target text.

    Args:
        sources, targets: lists of bytes, equally long; encoded texts.
        rejected: list of `RejectedRow`.

    Example:
        >>> next(TextPairs([b"one"], [b"eins"], []).dataset().as_numpy_iterator())
        (b'one', b'eins')
    """

    sources: list
    targets: list
    rejected: list
    labels: ClassVar[tuple] = ()
    multi_label: ClassVar[bool] = False

    def __len__(self):
        return len(self.sources)

    def dataset(self):
        """Returns the `tf.data.Dataset` of (source, target), scalar strings."""
        return make_dataset(self.sources, np.array(self.targets, dtype=object))


def read_text_pairs(source, *, input_column=None, target_column=None, delimiter=None):
    """Reads text pairs.

    Pairs that cannot be used, such as those with an empty text, go to `rejected`.

    Args:
        source: two text files with one text a line, as a tuple of paths or as a str with a comma between, with any
            suffix, also .gz, .xz or .bz2; or the path of a table (csv, tsv, jsonl, plain or compressed, or Parquet); or
            a `Frame`.
        input_column, target_column: str; columns of the table; None for "source" and "target".
        delimiter: str; of the columns of a csv file; None finds it.

    Returns:
        `TextPairs`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the contents do not match the suffix, the two files have different numbers of lines, a column is
            missing, or more than half of the pairs are invalid.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("test.en").write_text("Good morning.\\n"), Path("test.de").write_text("Guten Morgen.\\n")
        >>> read_text_pairs("test.en,test.de").targets
        [b'Guten Morgen.']
    """
    paths = pair_paths(source)
    name = " and ".join(map(str, paths))
    if len(paths) == 1:
        rows = _table_pairs(*paths, (input_column or "source", target_column or "target"), delimiter)
    elif input_column or target_column or delimiter:
        raise ValueError(f"`input_column`, `target_column` and `delimiter` are for tables; {name} are lines of text.")
    else:
        rows = _line_pairs(*paths)
    pairs, rejected = [], []
    for values, error in rows:
        if error:
            rejected.append(RejectedRow(*error))
        else:
            pairs.append([value.strip().encode() for value in values])
    if not pairs and not rejected:
        raise ValueError(f"{name}: there are no pairs in it.")
    check_rejection_rate(name, len(pairs) + len(rejected), rejected, "pairs")
    return TextPairs([source for source, _ in pairs], [target for _, target in pairs], rejected)


def pair_paths(source):
    """Returns the one or two paths of a source of text pairs.

    Raises:
        ValueError: if these are more than two, or one that is no table.

    Example:
        >>> [path.name for path in pair_paths("train.en, train.de")]
        ['train.en', 'train.de']
    """
    if isinstance(source, Frame):
        return [source]
    if isinstance(source, tuple | list):
        paths = list(source)
    else:
        paths = [source] if Path(source).is_file() else [path.strip() for path in str(source).split(",")]
    paths = [Path(path) for path in paths if str(path)]
    if len(paths) not in (1, 2) or (len(paths) == 1 and format_suffix(paths[0]) not in TABLE_SUFFIXES):
        raise ValueError(
            f"{source}: text pairs are two text files with one text a line, such as train.en,train.de, or one table "
            f"with a column for each side ({', '.join(TABLE_SUFFIXES)})."
        )
    return paths


def _table_pairs(path, columns, delimiter):
    """Yields `(two texts, None)` or `(None, (file, line, reason))` for the rows of a table."""
    for line, row in read_rows(path, columns, delimiter):
        reason = row if isinstance(row, str) else None
        if not reason:
            errors = (find_text_error(*one, allow_surrogates=False) for one in zip(row, columns, strict=True))
            reason = next(filter(None, errors), None)
        yield row, (str(path), line, reason) if reason else None


def _line_pairs(*paths):
    """Yields the same for the lines of two files."""
    counts = [0, 0]
    for line, texts in enumerate(zip_longest(*(read_lines(path, (format_suffix(path),)) for path in paths)), start=1):
        counts = [count + (text is not None) for count, text in zip(counts, texts, strict=True)]
        if None not in texts:
            texts = [text.rstrip("\r\n") for text in texts]
            errors = ((str(path), line, _find_error(text)) for path, text in zip(paths, texts, strict=True))
            yield texts, next((error for error in errors if error[-1]), None)
    if counts[0] != counts[1]:
        raise ValueError(
            f"{paths[0]} has {counts[0]:,} lines and {paths[1]} has {counts[1]:,}; parallel files have one pair a line."
        )


def _find_error(text):
    excess = find_excess("MAX_CELL_CHARACTERS", len(text))
    empty = None if text.strip() else "the line is empty"
    return find_line_error(text) or empty or (f"the line has {excess}" if excess else None)
