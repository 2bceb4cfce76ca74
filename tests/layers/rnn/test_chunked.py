"""Chunked sequences against each chunk alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.cells import LSTMCell
from rnn_templates.layers.rnn.chunked import Chunked
from rnn_templates.layers.rnn.recurrent import Recurrent


@settings(max_examples=25, deadline=None)
@given(time=st.integers(1, 23), length=st.integers(1, 9), seed=st.integers(0, 99))
def test_outputs_equal_those_of_each_chunk_alone(time, length, seed):
    x = np.random.default_rng(seed).normal(size=(2, time, 3)).astype("float32")
    inner = Recurrent(LSTMCell(4), bidirectional=True, return_sequences=True)
    outputs = Chunked(inner, length)(x, mask=np.ones((2, time), bool))
    chunks = [inner(x[:, start : start + length]) for start in range(0, time, length)]
    np.testing.assert_allclose(outputs, np.concatenate(chunks, axis=1), atol=1e-6)


def test_the_order_of_examples_is_kept_in_a_graph_of_unknown_shape_and_in_a_file(tmp_path):
    x = np.random.default_rng(0).normal(size=(3, 10, 3)).astype("float32")
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, Chunked(Recurrent(LSTMCell(4), return_sequences=True), 4)(inputs))
    expected = model(x)
    graph = tf.function(lambda x: model(x), input_signature=[tf.TensorSpec((None, None, 3))])
    np.testing.assert_allclose(graph(x), expected, atol=1e-6)
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "model.keras")(x), expected, atol=1e-7)


@pytest.mark.parametrize("length", [0, -3, 2.5])
def test_an_invalid_chunk_length_is_rejected(length):
    with pytest.raises(ValueError, match="integer"):
        Chunked(Recurrent(LSTMCell(4), return_sequences=True), length)
