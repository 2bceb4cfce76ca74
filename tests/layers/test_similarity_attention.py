"""Similarity attention against its formula."""

import keras
import numpy as np
import pytest

from rnn_templates.layers.similarity_attention import SimilarityAttention

X = np.random.default_rng(0).normal(size=(3, 9, 5)).astype("float32")


def make_layer(units=4):
    keras.utils.set_random_seed(1)
    layer = SimilarityAttention(units)
    layer.build((None, 9, 5))
    layer.bias.assign(np.arange(5.0))
    layer.offset.assign(3.0)
    return layer


def test_outputs_equal_the_formula():
    layer = make_layer()
    weights = {weight.name: weight.numpy().astype(float) for weight in layer.weights}
    for x, found in zip(X.astype(float), layer(X).numpy(), strict=True):
        u = [row @ weights["query_kernel"] for row in x]
        u = [row / np.linalg.norm(row) for row in u]
        for i in range(9):
            total = sum(
                (x[j] @ weights["value_kernel"]) / (1 + np.exp(weights["offset"] - weights["scale"] * (u[i] @ u[j])))
                for j in range(9)
            )
            expected = x[i] + total / 3 @ weights["output_kernel"] + weights["bias"]
            np.testing.assert_allclose(found[i], expected, rtol=1e-4, atol=1e-5)


def test_the_sum_is_proportional_to_the_number_of_similar_positions():
    layer = make_layer()
    layer.scale.assign(400.0)  # weights of 0 or 1
    layer.offset.assign(390.0)
    layer.bias.assign(np.zeros(5))
    several, one = np.zeros((2, 1, 9, 5), np.float32)
    several[0, :5], one[0, 0] = X[0, 0], X[0, 0]
    np.testing.assert_allclose((layer(several) - several)[0, 0], 5 * (layer(one) - one)[0, 0], rtol=1e-3)


def test_the_gradient_of_zeros_is_finite_and_weights_survive_saving(tmp_path):
    model = keras.Sequential([keras.Input((9, 5)), make_layer()])
    model.compile("sgd", "mse")
    model.fit(np.zeros_like(X), X, verbose=0)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_invalid_arguments_are_named():
    with pytest.raises(ValueError, match="`units`"):
        SimilarityAttention(0)
    with pytest.raises(ValueError, match="`x`"):
        SimilarityAttention(4)(keras.Input((None, 5)))
