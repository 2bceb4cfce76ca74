"""Import of TensorFlow without the messages of its C++ libraries."""

import contextlib
import faulthandler
import os
import sys
import tempfile


def import_tensorflow():
    """Imports TensorFlow and Keras without the messages that their C++ libraries write to standard error.

    The libraries write before they read `TF_CPP_MIN_LOG_LEVEL`, so that file descriptor 2 is redirected during the
    import. After the import the variable, 3 if it is not set, limits messages to fatal ones; errors of operations are
    Python exceptions.

    Raises:
        ImportError: if the import fails; the messages are then written to standard error.

    Example:
        >>> import_tensorflow()
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" in sys.modules:
        return
    with quiet_stderr():
        import keras
        import tensorflow  # noqa: F401

        keras.backend.backend()


@contextlib.contextmanager
def quiet_stderr():
    """Context manager that discards what C code writes to file descriptor 2.

    Python's warnings and prints to `sys.stderr` still arrive. If the block raises an exception, the discarded bytes are
    written after all; if C code aborts the process, the Python stack is.

    Example:
        >>> with quiet_stderr():
        ...     _ = os.write(2, b"from C")
    """
    try:
        saved = os.dup(2)
    except OSError:  # standard error is closed
        yield
        return
    python_stderr = sys.stderr
    with tempfile.TemporaryFile() as discarded, open(saved, "w", buffering=1, errors="backslashreplace") as stream:
        if _descriptor(python_stderr) == 2:
            python_stderr.flush()
            sys.stderr = stream
        was_enabled = faulthandler.is_enabled()
        if not was_enabled:
            faulthandler.enable(stream)
        os.dup2(discarded.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(saved, 2)
            if not was_enabled:
                faulthandler.disable()
            sys.stderr = python_stderr
            if failed:
                discarded.seek(0)
                os.write(2, discarded.read())


def _descriptor(stream):
    """The file descriptor of a stream, or None."""
    try:
        return stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
