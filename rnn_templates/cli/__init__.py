"""Command line: `rnn-templates train | evaluate | predict | export | tune | demo | list`."""

from rnn_templates.cli.app import main

__all__ = ["main"]
