"""Your own pairs: two text files with a sentence in a line each, or two columns of a table, plain or compressed."""

import dataclasses
import re
from itertools import zip_longest
from pathlib import Path

import numpy as np

from rnn_templates.data.files.labeled_texts import FORMATS, find_text_error, read_rows
from rnn_templates.data.files.text_io import check_rejection_rate, format_suffix, has_invalid_utf8, read_lines
from rnn_templates.data.splits import Rejected, Splits, make_dataset

LONE = re.compile("[\ud800-\udfff]")


def load_parallel_files(source, *, text=None, label=None, validation_data=None, test_data=None):
    """Returns the raw splits of pairs; see `read_pairs` for a source.

    Raises:
        FileNotFoundError, ValueError: as `read_pairs`.

    Example:
        >>> splits = load_parallel_files(("train.en", "train.de"), test_data=("test.en", "test.de"))
    """
    datasets, sizes, rejected = {}, {}, []
    for name, files in (("train", source), ("validation", validation_data), ("test", test_data)):
        datasets[name] = None
        if files is not None:
            pairs = read_pairs(files, text=text, label=label)
            datasets[name], sizes[name] = pairs.dataset(), len(pairs.sources)
            rejected += pairs.rejected
    name = ",".join(map(str, _paths(source)))
    return Splits(name=name, labels=(), rejected=tuple(rejected), sizes=sizes, **datasets)


@dataclasses.dataclass(frozen=True)
class Pairs:
    """The usable pairs of texts of a table or of two files.

    Args:
        sources, targets: lists of encoded texts (bytes), equally long.
        rejected: list of `Rejected`.
    """

    sources: list
    targets: list
    rejected: list

    def dataset(self):
        """Returns the `tf.data.Dataset` of (source, target), both scalar strings."""
        return make_dataset(self.sources, np.array(self.targets, dtype=object))


def read_pairs(source, *, text=None, label=None):
    """Reads pairs of texts.

    Pairs that cannot be used, such as those with an empty side, are left out, and told of in `rejected` with file and
    line.

    Args:
        source: two text files with a sentence in a line each, as a tuple or as a string with a comma between; their
            names may end in anything, also in .gz, .xz or .bz2. Or a table: csv, tsv, jsonl.
        text, label: columns of the table; None for "source" and "target".

    Returns:
        `Pairs`.

    Raises:
        FileNotFoundError: if a file is not there.
        ValueError: if a file is not what its name says, the two have different numbers of lines, there is no such
            column, or more than half of the pairs are of no use.

    Example:
        >>> pairs = read_pairs("test.en.gz,test.de.gz")
        >>> pairs.sources[0], pairs.targets[0]
        (b'Good morning.', b'Guten Morgen.')
    """
    paths = _paths(source)
    name = " and ".join(map(str, paths))
    if len(paths) == 1:
        found = _table(*paths, (text or "source", label or "target"))
    elif text or label:
        raise ValueError(f"text and label name the columns of a table; {name} are plain lines.")
    else:
        found = _lines(*paths)
    pairs, rejected = [], []
    for values, problem in found:
        if problem:
            rejected.append(Rejected(*problem))
        else:
            pairs.append([value.strip().encode() for value in values])
    if not pairs and not rejected:
        raise ValueError(f"{name}: there are no pairs in it.")
    check_rejection_rate(name, len(pairs) + len(rejected), rejected, "pairs")
    return Pairs([one for one, _ in pairs], [other for _, other in pairs], rejected)


def _paths(source):
    """The one or two files that a source means."""
    if isinstance(source, tuple | list):
        paths = list(source)
    else:
        paths = [source] if Path(source).is_file() else [path.strip() for path in str(source).split(",")]
    paths = [Path(path) for path in paths if str(path)]
    if len(paths) not in (1, 2) or (len(paths) == 1 and format_suffix(paths[0]) not in FORMATS):
        raise ValueError(
            f"{source}: wanted two text files with a sentence in a line each, such as train.en,train.de, or one table "
            f"with a column for either side ({', '.join(FORMATS)})."
        )
    return paths


def _table(path, columns):
    """Yields `(two texts, None)` or `(None, (file, line, reason))` for the rows of a table."""
    for line, row in read_rows(path, columns):
        reason = row if isinstance(row, str) else None
        if not reason:
            reason = next(filter(None, map(find_text_error, row, columns)), None)
        if not reason and LONE.search("".join(row)):
            reason = "half of a surrogate pair"
        yield row, (str(path), line, reason) if reason else None


def _lines(*paths):
    """Yields the same for the lines of two files."""
    counts = [0, 0]
    for line, texts in enumerate(zip_longest(*(read_lines(path, (format_suffix(path),)) for path in paths)), start=1):
        counts = [count + (text is not None) for count, text in zip(counts, texts, strict=True)]
        if None not in texts:
            texts = [text.rstrip("\r\n") for text in texts]
            problems = ((str(path), line, _problem(text)) for path, text in zip(paths, texts, strict=True))
            yield texts, next((problem for problem in problems if problem[-1]), None)
    if counts[0] != counts[1]:
        raise ValueError(
            f"{paths[0]} has {counts[0]:,} lines and {paths[1]} has {counts[1]:,}; line by line, the one must be the "
            "translation of the other."
        )


def _problem(text):
    if has_invalid_utf8(text):
        return "not UTF-8"
    if "\x00" in text:
        return "a NUL byte"
    if "\r" in text:
        return "a carriage return inside the line"
    return None if text.strip() else "the line is empty"
