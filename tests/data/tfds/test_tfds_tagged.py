"""TaggedSentences data sets by TFDS name: schemas without a network, and the real treebank of English."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.preprocessing.text.tag_schemes import scheme_from_labels

LENGTHS = (3, 1, 4)


def rows(self, **_):
    """Sentences in the schema of a builder, whose sequences all have the length of the sentence."""
    features = self.info.features

    def one(number, length):
        row = {}
        for name, feature in features.items():
            inner = getattr(feature, "feature", None)
            if hasattr(inner, "num_classes"):
                row[name] = np.arange(number, number + length) % inner.num_classes
            elif inner is not None:
                row[name] = [f"{name}{place}" for place in range(length)]
            else:
                row[name] = f"{name} {number}"
        return row

    return tf.data.Dataset.from_generator(
        lambda: (one(number, length) for number, length in enumerate(LENGTHS)),
        output_signature={
            name: tf.TensorSpec((None,) if hasattr(f, "feature") else (),
                                tf.int64 if hasattr(getattr(f, "feature", None), "num_classes") else tf.string)
            for name, f in features.items()
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "label", "scheme", "some"),
    [
        ("conll2003", None, "bio", ["O", "B-PER", "I-PER"]),
        ("conll2003", "pos", None, ["NN", "''"]),
        ("wikiann/de", None, "bio", ["O", "B-PER", "I-PER"]),
        ("universal_dependencies/de_gsd", None, None, ["ADJ", "DET"]),
        ("universal_dependencies/de_gsd", "xpos", None, ["xpos0", "xpos1"]),
    ],
    ids=str,
)
def test_the_schema_of_tfds_becomes_tokens_and_tags(name, label, scheme, some, tmp_path):
    with tfds.testing.mock_data(as_dataset_fn=rows):
        found = load(name, target_column=label, data_dir=str(tmp_path))
    for split in (found.train, found.validation, found.test):
        for (tokens, tags), length in zip(split, LENGTHS, strict=True):
            assert (tokens.dtype, tags.dtype, len(tokens)) == (tf.string, tf.int64, len(tags))
            assert len(tags) <= length
            assert tokens.numpy().tolist() == [b"tokens%d" % place for place in range(length)][: len(tags)]
            assert all(0 <= tag < len(found.labels) for tag in tags.numpy())
    assert scheme_from_labels(found.labels) == scheme
    assert set(some) & set(found.labels) and "_" not in found.labels
    assert (found.sizes, found.multi_label) == (dict.fromkeys(("train", "validation", "test"), 3), False)


def test_ranges_of_words_and_empty_nodes_are_left_out(tmp_path):
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


@pytest.mark.parametrize(
    ("name", "label", "message"),
    [
        ("conll2003", "tone", "conll2003 has no feature 'tone'; it has .*ner"),
        ("universal_dependencies/xx_none", None, "TFDS has no 'universal_dependencies/xx_none'"),
        ("universal_dependencies/*", None, r"There is no data set 'universal_dependencies/\*'"),
        ("wikiann", None, r"There is no data set 'wikiann'. .*wikiann/\*"),  # TFDS would take a language by itself
        ("wikiann/klingon", None, "TFDS has no 'wikiann/klingon'"),
        ("imdb_reviews", "tone", "imdb_reviews: its labels are fixed"),
    ],
)
def test_what_there_is_not_is_named(name, label, message, tmp_path):
    with tfds.testing.mock_data(as_dataset_fn=rows), pytest.raises(ValueError, match=message):
        load(name, target_column=label, data_dir=str(tmp_path))
