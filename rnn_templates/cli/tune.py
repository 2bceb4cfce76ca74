"""`rnn-templates tune TEMPLATE`."""

from pathlib import Path

from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.help import MODEL
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, make_table

HELP = "Trials are kept in the output folder: the same command resumes an interrupted search."


def make_command(template):
    """Returns the `Command` that searches a template's hyperparameters.

    Args:
        template: `rnn_templates.registry.Template`.

    Example:
        >>> from rnn_templates import registry
        >>> [group.names[0] for group in make_command(registry.get("sentiment")).groups]
        ['data', 'output', 'vocabulary_size']
    """

    def run(data, search, data_args):
        splits = DataOptions(**data).load(template.data_kind, search["seed"])
        return run_search(template, splits, data_args, **search)

    defaults = {"data": template.datasets[0], "output": Path("runs") / f"{template.name}-tuning"}
    groups = [
        OptionGroup(DataOptions, defaults=defaults),
        OptionGroup(run_search, defaults=defaults),
        OptionGroup(template.declaration("data_kwargs"), MODEL),
    ]

    def check(data, *_):
        DataOptions(**data).check(template.data_kind)

    return Command(run, groups, f"{template.summary}\n\n{HELP}", check)


def run_search(
    template,
    splits,
    data_args,
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
        output: folder for the trials.
        trials: number of trials.
        epochs: maximum number of epochs of a trial.
        batch_size: examples in a training step.
        seed: of the search, the weights and the order of the examples.
        resume: whether to keep the trials in the output folder.

    Returns:
        `Result`: the trials, the best first.
    """
    from rnn_templates.training.tuning import tune

    builder = template.load("builder")
    fixed = template.load("data_kwargs")(splits, **data_args)
    found = tune(
        lambda **values: builder(**fixed, **values),
        template.load("search_space"),
        splits,
        output,
        builder=builder,
        trials=trials,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        resume=resume,
    )
    columns = ("trial", "status", "val loss", *found[0].hyperparameters)
    rows = [(trial.id, trial.status, trial.score, *trial.hyperparameters.values()) for trial in found]
    return Result([trial._asdict() for trial in found], make_table(columns, rows, title="Best first"))
