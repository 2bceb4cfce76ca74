"""The character encoder against each word encoded alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.cells import make_cell
from rnn_templates.layers.char_encoder import CharEncoder, _unique_words
from rnn_templates.layers.rnn.bucketing import bucket_size
from rnn_templates.layers.rnn.recurrent import Recurrent

WORDS = [["Oslo", "is", "", "Oslo"], ["Århus", "Oslo", "a", ""], ["is", "is", "", ""]]
ARCHITECTURES = {
    "cnn": {"units": 8, "embedding_dim": 5, "kernel_sizes": (1, 2, 4, 5)},
    "rnn": {"units": 6, "embedding_dim": 5, "cell": "gru"},
}
architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)


def byte_ids(sentences, word_bytes=7):
    """Byte ids (batch, time, word_bytes)."""
    ids = np.zeros((len(sentences), len(sentences[0]), word_bytes), np.int32)
    for row, column in np.ndindex(ids.shape[:2]):
        word = [byte + 1 for byte in sentences[row][column].encode()]
        ids[row, column, : len(word)] = word
    return ids


def make_encoder(architecture, **options):
    layer = CharEncoder(architecture, **{**ARCHITECTURES[architecture], **options})
    layer.build((None, None, 7))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.weights])
    return layer


def deduplicating(layer):
    """A function of unknown batch size, as in training and in a SavedModel, which encodes each distinct word once."""
    function = tf.function(lambda x: layer(x), input_signature=[tf.TensorSpec((None, None, None), tf.int32)])
    assert "Unique" in {op.type for op in function.get_concrete_function().graph.get_operations()}
    return function


def cnn_reference(layer, word):
    """The vector of one word, byte by byte in float64."""
    weights = {weight.name: weight.numpy().astype(np.float64) for weight in layer.weights}
    ids, parts = [byte + 1 for byte in word.encode()], []
    vectors = weights["embeddings"][ids]
    for size in layer.kernel_sizes:
        before, kernel = (size - 1) // 2, weights[f"kernel_{size}"]
        padded = np.pad(vectors, ((before, size - 1 - before), (0, 0)))
        parts.append([np.einsum("wd,wdf->f", padded[i : i + size], kernel) for i in range(len(ids))])
    return np.maximum(np.concatenate(parts, axis=-1) + weights["bias"], 0).max(axis=0)


def rnn_reference(layer, word):
    """The vector of one word from an RNN over this word alone."""
    rnn = Recurrent(make_cell(layer.cell, layer.units // 2), bidirectional=True)
    rnn.build((None, None, layer.embedding_dim))
    rnn.set_weights(layer.recurrent.get_weights())
    embedded = layer.embeddings.numpy()[[byte + 1 for byte in word.encode()]]
    return rnn(embedded[None])[0].numpy()


@architectures
def test_every_word_has_the_vector_of_that_word_alone(architecture):
    layer = make_encoder(architecture)
    for function in (layer, deduplicating(layer)):
        vectors = function(byte_ids(WORDS)).numpy()
        assert vectors.shape == (3, 4, layer.units)
        for row, column in np.ndindex(3, 4):
            word = WORDS[row][column]
            expected = (
                {"cnn": cnn_reference, "rnn": rnn_reference}[architecture](layer, word)
                if word
                else np.zeros(layer.units)
            )
            np.testing.assert_allclose(vectors[row, column], expected, atol=3e-6)


@architectures
def test_a_word_has_the_same_vector_at_every_position(architecture):
    vectors = deduplicating(make_encoder(architecture))(byte_ids(WORDS)).numpy()
    for positions in ([(0, 0), (0, 3), (1, 1)], [(0, 1), (2, 0), (2, 1)]):
        for position in positions[1:]:
            np.testing.assert_array_equal(vectors[position], vectors[positions[0]])
    assert np.abs(vectors[0, 0] - vectors[0, 1]).max() > 0.01


@architectures
@settings(max_examples=6, deadline=None)
@given(
    words=st.lists(st.sampled_from(["a", "ab", "ba", "", "aa", "Ab", "b"]), min_size=6, max_size=6),
    word_bytes=st.integers(4, 6),
)
def test_padding_and_neighboring_words_change_nothing(architecture, words, word_bytes):
    layer = make_encoder(architecture)
    ids = byte_ids([words[:3], words[3:]], word_bytes)
    expected = layer(ids)
    padded = np.pad(ids, ((0, 1), (0, 2), (0, 3)))
    np.testing.assert_allclose(layer(padded)[:2, :3], expected, atol=1e-6)
    np.testing.assert_allclose(layer(ids[:, 1:2]), expected[:, 1:2], atol=1e-6)
    assert not layer(padded).numpy()[padded.sum(axis=-1) == 0].any(), "the vector of an empty word is zero"


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(st.sampled_from([0, 1, 2, 255, 256]), min_size=3, max_size=3), min_size=1, max_size=12),
)
def test_rows_share_a_representative_if_and_only_if_they_are_equal(rows):
    unique, index = (found.numpy() for found in _unique_words(tf.constant(rows)))
    assert len(unique) == len({tuple(row) for row in rows})
    np.testing.assert_array_equal(np.array(rows)[unique][index], rows)


@architectures
def test_each_distinct_word_is_encoded_once_in_buckets(architecture, monkeypatch):
    layer, sizes = make_encoder(architecture), []

    def encode(words, training):
        return tf.fill((tf.shape(words)[0], layer.units), tf.cast(tf.shape(words)[0], tf.float32))

    monkeypatch.setattr(layer, "_encode", encode)
    function = deduplicating(layer)
    for count in range(7, 12):
        ids = np.tile(np.arange(1, count + 1, dtype=np.int32)[None, :, None], (3, 1, 4))
        (encoded,) = np.unique(function(ids))
        sizes.append(encoded)
    assert sizes == [count if architecture == "cnn" else bucket_size(count) for count in range(7, 12)]


@architectures
@pytest.mark.parametrize("graph", [False, True])
def test_the_gradient_of_a_byte_is_the_sum_over_its_words(architecture, graph):
    layer = make_encoder(architecture)

    def gradient(ids):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(tf.sin(layer(ids, training=True)))
        return tf.convert_to_tensor(tape.gradient(total, layer.embeddings.value))

    ids, spec = byte_ids(WORDS), tf.TensorSpec((None, None, None), tf.int32)
    function = tf.function(gradient, input_signature=[spec]) if graph else gradient
    together = function(ids).numpy()
    alone = sum(gradient(ids[index][None, None]).numpy() for index in np.ndindex(3, 4) if ids[index].any())
    np.testing.assert_allclose(together, alone, atol=2e-5)
    nonzero = np.flatnonzero(together.any(axis=1))
    assert len(nonzero) > 3 and set(nonzero) <= set(ids[ids > 0])


@architectures
def test_the_mask_is_false_for_empty_words(architecture):
    layer = make_encoder(architecture)
    expected = [[bool(word) for word in sentence] for sentence in WORDS]
    np.testing.assert_array_equal(layer.compute_mask(byte_ids(WORDS)), expected)
    mask_layer = keras.layers.Lambda(lambda x, mask: keras.ops.cast(mask, "float32"), output_shape=(None,))
    inputs = keras.Input((None, 7), dtype="int32")
    mask_layer.supports_masking = True
    model = keras.Model(inputs, mask_layer(layer(inputs)))
    np.testing.assert_array_equal(model(byte_ids(WORDS)), np.array(expected, "float32"))


@architectures
def test_a_saved_model_encodes_alike(architecture, tmp_path):
    inputs = keras.Input((None, None), dtype="int32")
    layer = make_encoder(architecture, name="char_encoder")
    keras.Model(inputs, layer(inputs)).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_layer("char_encoder").get_config() == layer.get_config()
    np.testing.assert_allclose(loaded(byte_ids(WORDS)), layer(byte_ids(WORDS)), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"architecture": "lstm"}, "`architecture`"),
        ({"units": 10}, "`units`.*4.*10"),
        ({"units": 0}, "`units`"),
        ({"architecture": "rnn", "units": 5}, "`units`.*2.*5"),
        ({"architecture": "rnn", "units": 6, "cell": "elstm"}, "`cell`"),
    ],
)
def test_invalid_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        CharEncoder(**arguments)


@architectures
def test_bfloat16_is_close_to_float32(architecture):
    half = make_encoder(architecture, dtype="mixed_bfloat16")
    outputs = half(byte_ids(WORDS))
    assert outputs.dtype == "bfloat16"
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), make_encoder(architecture)(byte_ids(WORDS)), atol=0.05)
