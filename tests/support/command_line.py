"""Runs the command line in this process."""

import pytest

from rnn_templates.cli import main


def run(capsys, *words):
    """Runs a command; returns its exit status, standard output and standard error."""
    capsys.readouterr()
    code = run_quietly(*words)
    output = capsys.readouterr()
    return code, output.out, output.err


def run_quietly(*words):
    """Runs a command; returns its exit status. For fixtures, which have no `capsys`."""
    with pytest.raises(SystemExit) as caught:
        main([str(word) for word in words])
    return caught.value.code or 0


def squeeze(text):
    """Text without the frames and line breaks of rich, in lower case."""
    return " ".join(text.lower().replace("│", " ").split())
