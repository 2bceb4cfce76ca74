"""`rnn-templates evaluate`."""

import os
from pathlib import Path

from rich.console import Group
from rich.text import Text

from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.examples import (
    UNUSED_OPTIONS,
    check_model_and_data,
    load_examples,
    model_folder,
    recorded_data,
    with_recorded_options,
)
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, command_line, make_console
from rnn_templates.utils import output_folder

HELP = """Evaluate a trained model: metrics, results per class, calibration, and the worst examples.

Without --data these are the test examples of the training data, else those that the training held out for validation.
report.json and plots are written into the model's folder, or into --output. The model card changes only with
--update-card."""


def evaluate_model(
    model: Path,
    data,
    *,
    split: str | None = None,
    baseline: bool = False,
    baseline_data: str | None = None,
    num_worst: int = 10,
    output: Path | None = None,
    update_card: bool = False,
):
    """Evaluates a trained model.

    Args:
        model: folder of a trained model, a .keras file, or the name of a shipped model.
        data: `DataOptions`.
        split: train, validation or test; default the test split, else the validation split, or all examples of a file.
        baseline: whether to evaluate a simple method on the same examples too, for comparison.
        baseline_data: training file of the simple method.
        num_worst: number of the worst examples in the report.
        output: folder for report.json and plots; default that of the model.
        update_card: whether to add the metrics to the model's card.json and README.md.

    Returns:
        `Result`: the report.
    """
    import dataclasses

    from rnn_templates import registry
    from rnn_templates.evaluation import evaluate
    from rnn_templates.model_card import Card
    from rnn_templates.saving import load_model

    folder = model_folder(model)
    loaded = load_model(model)
    dataset, name, train = load_examples(data, loaded, folder, split)
    if baseline_data:
        selected = with_recorded_options(dataclasses.replace(data, data=baseline_data), recorded_data(folder))
        train = selected.load(registry.of(loaded).data_kind).train
    elif baseline and train is None:
        raise ValueError("`--baseline` needs training examples; select a file with --baseline-data.")
    baseline = train if baseline or baseline_data else None
    report = evaluate(loaded, dataset, baseline=baseline, num_worst=num_worst)
    if output or (model.exists() and output_folder.is_ours(folder) and os.access(folder, os.W_OK)):
        report.save(output or folder)
    else:
        make_console(stderr=True).print(f"No report is written into {folder}; select a folder with --output.")
    if update_card:
        card = Card.load(folder)
        card.update(metrics={name: {**report.metrics(), "command": command_line()}})
        card.save(folder)
    view = Group(Text(f"{folder.absolute().name}: {name}", style="bold"), report)
    return Result({"data": name, **report.as_dict()}, view)


def make_command():
    """Returns the `Command` that evaluates a trained model.

    Example:
        >>> make_command().groups[0].names[0]
        'model'
    """

    def run(options, data):
        return evaluate_model(data=DataOptions(**data), **options)

    def check(options, data):
        check_model_and_data(options["model"], data)
        if options["output"] is not None:
            output_folder.check(options["output"])
        if options["update_card"]:
            output_folder.check(model_folder(options["model"]).absolute())

    return Command(run, [OptionGroup(evaluate_model), OptionGroup(DataOptions, skip=UNUSED_OPTIONS)], HELP, check)
