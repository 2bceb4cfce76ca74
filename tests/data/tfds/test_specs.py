"""Names of data sets: look-up, slices, registration."""

import dataclasses
from typing import ClassVar

import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.data.splits import Splits
from rnn_templates.data.tfds import specs
from rnn_templates.data.tfds.specs import DATASETS, DatasetSpec, LabeledTextsSpec, find_dataset, get_dataset, register


@pytest.mark.parametrize(
    ("name", "key", "train_slice"),
    [
        ("mnist", "mnist", None),
        ("coco_captions[:5000]", "coco_captions", ":5000"),
        ("dates", "dates", None),
        ("dates/en_fr", "dates/*", None),
        ("glue/sst2", "glue/sst2", None),
        ("glue/cola", None, None),
        ("wikiann", None, None),
        ("wikiann/*", None, None),
        ("./mnist", None, None),
    ],
)
def test_names_are_keys_or_match_an_asterisk(name, key, train_slice):
    spec, found, part = find_dataset(name)
    assert (spec, found, part) == (DATASETS.get(key), name.partition("[")[0], train_slice)


@pytest.mark.parametrize("name", ["imdb", "opus", "wikiann", "universal_dependencies/*", "coco_caption[:5]"])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(ValueError, match=r"There is no data set '.*imdb_reviews, glue/sst2, .*scenes, coco_captions"):
        get_dataset(name)


def test_a_slice_is_for_images():
    with pytest.raises(ValueError, match=r"imdb_reviews: a slice such as \[:5\] is for images"):
        load("imdb_reviews[:5]")


@dataclasses.dataclass(frozen=True, kw_only=True)
class NumbersSpec(DatasetSpec):
    """Images and their labels as numbers: examples of a kind that this package does not have."""

    kind: ClassVar[str] = "numbers"

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        rows = builder.as_dataset(split="train").map(lambda row: (tf.io.encode_png(row["image"]), row["label"]))
        return Splits(name, rows, rows, None, (), sizes={"train": 20})


def test_another_package_registers_a_data_set_of_its_own_kind(monkeypatch, tmp_path):
    monkeypatch.setattr(specs, "DATASETS", dict(DATASETS))
    register("fashion_mnist", NumbersSpec())
    register("fashion_mnist", NumbersSpec())
    with tfds.testing.mock_data(num_examples=20):
        assert load("fashion_mnist", kind="numbers", data_dir=str(tmp_path)).sizes == {"train": 20}
    with pytest.raises(ValueError, match="fashion_mnist is a data set .numbers., not text pairs; no template"):
        load("fashion_mnist", kind="text_pairs")
    with pytest.raises(ValueError, match="`name` 'mnist' is taken"):
        register("mnist", LabeledTextsSpec())
    with pytest.raises(TypeError, match="`spec`"):
        register("mine", "text")
