"""Token embedding: look-up, mask, dropouts, initial vectors, replaced vectors."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.layers.token_embedding import TokenEmbedding


def test_vectors_are_rows_and_padding_is_masked():
    layer = TokenEmbedding(10, 4)
    ids = np.array([[3, 9, 0]])
    np.testing.assert_array_equal(layer(ids)[0], layer.get_weights()[0][[3, 9, 0]])
    np.testing.assert_array_equal(layer.compute_mask(ids), [[True, True, False]])


def test_type_dropout_zeroes_all_occurrences_of_a_token_in_training_only():
    keras.utils.set_random_seed(1)
    layer = TokenEmbedding(200, 4, type_dropout=0.5)
    ids = np.concatenate([np.arange(200), np.arange(200)])[None]
    np.testing.assert_array_equal(layer(ids), layer(ids))
    dropped = np.all(layer(ids, training=True)[0] == 0, axis=-1)
    np.testing.assert_array_equal(dropped[:200], dropped[200:])
    assert 0.35 < dropped.mean() < 0.65


def test_unk_dropout_replaces_occurrences_by_the_unknown_token_in_training_only():
    keras.utils.set_random_seed(1)
    layer = TokenEmbedding(10, 4, unk_dropout=0.3)
    ids = np.where(np.arange(2000) % 4, 5, 0).reshape(20, 100)
    valid, vectors = ids != 0, layer(ids)
    rows = layer.get_weights()[0]
    np.testing.assert_array_equal(vectors, rows[ids])
    first, second = layer(ids, training=True).numpy(), layer(ids, training=True).numpy()
    unknown = np.all(first == rows[1], axis=-1)
    np.testing.assert_array_equal(first, np.where(unknown[..., None], rows[1], rows[ids]))
    assert not unknown[~valid].any(), "padding stays padding"
    assert 0.25 < unknown[valid].mean() < 0.35
    assert not np.array_equal(first, second), "every call draws anew"


def test_unk_dropout_trains_the_vector_of_the_unknown_token():
    layer, ids = TokenEmbedding(10, 4, unk_dropout=0.5), np.full((4, 50), 5)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(ids, training=True))
    gradient = tf.convert_to_tensor(tape.gradient(total, layer.embeddings.value)).numpy()[:, 0]
    assert gradient[1] > 0 and gradient[5] > 0 and gradient[1] + gradient[5] == 200


def test_the_arguments_survive_the_configuration():
    layer = TokenEmbedding(10, 4, type_dropout=0.1, unk_dropout=0.2, init_range=0.3)
    assert TokenEmbedding.from_config(layer.get_config()).get_config() == layer.get_config()
    layer.build((None, None))
    assert 0.2 < abs(layer.get_weights()[0]).max() <= 0.3


def test_pretrained_vectors_are_the_initial_weights():
    vectors = np.random.default_rng(0).normal(size=(10, 4)).astype("float32")
    layer = TokenEmbedding(10, 4, pretrained_vectors=vectors)
    np.testing.assert_array_equal(layer(np.arange(10)[None])[0], vectors)


@pytest.mark.parametrize(
    "options", [{"pretrained_vectors": np.zeros((9, 4))}, {"type_dropout": 1.0}, {"unk_dropout": -0.1}], ids=str
)
def test_invalid_arguments_are_named(options):
    with pytest.raises(ValueError, match=f"`{next(iter(options))}`"):
        TokenEmbedding(10, 4, **options)


def test_replaced_vectors_reach_the_network_with_the_mask_of_the_ids():
    layer, ids = TokenEmbedding(10, 4), np.array([[2, 3, 0]])
    inputs = keras.Input((None,), dtype="int32")
    network = keras.Model(inputs, keras.layers.SimpleRNN(5)(layer(inputs)))
    embedded = layer(ids)
    expected = network(ids)
    with layer.replaced_by(embedded + 1):
        np.testing.assert_allclose(layer(ids), embedded + 1)
        assert abs(network(ids) - expected).numpy().max() > 1e-3
    with layer.replaced_by(embedded + np.array([[[0], [0], [9]]], "float32")):
        np.testing.assert_array_equal(network(ids), expected)
    np.testing.assert_array_equal(network(ids), expected)
