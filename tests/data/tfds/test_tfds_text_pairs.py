"""Translations by TFDS name: schemas without a network, and the generated dates."""

import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.data.synthetic.dates import builder, make_pairs


def rows(self, split=None, **_):
    """Three sentences a language in the schema of a builder."""
    return tf.data.Dataset.from_tensor_slices(
        {name: [f"{name} {number} of {split}" for number in range(3)] for name in self.info.features}
    )


@pytest.mark.parametrize(
    ("name", "options", "source", "target", "own"),
    [
        ("ted_hrlr_translate/pt_to_en", {}, "pt", "en", ("train", "validation", "test")),
        ("ted_hrlr_translate/pt_to_en", {"input_column": "en"}, "en", "pt", ("train", "validation", "test")),
        ("ted_hrlr_translate/pt_to_en", {"target_column": "pt"}, "en", "pt", ("train", "validation", "test")),
        ("ted_hrlr_translate/aztr_to_en", {}, "az_tr", "en", ("train", "validation", "test")),
        ("para_crawl/ende", {}, "en", "de", ("train",)),
        ("para_crawl/ende", {"input_column": "de", "target_column": "en"}, "de", "en", ("train",)),
        ("opus/medical", {}, "de", "en", ("train",)),
        ("dates", {}, "en", "de", ("train", "validation", "test")),
        ("dates/en_es", {"input_column": "en", "target_column": "es"}, "en", "es", ("train", "validation", "test")),
    ],
    ids=str,
)
def test_the_schema_of_tfds_becomes_pairs(name, options, source, target, own, tmp_path):
    with tfds.testing.mock_data(as_dataset_fn=rows):
        found = load(name, **options, kind="text_pairs", validation=0.4, data_dir=str(tmp_path))
    assert (found.name, found.labels, found.multi_label, found.rejected_rows) == (name, (), False, ())
    assert found.train.element_spec == (tf.TensorSpec((), tf.string),) * 2
    for split in own if len(own) > 1 else ():
        texts = [tuple(text.decode() for text in row) for row in getattr(found, split).as_numpy_iterator()]
        assert texts == [(f"{source} {n} of {split}", f"{target} {n} of {split}") for n in range(3)]
    if own == ("train",):
        texts = [tuple(t.decode() for t in row) for part in (found.train, found.validation)
                 for row in part.as_numpy_iterator()]  # fmt: skip
        assert sorted(texts) == [(f"{source} {n} of train", f"{target} {n} of train") for n in range(3)]
        assert (found.test, found.sizes) == (None, {"train": 2, "validation": 1})


def test_pairs_with_an_empty_side_are_left_out_and_told(tmp_path):
    def opus(self, **_):
        return tf.data.Dataset.from_tensor_slices(
            {"de": ["eins\n", "\n", "drei", "vier\n"], "en": ["1", "2", "3", " "]}
        )

    with tfds.testing.mock_data(as_dataset_fn=opus):
        found = load("opus/law", validation=0.5, data_dir=str(tmp_path))
    pairs = [row for part in (found.train, found.validation) for row in part.as_numpy_iterator()]
    assert sorted(pairs) == [(b"drei", b"3"), (b"eins", b"1")]
    assert found.rejected_rows == (("opus/law[train]", 1, "a side is empty"), ("opus/law[train]", 3, "a side is empty"))
    assert found.sizes == {"train": 1, "validation": 1}


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("opus", {}, r"There is no data set 'opus'\. .*opus/\*"),
        ("opus/novels", {}, "TFDS has no 'opus/novels': it has medical, law"),
        ("para_crawl/enxx", {}, "TFDS has no 'para_crawl/enxx': it has enbg"),
        ("dates/en_xx", {}, "TFDS has no 'dates/en_xx': it has en_de, en_fr, en_es, de_en"),
        ("dates", {"input_column": "de"}, "dates goes from 'en' to 'de' alone"),
        ("para_crawl/ende", {"input_column": "fr"}, "para_crawl/ende has no 'fr'; it has en and de"),
        (
            "para_crawl/ende",
            {"input_column": "de", "target_column": "de"},
            "text and label are both 'de'; it has en and de",
        ),
        ("reviews", {"kind": "text_pairs"}, r"reviews has texts with labels, not pairs .*dates, dates/\*, ted_hrlr"),
        ("conll2003", {"kind": "text_pairs"}, "conll2003 has texts with labels, not pairs"),
    ],
    ids=str,
)
def test_what_there_is_not_is_named(name, options, message, tmp_path):
    with tfds.testing.mock_data(as_dataset_fn=rows), pytest.raises(ValueError, match=message):
        load(name, **options, data_dir=str(tmp_path))


def test_the_generated_dates_are_loaded_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(builder, "SIZES", {"train": 30, "validation": 5, "test": 10})
    found = load("dates/en_fr", data_dir=str(tmp_path))
    assert found.sizes == builder.SIZES
    for split, count in builder.SIZES.items():
        texts = [tuple(text.decode() for text in row) for row in getattr(found, split).as_numpy_iterator()]
        assert texts == make_pairs("en_fr", count, split)
