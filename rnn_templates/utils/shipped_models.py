"""Trained models that are installed with the package."""

from pathlib import Path

MODEL = "model.keras"
PACKAGE = Path(__file__).parents[1]


def shipped_models():
    """Returns the folders of the shipped models by name, a dict of str to `Path`.

    Example:
        >>> sorted(shipped_models())[:3]
        ['anomaly_detection', 'captioning', 'dates']
    """
    # In a wheel below the package; in a checkout beside it.
    folders = (PACKAGE / "saved_models", PACKAGE.parent / "saved_models")
    folder = next((folder for folder in folders if folder.is_dir()), folders[0])
    return {file.parent.name: file.parent for file in sorted(folder.glob(f"*/{MODEL}"))}


def find_model(path):
    """Returns the `.keras` file of a path, of a folder, or of the name of a shipped model.

    Args:
        path: str or `Path`. A file or folder of that name is preferred.

    Returns:
        `Path` of the file.

    Raises:
        FileNotFoundError: if there is no such file; lists the names of the shipped models.

    Example:
        >>> find_model("sentiment").parts[-2:]
        ('sentiment', 'model.keras')
    """
    given = Path(path)
    file = given / MODEL if given.is_dir() else given
    if str(path) and file.exists() and not file.is_dir():
        return file
    shipped = shipped_models()
    if str(path) in shipped:
        return shipped[str(path)] / MODEL
    raise FileNotFoundError(
        f"There is no model at {file.absolute()}; `rnn-templates train` writes one. Names of shipped models: "
        f"{', '.join(shipped) or '(none is installed)'}."
    )
