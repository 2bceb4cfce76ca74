"""Lock of a folder, against two processes that write into it."""

import contextlib
import json
import os
import socket
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

NAME = ".lock"


class FolderLockedError(RuntimeError):
    """Another process, or another thread of this one, holds the lock of a folder.

    Example:
        >>> raise FolderLockedError("runs/mine is in use by process 123.")
        Traceback (most recent call last):
        rnn_templates.utils.lock.FolderLockedError: runs/mine is in use by process 123.
    """


class FolderLock:
    """Context manager that locks a folder through the file `.lock` in it.

    The operating system releases the lock when the process ends, also after `kill -9`: a file that is left behind does
    not block the folder. The file names the process that holds the lock.

    Args:
        folder: str or `Path`; created if needed.

    Raises:
        FolderLockedError: on entry, if the lock is held; the message names the process.
        OSError: on entry, if the folder cannot be created or written.

    Example:
        >>> with FolderLock("runs/mine"):
        ...     sorted(path.name for path in Path("runs/mine").iterdir())
        ['.lock']
        >>> list(Path("runs/mine").iterdir())
        []
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.path = self.folder / NAME
        self._handle = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            if not _lock(handle):
                os.close(handle)
                raise FolderLockedError(f"{self.folder} is in use by {self._holder()}. Wait for it, or choose another.")
            # The holder before may have removed the file between the two calls.
            if self.path.exists() and os.path.samestat(os.fstat(handle), os.stat(self.path)):
                break
            os.close(handle)
        holder = {"process": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        os.ftruncate(handle, 0)
        os.write(handle, b" " + json.dumps(holder).encode())  # the first byte is the one that Windows locks
        self._handle = handle
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):  # Windows does not remove open files
            self.path.unlink()
        os.close(self._handle)
        with contextlib.suppress(OSError):
            if fcntl is None:
                self.path.unlink()
        self._handle = None

    def _holder(self):
        try:
            with open(self.path, "rb") as file:
                file.seek(1)
                holder = json.loads(file.read())
            return f"process {holder['process']} on {holder['host']}, since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


def _lock(handle):
    """Locks an open file; returns False if it is locked. A file system without locks counts as unlocked."""
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
