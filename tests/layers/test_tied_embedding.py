"""One matrix for two uses: what it says, and what it learns from both."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.layers.tied_embedding import TiedEmbedding

SIZE, DIM = 7, 3
IDS = np.array([[5, 1, 6, 0], [2, 5, 0, 0]], np.int32)


def embedding_of(dtype="float32", **options):
    rng = np.random.default_rng(0)
    layer = TiedEmbedding(SIZE, DIM, dtype=dtype, **options)
    layer.build((None, None))
    matrix, bias = rng.normal(size=(SIZE, DIM)), rng.normal(size=SIZE)
    layer.set_weights([matrix.astype(dtype), bias.astype(dtype)])
    return layer, matrix, bias


def test_tokens_are_looked_up_and_scored_by_the_same_vectors():
    layer, matrix, bias = embedding_of()
    np.testing.assert_allclose(layer(IDS), matrix[IDS], atol=1e-6)
    outputs = np.random.default_rng(1).normal(size=(2, 4, DIM)).astype("float32")
    logits = layer(outputs, reverse=True)
    assert logits.shape == (2, 4, SIZE)
    np.testing.assert_allclose(logits, outputs @ matrix.T + bias, atol=1e-5)


@pytest.mark.parametrize("reverse_first", [False, True], ids=["look up first", "score first"])
def test_there_is_one_matrix_whatever_is_asked_first(reverse_first):
    layer = TiedEmbedding(SIZE, DIM)
    uses = [lambda: layer(IDS), lambda: layer(np.zeros((2, 4, DIM), "float32"), reverse=True)]
    for use in reversed(uses) if reverse_first else uses:
        use()
    assert [tuple(weight.shape) for weight in layer.weights] == [(SIZE, DIM), (SIZE,)]
    assert layer.count_params() == SIZE * DIM + SIZE


def test_the_matrix_learns_from_both_uses():
    layer, matrix, bias = embedding_of("float64")

    def loss(matrix):
        return np.sum(np.sin(np.tanh(matrix[IDS]) @ matrix.T + bias))

    with tf.GradientTape() as tape:
        answer = tf.reduce_sum(tf.sin(layer(tf.tanh(layer(IDS)), reverse=True)))
    slope = tf.convert_to_tensor(tape.gradient(answer, layer.embeddings.value)).numpy()
    for place in np.ndindex(matrix.shape):
        sums = []
        for step in (1e-6, -1e-6):
            moved = matrix.copy()
            moved[place] += step
            sums.append(loss(moved))
        assert slope[place] == pytest.approx((sums[0] - sums[1]) / 2e-6, abs=1e-6)
    with tf.GradientTape() as tape:
        answer = tf.reduce_sum(tf.sin(layer(tf.stop_gradient(tf.tanh(layer(IDS))), reverse=True)))
    alone = tf.convert_to_tensor(tape.gradient(answer, layer.embeddings.value)).numpy()
    seen = np.unique(IDS)
    assert (abs(slope - alone).sum(axis=1)[seen] > 1e-3).all(), "what was looked up learns from that too"
    unseen = np.setdiff1d(np.arange(SIZE), seen)
    np.testing.assert_allclose(slope[unseen], alone[unseen], atol=1e-12)


def test_padding_is_masked_where_tokens_go_in_and_stays_so_where_they_come_out():
    layer, _, _ = embedding_of()
    np.testing.assert_array_equal(layer.compute_mask(tf.constant(IDS)), IDS != 0)
    mask = tf.constant(IDS != 0)
    assert layer.compute_mask(tf.zeros((2, 4, DIM)), mask) is mask
    assert layer.compute_mask(tf.zeros((2, 4, DIM))) is None
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, layer(layer(ids), reverse=True))
    np.testing.assert_array_equal(model(IDS)._keras_mask, IDS != 0)


def test_a_hidden_word_is_hidden_where_it_goes_in_alone():
    layer, matrix, bias = embedding_of(type_dropout=0.5)
    outputs = np.ones((2, 4, DIM), "float32")
    np.testing.assert_allclose(layer(outputs, reverse=True, training=True), outputs @ matrix.T + bias, atol=1e-5)
    drawn = np.stack([layer(IDS, training=True) for _ in range(30)])
    hidden = ~drawn.any(axis=-1)
    assert 0.3 < hidden.mean() < 0.7
    np.testing.assert_array_equal(hidden[:, 0, 0], hidden[:, 1, 1])  # both are word 5


def test_shapes_are_known_before_anything_runs(tmp_path):
    ids = keras.Input((None,), dtype="int32")
    layer = TiedEmbedding(SIZE, DIM)
    vectors = layer(ids)
    model = keras.Model(ids, layer(vectors, reverse=True))
    assert (vectors.shape, model.output.shape) == ((None, None, DIM), (None, None, SIZE))
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras")(IDS), model(IDS))
