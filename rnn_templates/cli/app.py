"""The application: its commands, and the exit status after an error."""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from rnn_templates import registry
from rnn_templates.cli.output import ARGUMENTS

HELP = """Recurrent models for Keras: train on your own data, evaluate, export.

Start with `rnn-templates demo`. Then, with a file that has the columns `text` and `label`:

    rnn-templates train sentiment --data mine.csv --output runs/mine\n
    rnn-templates evaluate runs/mine --data test.csv\n
    rnn-templates predict runs/mine "not bad at all"\n
    rnn-templates export runs/mine --data test.csv
"""
ERRORS = (ValueError, TypeError, OSError, ArithmeticError, RuntimeError, ImportError)


def main(arguments=None):
    """Runs the command line and exits.

    Exit status 0: success. 1: an error of the data, the model or the system, with a message. 2: wrong usage. 130:
    interrupted; the same command resumes a training.

    Args:
        arguments: list of str or None; None for those of the process.

    Raises:
        SystemExit: always.

    Example:
        >>> main(["list", "--wrong"])
        Traceback (most recent call last):
        SystemExit: 2
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    ARGUMENTS.set(tuple(arguments))
    errors = Console(stderr=True)
    try:
        make_app(arguments)(arguments, prog_name="rnn-templates", standalone_mode=True)
    except BrokenPipeError:
        sys.exit(1)
    except ERRORS as error:
        if os.environ.get("RNN_TEMPLATES_DEBUG"):
            raise
        errors.print("[bold red]Error:[/] ", end="")
        errors.print(_message(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _message(error):
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}" + (f": {error.filename}" if error.filename else "")
    return str(error) or type(error).__name__


def make_app(arguments):
    """Returns the typer application.

    Only the builder of the requested template is imported, so that help and usage errors do not import TensorFlow.

    Args:
        arguments: list of str; the arguments of the command line.

    Example:
        >>> [command.name for command in make_app([]).registered_commands]
        ['evaluate', 'predict', 'export', 'demo', 'list']
    """
    from rnn_templates.cli import demo, evaluate, export, list_templates, predict, recipe, train, tune

    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")
    if recipe.is_requested(arguments):
        app.command("train")(recipe.make_command(arguments))
    else:
        app.add_typer(_template_commands("train", train, arguments), name="train", callback=_train)
    app.add_typer(_template_commands("tune", tune, arguments), name="tune", callback=_tune)
    for name, module in (("evaluate", evaluate), ("predict", predict), ("export", export), ("demo", demo)):
        app.command(name)(module.make_command())
    app.command("list")(list_templates.list_templates)
    return app


def _template_commands(name, module, arguments):
    """A typer application with one command per template."""
    group = typer.Typer(no_args_is_help=True)
    for template in map(registry.get, registry.names()):
        requested = arguments[:2] == [name, template.name]
        command = module.make_command(template) if requested else _placeholder(template)
        group.command(template.name, help=command.__doc__)(command)
    return group


def _placeholder(template):
    """A command for the list of commands only."""

    def command():
        raise AssertionError(f"{template.name} was not requested")

    command.__doc__ = template.summary
    return command


def _train(recipe: Annotated[str | None, typer.Option(help="Name or file of a recipe, instead of a template.")] = None):
    """Train a template on a data set or on files."""


def _tune():
    """Search a template's hyperparameters with keras-tuner."""
