"""Masked convolution against NumPy."""

import numpy as np
import pytest

from rnn_templates.layers.masked_conv1d import MaskedConv1D


def test_padding_is_zero_and_the_mask_is_kept():
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    mask = np.array([[True, True, True, False, False], [True] * 5])
    layer = MaskedConv1D(4)
    outputs = layer(x, mask=mask)
    kernel, bias = layer.get_weights()
    padded = np.pad(x * mask[:, :, None], ((0, 0), (1, 1), (0, 0)))
    expected = sum(padded[:, j : j + 5] @ kernel[j] for j in range(3)) + bias
    np.testing.assert_allclose(outputs, np.maximum(expected, 0), atol=1e-6)
    np.testing.assert_allclose(layer(x[:1, :3]), outputs[:1, :3], atol=1e-6)
    np.testing.assert_array_equal(layer.compute_mask(x, mask), mask)


@pytest.mark.parametrize("width", [0, 2, -1])
def test_an_even_width_is_rejected(width):
    with pytest.raises(ValueError, match="`width`"):
        MaskedConv1D(4, width)
