"""The delimiter of a csv file."""

import csv

DELIMITERS = ",;\t|"
COLUMN_NAMES = {"text", "label", "source", "target", "image", "caption", "split"}  # that need no options
SAMPLE_CHARACTERS = 8192


def find_delimiter(lines, columns=()):
    """Returns the delimiter of a csv file.

    It is the one that splits the header into the most of the columns that are wanted, or of the default ones. If none
    does, `csv.Sniffer` proposes it, and it must give most lines as many fields as the header has.

    Args:
        lines: list of str; the first lines of the file, the header first.
        columns: iterable of str; the columns that are wanted.

    Example:
        >>> find_delimiter(["text;label\\n", "good, very good;yes\\n"])
        ';'
        >>> find_delimiter(["review|stars\\n", "good, very|5\\n", "bad, very|1\\n"])
        '|'
    """
    wanted = {*columns, *COLUMN_NAMES}
    counts = {one: len(wanted & set(parse_header(lines[0], one))) for one in DELIMITERS}
    best = max(counts, key=counts.get)  # the comma if several are equal
    if counts[best]:
        return best
    try:
        proposed = csv.Sniffer().sniff("".join(lines)[:SAMPLE_CHARACTERS], DELIMITERS).delimiter
    except csv.Error:
        return ","
    return max((",", proposed), key=lambda one: _agreement(lines, one))


def parse_delimiter(value):
    """Returns a delimiter as one character.

    Args:
        value: str; one character, or "tab".

    Raises:
        ValueError: if it is anything else.

    Example:
        >>> parse_delimiter(";"), parse_delimiter("tab")
        (';', '\\t')
    """
    value = {"tab": "\t", "\\t": "\t"}.get(value, value)
    if not isinstance(value, str) or len(value) != 1 or value in '"\r\n':
        raise ValueError(f"`delimiter` must be one character, such as ';', or 'tab'; received {value!r}.")
    return value


def parse_header(line, delimiter):
    """Returns the names of the columns in a line, without spaces around them.

    Example:
        >>> parse_header('"text"; label\\n', ";")
        ['text', 'label']
    """
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _agreement(lines, delimiter):
    """The fraction of lines with as many fields as the header; 0 if it has only one."""
    widths = [len(parse_header(line, delimiter)) for line in lines]
    return sum(width == widths[0] for width in widths) / len(widths) if widths[0] > 1 else 0
