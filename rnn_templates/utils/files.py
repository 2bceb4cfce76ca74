"""Checks of paths of input files."""

import stat
from pathlib import Path

from rnn_templates.utils.suggestions import suggest

FILE_TYPES = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def check_file(path):
    """Raises an error if a path is no regular file, or no link to one.

    Pipes, sockets and devices are refused, because reading them could last forever.

    Args:
        path: str or Path.

    Raises:
        FileNotFoundError: if there is no such file; the message names near matches.
        ValueError: if it is a folder, a pipe, a socket or a device.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_text("text,label\\n")
        >>> check_file("reviews.csv")
    """
    path = Path(path)
    if path.is_file():
        return
    if not path.exists():
        folder = path.parent
        near = suggest(path.name, (one.name for one in folder.iterdir())) if folder.is_dir() else ""
        raise FileNotFoundError(f"There is no file {path.absolute()}.{near}")
    mode = path.stat().st_mode
    found = next((name for is_type, name in FILE_TYPES if is_type(mode)), "no regular file")
    raise ValueError(f"{path.absolute()} is {found}; give a regular file.")
