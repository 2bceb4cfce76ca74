"""Preparation of TFDS builders: unknown names and configs, no network, other processes."""

import pytest
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.data.synthetic import reviews
from rnn_templates.data.tfds.builders import prepare_builder


def test_data_that_another_process_prepared_in_the_meantime_is_read(tmp_path, monkeypatch):
    make_pairs = reviews.make_pairs

    def make_pairs_later(count):
        monkeypatch.setattr(reviews, "make_pairs", make_pairs)
        load("reviews", data_dir=tmp_path)  # the other process finishes first
        return make_pairs(count)

    monkeypatch.setattr(reviews, "PAIRS", {"train": 3, "validation": 1, "test": 1})
    monkeypatch.setattr(reviews, "make_pairs", make_pairs_later)
    assert load("reviews", data_dir=tmp_path).sizes == {"train": 6, "validation": 2, "test": 2}
    assert reviews.make_pairs is make_pairs


def test_without_a_network_the_error_recommends_manual_dir(tmp_path, monkeypatch):
    def refuse(self, **_):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", refuse)
    with pytest.raises(RuntimeError, match=r"goemotions could not be prepared .*--manual-dir"):
        load("goemotions", data_dir=str(tmp_path))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("universal_dependencies/xx_none", "TFDS has no 'universal_dependencies/xx_none'"),
        ("wikiann/klingon", "TFDS has no 'wikiann/klingon'"),
        ("opus/novels", "TFDS has no 'opus/novels': it has medical, law"),
        ("para_crawl/enxx", "TFDS has no 'para_crawl/enxx': it has enbg"),
    ],
)
def test_an_unknown_config_lists_the_known_ones(name, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        prepare_builder(name, data_dir=str(tmp_path))


def test_an_unknown_config_of_a_generated_data_set_lists_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="TFDS has no 'dates/en_xx': it has en_de, en_fr, en_es, de_en"):
        prepare_builder("dates/en_xx", "rnn_templates.data.synthetic.dates:Dates", data_dir=str(tmp_path))
