"""Flags that are read from a function's signature, and the flags that say where data is."""

import inspect
from pathlib import Path
from typing import Annotated, get_args

import typer

from rnn_templates.utils.arguments import argument_help, flatten

SIMPLE = (bool, int, float, str)


def signature_options(function, skip=(), panel=None):
    """Returns one typer parameter for every annotated keyword of a function, with the help of its docstring.

    Args:
        function: a builder such as `sentiment_model`, or `fit`.
        skip: names to leave out.
        panel: heading over the flags; None for the name of the function.

    Returns:
        A list of `inspect.Parameter`.

    Example:
        >>> [option.name for option in signature_options(sentiment_model)][:2]
        ['cell', 'units']
    """
    texts = argument_help(function)
    options = []
    for name, parameter in (dict(inspect.signature(function).parameters) | flatten(function)).items():
        kinds = [kind for kind in (get_args(parameter.annotation) or (parameter.annotation,)) if kind in SIMPLE]
        if not kinds or name in skip:
            continue
        flag = f"--{name.replace('_', '-')}"
        declared = f"{flag}/--no-{flag[2:]}" if kinds[0] is bool else flag
        option = typer.Option(declared, help=texts.get(name), rich_help_panel=panel or function.__name__)
        options.append(parameter.replace(annotation=Annotated[parameter.annotation, option]))
    return options


def keyword(name, kind, default, *flags, help=None, panel=None, multiple=False):
    """Returns one typer parameter of our own, to stand beside those that a signature gives."""
    option = typer.Option(*(flags or (f"--{name.replace('_', '-')}",)), help=help, rich_help_panel=panel)
    annotation = Annotated[kind if not multiple else list[kind], option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def model_argument():
    """Returns the parameter that names a trained model."""
    argument = typer.Argument(help="Folder of a trained model, or a .keras file.")
    return inspect.Parameter("model", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Path, argument])


def data_options(source):
    """Returns the parameters that tell where examples come from; `source` is the default."""
    panel = "Data"
    rows = [
        (
            "data",
            str,
            source,
            "A data set by name, or a file: csv, tsv, jsonl; conll, conllu; for pairs of texts two parallel files too, "
            "with a comma between; a folder or a tar of pictures, a comma, and the table of their captions or classes. "
            "Plain or compressed (.gz, .xz, .bz2).",
        ),
        ("validation_data", str | None, None, "A file to judge epochs by; else a part is held out."),
        ("validation", float, 0.1, "The fraction that is held out where there is no validation split."),
        (
            "validation_block_size",
            int,
            1,
            "How many neighbours are held out together; more where they belong together.",
        ),
        ("test_data", str | None, None, "A file to test on."),
        (
            "input_column",
            str | None,
            None,
            "Column of the texts or images; default 'text', 'source', 'image', or the first of a conll file.",
        ),
        (
            "target_column",
            str | None,
            None,
            "Column of the targets; default 'label', 'target', 'caption', 'upos', or the last of a conll file.",
        ),
        ("label_separator", str | None, None, "What stands between labels, where a text may bear several: ','."),
        ("label_names", str | None, None, "Names for the labels of the file: '0=negative,1=positive'."),
        ("manual_dir", str | None, None, "A folder with files of a TFDS data set that were downloaded before."),
        ("data_dir", str | None, None, "Where TFDS keeps prepared data; else its own default."),
    ]
    return [keyword(name, kind, default, help=text, panel=panel) for name, kind, default, text in rows]


def load_data(*, data, seed=1, **options):
    """Loads splits from the values of `data_options`."""
    from rnn_templates.data import load

    options["label_names"] = label_names(options.get("label_names"))
    given = {name: value for name, value in options.items() if value is not None}
    return load(data, seed=seed, **given)


def label_names(text):
    """Returns the dict that '0=negative,1=positive' means; None for None."""
    if text is None:
        return None
    pairs = [pair.partition("=") for pair in text.split(",")]
    if any(not middle for _, middle, _ in pairs):
        raise typer.BadParameter(f"--label-names wants '0=negative,1=positive', got {text!r}.")
    return {label.strip(): name.strip() for label, _, name in pairs}


def with_signature(function, parameters, doc):
    """Gives a function that takes `**values` the parameters that typer reads."""
    function.__signature__ = inspect.Signature(
        [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    )
    function.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    function.__doc__ = doc
    return function
