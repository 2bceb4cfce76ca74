"""Tiny models and their data, written once, for all cases."""

import gzip
import io
import tarfile
from functools import partial

from attack import Failure
from support.specs import SPECS

TEMPLATES = tuple(SPECS)
# Where `write_data` of a template writes; a comma separates two paths.
DATA = {
    "sentiment": "sentiment-data/reviews.csv",
    "tagging": "tagging-data/messages.conll",
    "translation": "translation-data/pairs.a,translation-data/pairs.b",
    "captioning": "captioning-data/images,captioning-data/captions.tsv",
    "image_classification": "image_classification-data/halves",
    "forecasting": "forecasting-data/weather.csv",
    "anomaly_detection": "anomaly_detection-data/machines.csv",
    "text_generation": "text_generation-data/notes.md",
}
BOMB_BYTES = 400 * 2**20


def write_inputs(base):
    """Writes the data of every template, and files that grow when they are decompressed."""
    for name, spec in SPECS.items():
        folder = base / f"{name}-data"
        folder.mkdir()
        spec.write_data(folder)
        missing = [part for part in DATA[name].split(",") if not (base / part).exists()]
        if missing:
            raise SystemExit(f"tests/attack/base.py: `DATA` names {missing}, which `support.{name}` does not write")
    with gzip.open(base / "bomb.csv.gz", "wb", compresslevel=1) as file:
        file.write(b"text,label\n")
        for _ in range(BOMB_BYTES // 2**20):
            file.write(b"a" * 2**20)
    with tarfile.open(base / "bomb.tar.gz", "w:gz", compresslevel=1) as tar:
        member = tarfile.TarInfo("cat/a.png")
        member.size = BOMB_BYTES
        tar.addfile(member, _Zeros(BOMB_BYTES))


class _Zeros(io.RawIOBase):
    """A file of zeros."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        size = self.left if size < 0 else min(size, self.left)
        self.left -= size
        return bytes(size)


def data_of(name, folder):
    """The value of `--data` of a template, with paths below a folder."""
    return ",".join(str(folder / part) for part in DATA[name].split(","))


def train_words(name, data, output, epochs=1):
    """The command that trains a tiny model."""
    words = ["train", name, "--data", data, "--output", output, "--epochs", epochs, "--batch-size", 4]
    return [*words, "--validation", 0.3, *SPECS[name].cli_builder]


def _train(name, attack):
    """Trains and exports the tiny model of a template."""
    words = train_words(name, data_of(name, attack.base), attack.base / name)
    if attack.command(*words).code:
        raise Failure("the tiny model is not trained")
    exported = ["export", attack.base / name, "--data", data_of(name, attack.base)]
    if name != "captioning" and attack.command(*exported).code:
        raise Failure("the tiny model is not exported")


JOBS = {
    name: partial(_train, name)
    for name in sorted(TEMPLATES, key=("translation", "captioning").__contains__, reverse=True)
}
