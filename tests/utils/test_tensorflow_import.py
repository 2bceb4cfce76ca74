"""Standard error during the import of TensorFlow."""

import os
import sys
import warnings

import pytest

from rnn_templates.utils.tensorflow_import import quiet_stderr


def test_messages_of_c_code_are_discarded_and_those_of_python_arrive(capfd):
    with pytest.MonkeyPatch.context() as patch, open(2, "w", closefd=False) as stream:
        patch.setattr(sys, "stderr", stream)
        with quiet_stderr():
            os.write(2, b"oneDNN custom operations are on\n")
            print("a message of Python", file=sys.stderr)
            sys.stderr.flush()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "a message of Python\nafter\n"


def test_messages_of_c_code_are_shown_after_an_error(capfd):
    with pytest.raises(ImportError), quiet_stderr():
        os.write(2, b"libfoo.so: cannot open shared object file\n")
        raise ImportError("foo")
    assert capfd.readouterr().err == "libfoo.so: cannot open shared object file\n"


def test_a_closed_standard_error_is_left_closed(monkeypatch):
    def closed(descriptor):
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    with quiet_stderr(), warnings.catch_warnings():
        pass
