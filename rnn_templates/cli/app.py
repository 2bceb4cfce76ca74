"""The commands together, and what happens when one fails."""

import dataclasses
import os
import sys

import typer
from rich.console import Console

from rnn_templates import registry

HELP = """Recurrent models for Keras: train on your own texts, look at the result, ship it.

A first round: `rnn-templates demo`. Then, on your own file with the columns `text` and `label`:

    rnn-templates train sentiment --data mine.csv --output runs/mine\n
    rnn-templates evaluate runs/mine --data test.csv\n
    rnn-templates predict runs/mine "not bad at all"\n
    rnn-templates export runs/mine --data test.csv
"""


def main(arguments=None):
    """Runs the command line and leaves the process with its exit code.

    0: done. 1: the data, the model or the machine said no; the message says why. 2: the words of the command are off.
    130: interrupted; the same command goes on where it was.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    errors = Console(stderr=True)
    try:
        build(arguments)(arguments, prog_name="rnn-templates", standalone_mode=True)
    except KeyboardInterrupt:
        errors.print("[yellow]Interrupted.[/] Training goes on from the last finished epoch with the same command.")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except (ValueError, TypeError, OSError, ArithmeticError, RuntimeError, ImportError) as error:
        if os.environ.get("RNN_TEMPLATES_DEBUG"):
            raise
        errors.print("[bold red]Error:[/] ", end="")
        errors.print(_message(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _message(error):
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}" + (f": {error.filename}" if error.filename else "")
    return str(error) or type(error).__name__


def build(arguments):
    """Returns the typer application, its template commands with the flags of their builders.

    Only the template that is asked for is imported: help and plain mistakes cost no TensorFlow.
    """
    from rnn_templates.cli import demo, evaluate, export, predict, train, tune

    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")
    for name, module, line in (
        ("train", train, "Train a template on a data set by name, or on your own file."),
        ("tune", tune, "Search a template's hyperparameters with keras-tuner."),
    ):
        group = typer.Typer(help=line, no_args_is_help=True)
        for template in map(registry.get, registry.names()):
            asked = arguments[:2] == [name, template.name]
            command = module.command(template) if asked else _unasked(template)
            group.command(template.name, help=f"{template.summary}\n\n{command.__doc__ or ''}")(command)
        app.add_typer(group, name=name)
    for name, command in (
        ("evaluate", evaluate.evaluate),
        ("predict", predict.predict),
        ("export", export.export),
        ("demo", demo.demo),
        ("list", list_templates),
    ):
        app.command(name)(command)
    return app


def _unasked(template):
    def command():
        raise AssertionError(f"{template.name} was not asked for")

    command.__doc__ = None
    return command


def list_templates(json: bool = typer.Option(False, "--json", help="Print JSON.")):
    """List the templates, what they do, and the data they know by name."""
    from rnn_templates.cli.output import print_json, table

    if json:
        return print_json([dataclasses.asdict(template) for template in map(registry.get, registry.names())])
    rows = [
        (template.name, template.summary, ", ".join(template.datasets))
        for template in map(registry.get, registry.names())
    ]
    Console().print(table(("template", "what it does", "data by name (or your own csv, tsv, jsonl)"), rows))
