"""Token preprocessor: equality of graph and Python, and an independent implementation of the bytes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.preprocessing.text.token_preprocessor import TokenPreprocessor, to_dense
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes

VOCABULARY = Vocabulary(["a", "oslo", "l'eau", "é", "日"])
TOKENS = st.one_of(
    st.text(max_size=12),
    st.binary(max_size=12),
    st.sampled_from(
        ["", "Oslo", "OSLO", "L’Eau", "É", "日", "👩\u200d👧", "\ud800", "x" * 40, "\u200d", "a b", "\0", b"\xff"]
    ),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(TOKENS, max_size=5), min_size=1, max_size=4), st.integers(2, 9))
def test_graph_and_python_read_alike(sentences, max_word_bytes):
    preprocessor = TokenPreprocessor(VOCABULARY, max_word_bytes)
    rows = [[to_bytes(token) for token in tokens] for tokens in sentences]
    found = preprocessor(tf.ragged.constant(rows, tf.string, ragged_rank=1))
    longest = max(1, *map(len, sentences)) if len(sentences) > 1 else max(1, len(sentences[0]))
    assert found["word_ids"].shape == (len(sentences), longest)
    assert found["byte_ids"].shape == (len(sentences), longest, max_word_bytes)
    for number, tokens in enumerate(sentences):
        for name, own in preprocessor.encode(tokens).items():
            expected = np.zeros(found[name].shape[1:], np.int32)
            expected[tuple(map(slice, own.shape))] = own
            np.testing.assert_array_equal(found[name][number], expected)


@given(st.lists(TOKENS, min_size=1, max_size=5), st.integers(2, 9))
def test_a_token_becomes_bytes_and_a_long_one_its_first_and_last_halves(tokens, max_word_bytes):
    byte_ids = TokenPreprocessor(VOCABULARY, max_word_bytes).encode(tokens)["byte_ids"]
    assert byte_ids.dtype == np.int32 and byte_ids.shape[1] <= max_word_bytes
    first = (max_word_bytes + 1) // 2
    for row, token in zip(byte_ids, tokens, strict=True):
        data = list(to_bytes(token))
        read = data if len(data) <= max_word_bytes else data[:first] + data[-(max_word_bytes - first) :]
        assert row.tolist() == [byte + 1 for byte in read] + [0] * (len(row) - len(read))


def test_word_ids_ignore_case_and_bytes_keep_it():
    found = TokenPreprocessor(VOCABULARY, 5).encode(["Oslo", "OSLO", "L’Eau", "never", "Os\u00adlo"])
    assert found["word_ids"].tolist() == [3, 3, 4, 1, 3]
    assert found["byte_ids"][1].tolist() == [ord(character) + 1 for character in "OSLO"] + [0]
    assert bytes((found["byte_ids"][2] - 1).tolist()) == "L’".encode()[:3] + b"au"


def test_no_words_are_one_column_of_padding_in_the_graph_and_none_in_python():
    preprocessor = TokenPreprocessor(VOCABULARY, 4)
    found = preprocessor(tf.RaggedTensor.from_row_lengths(tf.constant([], tf.string), [0, 0]))
    assert found["word_ids"].numpy().tolist() == [[0], [0]]
    assert found["byte_ids"].shape == (2, 1, 4)
    assert preprocessor.encode([])["word_ids"].shape == (0,)


def test_dense_pads_numbers_and_strings():
    assert to_dense(tf.ragged.constant([["a"], []])).numpy().tolist() == [[b"a"], [b""]]
    assert to_dense(tf.ragged.constant([[], []], tf.string)).numpy().tolist() == [[b""], [b""]]
    assert to_dense(tf.ragged.constant([[1, 2], [3]])).numpy().tolist() == [[1, 2], [3, 0]]


@keras.saving.register_keras_serializable(package="test")
class Reader(keras.Model):
    """A model of a preprocessor alone."""

    def __init__(self, preprocessor=None, **kwargs):
        super().__init__(**kwargs)
        self.preprocessor = preprocessor
        self.built = True

    def call(self, tokens):
        return self.preprocessor(tokens)["word_ids"]

    def get_config(self):
        return {"preprocessor": keras.saving.serialize_keras_object(self.preprocessor)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config["preprocessor"]))


def test_the_keras_file_contains_vocabulary_and_limit(tmp_path):
    Reader(TokenPreprocessor(VOCABULARY, 7)).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").preprocessor
    assert (loaded.vocabulary.tokens, loaded.max_word_bytes) == (VOCABULARY.tokens, 7)
    assert loaded(tf.ragged.constant([["OSLO"]]))["word_ids"].numpy().tolist() == [[3]]


def test_a_single_byte_is_too_few():
    with pytest.raises(ValueError, match="`max_word_bytes` .* 1"):
        TokenPreprocessor(VOCABULARY, 1)
