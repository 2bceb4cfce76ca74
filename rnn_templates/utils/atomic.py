"""Atomic writing of files."""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path


@contextlib.contextmanager
def atomic_write(path):
    """Context manager that replaces a file atomically when its block ends without an error.

    The block writes to a temporary file in the same folder. After an error, on a full disk or if the process is killed,
    the previous file is unchanged. A temporary file that a killed process has left is deleted by the next write of the
    same file.

    Args:
        path: path of the file to write; its folder must exist.

    Yields:
        The `Path` of the temporary file.

    Example:
        >>> with atomic_write("labels.txt") as temporary:
        ...     size = temporary.write_text("good\\n")
    """
    path = Path(path)
    _delete_abandoned(path, path.suffix)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path), suffix=path.suffix)
    os.close(handle)
    try:
        yield Path(temporary)
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


@contextlib.contextmanager
def temporary_folder(path):
    """Context manager that creates a folder beside a path, on the same file system, and deletes it at the end.

    A folder that a killed process has left is deleted by the next call with the same path.

    Args:
        path: path of the file or folder that the contents are moved to; its parent must exist.

    Yields:
        The `Path` of the temporary folder.

    Example:
        >>> with temporary_folder("exported") as staging:
        ...     staging.name.startswith(".exported-")
        True
    """
    path = Path(path)
    _delete_abandoned(path, "")
    staging = Path(tempfile.mkdtemp(dir=path.parent, prefix=_prefix(path)))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _prefix(path):
    return f".{path.stem}-{os.getpid()}-"


def _delete_abandoned(path, suffix):
    """Deletes temporary files and folders of a path whose process has ended."""
    abandoned = re.compile(rf"\.{re.escape(path.stem)}-(\d+)-[a-z0-9_]{{8}}{re.escape(suffix)}")
    with contextlib.suppress(OSError):
        for other in list(path.parent.iterdir()):
            found = abandoned.fullmatch(other.name)
            if found and not _is_running(int(found[1])):
                shutil.rmtree(other, ignore_errors=True) if other.is_dir() else other.unlink(missing_ok=True)


def _is_running(process):
    if os.name != "posix":  # there, `os.kill` ends the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


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
