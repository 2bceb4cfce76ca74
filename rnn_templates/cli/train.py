"""`rnn-templates train TEMPLATE`."""

import inspect
from pathlib import Path

from rich.console import Console

from rnn_templates.cli.options import data_options, keyword, load_data, signature_options, with_signature
from rnn_templates.cli.output import command_line, print_json, table
from rnn_templates.utils.arguments import unflatten

DOC = """Epochs end with a checkpoint: after an interruption the same command goes on where it was.

Writes model.keras, the words that it knows, learning_curve.png, card.json and README.md into the output folder."""


def command(template):
    """Returns the command that trains a template, with the flags of its builder."""
    from rnn_templates.training import fit

    building = signature_options(template.load("builder"))
    dictating = signature_options(template.load("data_kwargs"), panel="Vocabulary")
    tunable = inspect.signature(template.load("builder")).parameters
    fitting = signature_options(fit, skip=("resume", "progress"))
    own = [
        keyword(
            "output", Path, Path("runs") / template.name, help="Folder for the model and its card.", panel="Output"
        ),
        keyword("restart", bool, False, "--restart", help="Forget an unfinished training.", panel="Output"),
        keyword(
            "description", str | None, None, help="What the card says of the model and its limits.", panel="Output"
        ),
        keyword("json", bool, False, "--json", help="Print the figures as JSON.", panel="Output"),
    ]
    if "pretrained_vectors" in tunable:
        text = "word2vec or GloVe text file to start from."
        own.append(keyword("pretrained_vectors", Path | None, None, help=text, panel="Vocabulary"))
    if "class_weights" in tunable:
        own.append(keyword("balance", bool, False, "--balance", help="Let rare labels count more.", panel="Vocabulary"))
    data = data_options(template.datasets[0])

    def train(**values):
        chosen = {name: {option.name: values[option.name] for option in group} for name, group in groups.items()}
        json, output = chosen["own"].pop("json"), values["output"]
        splits = load_data(seed=values["seed"], kind=template.data_kind, **chosen["data"])
        parts = chosen["builder"], chosen["dictating"], chosen["fit"]
        _, figures = run(template, *parts, splits, **chosen["own"])
        if json:
            return print_json({"output": str(output), **figures})
        rows = [(name.replace("_", " "), value) for name, value in figures.items()]
        Console().print(table(("figure", "best epoch"), rows, title=str(output)))

    groups = {"builder": building, "dictating": dictating, "fit": fitting, "data": data, "own": own}
    return with_signature(train, [*data, *own, *dictating, *building, *fitting], DOC)


def run(
    template,
    building,
    dictating,
    fitting,
    splits,
    *,
    output,
    restart,
    description,
    pretrained_vectors=None,
    balance=False,
):
    """Builds and trains a model; what the command and the demo share. Returns it with the figures of its best epoch."""
    from rnn_templates.training import fit

    console = Console(stderr=True)
    report_rejected(splits.rejected_rows, console)
    model = build_model(template, splits, building, dictating, fitting["seed"], pretrained_vectors, balance)
    console.print(
        f"[bold]{template.name}[/]: {splits.sizes.get('train', '?')} training examples, {model.describe()}, "
        f"{model.count_params():,} parameters"
    )
    card = {
        "description": description or template.summary,
        "command": command_line(),
        "configuration": {**building, **dictating},
    }
    history = fit(model, splits, output, resume=not restart, card=card, **fitting)
    return model, _best(history, fitting["monitor"])


def _best(history, monitor):
    """The figures of the best epoch, and its number."""
    judged = history.get(monitor, next(iter(history.values())))
    epoch = judged.index(min(judged) if "loss" in monitor else max(judged)) if monitor in history else len(judged) - 1
    return {"best_epoch": epoch + 1, **{name: values[epoch] for name, values in history.items()}}


def build_model(template, splits, building, dictating, seed, pretrained_vectors=None, balance=False):
    """Builds a template's model for these splits, the same for the same seed."""
    import keras
    import numpy as np

    from rnn_templates.preprocessing.text.pretrained_vectors import load_pretrained_vectors
    from rnn_templates.tasks.losses import balanced_class_weights

    options = {**template.load("data_kwargs")(splits, **dictating), **building}
    if pretrained_vectors is not None:
        vocabulary = options["vocabulary"]
        options["pretrained_vectors"], found = load_pretrained_vectors(pretrained_vectors, vocabulary)
        options["embedding_dim"] = options["pretrained_vectors"].shape[1]
        Console(stderr=True).print(f"{found} of {len(vocabulary)} words have a vector in {pretrained_vectors}")
    if balance:
        targets = np.array([target for _, target in splits.train.as_numpy_iterator()])
        options["class_weights"] = balanced_class_weights(targets, len(splits.labels))
    keras.utils.set_random_seed(seed)
    builder = template.load("builder")
    return builder(**unflatten(builder, options))


def report_rejected(rejected, console, most=5):
    """Tells which rows could not be used, and why."""
    if rejected:
        console.print(f"[yellow]{len(rejected)} rows cannot be used[/] (all are counted in the card):")
        for row in rejected[:most]:
            console.print(f"  {row.file}:{row.line}: {row.reason}", markup=False, highlight=False, soft_wrap=True)
