"""File of predictions, one per line, written while they are computed."""

import csv
import os
from pathlib import Path

from rnn_templates.cli.output import make_console
from rnn_templates.utils.numbers import to_json

SUFFIXES = (".csv", ".jsonl")


class PredictionFile:
    """Context manager that writes predictions as csv or as JSON lines.

    Rows go to a file of the same name with `.part` appended, which replaces the file when the block ends. After an
    error or an interruption the previous file is unchanged, and the rows so far are in the `.part` file.

    Args:
        path: str or `Path`; .csv or .jsonl. Csv has a column for every value of the first prediction: the tokens of a
            tagger and their tags with spaces between, remarks with semicolons, other lists and dicts as JSON.

    Attributes:
        count: int; number of rows.

    Example:
        >>> with PredictionFile("out.jsonl") as file:
        ...     file.write({"text": "not bad", "label": "yes"})
        >>> file.path.read_text()
        '{"text": "not bad", "label": "yes"}\\n'
    """

    def __init__(self, path):
        self.path = Path(path)
        self.part = self.path.with_name(self.path.name + ".part")
        self.count = 0
        self._columns = None

    def check(self):
        """Raises an error if the file cannot be written.

        Raises:
            IsADirectoryError: if it is a folder.
            FileNotFoundError: if its folder does not exist.
            PermissionError: if its folder cannot be written.
        """
        folder = self.path.parent
        if self.path.is_dir():
            raise IsADirectoryError(f"`--output` must be a file; {self.path} is a folder.")
        if not folder.is_dir():
            raise FileNotFoundError(f"`--output` must be in a folder that exists; there is no folder {folder}.")
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"`--output` must be in a folder that can be written; {folder} cannot.")

    def __enter__(self):
        self.check()
        self._file = open(self.part, "w", encoding="utf-8", newline="", errors="backslashreplace")
        return self

    def write(self, row):
        """Writes one prediction.

        Args:
            row: dict of name to str, number, list or dict.
        """
        if self.path.suffix.lower() == ".jsonl":
            self._file.write(to_json(row, indent=None) + "\n")
        else:
            row = _csv_values(row)
            if self._columns is None:
                self._columns = list(row)
                csv.writer(self._file, lineterminator="\n").writerow(self._columns)
            cells = [_csv_cell(row.get(name, "")) for name in self._columns]
            csv.writer(self._file, lineterminator="\n").writerow(cells)
        self.count += 1
        self._file.flush()

    def __exit__(self, error_type, error, traceback):
        with self._file:
            os.fsync(self._file.fileno())
        if error_type is None:
            os.replace(self.part, self.path)
        elif self.count:
            make_console(stderr=True).print(f"{self.count} predictions are in {self.part}.", soft_wrap=True)
        else:
            self.part.unlink(missing_ok=True)


def _csv_values(row):
    """The values of a prediction by the names of columns."""
    values = {name: value for name, value in row.items() if name != "remarks"}
    if "tokens" in values:
        tokens = values["tokens"]
        values["tokens"] = " ".join(token["text"] for token in tokens)
        values["tags"] = " ".join(token["tag"] for token in tokens)
    return {**values, "remarks": "; ".join(row.get("remarks", ()))}


def _csv_cell(value):
    """A value as text: lists and dicts as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else to_json(value, indent=None)
