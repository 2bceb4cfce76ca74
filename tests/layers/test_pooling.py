"""Attention pooling, and max and mean pooling, against NumPy."""

import numpy as np
import pytest

from rnn_templates.layers.pooling import AttentionPooling, MaxMeanPooling

X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
MASK = np.array([[True, True, False, False], [True, True, True, True]])


def test_max_and_mean_are_over_the_valid_steps():
    x = X - 5  # negative: padding must not count as zero
    pooled = MaxMeanPooling()(x, mask=MASK)
    valid = x[0, :2]
    np.testing.assert_allclose(pooled[0], np.concatenate([valid.max(0), valid.mean(0)]), rtol=1e-6)
    np.testing.assert_allclose(pooled[1], np.concatenate([x[1].max(0), x[1].mean(0)]), rtol=1e-6)
    np.testing.assert_allclose(MaxMeanPooling()(x)[1], pooled[1], rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("layer", [MaxMeanPooling, AttentionPooling])
def test_a_row_without_valid_steps_gives_zeros_and_the_output_has_no_mask(layer, dtype):
    pooled = layer(dtype=dtype)(X, mask=np.zeros((2, 4), bool))
    np.testing.assert_array_equal(pooled, np.zeros((2, layer()(X).shape[-1])))
    assert layer().compute_mask(X, MASK) is None


def test_attention_is_the_softmax_over_the_valid_steps():
    layer = AttentionPooling(5)
    pooled, weights = layer(X, mask=MASK, return_weights=True)
    kernel, bias, score_kernel = layer.get_weights()
    scores = (np.tanh(X @ kernel + bias) @ score_kernel)[..., 0]
    expected = np.exp(scores) * MASK
    expected /= expected.sum(1, keepdims=True)
    np.testing.assert_allclose(weights, expected, atol=1e-6)
    np.testing.assert_allclose(pooled, (expected[..., None] * X).sum(1), atol=1e-6)


def test_a_large_score_at_padding_does_not_underflow_the_others():
    layer = AttentionPooling(1)
    layer.build((None, None, 1))
    layer.set_weights([np.full((1, 1), 1.0), np.zeros(1), np.full((1, 1), 500.0)])
    x = np.array([[[-3.0], [-2.0], [9.0]]], "float32")
    _, weights = layer(x, mask=np.array([[True, True, False]]), return_weights=True)
    np.testing.assert_allclose(np.sum(weights), 1.0, rtol=1e-6)
