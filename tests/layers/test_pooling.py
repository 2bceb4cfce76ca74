"""Chunked, phrases, attention pooling, max and mean pooling, and the embedding."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.cells import LSTMCell
from rnn_templates.layers.masked_conv1d import MaskedConv1D
from rnn_templates.layers.pooling import AttentionPooling, MaxMeanPooling
from rnn_templates.layers.rnn.chunked import Chunked
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.token_embedding import TokenEmbedding

RNG = np.random.default_rng(0)


def test_max_and_mean_are_those_of_the_valid_steps():
    x = RNG.normal(size=(2, 4, 3)).astype("float32") - 5
    mask = np.array([[True, True, False, False], [True, True, True, True]])
    pooled = MaxMeanPooling()(x, mask=mask)
    valid = x[0, :2]
    np.testing.assert_allclose(pooled[0], np.concatenate([valid.max(0), valid.mean(0)]), rtol=1e-6)
    np.testing.assert_allclose(pooled[1], np.concatenate([x[1].max(0), x[1].mean(0)]), rtol=1e-6)


@pytest.mark.parametrize("layer", [MaxMeanPooling, AttentionPooling])
def test_a_text_without_a_valid_word_pools_to_zeros(layer):
    x = RNG.normal(size=(1, 4, 3)).astype("float32")
    np.testing.assert_array_equal(layer()(x, mask=np.zeros((1, 4), bool)), np.zeros((1, layer()(x).shape[-1])))


def test_attention_is_the_softmax_over_the_valid_steps():
    x = RNG.normal(size=(2, 4, 3)).astype("float32")
    mask = np.array([[True, True, False, False], [True, True, True, True]])
    layer = AttentionPooling(5)
    pooled, weights = layer(x, mask=mask, return_weights=True)
    kernel, bias, context = layer.get_weights()
    scores = (np.tanh(x @ kernel + bias) @ context)[..., 0]
    expected = np.exp(scores) * mask
    expected /= expected.sum(1, keepdims=True)
    np.testing.assert_allclose(weights, expected, atol=1e-6)
    np.testing.assert_allclose(pooled, (expected[..., None] * x).sum(1), atol=1e-6)


def test_a_large_score_on_padding_does_not_drown_the_valid_steps():
    layer = AttentionPooling(1)
    layer.build((None, None, 1))
    layer.set_weights([np.full((1, 1), 1.0), np.zeros(1), np.full((1, 1), 500.0)])
    x = np.array([[[-3.0], [-2.0], [9.0]]], "float32")
    _, weights = layer(x, mask=np.array([[True, True, False]]), return_weights=True)
    np.testing.assert_allclose(np.sum(weights), 1.0, rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(time=st.integers(1, 23), length=st.integers(1, 9), seed=st.integers(0, 99))
def test_regions_equal_reading_each_piece_alone(time, length, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, time, 3)).astype("float32")
    inner = Recurrent(LSTMCell(4), bidirectional=True, return_sequences=True)
    outputs = Chunked(inner, length)(x, mask=np.ones((2, time), bool))
    pieces = [inner(x[:, start : start + length]) for start in range(0, time, length)]
    np.testing.assert_allclose(outputs, np.concatenate(pieces, axis=1), atol=1e-6)


def test_regions_keep_the_order_of_texts_in_a_graph_of_unknown_shape():
    x = RNG.normal(size=(3, 10, 3)).astype("float32")
    layer = Chunked(Recurrent(LSTMCell(4), return_sequences=True), 4)
    expected = layer(x)
    graph = tf.function(lambda x: layer(x), input_signature=[tf.TensorSpec((None, None, 3))])
    np.testing.assert_allclose(graph(x), expected, atol=1e-6)


def test_regions_survive_the_keras_file(tmp_path):
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, Chunked(Recurrent(LSTMCell(4), return_sequences=True), 4)(inputs))
    model.save(tmp_path / "model.keras")
    x = RNG.normal(size=(2, 7, 3)).astype("float32")
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "model.keras")(x), model(x), atol=1e-7)


@pytest.mark.parametrize("length", [0, -3, 2.5])
def test_a_region_of_no_length_is_refused(length):
    with pytest.raises(ValueError, match="positive integer"):
        Chunked(Recurrent(LSTMCell(4), return_sequences=True), length)


def test_the_embedding_masks_padding_and_looks_rows_up():
    layer = TokenEmbedding(10, 4)
    ids = np.array([[3, 9, 0]])
    np.testing.assert_array_equal(layer(ids)[0], layer.get_weights()[0][[3, 9, 0]])
    np.testing.assert_array_equal(layer.compute_mask(ids), [[True, True, False]])


def test_type_dropout_hides_all_occurrences_of_a_word_in_training_alone():
    keras.utils.set_random_seed(1)
    layer = TokenEmbedding(200, 4, type_dropout=0.5)
    ids = np.concatenate([np.arange(200), np.arange(200)])[None]
    np.testing.assert_array_equal(layer(ids), layer(ids))
    hidden = np.all(layer(ids, training=True)[0] == 0, axis=-1)
    np.testing.assert_array_equal(hidden[:200], hidden[200:])
    assert 0.35 < hidden.mean() < 0.65


def test_unknown_dropout_takes_drawn_occurrences_for_the_unknown_word_in_training_alone():
    keras.utils.set_random_seed(1)
    layer = TokenEmbedding(10, 4, unk_dropout=0.3)
    ids = np.where(np.arange(2000) % 4, 5, 0).reshape(20, 100)
    there, vectors = ids != 0, layer(ids)
    rows = layer.get_weights()[0]
    np.testing.assert_array_equal(vectors, rows[ids])
    first, second = layer(ids, training=True).numpy(), layer(ids, training=True).numpy()
    unknown = np.all(first == rows[1], axis=-1)
    np.testing.assert_array_equal(first, np.where(unknown[..., None], rows[1], rows[ids]))
    assert not unknown[~there].any(), "padding stays padding"
    assert 0.25 < unknown[there].mean() < 0.35
    assert not np.array_equal(first, second), "every batch is drawn anew"


def test_the_vector_of_the_unknown_word_learns_by_unknown_dropout():
    layer, ids = TokenEmbedding(10, 4, unk_dropout=0.5), np.full((4, 50), 5)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(ids, training=True))
    slope = tf.convert_to_tensor(tape.gradient(total, layer.embeddings.value)).numpy()[:, 0]
    assert slope[1] > 0 and slope[5] > 0 and slope[1] + slope[5] == 200


def test_the_fractions_of_an_embedding_survive_its_configuration():
    layer = TokenEmbedding(10, 4, type_dropout=0.1, unk_dropout=0.2)
    copy = TokenEmbedding.from_config(layer.get_config())
    assert (copy.type_dropout, copy.unk_dropout) == (0.1, 0.2)


def test_given_vectors_are_the_starting_weights():
    vectors = RNG.normal(size=(10, 4)).astype("float32")
    layer = TokenEmbedding(10, 4, pretrained_vectors=vectors)
    np.testing.assert_array_equal(layer(np.arange(10)[None])[0], vectors)


def test_vectors_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"shape \(9, 4\), wanted \(10, 4\)"):
        TokenEmbedding(10, 4, pretrained_vectors=np.zeros((9, 4)))


def test_phrases_are_the_convolution_and_never_see_padding():
    x = RNG.normal(size=(2, 5, 3)).astype("float32")
    mask = np.array([[True, True, True, False, False], [True] * 5])
    layer = MaskedConv1D(4)
    outputs = layer(x, mask=mask)
    kernel, bias = layer.get_weights()
    clean = np.pad(x * mask[:, :, None], ((0, 0), (1, 1), (0, 0)))
    expected = sum(clean[:, j : j + 5] @ kernel[j] for j in range(3)) + bias
    np.testing.assert_allclose(outputs, np.maximum(expected, 0), atol=1e-6)
    np.testing.assert_allclose(layer(x[:1, :3]), outputs[:1, :3], atol=1e-6)
    np.testing.assert_array_equal(layer.compute_mask(x, mask), mask)


@pytest.mark.parametrize("width", [0, 2, -1])
def test_a_phrase_without_a_middle_is_refused(width):
    with pytest.raises(ValueError, match="odd"):
        MaskedConv1D(4, width)
