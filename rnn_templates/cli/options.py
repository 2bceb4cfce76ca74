"""Command-line flags from the signatures of functions."""

import inspect
import types
from pathlib import Path
from typing import Annotated, Union, get_args, get_origin

import typer

from rnn_templates.cli.help import MORE, find_panel, plain_help, sort_key
from rnn_templates.cli.output import make_console, print_result
from rnn_templates.utils.arguments import argument_help, flatten
from rnn_templates.utils.tensorflow_import import import_tensorflow

SHOWN_DEFAULT = "from the size of the data"  # of a flag with the default None in place of that of the function
METAVARS = {bool: None, int: "INT", float: "NUMBER", str: "TEXT", Path: "PATH"}
FLAG_TYPES = tuple(METAVARS)
GLOBAL_FLAGS = {
    "json": "Print the result as JSON.",
    "debug": "Print the Python traceback of an error.",  # `rnn_templates.cli.app.main` takes it from the command line
}


class OptionGroup:
    """Command-line parameters of a function: arguments and flags, with the help texts of its docstring.

    Annotated positional parameters become arguments, annotated keyword-only ones flags, and so do the fields of
    components; see `rnn_templates.utils.arguments.flatten`. Parameters of other types than `FLAG_TYPES` are left out.

    Args:
        function: callable, such as a template's builder, `fit`, or a dataclass of options.
        panel: str, or dict from name to str; heading of the flags in the help; "More" for names that are not in the
            dict. Flags of `rnn_templates.cli.help.FIRST_FLAGS` have a heading of their own.
        skip: tuple of str; parameters to leave out.
        defaults: dict or None; default values that replace those of the function.
        help_texts: dict or None; descriptions that replace those of the docstring.

    Attributes:
        parameters: list of `inspect.Parameter`, annotated for typer.

    Example:
        >>> group = OptionGroup(rt.fit, skip=("seed",))
        >>> [parameter.name for parameter in group.parameters][:2]
        ['epochs', 'batch_size']
        >>> group.pick({"epochs": 3, "units": 8})
        {'epochs': 3}
    """

    def __init__(self, function, panel=MORE, skip=(), defaults=None, help_texts=None):
        help_texts, defaults = {**argument_help(function), **(help_texts or {})}, defaults or {}
        positional = [
            parameter
            for parameter in inspect.signature(function, eval_str=True).parameters.values()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        self.parameters = []
        for parameter in [*positional, *flatten(function).values()]:
            flag_type = _flag_type(parameter.annotation)
            if flag_type is None or parameter.name in skip:
                continue
            default = defaults.get(parameter.name, parameter.default)
            text = plain_help(help_texts.get(parameter.name, ""), None if default is parameter.empty else default)
            follows = default is None and parameter.default is not None
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
                declared = typer.Argument(help=text)
            else:
                flag = parameter.name.replace("_", "-")
                name = f"--{flag}/--no-{flag}" if flag_type is bool else f"--{flag}"
                heading = panel.get(parameter.name, MORE) if isinstance(panel, dict) else panel
                declared = typer.Option(
                    name,
                    help=text,
                    metavar=METAVARS[flag_type],
                    show_default=SHOWN_DEFAULT if follows else True,
                    rich_help_panel=find_panel(parameter.name, heading),
                )
            annotation = Annotated[parameter.annotation, declared]
            self.parameters.append(
                parameter.replace(kind=parameter.KEYWORD_ONLY, annotation=annotation, default=default)
            )

    @property
    def names(self):
        """Names of the parameters, a list of str."""
        return [parameter.name for parameter in self.parameters]

    def pick(self, values):
        """Returns the values of this group, a dict of name to value.

        Args:
            values: dict of name to value, with those of other groups too.
        """
        return {name: values[name] for name in self.names if name in values}

    def defaults(self):
        """Returns the default values of the parameters that have one, a dict."""
        return {one.name: one.default for one in self.parameters if one.default is not one.empty}

    def check_type(self, name, value):
        """Raises ValueError if a value of a recipe does not have the type of a parameter.

        Args:
            name: str; name of the parameter.
            value: bool, int, float or str.
        """
        annotation = get_args(next(one.annotation for one in self.parameters if one.name == name))[0]
        allowed = {one for one in (get_args(annotation) or (annotation,)) if one is not type(None)}
        allowed |= {int} if float in allowed else set()
        allowed |= {str} if Path in allowed else set()
        if type(value) not in allowed:
            names = " or ".join(sorted(one.__name__ for one in allowed))
            raise ValueError(f"`{name}` must be of type {names}; received {value!r}.")


def _flag_type(annotation):
    """The type of `FLAG_TYPES` that an annotation stands for, also as "X | None" or "list[X] | None", or None."""
    arms = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    for arm in arms:
        arm = get_args(arm)[0] if get_origin(arm) is list else arm
        if arm in FLAG_TYPES:
            return arm
    return None


class Command:
    """A command of the application, with the parameters of option groups, `--json` and `--debug`.

    typer reads the parameters from `__signature__` and calls the object with their values.

    Args:
        run: function; called with one dict of values per group; returns a `rnn_templates.cli.output.Result`.
        groups: list of `OptionGroup`.
        help: str; help text of the command.
        check: function or None; called with the same values before TensorFlow is imported, which takes seconds; raises
            an error if paths or data cannot be used.
        needs_tensorflow: function or None; called with the same values; returns whether `run` needs TensorFlow; None
            for always.

    Example:
        >>> from rnn_templates.cli.output import Result
        >>> command = Command(lambda values: Result(values, str(values)), [OptionGroup(rt.fit)], "Prints its flags.")
        >>> command(epochs=3, json=True)
        {
          "epochs": 3
        }
    """

    def __init__(self, run, groups, help, check=None, needs_tensorflow=None):
        self.run = run
        self.needs_tensorflow = needs_tensorflow
        self.groups = groups
        self.check = check
        self.__name__ = getattr(run, "__name__", "command")
        self.__doc__ = help
        parameters = sorted((parameter for group in groups for parameter in group.parameters), key=_sort_key)
        for name, text in GLOBAL_FLAGS.items():
            annotation = Annotated[bool, typer.Option(f"--{name}", help=text)]
            parameters.append(
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=annotation)
            )
        self.__signature__ = inspect.Signature(parameters)
        self.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}

    def __call__(self, json=False, debug=False, **values):
        try:
            chosen = [group.pick(values) for group in self.groups]
            if self.check:
                self.check(*chosen)
            if self.needs_tensorflow is None or self.needs_tensorflow(*chosen):
                import_tensorflow()
            result = self.run(*chosen)
        except KeyboardInterrupt as interrupt:  # typer would exit without a message
            make_console(stderr=True).print("Interrupted. The same command resumes a training or a search.")
            raise typer.Exit(130) from interrupt
        print_result(result, json)


def _sort_key(parameter):
    return sort_key(parameter.name, getattr(get_args(parameter.annotation)[1], "rich_help_panel", None))
