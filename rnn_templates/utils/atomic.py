"""Atomic writing of files."""

import contextlib
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def atomic_write(path):
    """Context manager that replaces a file atomically when its block ends without an error.

    The block writes to a temporary file in the same folder. After an error, on a full disk or if the process is killed,
    the previous file is unchanged.

    Args:
        path: path of the file to write; its folder must exist.

    Yields:
        The `Path` of the temporary file.

    Example:
        >>> with atomic_write("labels.txt") as temporary:
        ...     size = temporary.write_text("good\\n")
    """
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    try:
        yield Path(temporary)
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_text(path, text):
    """Writes a UTF-8 text file atomically, with LF line ends on every system.

    Args:
        path: path of the file to write; its folder must exist.
        text: str.

    Example:
        >>> write_text("labels.txt", "good\\nbad\\n")
    """
    with atomic_write(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
