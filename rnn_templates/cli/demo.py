"""`rnn-templates demo`: the whole way, from raw texts to files for a phone, in a few minutes."""

import dataclasses
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rnn_templates import registry
from rnn_templates.cli.output import describe, print_json, table

DEFAULT_FIT = {
    "batch_size": 64,
    "patience": 3,
    "monitor": "val_loss",
    "schedule": "cosine",
    "ema_decay": 0.99,
    "seed": 1,
}


def demo(
    template: Annotated[str, typer.Argument(help=f"One of: {', '.join(registry.names())}.")] = "sentiment",
    output: Annotated[Path, typer.Option(help="Folder for the model; made anew.")] = Path("runs/demo"),
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
):
    """Train a template on its embedded data, export it, and ask the exported file a few sentences."""
    if template not in registry.names():
        raise typer.BadParameter(f"There is no template {template!r}; choose one of {', '.join(registry.names())}.")
    from rnn_templates.cli.train import run
    from rnn_templates.data import load
    from rnn_templates.evaluation import evaluate
    from rnn_templates.export import export_model
    from rnn_templates.export.targets.litert import LiteRTModel
    from rnn_templates.tasks.signature import predict_with

    start = time.perf_counter()
    chosen, console = registry.get(template), Console(stderr=True)
    settings = chosen.demo
    splits = load(chosen.datasets[0])
    if settings.max_examples:
        sizes = {**splits.sizes, "train": settings.max_examples}
        splits = dataclasses.replace(splits, train=splits.train.take(settings.max_examples), sizes=sizes)
    model, _ = run(
        chosen,
        settings.builder,
        settings.data,
        {**DEFAULT_FIT, **settings.fit},
        splits,
        output=output,
        restart=True,
        description=None,
    )
    report = evaluate(model, splits.test, baseline=splits.train)
    console.print("exporting, and comparing every file with Keras ...")
    parity = export_model(
        model,
        output,
        examples=splits.test,
        data=f"the generated {chosen.datasets[0]}, test split",
        max_examples=200,
    )
    asked, true = (settings.inputs, settings.inputs) if settings.inputs else model.read_examples(splits.test.take(4))
    signature = next(signature for signature in model.device_signatures() if signature.decode)
    found = predict_with(LiteRTModel(output / "model_int8.tflite"), signature, asked)
    answers = [model.to_dict(*pair) for pair in zip(asked, found, strict=True)]
    sizes = {target["target"]: target.get("size_bytes", 0) for target in parity["targets"]}
    reached = report.metrics()
    figure = chosen.headline_metric
    figures = [
        (f"{figure.replace('_', ' ')} of the template, test split", f"{reached[figure]:.3f}"),
        (f"{figure.replace('_', ' ')} of the baseline beside it", f"{report.baseline[figure]:.3f}"),
        ("model_int8.tflite", f"{sizes['model_int8.tflite'] / 1024:.0f} KB"),
        ("seconds from raw data to here", f"{time.perf_counter() - start:.0f}"),
    ]
    if json:
        return print_json({"figures": dict(figures), "answers": answers, "parity": parity})
    rows = [
        *figures,
        *(
            (f"“{said}”", describe(answer))
            for said, answer in zip((_said(model, one) for one in true), answers, strict=True)
        ),
    ]
    Console().print(table(("", "model_int8.tflite says"), rows, title=f"{template}: {output}"))


def _said(model, true):
    """What stands beside an answer: the text that was asked, or of a picture its class or the first caption."""
    if isinstance(true, list):
        return true[0]
    return true if isinstance(true, str) else model.labels[true]
