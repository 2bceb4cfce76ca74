"""`rnn-templates demo`: the whole way, from raw texts to files for a phone, in a few minutes."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rnn_templates.cli.catalogue import TEMPLATES
from rnn_templates.cli.show import print_json, table

SENTENCES = (
    "the food was not bad , it was great",
    "the food was not great , it was bad",
    "i expected it to be dull and it was gripping",
    "i expected it to be gripping and it was dull",
)


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
    from rnn_templates.exporters import export
    from rnn_templates.exporters.litert import litert_predictor

    start = time.perf_counter()
    chosen, console = TEMPLATES[template], Console(stderr=True)
    splits = load(chosen.module.DEFAULT_DATA)
    model, _ = run(
        chosen,
        {"units": 32, "embedding_dim": 32, "max_words": 60, "learning_rate": 3e-3},
        {**FITTING, "seed": 1},
        splits,
        output=output,
        restart=True,
        description=None,
        vocabulary_size=5000,
        min_count=1,
        vectors=None,
        balance=False,
    )
    report = evaluate(model, splits.test, baseline=splits.train)
    console.print("exporting, and comparing every file with Keras ...")
    certificate = export(
        model, output, examples=splits.test, data="the generated reviews, test split", most_examples=200
    )
    ask = litert_predictor(output / "model_int8.tflite")
    answers = ask([model.preprocessor.ids(sentence) for sentence in SENTENCES])
    answers = [
        (text, model.decode(row)["label"], float(row.max())) for text, row in zip(SENTENCES, answers, strict=True)
    ]
    sizes = {target["target"]: target.get("size_bytes", 0) for target in certificate["targets"]}
    figures = [
        ("accuracy of the template, test split", f"{report.accuracy:.3f}"),
        ("accuracy of a bag of words beside it", f"{report.baseline['accuracy']:.3f}"),
        ("model_int8.tflite", f"{sizes['model_int8.tflite'] / 1024:.0f} KB"),
        ("seconds from raw texts to here", f"{time.perf_counter() - start:.0f}"),
    ]
    if json:
        return print_json({"figures": dict(figures), "answers": answers, "certificate": certificate})
    rows = [*figures, *((f"“{text}”", f"{label} ({sure:.2f})") for text, label, sure in answers)]
    Console().print(table(("", "model_int8.tflite says"), rows, title=f"{template}: {output}"))


FITTING = {
    "epochs": 6,
    "batch_size": 64,
    "patience": 3,
    "monitor": "val_loss",
    "schedule": "cosine",
    "average": 0.99,
}
