"""`rnn-templates evaluate`."""

from pathlib import Path

from rich.console import Console

from rnn_templates.cli.options import data_options, keyword, label_names, load_data, model_argument, with_signature
from rnn_templates.cli.output import command_line, print_json
from rnn_templates.cli.train import report_rejected

DOC = """Measure a trained model on a split: accuracy, macro F1, every class, calibration, and the worst mistakes.

The figures are added to the model's card; pictures go beside it, or into --output."""

OWN = [
    keyword(
        "split",
        str | None,
        None,
        help="train, validation or test; else the test split, or the whole file.",
        panel="Data",
    ),
    keyword("baseline", bool, False, "--baseline", help="Measure the template's baseline beside it."),
    keyword("baseline_data", str | None, None, help="Training file for the baseline."),
    keyword("worst", int, 10, help="How many of the worst mistakes to show."),
    keyword("output", Path | None, None, help="Folder for report.json and pictures; else the model's."),
    keyword("json", bool, False, "--json", help="Print the figures as JSON."),
]
DATA = data_options(None)


def _evaluate(model, **values):
    from rnn_templates import registry
    from rnn_templates.evaluation import evaluate as measure
    from rnn_templates.model_card import Card
    from rnn_templates.saving import load_model

    folder = model if model.is_dir() else model.parent
    loaded = load_model(model)
    where = {option.name: values[option.name] for option in DATA}
    dataset, name, train = examples(loaded, folder, where, values["split"])
    if values["baseline_data"]:
        train = load_data(**{**where, "data": values["baseline_data"]}, kind=registry.of(loaded).data_kind).train
    elif values["baseline"] and train is None:
        raise ValueError("--baseline wants training examples; name the file that has them with --baseline-data.")
    baseline = train if values["baseline"] or values["baseline_data"] else None
    report = measure(loaded, dataset, baseline=baseline, num_worst=values["worst"])
    output = values["output"] or folder
    report.save(output)
    card = Card.load(folder)
    card.update(metrics={name: {**report.metrics(), "command": command_line()}})
    card.save(folder)
    if values["json"]:
        print_json(report.as_dict())
    else:
        Console().print(report)


def examples(model, folder, where, split):
    """The raw examples that the data flags name, for a model that is trained already.

    Returns:
        `dataset, name, train`: the split, its name for the card, and the training split where there is one.
    """
    from rnn_templates import registry
    from rnn_templates.data.loading import find_source, read_labeled_file
    from rnn_templates.model_card import Card

    source = where["data"] or Card.load(folder).facts.get("data", {}).get("name")
    if not source:
        raise ValueError("Which examples? Give --data with a file or the name of a data set.")
    kind = registry.of(model).data_kind
    columns = {name: where[name] for name in ("input_column", "target_column")}
    columns["label_names"] = label_names(where["label_names"])
    form, _ = find_source(source, kind, **columns)
    if form.is_file and not (split is not None and form.may_have_splits):
        found = read_labeled_file(
            source, kind, labels=model.labels, label_separator=where["label_separator"], **columns
        )
        report_rejected(found.rejected, Console(stderr=True))
        return found.dataset(), ",".join(path.name for path in form.paths(source)), None
    splits = load_data(**{**where, "data": source}, kind=kind)
    if tuple(splits.labels) != tuple(model.labels):  # numbers of other labels would be judged as if they were ours
        raise ValueError(
            f"{source} has the labels {', '.join(splits.labels[:10])}, the model {', '.join(model.labels[:10])}. "
            "Name the column or feature that it was trained on with --target-column, or other data with --data."
        )
    name = split or ("test" if splits.test is not None else "validation")
    dataset = getattr(splits, name, None)
    if dataset is None:
        raise ValueError(f"{source} has no split {name!r}; it has {', '.join(splits.sizes)}.")
    return dataset, f"{source}, {name}", splits.train


evaluate = with_signature(_evaluate, [model_argument(), *DATA, *OWN], DOC)
