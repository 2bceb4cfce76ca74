"""Loading and saving of `.keras` files."""

import re

import keras

from rnn_templates.model_card import Card
from rnn_templates.saving.layer_sizes import check_layer_sizes
from rnn_templates.saving.vocabulary_check import check_sizes, check_vocabularies
from rnn_templates.saving.weights import compact_weights
from rnn_templates.tasks.input_statistics import InputStatistics
from rnn_templates.tasks.task import Task
from rnn_templates.utils.atomic import atomic_write
from rnn_templates.utils.disk import explain_full_disk
from rnn_templates.utils.model_archive import read_config
from rnn_templates.utils.shipped_models import find_model

MAX_CAUSE = 300  # characters of a message of Keras

_MISSING_ARGUMENTS = re.compile(r"(\w+)\.__init__\(\) missing \d+ required .*? arguments?: (.*)")


def load_model(path):
    """Loads a trained model: from a file, a folder, or by the name of a shipped model.

    A `.keras` file can execute code when it is loaded: load only files from sources that you trust. The archive is
    checked before it is read, and the vocabulary is compared with its hash, which is stored when a model is saved.

    Args:
        path: str or `Path`; a `.keras` file, the folder that holds `model.keras`, or the name of a shipped model, such
            as "sentiment". A file or folder of that name is preferred.

    Returns:
        A `rnn_templates.tasks.task.Task`; with `input_statistics` if there is a `card.json` in its folder.

    Raises:
        FileNotFoundError: if there is no such file, and no shipped model of that name; lists the names.
        OSError: if the file cannot be read.
        ValueError: if it is not a `.keras` file, is damaged or too large, its vocabulary is missing or is that of
            another model, or its model is not the task of a template.

    Example:
        >>> rt.load_model("sentiment").predict(["not bad at all"]).shape
        (1, 2)
    """
    file = find_model(path)
    config = read_config(file)
    _check_class(config, file)
    check_layer_sizes(config, file)
    try:
        model = keras.saving.load_model(file)
    except Exception as error:  # Keras, h5py and TensorFlow raise errors of many classes
        raise ValueError(f"load_model: {file} is not a model of rnn_templates: {_cause(error)}") from error
    check_vocabularies(model, file)
    check_sizes(model, file)
    model.input_statistics = _input_statistics(file.parent)
    return model


def save_model(model, path, with_optimizer=False, mantissa_bits=None):
    """Saves a model as a `.keras` file, atomically.

    Without the optimizer's state the file is a third of the size. `Task.compile_from_config` then compiles the loaded
    model with a new optimizer of the same settings.

    Args:
        model: compiled `rnn_templates.tasks.task.Task`.
        path: str or `Path`; file to write.
        with_optimizer: bool; whether to save the state of the optimizer (the moments of Adam) too.
        mantissa_bits: int from 7 to 23; bits of the mantissa that each weight keeps, in a compressed file: 23 changes
            no weight and saves 15 % of the size, 17 saves a third. None writes the weights uncompressed.

    Raises:
        OSError: if the file cannot be written, or the disk is full; the previous file is unchanged.
        ValueError: if `mantissa_bits` is out of range.

    Example:
        >>> model = rt.image_classification_model(["0", "1"], image_size=12, units=4, filters=4)
        >>> rt.save_model(model, "model.keras")
        >>> rt.load_model("model.keras").labels
        ('0', '1')
    """
    optimizer = model.optimizer
    if not with_optimizer:
        model.optimizer = type(optimizer).from_config(optimizer.get_config())
    try:
        with explain_full_disk("save_model", path, "The previous file is unchanged"), atomic_write(path) as temporary:
            model.save(temporary)
            if mantissa_bits is not None:
                compact_weights(temporary, mantissa_bits)
    finally:
        model.optimizer = optimizer


def _check_class(config, file):
    """Raises ValueError if the model of a file is not a task; its class must be registered, which imports no module."""
    name = config.get("registered_name") or config.get("class_name")
    cls = keras.saving.get_registered_object(name) if isinstance(name, str) else None
    if not (isinstance(cls, type) and issubclass(cls, Task)):
        raise ValueError(
            f"load_model: {file} holds a {config.get('class_name')}, not a model of rnn_templates. The class of a "
            "model of another package must be imported before."
        )


def _input_statistics(folder):
    facts = Card.load(folder).facts.get("input_statistics") or {}
    try:
        return InputStatistics.from_dict(facts)
    except ValueError as error:
        raise ValueError(f"{folder / 'card.json'} is not a model card: {error}") from error


def _cause(error):
    """Returns the message of an error of Keras in one line, without the configuration that it prints."""
    message = str(error).rpartition("Exception encountered: ")[2] or str(error)
    message = " ".join(message.partition("config={")[0].split())
    missing = _MISSING_ARGUMENTS.search(message)
    if missing:
        return f"the configuration of a {missing[1]} lacks {missing[2]}"
    return f"{type(error).__name__}: {message[:MAX_CAUSE]}"
