"""Tied embedding: look-up, logits, and the gradient of both uses."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.layers.tied_embedding import TiedEmbedding

SIZE, DIM = 7, 3
IDS = np.array([[5, 1, 6, 0], [2, 5, 0, 0]], np.int32)


def make_embedding(dtype="float32", **options):
    rng = np.random.default_rng(0)
    layer = TiedEmbedding(SIZE, DIM, dtype=dtype, **options)
    layer.build((None, None))
    matrix, bias = rng.normal(size=(SIZE, DIM)), rng.normal(size=SIZE)
    layer.set_weights([matrix.astype(dtype), bias.astype(dtype)])
    return layer, matrix, bias


def test_vectors_and_logits_use_the_same_matrix():
    layer, matrix, bias = make_embedding()
    np.testing.assert_allclose(layer(IDS), matrix[IDS], atol=1e-6)
    outputs = np.random.default_rng(1).normal(size=(2, 4, DIM)).astype("float32")
    logits = layer(outputs, reverse=True)
    assert logits.shape == (2, 4, SIZE)
    np.testing.assert_allclose(logits, outputs @ matrix.T + bias, atol=1e-5)


@pytest.mark.parametrize("reverse_first", [False, True], ids=["embed_first", "reverse_first"])
def test_there_is_one_matrix_in_any_order_of_use(reverse_first):
    layer = TiedEmbedding(SIZE, DIM)
    uses = [lambda: layer(IDS), lambda: layer(np.zeros((2, 4, DIM), "float32"), reverse=True)]
    for use in reversed(uses) if reverse_first else uses:
        use()
    assert [tuple(weight.shape) for weight in layer.weights] == [(SIZE, DIM), (SIZE,)]
    assert layer.count_params() == SIZE * DIM + SIZE


def test_the_gradient_is_the_sum_over_both_uses():
    layer, matrix, bias = make_embedding("float64")

    def loss(matrix):
        return np.sum(np.sin(np.tanh(matrix[IDS]) @ matrix.T + bias))

    with tf.GradientTape() as tape:
        output = tf.reduce_sum(tf.sin(layer(tf.tanh(layer(IDS)), reverse=True)))
    gradient = tf.convert_to_tensor(tape.gradient(output, layer.embeddings.value)).numpy()
    for index in np.ndindex(matrix.shape):
        sums = []
        for step in (1e-6, -1e-6):
            moved = matrix.copy()
            moved[index] += step
            sums.append(loss(moved))
        assert gradient[index] == pytest.approx((sums[0] - sums[1]) / 2e-6, abs=1e-6)
    with tf.GradientTape() as tape:
        output = tf.reduce_sum(tf.sin(layer(tf.stop_gradient(tf.tanh(layer(IDS))), reverse=True)))
    logits_only = tf.convert_to_tensor(tape.gradient(output, layer.embeddings.value)).numpy()
    embedded = np.unique(IDS)
    assert (abs(gradient - logits_only).sum(axis=1)[embedded] > 1e-3).all()
    others = np.setdiff1d(np.arange(SIZE), embedded)
    np.testing.assert_allclose(gradient[others], logits_only[others], atol=1e-12)


def test_the_mask_comes_from_ids_and_is_kept_by_the_logits():
    layer, _, _ = make_embedding()
    np.testing.assert_array_equal(layer.compute_mask(tf.constant(IDS)), IDS != 0)
    mask = tf.constant(IDS != 0)
    assert layer.compute_mask(tf.zeros((2, 4, DIM)), mask) is mask
    assert layer.compute_mask(tf.zeros((2, 4, DIM))) is None
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, layer(layer(ids), reverse=True))
    np.testing.assert_array_equal(model(IDS)._keras_mask, IDS != 0)


def test_type_dropout_applies_to_the_embedding_only():
    layer, matrix, bias = make_embedding(type_dropout=0.5)
    outputs = np.ones((2, 4, DIM), "float32")
    np.testing.assert_allclose(layer(outputs, reverse=True, training=True), outputs @ matrix.T + bias, atol=1e-5)
    drawn = np.stack([layer(IDS, training=True) for _ in range(30)])
    dropped = ~drawn.any(axis=-1)
    assert 0.3 < dropped.mean() < 0.7
    np.testing.assert_array_equal(dropped[:, 0, 0], dropped[:, 1, 1])  # both are token 5


def test_shapes_are_static_and_weights_survive_saving(tmp_path):
    ids = keras.Input((None,), dtype="int32")
    layer = TiedEmbedding(SIZE, DIM)
    vectors = layer(ids)
    model = keras.Model(ids, layer(vectors, reverse=True))
    assert (vectors.shape, model.output.shape) == ((None, None, DIM), (None, None, SIZE))
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras")(IDS), model(IDS))
