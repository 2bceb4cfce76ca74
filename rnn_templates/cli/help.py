"""Help of a command: its flags in panels, in plain words, at any width."""

import re

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

START, MODEL, ADVANCED, MORE = "Start with these", "The model", "Training and advanced", "More"
PANELS = (START, MODEL, ADVANCED, MORE)
# Flags that a first use needs, in the order of the help.
FIRST_FLAGS = (
    "data", "output", "file", "validation_data", "test_data", "split", "input_column", "target_column",
    "epochs", "trials", "units", "image_size", "targets",
)  # fmt: skip

_TYPE = re.compile(r"^(?:positive |non-negative )?(?:int|float|str|bool|path)\b(?P<range>[^;.]*);\s*", re.IGNORECASE)
_PYTHON = re.compile(r"; in Python [^;]*?(?=\.(?:\s|$)|;)")  # what flags cannot express
_NONE = re.compile(r"; None [^;]*?(?=\.(?:\s|$)|;)")
_RANGE = re.compile(r"(?P<least>of at least (?P<minimum>\S+))|in \[(?P<low>[^,]+), (?P<high>[^)\]]+)(?P<end>[)\]])")


def find_panel(name, panel):
    """Returns the heading of a flag in the help.

    Args:
        name: str; name of the parameter.
        panel: str; heading of the flags of its group.

    Example:
        >>> find_panel("epochs", ADVANCED)
        'Start with these'
    """
    return START if name in FIRST_FLAGS else panel


def sort_key(name, panel):
    """Returns the position of a flag in the help, for `sorted`, which keeps the order of equal positions.

    Args:
        name: str; name of the parameter.
        panel: str or None; its heading; None for an argument without a flag.

    Example:
        >>> sorted(["seed", "units", "data"], key=lambda name: sort_key(name, find_panel(name, ADVANCED)))
        ['data', 'units', 'seed']
    """
    first = FIRST_FLAGS.index(name) if panel == START and name in FIRST_FLAGS else len(FIRST_FLAGS)
    return (PANELS.index(panel) if panel in PANELS else -1), first


def plain_help(text, default=None):
    """Returns the description of an argument for the help of a flag: without its type, which the flag shows.

    Names of arguments become flags. The value None cannot be given, so that its meaning is the default, or is left out.

    Args:
        text: str; "type; meaning; default", as in the `Args` section of a docstring.
        default: default value of the flag.

    Example:
        >>> plain_help("float in [0, 1); probability of dropping a feature.")
        'Probability of dropping a feature (from 0 to below 1).'
        >>> plain_help("int or None; size of a key; None for `attention_units`.")
        'Size of a key; default: --attention-units.'
        >>> plain_help("int or None; epochs before training stops; None never stops.", default=3)
        'Epochs before training stops.'
    """
    found = _TYPE.match(text)
    if found:
        text = text[found.end() :]
        bounds = _RANGE.search(found["range"])
        if bounds:
            upper = "" if bounds["least"] else ("below " if bounds["end"] == ")" else "") + bounds["high"]
            shown = f"at least {bounds['minimum']}" if bounds["least"] else f"from {bounds['low']} to {upper}"
            head, stop, tail = text.partition(". ")
            text = f"{head.removesuffix('.')} ({shown}).{' ' if stop else ''}{tail}"
    text = _PYTHON.sub("", text)
    text = _NONE.sub("", text) if default is not None else re.sub(r"; None (?:for )?", "; default: ", text)
    text = re.sub(r"`([a-z_]+)`", lambda name: "--" + name.group(1).replace("_", "-"), text).replace("`", "")
    return text[:1].upper() + text[1:]


class PlainHelpCommand(TyperCommand):
    """Command whose help lists every flag in full, in a narrow terminal too.

    The panels of typer cut long flags at 80 columns. A flag that is on by default is listed by the form that turns it
    off.

    Example:
        >>> PlainHelpCommand("list").name
        'list'
    """

    def format_help(self, ctx, formatter):
        """Prints usage, description and flags."""
        _print_help(self, ctx)


class PlainHelpGroup(TyperGroup):
    """Group of commands with help in the form of `PlainHelpCommand`.

    Example:
        >>> PlainHelpGroup(name="train").name
        'train'
    """

    def format_help(self, ctx, formatter):
        """Prints usage, description, flags and commands."""
        rows = []
        for name in self.list_commands(ctx):
            text = " ".join((self.get_command(ctx, name).help or "").split("\n\n")[0].split())
            rows.append((Text(name, style="green"), Text(text)))
        _print_help(self, ctx, rows)


def _print_help(command, ctx, commands=()):
    """Prints the help of a command."""
    from rnn_templates.cli.output import make_console

    console = make_console()
    console.print(Text(command.get_usage(ctx), style="bold"), highlight=False)
    for paragraph in (command.help or "").split("\n\n"):
        text = paragraph.rstrip() if paragraph.startswith("    ") else " ".join(paragraph.split())
        console.print(Padding(Text(text), (1, 0, 0, 1)), highlight=False)
    panels = {"Commands": list(commands)} if commands else {}
    parameters = command.get_params(ctx)
    used = [getattr(parameter, "rich_help_panel", None) for parameter in parameters]
    last = next((panel for panel in reversed(PANELS) if panel in used), MORE)  # of `--help`
    for parameter in parameters:
        heading = "Arguments" if parameter.param_type_name == "argument" else None
        heading = heading or getattr(parameter, "rich_help_panel", None) or last
        panels.setdefault(heading, []).append(_row(parameter))
    for heading, rows in panels.items():
        console.print()
        console.print(Text(heading, style="bold cyan"))
        grid = Table.grid(padding=(0, 2), expand=False)
        grid.add_column(no_wrap=True)
        grid.add_column()
        for row in rows:
            grid.add_row(*row)
        console.print(Padding(grid, (0, 0, 0, 2)), highlight=False)


def _row(parameter):
    """A flag or an argument, and its description with the default value."""
    text = parameter.help or ""
    if parameter.param_type_name == "argument":
        return Text(parameter.name, style="green"), Text(text)
    off = parameter.default is True and parameter.secondary_opts
    flag = Text(parameter.secondary_opts[0] if off else parameter.opts[0], style="green")
    if parameter.metavar:
        flag.append(f" {parameter.metavar}", style="yellow")
    default = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    action = text.removeprefix("Whether to ")
    if off:
        text = f"Do not {action}" if action != text else f"{text} On by default; this turns it off."
    elif action != text:
        text = action[:1].upper() + action[1:]
    if not isinstance(default, bool) and default is not None and not callable(default):
        text = f"{text} Default: {default}."
    return flag, Text(text)
