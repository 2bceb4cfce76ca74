"""Your own files: csv, tsv and jsonl, plain or compressed."""

import csv
import json

from rnn_templates.data.files.text_io import check_rejection_rate, format_suffix, has_invalid_utf8, read_lines
from rnn_templates.data.splits import Rejected, Splits, make_dataset

FORMATS = (".csv", ".tsv", ".jsonl")
LONGEST_FIELD = 1 << 28


def load_files(
    path, *, text="text", label="label", validation_data=None, test_data=None, label_separator=None, label_names=None
):
    """Returns the raw splits of one file a split; see `load` for the arguments.

    Rows that cannot be used are left out, and told of in `rejected` with file and line.

    Raises:
        FileNotFoundError: if a file is not there.
        ValueError: if a file is not what its name says, has no such column, or more than half of its rows are of no
            use; or if all examples have the same label.

    Example:
        >>> splits = load_files("reviews.csv", text="review", label="stars")
    """
    options = {"text": text, "label": label, "label_separator": label_separator, "label_names": label_names}
    datasets, sizes, rejected, labels = {}, {}, [], None
    for name, file in (("train", path), ("validation", validation_data), ("test", test_data)):
        datasets[name] = None
        if file is not None:
            examples = read_labeled_texts(file, labels=labels, **options)
            labels = labels or examples.labels
            datasets[name], sizes[name] = examples.dataset(), len(examples.texts)
            rejected += examples.rejected
    return Splits(
        name=str(path),
        labels=labels,
        multi_label=label_separator is not None,
        rejected=tuple(rejected),
        sizes=sizes,
        **datasets,
    )


class LabeledTexts:
    """The usable rows of one file.

    Args:
        texts: list of encoded texts (bytes).
        targets: for each the list of its labels' names.
        labels: names of the classes, in their order.
        multi_label: whether a text may bear any number of them.
        rejected: list of `Rejected`.
    """

    def __init__(self, texts, targets, labels, multi_label, rejected):
        self.texts = texts
        self.targets = targets
        self.labels = labels
        self.multi_label = multi_label
        self.rejected = rejected

    def dataset(self):
        """Returns the `tf.data.Dataset` of (text, target)."""
        import numpy as np

        number = {label: index for index, label in enumerate(self.labels)}
        if not self.multi_label:
            return make_dataset(self.texts, np.array([number[names[0]] for names in self.targets], np.int64))
        hot = np.zeros((len(self.texts), len(self.labels)), np.float32)
        for row, names in zip(hot, self.targets, strict=True):
            row[[number[name] for name in names]] = 1
        return make_dataset(self.texts, hot)


def read_labeled_texts(path, *, text="text", label="label", label_separator=None, label_names=None, labels=None):
    """Reads the labeled texts of one file.

    Args:
        labels: the names that may occur, such as those of a trained model; None for those that do.
        (the others): as for `load_files`.

    Returns:
        `LabeledTexts`.

    Example:
        >>> read_labeled_texts("test.csv", labels=model.labels).dataset()
    """
    texts, targets, rejected, rows = [], [], [], 0
    names = {str(key): value for key, value in (label_names or {}).items()}
    for line, row in read_rows(path, (text, label)):
        rows += 1
        reason = row if isinstance(row, str) else find_text_error(row[0], text)
        found = [] if reason else _labels(row[1], label_separator, names)
        if not reason and not found and label_separator is None:
            reason = f"no label in {label!r}"
        unknown = next((name for name in found if labels is not None and name not in labels), None)
        if not reason and unknown is not None:
            reason = f"the label {unknown!r} is none of {', '.join(map(repr, labels[:10]))}"
        if reason:
            rejected.append(Rejected(str(path), line, reason))
        else:
            texts.append(row[0].encode("utf-8", "surrogatepass"))
            targets.append(found)
    if not rows:
        raise ValueError(f"{path}: there are no rows below the header.")
    check_rejection_rate(path, rows, rejected)
    if labels is None:
        labels = _sorted({name for found in targets for name in found})
        if len(labels) < 2:
            only = f"only the label {labels[0]!r}" if labels else "no label at all"
            raise ValueError(f"{path}: {only} in {len(texts)} rows; there is nothing to tell apart.")
    return LabeledTexts(texts, targets, tuple(labels), label_separator is not None, rejected)


def read_texts(path, *, text="text"):
    """Reads texts without labels: a column of a csv, tsv or jsonl file, or the lines of a txt file.

    Raises:
        ValueError: at the first row without a text, naming file and line: an answer must stand for every row.

    Example:
        >>> model.predict(read_texts("mails.csv", text="body"))
    """
    texts = []
    if format_suffix(path) == ".txt":
        lines = (line.rstrip("\r\n").encode("utf-8", "surrogateescape") for line in read_lines(path, (".txt",)))
        texts = [line.decode("utf-8", "replace") for line in lines]
    else:
        for line, row in read_rows(path, (text,)):
            problem = row if isinstance(row, str) else find_text_error(row[0], text, empty=True)
            if problem:
                raise ValueError(f"{path}:{line}: {problem}.")
            texts.append(row[0])
    if not texts:
        raise ValueError(f"{path}: there are no texts in it.")
    return texts


def read_rows(path, columns):
    """Yields `(line, values of the columns)` of a csv, tsv or jsonl file, or `(line, why there are none)`.

    Raises:
        FileNotFoundError: if the file is not there.
        ValueError: if it is not what its name says, or has no such column.

    Example:
        >>> for line, values in read_rows("reviews.csv", ("text", "label")): print(line, values)
    """
    rows = _json_rows if format_suffix(path) == ".jsonl" else _table_rows
    return rows(path, read_lines(path, (".txt",) if format_suffix(path) == ".txt" else FORMATS), columns)


def _table_rows(path, lines, columns):
    csv.field_size_limit(LONGEST_FIELD)
    tab = format_suffix(path) == ".tsv"
    # a tab-separated file has no quoting: a quotation mark there is just a quotation mark
    form = {"delimiter": "\t", "quoting": csv.QUOTE_NONE} if tab else {"strict": True}
    reader = csv.reader(lines, **form)
    header = next(reader, None)
    if header is None:
        raise ValueError(f"{path} is empty.")
    missing = [column for column in columns if column not in header]
    if missing:
        flags = "--text and --label" if len(columns) > 1 else "--text"
        raise ValueError(f"{path}:1: no column {missing[0]!r}; the columns are {header[:20]}. Name yours with {flags}.")
    where = [header.index(column) for column in columns]
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"not a row of a table ({error})"
            continue
        if row and len(row) != len(header):
            yield line, f"{len(row)} fields, where the header has {len(header)}"
        elif row:
            yield line, _readable([row[index] for index in where])


def _json_rows(path, lines, columns):
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as error:
            yield line, f"not JSON ({error})"
            continue
        missing = [column for column in columns if not isinstance(row, dict) or column not in row]
        yield line, f"no {missing[0]!r}" if missing else _readable([row[column] for column in columns])


def _readable(values):
    """The values, or why they cannot be read."""
    for value in values:
        if isinstance(value, str) and has_invalid_utf8(value):
            return "not UTF-8"
    return values


def find_text_error(value, column, empty=False):
    """Returns why a value of `read_rows` is of no use as a text, or None; `empty` allows an empty one."""
    if not isinstance(value, str):
        return f"{column!r} is {type(value).__name__}, not a text"
    if "\x00" in value:
        return f"{column!r} holds a NUL byte"
    return None if value.strip() or empty else f"{column!r} is empty"


def _labels(value, separator, names):
    values = value if isinstance(value, list) else str(value).split(separator) if separator else [value]
    stripped = ["" if one is None else str(one).strip() for one in values]
    found = [names.get(one, one) for one in stripped if one and one.lower() != "nan"]
    return list(dict.fromkeys(found)) if separator is not None else found[:1]


def _sorted(labels):
    """Numbers by size, everything else by the alphabet."""
    try:
        return sorted(labels, key=int)
    except ValueError:
        return sorted(labels)
