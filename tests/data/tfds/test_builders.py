"""Preparation of TFDS builders: unknown names and configs, no network, other processes."""

import time

import pytest
import requests
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.data.synthetic import reviews
from rnn_templates.data.tfds import builders
from rnn_templates.data.tfds.builders import prepare_builder
from rnn_templates.data.tfds.network import SECONDS, has_network


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
        load("goemotions", data_dir=str(tmp_path), manual_dir=str(tmp_path))


@pytest.mark.parametrize("answer", ["none", "refused"])
def test_without_a_network_the_error_does_not_come_after_minutes_of_retries(tmp_path, monkeypatch, answer):
    def head(url, timeout):
        if answer == "none":
            time.sleep(10)
        raise requests.ConnectionError("no route to host")

    monkeypatch.setattr(requests, "head", head)
    monkeypatch.setattr(builders, "has_network", lambda: has_network(0.2))
    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", lambda *_, **__: pytest.fail("a download"))
    start = time.monotonic()
    with pytest.raises(RuntimeError, match=r"goemotions could not be downloaded: no connection.*--manual-dir"):
        load("goemotions", data_dir=str(tmp_path))
    assert time.monotonic() - start < 3 and SECONDS < 5
    monkeypatch.setattr(requests, "head", lambda url, timeout: None)
    assert has_network()


def test_data_that_is_generated_or_in_manual_dir_needs_no_network(tmp_path, monkeypatch):
    monkeypatch.setattr(builders, "has_network", lambda: pytest.fail("a request"))
    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", lambda *_, **__: None)
    prepare_builder("goemotions", data_dir=str(tmp_path), manual_dir=str(tmp_path))
    prepare_builder("reviews", "rnn_templates.data.synthetic.reviews:Reviews", data_dir=str(tmp_path))


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
