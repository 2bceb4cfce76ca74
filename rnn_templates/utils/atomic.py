"""A file that is written whole, or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def atomic_write(path):
    """Gives the path of a new file, which takes the place of `path` at the end, unless there was an error.

    What was there before stays until then: a full disk or a killed process leaves no half of a file.

    Args:
        path: of the file to write; its folder is there already.

    Example:
        >>> with atomic_write("labels.txt") as beside:
        ...     beside.write_text("good\\n")
    """
    path = Path(path)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    try:
        yield Path(beside)
        with open(beside, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    finally:
        Path(beside).unlink(missing_ok=True)


def write_text(path, text):
    """Writes a text file, whole or not at all, with LF at the ends of lines.

    Example:
        >>> write_text("labels.txt", "good\\nbad\\n")
    """
    with atomic_write(path) as beside:
        beside.write_bytes(text.encode("utf-8"))
