"""Rows of csv and tsv files, and quotation marks that are not closed."""

import csv
import re
from itertools import islice

from rnn_templates.data.files.delimiters import find_delimiter, parse_delimiter, parse_header
from rnn_templates.data.files.text_io import format_suffix
from rnn_templates.utils.limits import limit

SAMPLE_LINES = 50
MIN_SWALLOWED = 10  # lines within one row, from which on they are compared with rows
SWALLOWED_FRACTION = 0.9
EXCEL_DELIMITER = re.compile(r"sep=(.)[\r\n]*")


class CsvRows:
    """Rows of a csv or tsv file.

    Args:
        path: str or Path; for messages and the suffix.
        lines: iterator of str; the lines of the file.
        columns: tuple of str; the columns that are wanted, which help to find the delimiter.
        delimiter: str; None finds it, see `rnn_templates.data.files.delimiters.find_delimiter`.

    Attributes:
        header: list of str; names of the columns.

    Raises:
        ValueError: if the file is empty, or the first line is no header.

    Example:
        >>> rows = CsvRows("a.csv", iter(["text,label\\n", "good,yes\\n", "bad\\n"]))
        >>> rows.header, list(rows)
        (['text', 'label'], [(2, ['good', 'yes']), (3, '1 fields, where the header has 2')])
    """

    def __init__(self, path, lines, columns=(), delimiter=None):
        self._path, self._lines = path, _Lines(lines)
        sample = self._lines.peek(SAMPLE_LINES)
        if not sample:
            raise ValueError(f"{path} is empty.")
        excel = EXCEL_DELIMITER.fullmatch(sample[0])
        if excel:
            next(self._lines)
            delimiter = excel[1] if delimiter is None else delimiter
            sample = sample[1:] or [""]
        tab = format_suffix(path) == ".tsv" and delimiter in (None, "\t", "tab", "\\t")
        self._delimiter = (
            "\t" if tab else parse_delimiter(find_delimiter(sample, columns) if delimiter is None else delimiter)
        )
        # tab-separated files have no quoting: a quotation mark is an ordinary character there
        options = {"quoting": csv.QUOTE_NONE} if tab else {"strict": True}
        csv.field_size_limit(limit("MAX_LINE_CHARACTERS"))
        self._reader = csv.reader(self._lines, delimiter=self._delimiter, **options)
        try:
            self.header = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise ValueError(f"{path}:1: the header is not a row of a table ({error}).") from error

    def __iter__(self):
        """Yields `(line, values)`, or `(line, reason)` with a str for an invalid row."""
        width = len(self.header)
        while True:
            self._lines.start_row()
            line = self._lines.number + 1
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, f"not a row of a table ({self._recover(error)})"
                continue
            if self._count_swallowed() >= MIN_SWALLOWED:
                raise ValueError(
                    f"{self._path}:{line}: a field of {len(self._lines.row)} lines, which look like rows: close the "
                    "quotation mark that opens in this line. If the field is right, save the table as jsonl."
                )
            if row and len(row) != width:
                yield line, f"{len(row)} fields, where the header has {width}"
            elif row:
                yield line, row

    def _recover(self, error):
        """The reason for an invalid row; lines that a quotation mark has swallowed are read again."""
        if len(self._lines.row) == 1:
            return str(error)
        if self._count_swallowed(minimum=1):
            self._lines.reread_after_first()
        return "the quotation mark that opens in this line is not closed"

    def _count_swallowed(self, minimum=MIN_SWALLOWED):
        """Number of the lines within the current row if they look like rows themselves, else 0."""
        inner = self._lines.row[1:-1] or self._lines.row[1:]
        width = len(self.header)
        if len(inner) < minimum or (width == 1 and minimum > 1):
            return 0
        similar = sum(len(parse_header(line, self._delimiter)) == width for line in inner)
        return len(inner) if similar >= SWALLOWED_FRACTION * len(inner) else 0


class _Lines:
    """Lines of a file with their number; those of the current row can be read again."""

    def __init__(self, lines):
        self._lines, self._again = iter(lines), []
        self.number, self.row = 0, []

    def __iter__(self):
        return self

    def __next__(self):
        line = self._again.pop() if self._again else next(self._lines)
        self.number += 1
        self.row.append(line)
        return line

    def peek(self, count):
        """Returns the next lines without consuming them."""
        found = list(islice(self._lines, count))
        self._again = found[::-1]
        return found

    def start_row(self):
        self.row = []

    def reread_after_first(self):
        self._again += self.row[:0:-1]
        self.number -= len(self.row) - 1
