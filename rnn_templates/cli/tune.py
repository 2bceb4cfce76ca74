"""`rnn-templates tune TEMPLATE`."""

import shlex
from pathlib import Path

from rich.console import Group
from rich.text import Text

from rnn_templates.cli.data_help import data_help
from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.help import MODEL
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, make_console, make_table
from rnn_templates.cli.sizes import resolve_sizes, size_defaults
from rnn_templates.utils import output_folder
from rnn_templates.utils.numbers import format_metric

HELP = """Search the settings of a model at random. Trial 0 has the defaults.

Trials are kept in the output folder: the same command resumes an interrupted search. Ends with the command that trains
the best one."""
SEARCH_ONLY = ("trials", "epochs", "resume", "output")


def make_command(template):
    """Returns the `Command` that searches a template's hyperparameters.

    Args:
        template: `rnn_templates.registry.Template`.

    Example:
        >>> from rnn_templates import registry
        >>> [group.names[0] for group in make_command(registry.get("sentiment")).groups]
        ['data', 'output', 'vocabulary_size']
    """
    defaults = {"data": template.datasets[0], "output": Path("runs") / f"{template.name}-tuning"}
    texts, unused = data_help(template.data_kind)
    groups = [
        OptionGroup(DataOptions, skip=unused, defaults=defaults, help_texts=texts),
        OptionGroup(run_search, defaults=defaults),
        OptionGroup(template.declaration("data_kwargs"), MODEL),
    ]

    def run(data, search, data_args):
        splits = DataOptions(**data).load(template.data_kind, search["seed"])
        given = [_given(group, values) for group, values in zip(groups, (data, search, data_args), strict=True)]
        return run_search(template, splits, data_args, given, **search)

    def check(data, search, *_):
        output_folder.check(search["output"])
        DataOptions(**data).check(template.data_kind)

    return Command(run, groups, f"{template.summary}\n\n{HELP}", check)


def _given(group, values):
    """The values of a group that are not the defaults, and the data; a dict."""
    defaults = group.defaults()
    return {name: value for name, value in values.items() if name == "data" or value != defaults.get(name)}


def run_search(
    template,
    splits,
    data_args,
    given=(),
    *,
    output: Path,
    trials: int = 10,
    epochs: int = 5,
    batch_size: int = 32,
    seed: int = 1,
    resume: bool = True,
):
    """Searches hyperparameters with `rnn_templates.tune`.

    Args:
        template: `rnn_templates.registry.Template`.
        splits: `rnn_templates.data.splits.Splits`.
        data_args: dict; arguments of the template's `data_kwargs`.
        given: sequence of dicts of flags for the command that trains the best trial.
        output: folder for the trials.
        trials: number of trials, including the defaults and those of an interrupted search.
        epochs: maximum number of epochs of a trial.
        batch_size: examples in a training step.
        seed: of the search, the weights and the order of the examples.
        resume: whether to keep the trials in the output folder.

    Returns:
        `Result`: the trials, the best first, and the command that trains the best one.
    """
    from rnn_templates.training.tuning import tune

    builder = template.load("builder")
    fixed = template.load("data_kwargs")(splits, **data_args)
    sizes, remark = resolve_sizes(template, splits, size_defaults(template))
    if remark:
        make_console(stderr=True).print(remark)
    found = tune(
        lambda **values: builder(**fixed, **values),
        template.load("search_space"),
        splits,
        output,
        builder=builder,
        defaults=sizes,
        trials=trials,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        resume=resume,
    )
    return make_result(found, train_command(template, found[0], given, output))


def train_command(template, trial, given, output):
    """Returns the command that trains a model with the settings of a trial, quoted for a shell.

    Args:
        template: `rnn_templates.registry.Template`.
        trial: `rnn_templates.training.trial.Trial`.
        given: sequence of dicts of flag name to value, which the command repeats where `train` has the flag.
        output: `Path`; folder of the search; the model is written below it.

    Example:
        >>> from rnn_templates import registry
        >>> from rnn_templates.training.trial import Trial
        >>> trial = Trial("3", "COMPLETED", 0.3, {"units": 32, "char_encoder": "cnn"})
        >>> train_command(registry.get("tagging"), trial, [{"data": "my file.conll", "trials": 5}], "runs/search")
        "rnn-templates train tagging --data 'my file.conll' --units 32 --char-encoder cnn --output runs/search/best"
    """
    from rnn_templates.training.trial import format_value

    words = ["rnn-templates", "train", template.name]
    flags = {name: value for values in given for name, value in values.items() if name not in SEARCH_ONLY}
    for name, value in {**flags, **trial.hyperparameters, "output": Path(output) / "best"}.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", format_value(value)]
    return shlex.join(words)


def make_result(trials, command):
    """Returns the `Result` of a search: a table of trials beside the defaults, and a command.

    Args:
        trials: list of `rnn_templates.training.trial.Trial`, the best first.
        command: str.

    Example:
        >>> from rnn_templates.training.trial import Trial
        >>> trials = [Trial("1", "COMPLETED", 0.25, {"units": 32}), Trial("0", "COMPLETED", 0.5, {"units": 64})]
        >>> make_result(trials, "train").data["improvement"]
        0.25
    """
    best, default = trials[0], next((trial for trial in trials if trial.is_default), None)
    base = default.score if default else None
    rows = []
    for trial in trials:
        usual = default.hyperparameters if default else {}
        changed = [name for name, value in trial.hyperparameters.items() if value != usual.get(name)]
        settings = "defaults: " + trial.describe() if trial is default else trial.describe(changed)
        difference = None if None in (base, trial.score) else trial.score - base
        shown = (
            ""
            if difference is None or trial is default
            else f"{'+' if difference > 0 else ''}{format_metric(difference)}"
        )
        rows.append((trial.id, trial.score if trial.score is not None else trial.status.lower(), shown, settings))
    table = make_table(("trial", "val loss", "against defaults", "settings other than the defaults"), rows)
    improvement = None if base is None else base - best.score
    remark = "The defaults are the best trial." if best is default else f"Trial {best.id} is the best one."
    view = Group(table, Text(f"\n{remark} Train it with:\n"), Text(command, overflow="fold", no_wrap=False))
    data = {"trials": [trial._asdict() for trial in trials], "best": best.id, "improvement": improvement}
    return Result({**data, "command": command}, view)
