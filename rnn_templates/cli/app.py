"""The application: its commands, and the exit status after an error."""

import re
import sys
from typing import Annotated

import typer
from rich.text import Text

from rnn_templates import registry
from rnn_templates.cli.help import PlainHelpCommand, PlainHelpGroup
from rnn_templates.cli.output import ARGUMENTS, make_console

HELP = """Recurrent models for Keras: train on your own data, evaluate, export.

Start with `rnn-templates demo`. Then, with a file that has the columns `text` and `label`:

    rnn-templates train sentiment --data mine.csv --output runs/mine
    rnn-templates evaluate runs/mine --data test.csv
    rnn-templates predict runs/mine "not bad at all"
    rnn-templates export runs/mine --data test.csv

Exit status: 0 success; 1 an error of the data, the model or the system, with a message; 2 wrong usage; 130 interrupted.
"""
ERRORS = (ValueError, TypeError, OSError, ArithmeticError, RuntimeError, ImportError)
MAX_MESSAGE = 500  # characters
ANSI_CODES = re.compile(r"\x1b\[[0-9;]*m")


def main(arguments=None):
    """Runs the command line and exits.

    Exit status 0: success. 1: an error of the data, the model or the system, with a message in one line; `--debug`
    prints the traceback instead. 2: wrong usage. 130: interrupted; the same command resumes a training.

    Args:
        arguments: list of str or None; None for those of the process.

    Raises:
        SystemExit: always, but for an error with `--debug`.

    Example:
        >>> main(["list", "--wrong"])
        Traceback (most recent call last):
        SystemExit: 2
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    flags = arguments[: arguments.index("--")] if "--" in arguments else arguments
    ARGUMENTS.set(tuple(arguments))
    try:
        make_app(arguments)(arguments, prog_name="rnn-templates", standalone_mode=True)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        if "--debug" in flags:
            raise
        make_console(stderr=True).print(
            Text("Error:", style="bold red"), _message(error), highlight=False, soft_wrap=True
        )
        sys.exit(1)


def _message(error):
    """The cause of an error on one line; with the name of the exception if it is not one that the package raises."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # of TensorFlow
        return "out of memory. Use fewer or shorter examples, a smaller --batch-size or a smaller model."
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}" + (f": {error.filename}" if error.filename else "")
    text = " ".join(ANSI_CODES.sub("", text).split())
    if len(text) > MAX_MESSAGE:
        text = text[:MAX_MESSAGE] + " ... (--debug prints all of it)"
    if not text:
        return type(error).__name__
    return text if isinstance(error, ERRORS) else f"{type(error).__name__}: {text} (--debug prints the traceback)"


def make_app(arguments):
    """Returns the typer application.

    Only the builder of the requested template is read, and TensorFlow is not imported.

    Args:
        arguments: list of str; the arguments of the command line.

    Example:
        >>> [command.name for command in make_app([]).registered_commands]
        ['evaluate', 'predict', 'export', 'demo', 'list']
    """
    arguments = [argument for argument in arguments if argument != "--debug"]
    from rnn_templates.cli import demo, evaluate, export, list_templates, predict, recipe, train, tune

    app = typer.Typer(
        cls=PlainHelpGroup,
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        callback=_root,
    )
    if recipe.is_requested(arguments):
        app.command("train", cls=PlainHelpCommand)(recipe.make_command(arguments))
    else:
        app.add_typer(_template_commands("train", train, arguments), name="train", callback=_train)
    app.add_typer(_template_commands("tune", tune, arguments), name="tune", callback=_tune)
    for name, module in (("evaluate", evaluate), ("predict", predict), ("export", export), ("demo", demo)):
        app.command(name, cls=PlainHelpCommand)(module.make_command())
    app.command("list", cls=PlainHelpCommand)(list_templates.list_templates)
    return app


def _template_commands(name, module, arguments):
    """A typer application with one command per template."""
    group = typer.Typer(cls=PlainHelpGroup, no_args_is_help=True)
    for template in map(registry.get, registry.names()):
        requested = arguments[:2] == [name, template.name]
        command = module.make_command(template) if requested else _placeholder(template)
        group.command(template.name, cls=PlainHelpCommand, help=command.__doc__)(command)
    return group


def _placeholder(template):
    """A command for the list of commands only."""

    def command():
        raise AssertionError(f"{template.name} was not requested")

    command.__doc__ = template.summary
    return command


def _print_version(requested):
    if requested:
        import rnn_templates

        print(f"rnn-templates {rnn_templates.__version__}")
        raise typer.Exit()


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the Python traceback of an error.")] = False,
):
    pass


_root.__doc__ = HELP


def _train(recipe: Annotated[str | None, typer.Option(help="Name or file of a recipe, instead of a template.")] = None):
    """Train a template on a data set or on files."""


def _tune():
    """Search a template's hyperparameters with keras-tuner."""
