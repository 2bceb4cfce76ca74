"""Source texts of the standard library of the running Python."""

import sys
import sysconfig
from pathlib import Path

import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.generated import check_request, generated_info, hash_bucket

SPLITS = ("train",) * 8 + ("validation", "test")
MIN_CHARACTERS, MAX_CHARACTERS = 2_000, 150_000
PACKAGES = ("", "asyncio", "collections", "concurrent/futures", "email", "html", "http", "importlib", "json", "logging",
            "multiprocessing", "unittest", "urllib", "wsgiref", "xml/dom", "xml/sax")  # fmt: skip


class PythonSources(tfds.core.GeneratorBasedBuilder):
    """Modules of the standard library, one text each.

    The version is that of the running Python. Modules are split at random, by name, into 80 % for training, 10 % for
    validation and 10 % for testing.

    Example:
        >>> sorted(PythonSources().info.features)
        ['name', 'text']
    """

    VERSION = tfds.core.Version(".".join(map(str, sys.version_info[:3])))

    def _info(self):
        description = "Source texts of the modules of Python's standard library."
        features = {"name": tfds.features.Text(), "text": tfds.features.Text()}
        return generated_info(self, description, features, ("name", "text"))

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(split) for split in ("train", "validation", "test")}

    def _generate_examples(self, split):
        for name, text in read_python_sources(split):
            yield name, {"name": name, "text": text}


def read_python_sources(split, folder=None):
    """Yields the names and texts of modules of the standard library.

    Args:
        split: "train", "validation" or "test".
        folder: path of the standard library; None for that of the running Python.

    Raises:
        ValueError: if there is no such split.
        FileNotFoundError: if the folder has no modules, as where Python was installed without sources.

    Example:
        >>> name, text = next(read_python_sources("test"))
        >>> name.endswith(".py"), "import" in text
        (True, True)
    """
    check_request("read_python_sources", set(SPLITS), split, 0)
    folder = Path(folder or sysconfig.get_paths()["stdlib"])
    paths = sorted(path for package in PACKAGES for path in (folder / package).glob("*.py"))
    if not paths:
        raise FileNotFoundError(f"{folder}: there is no module (*.py) of the standard library.")
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if hash_bucket(name, SPLITS) == split:
            text = path.read_text(encoding="utf-8", errors="replace")
            if MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS:
                yield name, text
