"""`rnn-templates train TEMPLATE`."""

from pathlib import Path

from rich.text import Text

from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.options import Command
from rnn_templates.cli.output import Result, command_line, make_console, make_table
from rnn_templates.cli.sizes import resolve_sizes
from rnn_templates.cli.train_options import option_groups
from rnn_templates.model_card import Card
from rnn_templates.utils import output_folder
from rnn_templates.utils.arguments import unflatten

HELP = """A checkpoint is written after every epoch: the same command resumes an interrupted training.

Writes model.keras, the vocabulary, learning_curve.png, card.json and README.md into the output folder."""


def make_command(template):
    """Returns the `Command` that trains a template, with the flags of its builder.

    Args:
        template: `rnn_templates.registry.Template`.

    Example:
        >>> from rnn_templates import registry
        >>> [group.names[0] for group in make_command(registry.get("translation")).groups]
        ['data', 'output', 'source_vocabulary_size', 'cell', 'epochs']
    """

    def run(data, output, data_args, builder_args, fit_args):
        splits = DataOptions(**data).load(template.data_kind, fit_args["seed"])
        model, metrics = train(template, splits, data_args, builder_args, fit_args, **output)
        if data["test_data"]:
            metrics["test"] = evaluate_test(model, splits.test, data["test_data"], output["output"])
        return make_result(output["output"], metrics)

    def check(data, output, *_):
        output_folder.check(output["output"])
        DataOptions(**data).check(template.data_kind)

    return Command(run, option_groups(template, train), f"{template.summary}\n\n{HELP}", check)


def train(
    template,
    splits,
    data_args,
    builder_args,
    fit_args,
    *,
    output: Path,
    resume: bool = True,
    description: str | None = None,
    pretrained_vectors: Path | None = None,
    balanced_class_weights: bool = False,
):
    """Builds and trains a model.

    Args:
        template: `rnn_templates.registry.Template`.
        splits: `rnn_templates.data.splits.Splits`.
        data_args: dict; arguments of the template's `data_kwargs`.
        builder_args: dict; arguments of the builder, with flat names.
        fit_args: dict; arguments of `rnn_templates.fit`.
        output: folder for the model and its card.
        resume: whether to resume an unfinished training in the output folder.
        description: description of the model and its limits, for the card.
        pretrained_vectors: word2vec or GloVe text file with initial word embeddings.
        balanced_class_weights: whether to weight classes inversely to their frequency.

    Returns:
        `model, metrics`: the trained model, and a dict with the number and the metrics of the best epoch, the number of
            epochs, the reason of the end (`stopped`) and the remarks on the training.
    """
    from rnn_templates.training import fit

    builder_args, remark = resolve_sizes(template, splits, builder_args)
    if remark:
        make_console(stderr=True).print(remark)
    model = _build_model(
        template, splits, data_args, builder_args, fit_args["seed"], pretrained_vectors, balanced_class_weights
    )
    make_console(stderr=True).print(
        Text(template.name, style="bold"),
        f"{splits.sizes.get('train', '?')} training examples, {model.describe()}, {model.count_params():,} parameters",
    )
    given = {"pretrained_vectors": pretrained_vectors and str(pretrained_vectors)}
    given["balanced_class_weights"] = balanced_class_weights or None
    card = {
        "description": description or template.summary,
        "command": command_line(),
        "configuration": {**builder_args, **data_args, **{name: value for name, value in given.items() if value}},
    }
    history = fit(model, splits, output, resume=resume, card=card, **fit_args)
    training = Card.load(output).facts["training"]
    epoch = training["best_epoch"] or training["epochs"]
    return model, {
        "best_epoch": epoch,
        **{name: values[epoch - 1] for name, values in history.items()},
        **{name: training.get(name) for name in ("epochs", "stopped")},
        "remarks": training.get("remarks", []),
    }


def evaluate_test(model, examples, source, folder):
    """Returns the metrics of a trained model on the test split, a dict; they are added to the card.

    Args:
        model: `rnn_templates.tasks.task.Task`.
        examples: `tf.data.Dataset` of the test split.
        source: str; file of the examples.
        folder: `Path`; folder of the model.
    """
    from rnn_templates.evaluation import evaluate

    metrics = evaluate(model, examples).metrics()
    card = Card.load(folder)
    name = ",".join(Path(part.strip()).name for part in str(source).split(","))
    card.update(metrics={name: {**metrics, "command": command_line()}})
    card.save(folder)
    return metrics


def make_result(output, metrics):
    """Returns the `Result` of a training: the metrics of the best epoch, and beside them those of the test split.

    Args:
        output: `Path`; folder of the model.
        metrics: dict, from `train`; may have the key "test", a dict of metrics.

    Example:
        >>> metrics = {"best_epoch": 2, "epochs": 3, "stopped": "epochs", "loss": 0.3, "val_loss": 0.4}
        >>> make_result(Path("runs/mine"), metrics | {"test": {"accuracy": 0.9}}).view.row_count
        3
    """
    test = {name: value for name, value in metrics.get("test", {}).items() if isinstance(value, (int, float))}
    known = {name.removeprefix("val_") for name, value in metrics.items() if isinstance(value, float)}
    rows = [
        (name.replace("_", " "), metrics.get(name), metrics.get(f"val_{name}"), test.get(name))
        for name in [*sorted(known), *(name for name in test if name not in known)]
    ]
    columns = ("metric", "training", "validation", "test")[: 4 if test else 3]
    rows.insert(0, ("best epoch", metrics["best_epoch"], None, None))
    table = make_table(columns, [row[: len(columns)] for row in rows], title=str(output))
    return Result({"output": str(output), **metrics}, table)


def _build_model(template, splits, data_args, builder_args, seed, pretrained_vectors, balanced_class_weights):
    """Builds a template's model for the splits; equal weights for equal seeds."""
    import keras
    import numpy as np

    from rnn_templates.preprocessing.text.pretrained_vectors import load_pretrained_vectors
    from rnn_templates.tasks.losses import balanced_class_weights as class_weights

    arguments = {**template.load("data_kwargs")(splits, **data_args), **builder_args}
    if pretrained_vectors is not None:
        vocabulary = arguments["vocabulary"]
        vectors, found = load_pretrained_vectors(pretrained_vectors, vocabulary)
        arguments |= {"pretrained_vectors": vectors, "embedding_dim": vectors.shape[1]}
        make_console(stderr=True).print(f"{found} of {len(vocabulary)} words have a vector in {pretrained_vectors}")
    if balanced_class_weights:
        targets = np.array([target for _, target in splits.train.as_numpy_iterator()])
        arguments["class_weights"] = class_weights(targets, len(splits.labels))
    keras.utils.set_random_seed(seed)
    builder = template.load("builder")
    return builder(**unflatten(builder, arguments))
