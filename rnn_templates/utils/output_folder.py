"""Folders that the package may write: its own, empty ones and new ones."""

import json
from pathlib import Path

FORMAT = "rnn_templates/1"
CHECKPOINT = "checkpoint.npz"
# Files of a training that was killed before it wrote its card; the second ones only beside a checkpoint.
TEMPORARY = (CHECKPOINT, "*.lock", ".checkpoint-*", ".model-*", ".card-*", ".labels-*", ".*vocabulary-*")
UNFINISHED = ("model.keras", "vocabulary.txt", "*_vocabulary.txt", "labels.txt", "learning_curve.png", "report.json")


def check(path):
    """Raises an error if a folder must not be written.

    A folder is written if its `card.json` or `report.json` has `"format": "rnn_templates/1"`, if it is empty or does
    not exist, or if it holds nothing but the files of an unfinished training.

    Args:
        path: str or `Path` of the folder.

    Returns:
        The `Path`.

    Raises:
        ValueError: if the path is empty, or the folder holds files of others.
        NotADirectoryError: if the path, or one above it, is a file.

    Example:
        >>> from pathlib import Path
        >>> Path("thesis").mkdir()
        >>> _ = Path("thesis/README.md").write_text("My thesis")
        >>> check("thesis")
        Traceback (most recent call last):
        ValueError: `output` must be a new folder, an empty one or one of rnn_templates; thesis holds README.md.
    """
    if not str(path).strip() or not Path(path).name:
        raise ValueError(f"`output` must be the name of a folder, such as runs/mine; received {str(path)!r}.")
    path = Path(path)
    existing = next((one for one in (path, *path.parents) if one.exists() or one.is_symlink()), path)
    if (existing.exists() or existing.is_symlink()) and not existing.is_dir():
        raise NotADirectoryError(f"`output` must be a folder; {existing} is a file.")
    if existing != path or is_ours(path):
        return path
    patterns = (*TEMPORARY, *UNFINISHED) if (path / CHECKPOINT).is_file() else TEMPORARY
    foreign = sorted(one.name for one in path.iterdir() if not any(one.match(pattern) for pattern in patterns))
    if foreign:
        shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise ValueError(f"`output` must be a new folder, an empty one or one of rnn_templates; {path} holds {shown}.")
    return path


def check_files(path, names):
    """Raises ValueError if files would be overwritten in a folder that is not of this package.

    Args:
        path: str or `Path` of the folder, which may be absent.
        names: list of str; names of the files and folders to write.

    Example:
        >>> check_files("saved_models/sentiment", ["README.md"])
    """
    foreign = [name for name in names if (Path(path) / name).exists()]
    if foreign and not is_ours(path):
        raise ValueError(f"{Path(path) / foreign[0]} exists and is not of rnn_templates; use another folder.")


def is_ours(path):
    """Returns whether a folder has a `card.json` or a `report.json` of this package.

    Args:
        path: str or `Path` of the folder.

    Example:
        >>> is_ours("saved_models/sentiment")
        True
    """
    return any(_has_format(Path(path) / name) for name in ("card.json", "report.json"))


def _has_format(file):
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("format") == FORMAT
