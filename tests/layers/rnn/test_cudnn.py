"""LSTM and GRU in the layers of Keras, as on a GPU."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import GRUCell, LSTMCell, MinGRUCell
from rnn_templates.layers.rnn.recurrent import Recurrent

pytestmark = pytest.mark.xla  # the automatic choice

X = np.random.default_rng(0).normal(size=(5, 11, 3)).astype("float32")
MASK = np.arange(11) < np.array([[11], [9], [1], [4], [7]])


@pytest.fixture(autouse=True)
def gpu(monkeypatch):
    """A machine that reports a GPU; called eagerly, Keras falls back to its code for a CPU."""
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: ["GPU:0"])


@pytest.mark.parametrize("options", [{"bidirectional": True}, {"go_backwards": True}, {}])
@pytest.mark.parametrize("mask", [None, MASK])
def test_outputs_and_gradients_of_the_keras_layers_equal_ours_on_the_same_weights(options, mask):
    options = {"return_sequences": True, "return_state": True, **options}
    layer = Recurrent([GRUCell(4), LSTMCell(3)], **options)
    reference = Recurrent([GRUCell(4), LSTMCell(3)], implementation="while_loop", **options)
    layer.build(X.shape), reference.build(X.shape)
    reference.set_weights(layer.get_weights())
    assert layer.explain_implementation() == "cudnn: there is a GPU: LSTM and GRU run in the cuDNN kernels of Keras"
    results = []
    for one in (layer, reference):
        with tf.GradientTape() as tape:
            outputs = one(X, mask=mask, training=True)
            loss = sum(tf.reduce_sum(tf.sin(output)) for output in outputs)
        results.append([*outputs, *tape.gradient(loss, one.trainable_variables)])
    assert len(layer.weights) == len(reference.weights)
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", [LSTMCell, GRUCell])
def test_a_traced_function_runs_cudnn_on_the_weights_of_the_cell(cell):
    layer = Recurrent(cell(4))
    layer.build(X.shape)
    graph = tf.function(layer).get_concrete_function(tf.TensorSpec(X.shape)).graph
    assert "CudnnRNNV3" in {operation.type for operation in graph.get_operations()}
    captured = {id(tensor) for tensor in graph.external_captures}
    assert {id(weight.value.handle) for weight in layer.trainable_variables} <= captured


def test_the_reason_against_cudnn_is_reported():
    assert "LSTM and GRU only" in Recurrent(MinGRUCell(4)).explain_implementation()
    assert "recurrent dropout" in Recurrent(LSTMCell(4), recurrent_dropout=0.1).explain_implementation()
