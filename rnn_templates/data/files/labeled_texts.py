"""Labeled texts of tables."""

import dataclasses

import numpy as np

from rnn_templates.data.files.tables import find_text_error, is_columnar, read_rows
from rnn_templates.data.files.tagged_sentences import has_tag_lines
from rnn_templates.data.files.text_io import LONE_SURROGATE, check_rejection_rate, format_suffix, read_lines
from rnn_templates.data.splits import Examples, RejectedRow, make_dataset, sort_labels
from rnn_templates.utils.limits import check_limit


@dataclasses.dataclass(frozen=True)
class LabeledTexts(Examples):
    """Labeled texts of one file.

    Args:
        texts: list of bytes; encoded texts.
        targets: list of lists of str; for each text the names of its labels.
        labels: tuple of str; names of the classes in the order of their numbers.
        multi_label: bool; whether a text may have any number of labels.
        rejected: list of `RejectedRow`.

    Example:
        >>> texts = LabeledTexts([b"good", b"bad"], [["yes"], ["no"]], ("no", "yes"), False, [])
        >>> [int(target) for _, target in texts.dataset()]
        [1, 0]
    """

    texts: list
    targets: list
    labels: tuple
    multi_label: bool
    rejected: list

    def __len__(self):
        return len(self.texts)

    def dataset(self):
        """Returns the `tf.data.Dataset` of (text, int64 class), or of (text, float32 (labels,)) if `multi_label`."""
        number = {label: index for index, label in enumerate(self.labels)}
        if not self.multi_label:
            return make_dataset(self.texts, np.array([number[names[0]] for names in self.targets], np.int64))
        multi_hot = np.zeros((len(self.texts), len(self.labels)), np.float32)
        for row, names in zip(multi_hot, self.targets, strict=True):
            row[[number[name] for name in names]] = 1
        return make_dataset(self.texts, multi_hot)


def read_labeled_texts(
    path,
    *,
    input_column=None,
    target_column=None,
    label_separator=None,
    label_names=None,
    labels=None,
    delimiter=None,
):
    """Reads the labeled texts of one table; invalid rows go to `rejected`.

    Args:
        path: str or Path; csv, tsv or jsonl file, plain or compressed (.gz, .xz, .bz2), or Parquet file; or `Frame`.
        input_column: str; column of the texts; None for "text".
        target_column: str; column of the labels; None for "label".
        label_separator: str; separator of the labels of a text that may have several; None for one label a text. Lists
            of labels, which jsonl, Parquet and tables in memory can hold, need any separator.
        label_names: dict from the labels of the file to other names, or None.
        labels: sequence of str; the classes of a trained model, other labels are rejected; None for those of the file.
        delimiter: str; of the columns of a csv file; None finds it.

    Returns:
        `LabeledTexts`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the contents do not match the suffix, a column is missing, more than half of the rows are
            invalid, or all texts have the same label.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_text("text,label\\nfine,yes\\nbad,no\\n")
        >>> read_labeled_texts("reviews.csv").labels
        ('no', 'yes')
    """
    text, label = input_column or "text", target_column or "label"
    texts, targets, rejected, count = [], [], [], 0
    names = {str(key): value for key, value in (label_names or {}).items()}
    for line, row in read_rows(path, (text, label), delimiter):
        count += 1
        reason = row if isinstance(row, str) else find_text_error(row[0], text)
        found = [] if reason else _parse_labels(row[1], label_separator, names)
        reason = reason or _find_label_error(found, label, label_separator, labels)
        if reason:
            rejected.append(RejectedRow(str(path), line, reason))
        else:
            texts.append(row[0].encode("utf-8", "surrogatepass"))
            targets.append(found)
    if not count:
        raise ValueError(f"{path}: there are no rows below the header.")
    check_rejection_rate(path, count, rejected)
    if labels is None:
        labels = sort_labels({name for found in targets for name in found})
        if len(labels) < 2:
            only = f"only the label {labels[0]!r}" if labels else "no label at all"
            raise ValueError(f"{path}: {only} in {len(texts)} rows; a classifier needs two.")
    return LabeledTexts(texts, targets, tuple(labels), label_separator is not None, rejected)


def _parse_labels(value, separator, names):
    values = value if isinstance(value, list) else str(value).split(separator) if separator else [value]
    stripped = ["" if one is None else str(one).strip() for one in values]
    found = [names.get(one, one) for one in stripped if one and one.lower() != "nan"]
    return list(dict.fromkeys(found))


def _find_label_error(found, column, separator, labels):
    """Why the labels of a text cannot be used, or None."""
    if separator is None and not found:
        return f"no label in {column!r}"
    if separator is None and len(found) > 1:
        return (
            f"{len(found)} labels in {column!r}; give `label_separator` (`--label-separator`) to train on all of them"
        )
    if broken := next((name for name in found if len(name.splitlines()) > 1), None):
        return f"the label {broken[:80]!r} contains a line break"
    if broken := next((name for name in found if LONE_SURROGATE.search(name)), None):
        return f"the label {broken[:80]!r} contains half of a surrogate pair, which UTF-8 cannot encode"
    unknown = next((name for name in found if labels is not None and name not in labels), None)
    return None if unknown is None else f"the label {unknown[:80]!r} is none of {', '.join(map(repr, labels[:10]))}"


def read_texts(path, *, input_column="text", delimiter=None):
    """Reads texts without labels, of a table or a txt file.

    Args:
        path: str or Path; csv, tsv, jsonl or txt file, plain or compressed, or Parquet file; or `Frame`.
        input_column: str; column of the table.
        delimiter: str; of the columns of a csv file; None finds it.

    Returns:
        List of str, one a row.

    Raises:
        ValueError: at the first row without a text, with file and line, because each row needs a prediction.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("mails.txt").write_text("first\\nsecond\\n")
        >>> read_texts("mails.txt")
        ['first', 'second']
    """
    texts = []
    if not is_columnar(path) and has_tag_lines(path):
        raise ValueError(f"{path} is a file of tags, not of texts; for a tagger give it the suffix .conll or .conllu.")
    if not is_columnar(path) and format_suffix(path) == ".txt":
        lines = (line.rstrip("\r\n").encode("utf-8", "surrogateescape") for line in read_lines(path, (".txt",)))
        texts = [line.decode("utf-8", "replace") for line in lines]
        for number, text in enumerate(texts, start=1):
            check_limit(f"{path}:{number}: the text", "MAX_CELL_CHARACTERS", len(text))
    else:
        for line, row in read_rows(path, (input_column,), delimiter):
            error = row if isinstance(row, str) else find_text_error(row[0], input_column, allow_empty=True)
            if error:
                raise ValueError(f"{path}:{line}: {error}.")
            texts.append(row[0])
    if not texts:
        raise ValueError(f"{path}: there are no texts in it.")
    return texts
