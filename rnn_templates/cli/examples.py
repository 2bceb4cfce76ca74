"""The labeled examples on which a trained model is evaluated, or its exported files are compared."""

import dataclasses
from pathlib import Path
from typing import Any, NamedTuple

from rnn_templates import registry
from rnn_templates.cli.data_options import DataOptions, parse_label_names
from rnn_templates.cli.output import report_rejected
from rnn_templates.model_card import Card
from rnn_templates.utils.model_archive import read_config
from rnn_templates.utils.shipped_models import find_model

UNUSED_OPTIONS = ("validation_data", "test_data")  # of `DataOptions`: the examples of an evaluation are `data`


class Selection(NamedTuple):
    """Selected examples.

    Args:
        dataset: `tf.data.Dataset` of (input, target).
        name: str; data and split, for the card and for titles.
        train: training split, or None.

    Example:
        >>> Selection(None, "mine.csv, validation", None).name
        'mine.csv, validation'
    """

    dataset: Any
    name: str
    train: Any


def model_folder(model):
    """Returns the folder of a model, after a check of its file without TensorFlow.

    Args:
        model: `Path` of a folder or of a `.keras` file, or the name of a shipped model.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a `.keras` file.

    Example:
        >>> model_folder("saved_models/sentiment").name
        'sentiment'
    """
    file = find_model(model)
    read_config(file)
    return file.parent


def recorded_data(folder):
    """Returns the entries about the training data in the card of a model, a dict.

    Example:
        >>> recorded_data("saved_models/glyphs")["name"]
        'glyphs'
    """
    data = Card.load(folder).facts.get("data")
    return data if isinstance(data, dict) else {}


def with_recorded_options(options, recorded):
    """Returns the options for reading data; those that are not given are the ones of the training.

    Options of files are not used for data sets by name, and those of data sets by name not for files.

    Args:
        options: `DataOptions`, or a dict of them.
        recorded: dict, from `recorded_data`; its "options" are those that were given to the training.

    Example:
        >>> options = with_recorded_options({"input_column": None}, {"options": {"input_column": "review"}})
        >>> options["input_column"]
        'review'
    """
    names = [field.name for field in dataclasses.fields(DataOptions)]
    values = dict(options) if isinstance(options, dict) else {name: getattr(options, name) for name in names}
    source = values.get("data")
    same_form = source is None or is_file(source) == bool(recorded.get("held_out"))
    found = (recorded.get("options") or {}) if same_form else {}
    values |= {name: value for name, value in found.items() if name in values and values[name] is None}
    return values if isinstance(options, dict) else DataOptions(**values)


def check_model_and_data(model, options):
    """Raises an error if there is no model, or a file of the data does not exist; imports no TensorFlow.

    Args:
        model: `Path` of a folder, or of a `.keras` file.
        options: dict of the fields of `DataOptions`.

    Raises:
        FileNotFoundError: if a file does not exist.
        ValueError: if there is no data, or the data cannot have the examples that the template of the model needs.
    """
    folder = model_folder(model)
    card = Card.load(folder).facts
    options = with_recorded_options(DataOptions(**options), recorded_data(folder))
    name = card.get("template")
    if options.data is None:
        _recorded_source(recorded_data(folder))
    elif name in registry.names():
        options.check(registry.get(name).data_kind)


def load_examples(options, model, folder, split=None):
    """Returns the labeled examples for the evaluation or export of a trained model; prints the rejected rows.

    Without `data` these are examples that the model was not trained on: the test split of its training data, else the
    validation split that its training held out.

    Args:
        options: `DataOptions`; options that are not given are those of the training, if the card has them.
        model: `rnn_templates.tasks.task.Task`.
        folder: `Path`; folder of the model and its card.
        split: str or None; "train", "validation" or "test"; None for the test split, else the validation split, and for
            all examples of a file that is given as `data`.

    Returns:
        `Selection`.

    Raises:
        ValueError: if there is no such split, the labels are not those of the model, or the training data changed.
    """
    from rnn_templates.data.loading import find_source

    recorded = recorded_data(folder)
    options = with_recorded_options(options, recorded)
    source = options.data or _recorded_source(recorded)
    kind = registry.of(model).data_kind
    columns = {name: getattr(options, name) for name in ("input_column", "target_column", "delimiter")}
    form, _ = find_source(source, kind, **columns, label_names=parse_label_names(options.label_names))
    if form.is_file and options.data and not (split is not None and form.may_have_splits):
        return _read_file(form, options, kind, model, recorded)
    seed = 1
    if form.is_file and not options.data:
        held_out = _held_out(recorded)
        seed = held_out.pop("seed", seed)
        options = dataclasses.replace(options, **held_out)
    splits = dataclasses.replace(options, data=source).load(kind, seed)
    if tuple(splits.labels) != tuple(model.labels):  # targets are indices of labels
        raise ValueError(
            f"{source} has the labels {', '.join(splits.labels[:10])}, the model {', '.join(model.labels[:10])}. "
            "Select the column or feature that it was trained on with --target-column, or other data with --data."
        )
    if form.is_file and not options.data and splits.sizes != recorded.get("sizes"):
        raise ValueError(
            f"{source} changed since the training: it has {splits.sizes}, the training had {recorded.get('sizes')}. "
            "Its held-out part is unknown; select other examples with --data."
        )
    name = split or ("test" if splits.test is not None else "validation")
    dataset = getattr(splits, name, None)
    if dataset is None:
        raise ValueError(f"{source} has no split {name!r}; it has {', '.join(splits.sizes)}.")
    return Selection(dataset, f"{_short(source)}, {name}", splits.train)


def _read_file(form, options, kind, model, recorded):
    """All examples of a file."""
    from rnn_templates.data.loading import read_labeled_file

    names = ("input_column", "target_column", "label_separator", "series_options", "delimiter")
    given = {name: getattr(options, name) for name in names}
    given["label_names"] = parse_label_names(options.label_names)
    examples = read_labeled_file(options.data, kind, labels=model.labels, **given)
    report_rejected(examples.rejected)
    name = ",".join(path.name for path in form.paths(options.data))
    same = str(options.data) == recorded.get("name")
    return Selection(examples.dataset(), f"{name}, the training data" if same else name, None)


def _recorded_source(recorded):
    """The name of the training data, of which a part is known to be held out."""
    source = recorded.get("name")
    if not source:
        raise ValueError("`--data` must be a file or the name of a data set; the model card has no name of one.")
    if is_file(source):
        _held_out(recorded)
    return source


def _held_out(recorded):
    """The settings by which a part of the training file was held out, a dict."""
    if not recorded.get("held_out"):
        raise ValueError(
            f"`--data` must be given: the model was trained on {recorded['name']}, and its card does not record which "
            "part of it was held out."
        )
    return dict(recorded["held_out"])


def is_file(source):
    """Returns whether a source is files, and not the name of a data set.

    Example:
        >>> is_file("reviews")
        False
    """
    return any(Path(part.strip()).exists() for part in str(source).split(","))


def _short(source):
    """The name of a data set, or the names of files without their folders."""
    parts = [part.strip() for part in str(source).split(",")]
    return ",".join(Path(part).name for part in parts) if all(Path(part).exists() for part in parts) else str(source)
