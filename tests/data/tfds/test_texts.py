"""Text data sets of TFDS: schemas without a network, generated data, and the real goemotions."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.data.synthetic.dates import builder, make_pairs
from rnn_templates.preprocessing.text.tag_schemes import scheme_from_labels

LENGTHS = (3, 1, 4)


@pytest.mark.parametrize(
    ("name", "labels", "multi_label", "splits"),
    [
        ("imdb_reviews", ("negative", "positive"), False, {"train", "validation", "test"}),
        ("glue/sst2", ("negative", "positive"), False, {"train", "validation", "test"}),
        ("goemotions", None, True, {"train", "validation", "test"}),
    ],
)
def test_the_schema_of_tfds_becomes_texts_and_classes(name, labels, multi_label, splits, tmp_path):
    with tfds.testing.mock_data(num_examples=20):
        found = load(name, data_dir=str(tmp_path))
        text, target = next(iter(found.train))
    assert (text.dtype, text.shape) == (tf.string, ())
    assert labels is None or found.labels == labels
    assert found.multi_label is multi_label
    assert {split for split in ("train", "validation", "test") if getattr(found, split) is not None} == splits
    assert target.dtype == (tf.float32 if multi_label else tf.int64)
    assert target.shape == ((28,) if multi_label else ())


@pytest.mark.slow
def test_goemotions_has_its_28_labels(shared_data, tmp_path):
    found = load("goemotions", manual_dir=str(shared_data / "tfds_manual_goemotions"), data_dir=str(tmp_path))
    assert found.sizes == {"train": 43410, "validation": 5426, "test": 5427}
    assert len(found.labels) == 28
    assert {"admiration", "grief", "neutral"} <= set(found.labels)


def tagged_rows(self, **_):
    """Sentences in the schema of a builder, whose sequences all have the length of the sentence."""
    features = self.info.features

    def make_row(number, length):
        row = {}
        for name, feature in features.items():
            inner = getattr(feature, "feature", None)
            if hasattr(inner, "num_classes"):
                row[name] = np.arange(number, number + length) % inner.num_classes
            elif inner is not None:
                row[name] = [f"{name}{position}" for position in range(length)]
            else:
                row[name] = f"{name} {number}"
        return row

    return tf.data.Dataset.from_generator(
        lambda: (make_row(number, length) for number, length in enumerate(LENGTHS)),
        output_signature={
            name: tf.TensorSpec((None,) if hasattr(f, "feature") else (),
                                tf.int64 if hasattr(getattr(f, "feature", None), "num_classes") else tf.string)
            for name, f in features.items()
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "tags", "scheme", "some"),
    [
        ("conll2003", None, "bio", ["O", "B-PER", "I-PER"]),
        ("conll2003", "pos", None, ["NN", "''"]),
        ("wikiann/de", None, "bio", ["O", "B-PER", "I-PER"]),
        ("universal_dependencies/de_gsd", None, None, ["ADJ", "DET"]),
        ("universal_dependencies/de_gsd", "xpos", None, ["xpos0", "xpos1"]),
    ],
    ids=str,
)
def test_the_schema_of_tfds_becomes_tokens_and_tags(name, tags, scheme, some, tmp_path):
    with tfds.testing.mock_data(as_dataset_fn=tagged_rows):
        found = load(name, target_column=tags, data_dir=str(tmp_path))
    for split in (found.train, found.validation, found.test):
        for (tokens, numbers), length in zip(split, LENGTHS, strict=True):
            assert (tokens.dtype, numbers.dtype, len(tokens)) == (tf.string, tf.int64, len(numbers))
            assert len(numbers) <= length
            assert tokens.numpy().tolist() == [b"tokens%d" % position for position in range(length)][: len(numbers)]
            assert all(0 <= tag < len(found.labels) for tag in numbers.numpy())
    assert scheme_from_labels(found.labels) == scheme
    assert set(some) & set(found.labels) and "_" not in found.labels
    assert (found.sizes, found.multi_label) == (dict.fromkeys(("train", "validation", "test"), 3), False)


def test_multiword_tokens_and_empty_nodes_are_left_out(tmp_path):
    def treebank(self, **_):
        upos = self.info.features["upos"].feature
        numbers = [upos.str2int(tag) for tag in ("_", "ADP", "DET", "NOUN", "_")]
        words = ["zum", "zu", "dem", "Haus", "ging"]
        sequences = {name: [words] for name, f in self.info.features.items() if hasattr(f, "feature")}
        others = {name: [""] for name in self.info.features if name not in sequences}
        return tf.data.Dataset.from_tensor_slices({**sequences, **others, "upos": [numbers]})

    with tfds.testing.mock_data(as_dataset_fn=treebank):
        found = load("universal_dependencies/de_gsd", data_dir=str(tmp_path))
        by_lemma = load("universal_dependencies/de_gsd", target_column="lemmas", data_dir=str(tmp_path))
    tokens, tags = next(found.train.as_numpy_iterator())
    assert [token.decode() for token in tokens] == ["zu", "dem", "Haus"]
    assert [found.labels[tag] for tag in tags] == ["ADP", "DET", "NOUN"]
    assert by_lemma.labels == ("Haus", "dem", "zu")


def test_the_generated_messages_have_whole_spans(tmp_path):
    def messages(self, **_):
        return tf.data.Dataset.from_tensors(
            {"text": "Call Ann Lee!", "entities": {"type": [0], "start": [5], "end": [12]}, "locale": "en"}
        )

    with tfds.testing.mock_data(as_dataset_fn=messages):
        found = load("messages", data_dir=str(tmp_path))
    tokens, tags = next(found.test.as_numpy_iterator())
    assert [token.decode() for token in tokens] == ["Call", "Ann", "Lee", "!"]
    assert [found.labels[tag] for tag in tags] == ["O", "B-NAME", "I-NAME", "O"]


def pair_rows(self, split=None, **_):
    """Three sentences a language in the schema of a builder."""
    return tf.data.Dataset.from_tensor_slices(
        {name: [f"{name} {number} of {split}" for number in range(3)] for name in self.info.features}
    )


@pytest.mark.parametrize(
    ("name", "options", "source", "target", "splits"),
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
def test_the_schema_of_tfds_becomes_pairs(name, options, source, target, splits, tmp_path):
    with tfds.testing.mock_data(as_dataset_fn=pair_rows):
        found = load(name, **options, kind="text_pairs", validation=0.4, data_dir=str(tmp_path))
    assert (found.name, found.labels, found.multi_label, found.rejected_rows) == (name, (), False, ())
    assert found.train.element_spec == (tf.TensorSpec((), tf.string),) * 2
    for split in splits if len(splits) > 1 else ():
        texts = [tuple(text.decode() for text in row) for row in getattr(found, split).as_numpy_iterator()]
        assert texts == [(f"{source} {n} of {split}", f"{target} {n} of {split}") for n in range(3)]
    if splits == ("train",):
        texts = [tuple(t.decode() for t in row) for part in (found.train, found.validation)
                 for row in part.as_numpy_iterator()]  # fmt: skip
        assert sorted(texts) == [(f"{source} {n} of train", f"{target} {n} of train") for n in range(3)]
        assert (found.test, found.sizes) == (None, {"train": 2, "validation": 1})


def test_pairs_with_an_empty_side_are_rejected(tmp_path):
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


def test_the_generated_dates_are_loaded_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(builder, "SIZES", {"train": 30, "validation": 5, "test": 10})
    found = load("dates/en_fr", data_dir=str(tmp_path))
    assert found.sizes == builder.SIZES
    for split, count in builder.SIZES.items():
        texts = [tuple(text.decode() for text in row) for row in getattr(found, split).as_numpy_iterator()]
        assert texts == make_pairs("en_fr", count, split)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("conll2003", {"target_column": "tone"}, "conll2003 has no feature 'tone'; it has .*ner"),
        ("imdb_reviews", {"target_column": "tone"}, "`target_column`"),
        ("dates", {"input_column": "de"}, "`input_column` must be 'en'"),
        ("para_crawl/ende", {"input_column": "fr"}, "para_crawl/ende has no 'fr'; it has en and de"),
        ("para_crawl/ende", {"input_column": "de", "target_column": "de"}, "`input_column` and `target_column`"),
    ],
    ids=str,
)
def test_a_missing_feature_or_language_is_named(name, options, message, tmp_path):
    with tfds.testing.mock_data(as_dataset_fn=pair_rows), pytest.raises(ValueError, match=message):
        load(name, **options, data_dir=str(tmp_path))
