"""The loop for LiteRT against the portable loop."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import GRUCell, LSTMCell, VanillaCell
from rnn_templates.layers.rnn.implementation import litert_export
from rnn_templates.layers.rnn.recurrent import Recurrent

X = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
MASK = np.arange(6) < np.array([[6], [3], [1]])


@pytest.mark.parametrize("cell", [LSTMCell, GRUCell, VanillaCell])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_the_loop_for_litert_returns_what_the_portable_one_does(cell, return_sequences):
    layer = Recurrent([cell(5), cell(4)], bidirectional=True, return_sequences=return_sequences, return_state=True)
    expected = layer(X, mask=MASK)

    @tf.function(input_signature=[tf.TensorSpec(X.shape), tf.TensorSpec(MASK.shape, tf.bool)])
    def unroll(x, mask):
        return layer(x, mask=mask)

    with litert_export():
        graph = unroll.get_concrete_function()
    ops = {op.type for op in graph.graph.get_operations()}
    assert not any("TensorList" in op for op in ops), "outputs must not be in a tensor list"
    for ours, theirs in zip(graph(tf.constant(X), tf.constant(MASK)), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
