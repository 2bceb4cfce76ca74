"""`rnn-templates demo`: training, evaluation and export of a small model on generated data."""

import dataclasses
import time
from pathlib import Path

import typer

from rnn_templates import registry
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, format_prediction, make_console, make_table
from rnn_templates.utils import output_folder
from rnn_templates.utils.tensorflow_import import quiet_stderr

HELP = "Train a template on generated data, evaluate and export it, and run the exported file on a few inputs."
DEFAULT_FIT = {
    "batch_size": 64,
    "patience": 3,
    "monitor": "val_loss",
    "schedule": "cosine",
    "ema_decay": 0.99,
    "seed": 1,
}


def run_demo(template: str = "sentiment", *, output: Path = Path("runs/demo")):
    """Trains, evaluates and exports a template on its default data set.

    Args:
        template: name of a template; see `rnn-templates list`.
        output: folder for the model; an existing one is overwritten.

    Returns:
        `Result`: metrics, predictions of the exported file, and parity.
    """
    from rnn_templates.cli.train import train
    from rnn_templates.data import load
    from rnn_templates.evaluation import evaluate
    from rnn_templates.export import export_model

    start = time.perf_counter()
    record = registry.get(template)
    demo = record.demo
    splits = load(record.datasets[0])
    if demo.max_examples:
        sizes = {**splits.sizes, "train": demo.max_examples}
        splits = dataclasses.replace(splits, train=splits.train.take(demo.max_examples), sizes=sizes)
    fit_args = {**DEFAULT_FIT, **demo.fit}
    model, _ = train(record, splits, demo.data, demo.builder, fit_args, output=output, resume=False)
    report = evaluate(model, splits.test, baseline=splits.train)
    make_console(stderr=True).print("exporting, and comparing every file with Keras ...")
    name = f"the generated {record.datasets[0]}, test split"
    inputs, targets = (demo.inputs, demo.inputs) if demo.inputs else model.read_examples(splits.test.take(4))
    with quiet_stderr():
        parity = export_model(model, output, examples=splits.test, data=name, max_examples=200)
        predictions, file = _run_device_file(model, output, inputs)
    metric, values = record.headline_metric, report.metrics()
    metrics = {
        f"{metric.replace('_', ' ')} of the template, test split": f"{values[metric]:.3f}",
        f"{metric.replace('_', ' ')} of the baseline": f"{report.baseline[metric]:.3f}",
        file.name: f"{file.stat().st_size / 1024:.0f} KB",
        "seconds in all": f"{time.perf_counter() - start:.0f}",
    }
    rows = [
        (f"“{_describe_target(model, target)}”", format_prediction(prediction))
        for target, prediction in zip(targets, predictions, strict=True)
    ]
    table = make_table(("", f"output of {file.name}"), [*metrics.items(), *rows], title=f"{template}: {output}")
    return Result({"metrics": metrics, "predictions": predictions, "parity": parity}, table)


def make_command():
    """Returns the `Command` that runs a demo.

    Example:
        >>> make_command().groups[0].names
        ['template', 'output']
    """

    def check(options):
        if options["template"] not in registry.names():
            names = ", ".join(registry.names())
            raise typer.BadParameter(f"There is no template {options['template']!r}; choose one of {names}.")
        output_folder.check(options["output"])

    return Command(lambda options: run_demo(**options), [OptionGroup(run_demo)], HELP, check)


def _run_device_file(model, folder, inputs):
    """Predictions of the smallest exported file for devices, as dicts, and its path."""
    from rnn_templates.export.targets import TARGETS
    from rnn_templates.tasks.signature import predict_with

    files = [
        (target, folder / file.name) for target in TARGETS if target.interface == "device" for file in target.files
    ]
    target, path = min(files, key=lambda pair: pair[1].stat().st_size)
    signature = next(signature for signature in target.signatures(model) if signature.decode)
    predictions = predict_with(target.open(path), signature, inputs)
    return [model.to_dict(*pair) for pair in zip(inputs, predictions, strict=True)], path


def _describe_target(model, target):
    """The text of a target: the input text itself, the first caption of an image, or the name of its class."""
    if isinstance(target, list):
        return target[0]
    if hasattr(target, "tolist") and target.shape:  # the values after the origin of a forecast
        return format_prediction({"forecast": target.tolist()}).plain
    return target if isinstance(target, str) else model.labels[target]
