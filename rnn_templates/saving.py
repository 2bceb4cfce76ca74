"""Saving and loading of models; importing this module registers all classes of the package with Keras."""

import pkgutil
import zipfile
from importlib import import_module
from pathlib import Path

import keras

from rnn_templates import layers, registry
from rnn_templates.model_card import Card
from rnn_templates.tasks.input_statistics import InputStatistics
from rnn_templates.tasks.task import Task
from rnn_templates.utils.atomic import atomic_write

for _name in registry.names():
    registry.get(_name).load("builder")  # imports the task, the layers and the preprocessing of the template
for _module in pkgutil.walk_packages(layers.__path__, f"{layers.__name__}."):
    import_module(_module.name)


def load_model(path):
    """Loads a trained model from its `.keras` file, or from the folder that holds `model.keras`.

    A `.keras` file can execute code when it is loaded: load only files from sources that you trust.

    Args:
        path: str or `Path`; file or folder.

    Returns:
        A `rnn_templates.tasks.task.Task`; with `input_statistics` if there is a `card.json` in its folder.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a `.keras` file, or its model is not the task of a template.

    Example:
        >>> rt.load_model("saved_models/sentiment").predict(["not bad at all"]).shape
        (1, 2)
    """
    path = Path(path)
    file = path / "model.keras" if path.is_dir() else path
    if not file.exists():
        raise FileNotFoundError(f"There is no model at {file.absolute()}; `rnn-templates train` writes one.")
    if not zipfile.is_zipfile(file):
        raise ValueError(f"{file} is not a .keras file (a zip archive): it may be truncated or renamed.")
    model = keras.saving.load_model(file)
    if not isinstance(model, Task):
        raise ValueError(f"{file} holds a {type(model).__name__}, not a model of rnn_templates.")
    model.input_statistics = InputStatistics.from_dict(Card.load(file.parent).facts.get("input_statistics") or {})
    return model


def save_model(model, path, with_optimizer=False):
    """Saves a model as a `.keras` file, atomically.

    Without the optimizer's state the file is a third of the size. `Task.compile_from_config` then compiles the loaded
    model with a new optimizer of the same settings.

    Args:
        model: compiled `rnn_templates.tasks.task.Task`.
        path: str or `Path`; file to write.
        with_optimizer: bool; whether to save the state of the optimizer (the moments of Adam) too.

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
        with atomic_write(path) as temporary:
            model.save(temporary)
    finally:
        model.optimizer = optimizer
