"""Data of the figures: the files of a user, written once from those of `RNN_TEMPLATES_DATA`."""

import dataclasses
import gzip
import lzma
import os
import random
from pathlib import Path

ROOT = Path(os.environ.get("RNN_TEMPLATES_DATA", "../shared/data"))
SAMPLE_SEED = 1
SST2_ROWS = 2000
MULTI30K_PAIRS = 5000


@dataclasses.dataclass(frozen=True)
class Data:
    """A data set of the table.

    Args:
        name: str; name in the table and of the folder of the training.
        template: str; name of the template.
        options: dict; arguments of `rnn_templates.load` that name the data and its columns; as flags, the only ones of
            the training.
        metric: str; key of the metric.
        measure: str; name of the metric in the table.
        seeds: tuple of int; seeds of the trainings; several where the seed makes a difference.
    """

    name: str
    template: str
    options: dict
    metric: str
    measure: str
    seeds: tuple = (1,)

    @property
    def flags(self):
        """The options as flags of `rnn-templates train`, a list of str."""
        names = {name: "--data" if name == "source" else f"--{name.replace('_', '-')}" for name in self.options}
        return [word for name, value in self.options.items() for word in (names[name], value)]


def datasets(folder):
    """Returns the data sets of the table, a list of `Data`; writes the two samples into a folder.

    Args:
        folder: `Path` of the folder for the samples.
    """
    folder.mkdir(parents=True, exist_ok=True)
    english, german = _sample_multi30k(folder)
    sst2 = {
        "source": f"{_sample_sst2(folder)}",
        "test_data": f"{ROOT}/sentiment/sst2/validation.tsv",
        "input_column": "sentence",
        "target_column": "label",
    }
    wnut17 = {
        "source": f"{ROOT}/tagging/wnut17/train.conll",
        "validation_data": f"{ROOT}/tagging/wnut17/dev.conll",
        "test_data": f"{ROOT}/tagging/wnut17/test.conll",
    }
    flickr = f"{ROOT}/translation/multi30k/test_2016_flickr"
    multi30k = {"source": f"{english},{german}", "test_data": f"{flickr}.en.gz,{flickr}.de.gz"}
    goemotions = {"source": "goemotions", "manual_dir": f"{ROOT}/tfds_manual_goemotions"}
    ewt = {"source": "universal_dependencies/en_ewt", "manual_dir": f"{ROOT}/tfds_manual"}
    return [
        Data("sst2_2000", "sentiment", sst2, "accuracy", "accuracy", (1, 2, 3)),
        Data("wnut17", "tagging", wnut17, "span_f1", "span F1", (1, 2, 3)),
        Data("multi30k_5000", "translation", multi30k, "bleu", "BLEU"),
        Data("goemotions", "sentiment", goemotions, "macro_f1", "macro F1"),
        Data("ewt", "tagging", ewt, "accuracy", "UPOS accuracy"),
    ]


def sst2_rows():
    """Returns the lines of the training split of SST-2, the header first; phrase, tab, 0 or 1."""
    return lzma.decompress((ROOT / "sentiment/sst2/train.tsv.xz").read_bytes()).decode("utf-8").splitlines()


def _sample_sst2(folder):
    """File with 2,000 random rows of the training split of SST-2."""
    path = folder / "sst2_2000.tsv"
    if not path.exists():
        header, *rows = sst2_rows()
        chosen = random.Random(SAMPLE_SEED).sample(range(len(rows)), SST2_ROWS)
        path.write_text("\n".join([header, *(rows[i] for i in chosen)]) + "\n", encoding="utf-8")
    return path


def _sample_multi30k(folder):
    """Two parallel files with 5,000 random pairs of the training split of Multi30k."""
    paths = [folder / f"multi30k_5000.{language}" for language in ("en", "de")]
    for path in paths:
        if not path.exists():
            archive = ROOT / f"translation/multi30k/train{path.suffix}.gz"
            lines = gzip.decompress(archive.read_bytes()).decode("utf-8").split("\n")[:-1]
            chosen = random.Random(SAMPLE_SEED).sample(range(len(lines)), MULTI30K_PAIRS)
            path.write_text("\n".join(lines[i] for i in chosen) + "\n", encoding="utf-8")
    return paths
