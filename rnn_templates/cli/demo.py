"""`rnn-templates demo`: the whole way, from raw texts to files for a phone, in a few minutes."""

import dataclasses
import time
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console

from rnn_templates.registry import TEMPLATES
from rnn_templates.cli.output import describe, print_json, table


class Demo(NamedTuple):
    """What the demo of one template trains, and what it asks the exported file."""

    building: dict
    fitting: dict
    dictating: dict
    asked: tuple | None  # None: the first examples of the test split
    examples: int | None = None  # most to train on


FITTING = {"batch_size": 64, "patience": 3, "monitor": "val_loss", "schedule": "cosine", "average": 0.99, "seed": 1}
DEMOS = {
    "sentiment": Demo(
        building={"units": 32, "embedding_dim": 32, "max_words": 60, "learning_rate": 3e-3},
        fitting={**FITTING, "epochs": 6},
        dictating={"vocabulary_size": 5000, "min_count": 1},
        asked=(
            "the food was not bad , it was great",
            "the food was not great , it was bad",
            "i expected it to be dull and it was gripping",
            "i expected it to be gripping and it was dull",
        ),
    ),
    "tagging": Demo(
        building={"units": 64, "embedding_dim": 32, "character_units": 64, "max_words": 64, "learning_rate": 4e-3},
        fitting={**FITTING, "epochs": 2, "batch_size": 32},
        dictating={"vocabulary_size": 8000, "min_count": 2},
        asked=(
            "Please call Ottilie Brandwein on +49 30 555 0199 before 3 May 2027.",
            "The invoice of 249.90 EUR went to o.brandwein@example.org, order 88213.",
            "Meet me at 14 Larkspur Lane, Penrith CA11 7QX.",
            "Nothing personal in here: version 2.10 ships at 10:30.",
        ),
    ),
    "translation": Demo(
        building={
            "units": 96,
            "embedding_dim": 64,
            "dropout": 0.1,
            "embedding_dropout": 0.1,
            "memory_dropout": 0.1,
            "word_dropout": 0.0,
            "max_source": 48,
            "max_target": 48,
            "learning_rate": 4e-3,
        },
        fitting={**FITTING, "epochs": 5},
        dictating={"source_pieces": 600, "target_pieces": 600},
        asked=(
            "Monday, March 3, 2031",
            "four hundred and seventeen thousand, two hundred and six",
            "the total is $2,480.75",
            "due on 2027-11-09",
        ),
    ),
    "captioning": Demo(
        building={
            "units": 128,
            "embedding_dim": 96,
            "dropout": 0.1,
            "embedding_dropout": 0.1,
            "memory_dropout": 0.1,
            "word_noise": 0.2,
            "coverage": 0.0,
            "likeness_units": 32,
            "length_penalty": 0.0,
            "max_target": 24,
            "learning_rate": 3e-3,
            "beta_2": 0.99,
        },
        fitting={**FITTING, "epochs": 4, "batch_size": 32},
        dictating={"pieces": 400},
        asked=None,
        examples=8_000,
    ),
    "image_classification": Demo(
        building={"learning_rate": 2e-3},
        fitting={**FITTING, "epochs": 4},
        dictating={},
        asked=None,
    ),
}


def demo(
    template: Annotated[str, typer.Argument(help=f"One of: {', '.join(TEMPLATES)}.")] = "sentiment",
    output: Annotated[Path, typer.Option(help="Folder for the model; made anew.")] = Path("runs/demo"),
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
):
    """Train a template on its embedded data, export it, and ask the exported file a few sentences."""
    if template not in TEMPLATES:
        raise typer.BadParameter(f"There is no template {template!r}; choose one of {', '.join(TEMPLATES)}.")
    from rnn_templates.cli.train import run
    from rnn_templates.data import load
    from rnn_templates.evaluation import evaluate
    from rnn_templates.export import export
    from rnn_templates.export.targets.litert import LiteRTFile

    start = time.perf_counter()
    chosen, settings, console = TEMPLATES[template], DEMOS[template], Console(stderr=True)
    splits = load(chosen.module.DEFAULT_DATA)
    if settings.examples:
        sizes = {**splits.sizes, "train": settings.examples}
        splits = dataclasses.replace(splits, train=splits.train.take(settings.examples), sizes=sizes)
    model, _ = run(
        chosen,
        settings.building,
        settings.dictating,
        settings.fitting,
        splits,
        output=output,
        restart=True,
        description=None,
    )
    report = evaluate(model, splits.test, baseline=splits.train)
    console.print("exporting, and comparing every file with Keras ...")
    certificate = export(
        model,
        output,
        examples=splits.test,
        data=f"the generated {chosen.module.DEFAULT_DATA}, test split",
        most_examples=200,
    )
    asked, true = (settings.asked, settings.asked) if settings.asked else model.read(splits.test.take(4))
    found = model.ask_device(LiteRTFile(output / "model_int8.tflite"), asked)
    answers = [model.decode_answer(*pair) for pair in zip(asked, found, strict=True)]
    sizes = {target["target"]: target.get("size_bytes", 0) for target in certificate["targets"]}
    reached = report.figures()
    figure = next(name for name in ("span_f1", "exact_match", "accuracy") if name in reached)
    figures = [
        (f"{figure.replace('_', ' ')} of the template, test split", f"{reached[figure]:.3f}"),
        (f"{figure.replace('_', ' ')} of the baseline beside it", f"{report.baseline[figure]:.3f}"),
        ("model_int8.tflite", f"{sizes['model_int8.tflite'] / 1024:.0f} KB"),
        ("seconds from raw data to here", f"{time.perf_counter() - start:.0f}"),
    ]
    if json:
        return print_json({"figures": dict(figures), "answers": answers, "certificate": certificate})
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
