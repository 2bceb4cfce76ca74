"""One tiny model and its data per template, for tests of what all templates have in common.

`SPECS` maps the name of every template to a module of this package with

    examples, targets    raw inputs (list), and one raw target per input
    build(**options)     a compiled tiny model with random weights (`randomize=False`: as the builder initializes it)
    splits()             the examples as `rnn_templates.data.splits.Splits`, the same ones in every split
    other_input          a raw input that is not among the examples
    files                names of the vocabulary files of its export
    write_data(folder)   writes the examples as files, and returns the value of --data for the command line
    cli_builder          flags of a tiny model
    bad_argument         a dict with one wrong argument of the builder
    stream_calls(model)  of a template whose export reads streams: a list of (method of the reader, arguments, options,
                         what Keras returns for the whole sequence; None for any)
"""

from importlib import import_module

from rnn_templates import registry

SPECS = {name: import_module(f"support.{name}") for name in registry.names()}
