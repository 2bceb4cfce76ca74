"""Errors of a full disk."""

import contextlib
import errno

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def explain_full_disk(owner, path, state):
    """Context manager that turns errors of a full disk into one OSError with a path.

    Libraries report a full disk by classes of their own, and name no file.

    Args:
        owner: str; function that writes, for the message.
        path: str or `Path`; file or folder that is written.
        state: str; a sentence on what is on the disk after the error.

    Raises:
        OSError: with the number `errno.ENOSPC` or `errno.EDQUOT`.

    Example:
        >>> with explain_full_disk("export_model", "exported", "The folder is unchanged"):
        ...     raise OSError(28, "No space left on device")
        Traceback (most recent call last):
        OSError: [Errno 28] export_model: no space left on the disk. The folder is unchanged; ...: 'exported'
    """
    try:
        yield
    except Exception as error:
        number = _full_disk(error)
        if number is None:
            raise
        cause = "no space left on the disk" if number == errno.ENOSPC else "the disk quota is used up"
        advice = "free disk space, or choose a folder on another disk"
        raise OSError(number, f"{owner}: {cause}. {state}; {advice}", str(path)) from error


def _full_disk(error):
    """Returns the number of an error of a full disk, or None."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return error.errno
        text = str(error).lower()
        if "no space left on device" in text or "errno = 28" in text:  # of TensorFlow and of h5py
            return errno.ENOSPC
        error = error.__cause__ or error.__context__
    return None
