"""The choice of the time loop, and exported graphs without XLA."""

import contextlib
import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import LSTMCell
from rnn_templates.layers.rnn.implementation import prefer_implementation, saved_model_export
from rnn_templates.layers.rnn.recurrent import Recurrent

pytestmark = pytest.mark.xla

X = np.random.default_rng(0).normal(size=(5, 11, 3)).astype("float32")


def ops_and_attributes(function):
    """Names of all ops and attributes of a concrete function, those of nested functions included."""
    definition = function.graph.as_graph_def()
    nodes = [*definition.node, *(node for one in definition.library.function for node in one.node_def)]
    attributes = [name for one in definition.library.function for name in one.attr] + [a for n in nodes for a in n.attr]
    return {node.op for node in nodes}, set(attributes)


def uses_xla(function):
    ops, attributes = ops_and_attributes(function)
    return "_XlaMustCompile" in attributes or any(op.startswith("Xla") for op in ops)


def test_the_automatic_choice_is_xla_in_a_traced_function_only():
    layer = Recurrent(LSTMCell(4))
    layer.build(X.shape)
    assert layer.explain_implementation().startswith("xla: ")
    assert layer.explain_implementation(steps=1).startswith("while_loop: ")
    assert uses_xla(tf.function(layer).get_concrete_function(tf.TensorSpec((5, None, 3))))
    portable = Recurrent(LSTMCell(4), implementation="while_loop")
    portable.build(X.shape)
    assert not uses_xla(tf.function(portable).get_concrete_function(tf.TensorSpec((5, None, 3))))
    assert portable.explain_implementation() == "while_loop: implementation='while_loop'"
    half = Recurrent(LSTMCell(4, dtype="mixed_bfloat16"), dtype="mixed_bfloat16")
    assert half.explain_implementation().startswith("while_loop: the compute dtype is bfloat16")


def test_a_preferred_implementation_is_the_automatic_choice():
    with prefer_implementation("while_loop"):
        assert Recurrent(LSTMCell(4)).explain_implementation() == "while_loop: prefer_implementation('while_loop')"
        assert Recurrent(LSTMCell(4), implementation="xla").explain_implementation().startswith("xla: ")
        with prefer_implementation("auto"):
            assert Recurrent(LSTMCell(4)).explain_implementation().startswith("xla: ")
    assert Recurrent(LSTMCell(4)).explain_implementation().startswith("xla: ")


@pytest.mark.parametrize("use", [lambda name: Recurrent(LSTMCell(4), implementation=name), prefer_implementation])
def test_an_unknown_implementation_is_rejected(use):
    with pytest.raises(ValueError, match="`implementation`"):
        use("fast")


def export_model(model, path):
    model.export(path, verbose=False)


def export_archive(model, path):
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", model.call, input_signature=[tf.TensorSpec((None, None, 3))])
    archive.write_out(path, verbose=False)


@functools.cache
def trained(implementation):
    """A model whose functions for training and prediction are traced."""
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, Recurrent(LSTMCell(4), bidirectional=True, implementation=implementation)(inputs))
    model.compile("adam", "mse")
    model.fit(X, np.zeros((5, 8)), verbose=0)
    return model, model.predict(X, verbose=0)


@pytest.mark.parametrize(
    ("implementation", "context", "export"),
    [
        ("while_loop", contextlib.nullcontext, export_model),
        ("auto", saved_model_export, export_model),
        ("auto", saved_model_export, export_archive),
        ("auto", saved_model_export, tf.saved_model.save),
        ("xla", saved_model_export, export_model),
    ],
)
def test_an_exported_graph_does_not_use_xla(implementation, context, export, tmp_path):
    model, expected = trained(implementation)
    with context():
        export(model, str(tmp_path))
    served = tf.saved_model.load(str(tmp_path))
    functions = list(served.signatures.values())
    assert functions and not any(uses_xla(function) for function in functions)
    (outputs,) = functions[0](tf.constant(X)).values()
    np.testing.assert_allclose(outputs, expected, atol=1e-6)


def test_the_export_of_the_compiled_loop_fails_with_a_remedy(tmp_path, capfd):
    with pytest.raises(ValueError) as failure:
        trained("auto")[0].export(tmp_path, verbose=False)
    assert "saved_model_export" in str(failure.value.__cause__) and "`implementation=" in str(failure.value.__cause__)
