"""Saving and loading of models; importing this module registers all classes of the package with Keras."""

import zipfile
from pathlib import Path

import keras

from rnn_templates import registry
from rnn_templates.tasks.task import Task

for _name in registry.names():
    registry.get(_name).load("task")


def load_model(path):
    """Loads a trained model from its `.keras` file, or from the folder that holds `model.keras`.

    A `.keras` file can run code when it is loaded: load only files from sources that you trust.

    Args:
        path: file or folder.

    Returns:
        A `rnn_templates.tasks.task.Task`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a `.keras` file, or holds another model than a task of a template.

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
    return model
