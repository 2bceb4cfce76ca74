"""Checks of a `.keras` file, a zip archive, before anything is read from it."""

import json
import zipfile
from pathlib import Path, PurePosixPath

from rnn_templates.utils.limits import MIN_SUSPICIOUS_BYTES, check_limit, limit

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
ENCRYPTED = 0x1  # flag of a member


def read_config(path):
    """Checks a `.keras` file, and returns its configuration.

    The directory of the archive is checked first: names, sizes and ratios of compression. Then the check sums of all
    members are compared.

    Args:
        path: str or `Path`.

    Returns:
        dict.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is not a `.keras` file, is damaged, or decompresses to more than the limits of
            `rnn_templates.utils.limits`.

    Example:
        >>> from rnn_templates.utils.model_archive import read_config
        >>> read_config("saved_models/sentiment/model.keras")["class_name"]
        'TextClassifier'
    """
    path = Path(path)
    if not path.is_file():  # a device or a pipe would never end
        raise ValueError(f"load_model: {path} is not a file.")
    with open(path, "rb") as file:  # an error here is of the file system, not of the format
        try:
            with zipfile.ZipFile(file) as archive:
                _check_directory(archive, path)
                damaged = archive.testzip()
                content = archive.read(CONFIG)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, zipfile.zlib.error) as error:
            raise ValueError(
                f"load_model: {path} is not a .keras file, or is damaged: {error}. It may be truncated or renamed."
            ) from error
    if damaged:
        raise ValueError(f"load_model: {path} is damaged: the check sum of {damaged} is wrong. Copy the file again.")
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"load_model: {path} is damaged: {CONFIG} is not JSON.") from error
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise ValueError(f"load_model: {path} is not a .keras file: {CONFIG} does not describe a model.")
    return config


def _check_directory(archive, path):
    """Raises ValueError if the directory of an archive is not that of a model of reasonable size."""
    members = archive.infolist()
    names = [info.filename for info in members]
    missing = [name for name in (CONFIG, METADATA, WEIGHTS) if name not in names]
    if missing:
        raise ValueError(f"load_model: {path} is not a complete .keras file: it has no {', '.join(missing)}.")
    unsafe = [name for name in names if _is_unsafe(name)]
    if unsafe or len(set(names)) < len(names) or any(info.flag_bits & ENCRYPTED for info in members):
        cause = f"a member named {unsafe[0]!r}" if unsafe else "an encrypted member, or two of one name"
        raise ValueError(f"load_model: {path} is not a .keras file of Keras: it has {cause}.")
    for info in members:
        if info.filename.endswith(".json"):
            check_limit(f"load_model: {info.filename} in {path}", "MAX_JSON_BYTES", info.file_size)
        ratio = info.file_size // max(info.compress_size, 1)
        if info.file_size >= MIN_SUSPICIOUS_BYTES:
            check_limit(f"load_model: {info.filename} in {path}", "MAX_DECOMPRESSION_RATIO", ratio, "bytes a byte")
    total = sum(info.file_size for info in members)
    most = max(limit("MAX_DECOMPRESSED_BYTES"), path.stat().st_size)  # large, but not by compression
    if total > most:
        check_limit(f"load_model: {path}", "MAX_DECOMPRESSED_BYTES", total)


def _is_unsafe(name):
    parts = PurePosixPath(name.replace("\\", "/"))
    return parts.is_absolute() or ".." in parts.parts or ":" in name or not name or "\0" in name
