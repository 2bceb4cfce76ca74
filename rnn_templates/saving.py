"""Models from files."""

import zipfile
from pathlib import Path

import keras

import rnn_templates.templates.captioning.builder  # noqa: F401  registers its classes with Keras
import rnn_templates.templates.image_classification.builder  # noqa: F401
import rnn_templates.templates.sentiment.builder  # noqa: F401
import rnn_templates.templates.tagging.builder  # noqa: F401
import rnn_templates.templates.translation.builder  # noqa: F401
from rnn_templates.tasks.task import RawModel


def load_model(path):
    """Loads a trained model from its `.keras` file, or from the folder that holds `model.keras`.

    Importing this function registers all classes of the package, so that `keras.saving.load_model` works after it too.
    A `.keras` file is a program as much as data: load only files from people you trust.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a `.keras` file, or not a model of this package.

    Example:
        >>> load_model("saved_models/sentiment").predict(["not bad at all"])
    """
    path = Path(path)
    file = path / "model.keras" if path.is_dir() else path
    if not file.exists():
        raise FileNotFoundError(f"There is no model at {file.absolute()}; `rnn-templates train` makes one.")
    if not zipfile.is_zipfile(file):
        raise ValueError(f"{file} is not a .keras file (those are zip archives); was it cut short, or renamed?")
    model = keras.saving.load_model(file)
    if not isinstance(model, RawModel):
        raise ValueError(f"{file} holds a {type(model).__name__}, not a model of rnn_templates.")
    return model
