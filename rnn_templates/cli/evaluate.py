"""`rnn-templates evaluate`."""

from pathlib import Path

from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, command_line

HELP = """Evaluate a trained model on a split: metrics, results per class, calibration, and the worst examples.

The metrics are added to the model card; report.json and plots are written beside it, or to --output."""


def evaluate_model(
    model: Path,
    data,
    *,
    split: str | None = None,
    baseline: bool = False,
    baseline_data: str | None = None,
    num_worst: int = 10,
    output: Path | None = None,
):
    """Evaluates a trained model, and adds the metrics to its card.

    Args:
        model: folder of a trained model, or a .keras file.
        data: `DataOptions`.
        split: train, validation or test; default the test split, or all examples of a file.
        baseline: whether to evaluate the template's baseline too.
        baseline_data: training file of the baseline.
        num_worst: number of the worst examples in the report.
        output: folder for report.json and plots; default that of the model.

    Returns:
        `Result`: the report.
    """
    import dataclasses

    from rnn_templates import registry
    from rnn_templates.evaluation import evaluate
    from rnn_templates.model_card import Card
    from rnn_templates.saving import load_model

    folder = model if model.is_dir() else model.parent
    loaded = load_model(model)
    dataset, name, train = data.load_examples(loaded, folder, split)
    if baseline_data:
        train = dataclasses.replace(data, data=baseline_data).load(registry.of(loaded).data_kind).train
    elif baseline and train is None:
        raise ValueError("`--baseline` needs training examples; select a file with --baseline-data.")
    baseline = train if baseline or baseline_data else None
    report = evaluate(loaded, dataset, baseline=baseline, num_worst=num_worst)
    report.save(output or folder)
    card = Card.load(folder)
    card.update(metrics={name: {**report.metrics(), "command": command_line()}})
    card.save(folder)
    return Result(report.as_dict(), report)


def make_command():
    """Returns the `Command` that evaluates a trained model.

    Example:
        >>> make_command().groups[0].names[0]
        'model'
    """

    def run(options, data):
        return evaluate_model(data=DataOptions(**data), **options)

    return Command(run, [OptionGroup(evaluate_model, "Evaluation"), OptionGroup(DataOptions, "Data")], HELP)
