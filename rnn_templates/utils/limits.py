"""Limits of the sizes of inputs, so that a damaged or malicious file cannot exhaust the memory."""

import os

MAX_CELL_CHARACTERS = 1_000_000  # of one text
MAX_LINE_CHARACTERS = 1 << 24  # of one line of a file, which is read whole
MAX_DECOMPRESSED_BYTES = 8 << 30  # of one compressed file
MAX_DECOMPRESSION_RATIO = 200  # text is compressed to 1/3 to 1/50
MIN_SUSPICIOUS_BYTES = 1 << 24  # from which on the ratio is checked
MAX_IMAGE_BYTES = 1 << 28  # of one encoded image
MAX_JSON_BYTES = 1 << 26  # of one JSON document, such as a card or the configuration of a model
MAX_LAYER_SIZE = 1 << 14  # of units, filters or features of a layer
MAX_LAYERS = 100  # of a stack of recurrent layers
MAX_COMPILED_CELLS = 20  # configurations of cells that XLA compiles in a process; it keeps some 20 MB of each
MEMORY_BYTES = None  # that a model may take; None for what the system reports
PREFIX = "RNN_TEMPLATES_"


def limit(name):
    """Returns a limit of this module.

    Args:
        name: str; name of a constant; the environment variable RNN_TEMPLATES_<name> replaces its value.

    Returns:
        int, or None for a limit that the system determines.

    Raises:
        ValueError: if the environment variable is not a positive integer.

    Example:
        >>> limit("MAX_CELL_CHARACTERS")
        1000000
    """
    value = os.environ.get(PREFIX + name)
    if value is None:
        return globals()[name]
    if not value.isdigit() or not int(value):
        raise ValueError(f"limits: {PREFIX + name} must be a positive integer; received {value!r}.")
    return int(value)


def find_excess(name, size, unit=None):
    """Returns why a size is over a limit, or None.

    Args:
        name: str; name of the limit.
        size: int.
        unit: str; unit of the size in the message; None for the last word of the name.

    Example:
        >>> find_excess("MAX_CELL_CHARACTERS", 5_000_000)
        '5,000,000 characters, and the limit is 1,000,000 (RNN_TEMPLATES_MAX_CELL_CHARACTERS changes it)'
        >>> find_excess("MAX_CELL_CHARACTERS", 5)
    """
    if size <= (most := limit(name)):
        return None
    unit = unit or name.rpartition("_")[2].lower()
    return f"{size:,} {unit}, and the limit is {most:,} ({PREFIX}{name} changes it)"


def check_limit(what, name, size, unit=None):
    """Raises a ValueError if a size is over a limit.

    Args:
        what: str; the input, for the message.
        name, size, unit: as for `find_excess`.

    Example:
        >>> check_limit("card.json", "MAX_JSON_BYTES", 1000)
    """
    excess = find_excess(name, size, unit)
    if excess:
        raise ValueError(f"{what} has {excess}.")
