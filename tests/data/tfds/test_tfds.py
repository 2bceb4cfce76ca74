"""Data sets by TFDS name: schemas without a network, and the real goemotions."""

import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.data.synthetic import reviews


@pytest.mark.parametrize(
    ("name", "labels", "multi_label", "splits"),
    [
        ("imdb_reviews", ("negative", "positive"), False, {"train", "validation", "test"}),
        ("glue/sst2", ("negative", "positive"), False, {"train", "validation", "test"}),
        ("goemotions", None, True, {"train", "validation", "test"}),
    ],
)
def test_the_schema_of_tfds_becomes_raw_texts_and_targets(name, labels, multi_label, splits, tmp_path):
    with tfds.testing.mock_data(num_examples=20):
        found = load(name, data_dir=str(tmp_path))
        text, target = next(iter(found.train))
    assert (text.dtype, text.shape) == (tf.string, ())
    assert labels is None or found.labels == labels
    assert found.multi_label is multi_label
    assert {split for split in ("train", "validation", "test") if getattr(found, split) is not None} == splits
    assert target.dtype == (tf.float32 if multi_label else tf.int64)
    assert target.shape == ((28,) if multi_label else ())


def test_the_real_goemotions_has_its_28_labels(shared_data, tmp_path):
    found = load("goemotions", manual_dir=str(shared_data / "tfds_manual_goemotions"), data_dir=str(tmp_path))
    assert found.sizes == {"train": 43410, "validation": 5426, "test": 5427}
    assert len(found.labels) == 28
    assert {"admiration", "grief", "neutral"} <= set(found.labels)


def test_data_that_another_process_prepared_in_the_meantime_is_read(tmp_path, monkeypatch):
    make_pairs = reviews.make_pairs

    def make_pairs_later(count):
        monkeypatch.setattr(reviews, "make_pairs", make_pairs)
        load("reviews", data_dir=tmp_path)  # the other one, which is done first
        return make_pairs(count)

    monkeypatch.setattr(reviews, "PAIRS", {"train": 3, "validation": 1, "test": 1})
    monkeypatch.setattr(reviews, "make_pairs", make_pairs_later)
    assert load("reviews", data_dir=tmp_path).sizes == {"train": 6, "validation": 2, "test": 2}
    assert reviews.make_pairs is make_pairs


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="imdb_reviews, glue/sst2, goemotions"):
        load("imdb")


def test_without_network_and_files_the_way_out_is_named(tmp_path, monkeypatch):
    def refuse(self, **_):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", refuse)
    with pytest.raises(RuntimeError, match=r"goemotions could not be prepared .*--manual-dir"):
        load("goemotions", data_dir=str(tmp_path))
