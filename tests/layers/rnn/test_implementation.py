"""Which form of the time loop is taken, and that all of them give the same answers."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.cells import GRUCell, LSTMCell, MinGRUCell
from rnn_templates.layers.rnn.bucketing import BUCKETS, bucket_size
from rnn_templates.layers.rnn.implementation import prefer_implementation
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.rnn.xla_loop import xla_loop

X = np.random.default_rng(0).normal(size=(5, 11, 3)).astype("float32")
MASK = np.arange(11) < np.array([[11], [9], [1], [4], [7]])
OPTIONS = [{"bidirectional": True}, {"go_backwards": True}, {}]


def pair(**options):
    """The same layer, portable and compiled."""
    keras.utils.set_random_seed(1)
    layers = [Recurrent([GRUCell(4), LSTMCell(3)], implementation=form, **options) for form in ("while_loop", "xla")]
    for layer in layers:
        layer.build(X.shape)
    layers[1].set_weights(layers[0].get_weights())
    return layers


def ops_of(function):
    """Names of all ops and attributes of a concrete function, those of the functions that it calls included."""
    definition = function.graph.as_graph_def()
    nodes = [*definition.node, *(node for one in definition.library.function for node in one.node_def)]
    attributes = [name for one in definition.library.function for name in one.attr] + [a for n in nodes for a in n.attr]
    return {node.op for node in nodes}, set(attributes)


def compiles(function):
    """Whether a graph asks XLA for anything."""
    ops, attributes = ops_of(function)
    return "_XlaMustCompile" in attributes or any(op.startswith("Xla") for op in ops)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("mask", [None, MASK])
def test_shapes_that_are_unknown_while_tracing_give_the_same_answers(options, sequences, mask):
    portable, compiled = pair(return_sequences=sequences, return_state=True, **options)
    signature = [tf.TensorSpec((None, None, 3)), *([] if mask is None else [tf.TensorSpec((None, None), tf.bool)])]
    arguments = [X, *([] if mask is None else [mask])]

    @tf.function(input_signature=signature)
    def answer(x, mask=None):
        return compiled(x, mask=mask)

    @tf.function(input_signature=signature)
    def slopes(x, mask=None):
        with tf.GradientTape() as tape:
            outputs = compiled(x, mask=mask, training=True)
            loss = sum(tf.reduce_sum(tf.sin(output)) for output in outputs)
        return tape.gradient(loss, [weight.value for weight in compiled.trainable_variables])

    for length in (11, 9, 1):
        cut = [argument[:, :length] for argument in arguments]
        expected = portable(cut[0], mask=cut[1] if mask is not None else None)
        for ours, theirs in zip(answer(*cut), expected, strict=True):
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, atol=2e-6)
    with tf.GradientTape() as tape:
        loss = sum(tf.reduce_sum(tf.sin(output)) for output in portable(X, mask=mask, training=True))
    for ours, theirs in zip(slopes(*arguments), tape.gradient(loss, portable.trainable_variables), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("sequences", [True, False])
def test_a_gradient_outside_training_is_that_of_the_portable_loop(sequences):
    answers = []
    for layer in pair(return_sequences=sequences):
        x = tf.Variable(X)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.sin(layer(x, mask=MASK)))
        answers.append(tape.gradient(loss, [x, *layer.trainable_variables]))
    for ours, theirs in zip(*answers, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_automatic_choice_compiles_in_a_function_and_not_when_called_by_hand():
    layer = Recurrent(LSTMCell(4))
    layer.build(X.shape)
    assert layer.explain_implementation().startswith("xla: ") and layer.explain_implementation(steps=1).startswith(
        "while_loop: "
    )
    assert compiles(tf.function(layer).get_concrete_function(tf.TensorSpec((5, None, 3))))
    portable = Recurrent(LSTMCell(4), implementation="while_loop")
    portable.build(X.shape)
    assert not compiles(tf.function(portable).get_concrete_function(tf.TensorSpec((5, None, 3))))
    assert portable.explain_implementation() == "while_loop: implementation='while_loop'"
    half = Recurrent(LSTMCell(4, dtype="mixed_bfloat16"), dtype="mixed_bfloat16")
    assert half.explain_implementation().startswith("while_loop: the compute dtype is bfloat16")


def test_a_preferred_implementation_is_the_automatic_choice():
    with prefer_implementation("while_loop"):
        assert Recurrent(LSTMCell(4)).explain_implementation() == "while_loop: prefer_implementation('while_loop')"
        assert Recurrent(LSTMCell(4), implementation="xla").explain_implementation().startswith("xla: ")
    assert Recurrent(LSTMCell(4)).explain_implementation().startswith("xla: ")
    with pytest.raises(ValueError, match="`implementation`"), prefer_implementation("fast"):
        pass


@pytest.fixture
def gpu(monkeypatch):
    """A machine that says it has a GPU; Keras then runs what it would run there wherever it can."""
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: ["GPU:0"])


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("mask", [None, MASK])
def test_on_a_gpu_the_layers_of_keras_answer_for_lstm_and_gru_with_our_weights(gpu, options, mask):
    layer = Recurrent([GRUCell(4), LSTMCell(3)], return_sequences=True, return_state=True, **options)
    portable = Recurrent(
        [GRUCell(4), LSTMCell(3)], return_sequences=True, return_state=True, **options, implementation="while_loop"
    )
    layer.build(X.shape), portable.build(X.shape)
    portable.set_weights(layer.get_weights())
    assert layer.explain_implementation() == "cudnn: there is a GPU: LSTM and GRU go through Keras to cuDNN"
    answers = []
    for one in (layer, portable):
        with tf.GradientTape() as tape:
            outputs = one(X, mask=mask, training=True)
            loss = sum(tf.reduce_sum(tf.sin(output)) for output in outputs)
        answers.append([*outputs, *tape.gradient(loss, one.trainable_variables)])
    assert len(layer.weights) == len(portable.weights)
    for ours, theirs in zip(*answers, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_on_a_gpu_it_is_said_why_cudnn_is_not_taken(gpu):
    assert "LSTM and GRU alone" in Recurrent(MinGRUCell(4)).explain_implementation()
    assert "recurrent dropout" in Recurrent(LSTMCell(4), recurrent_dropout=0.1).explain_implementation()


def test_an_unknown_form_is_refused():
    with pytest.raises(ValueError, match="`implementation`"):
        Recurrent(LSTMCell(4), implementation="fast")


@pytest.mark.parametrize("implementation", ["auto", "xla"])
@pytest.mark.parametrize("way", ["model.export", "ExportArchive", "tf.saved_model.save"])
def test_an_exported_graph_asks_nothing_of_xla(implementation, way, tmp_path):
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, Recurrent(LSTMCell(4), bidirectional=True, implementation=implementation)(inputs))
    model.compile("adam", "mse")
    model.fit(X, np.zeros((5, 8)), verbose=0)
    expected = model.predict(X, verbose=0)
    if way == "model.export":
        model.export(tmp_path, verbose=False)
    elif way == "ExportArchive":
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serve", model.call, input_signature=[tf.TensorSpec((None, None, 3))])
        archive.write_out(tmp_path, verbose=False)
    else:
        tf.saved_model.save(model, str(tmp_path))
    served = tf.saved_model.load(str(tmp_path))
    functions = list(served.signatures.values())
    assert functions and not any(compiles(function) for function in functions)
    (answer,) = functions[0](tf.constant(X)).values()
    np.testing.assert_allclose(answer, expected, atol=1e-6)


def test_xla_compiles_once_for_all_cells_of_a_kind():
    assert xla_loop(LSTMCell(4)) is xla_loop(LSTMCell(4))
    assert xla_loop(LSTMCell(4)) is not xla_loop(LSTMCell(5))
    assert xla_loop(LSTMCell(4)) is not xla_loop(GRUCell(4))


def test_the_author_of_a_cell_writes_its_formula_and_gets_compiled_gradients():
    @keras.saving.register_keras_serializable(package="tests")
    class Leaky(type(GRUCell(1)).__mro__[1]):
        def step(self, zx, zh, states):
            h = 0.9 * states[0] + 0.1 * keras.ops.softsign(zx + zh)
            return h, (h,)

    answers = []
    for form in ("while_loop", "xla"):
        layer = Recurrent(Leaky(4), implementation=form)
        layer.build(X.shape)
        layer.set_weights([np.full(weight.shape, 0.1 + 0.1 * i) for i, weight in enumerate(layer.weights)])
        x = tf.Variable(X)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, mask=MASK, training=True) ** 2)
        answers.append(tape.gradient(loss, [x, *layer.trainable_variables]))
    for ours, theirs in zip(*answers, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@given(length=st.integers(1, 5000))
def test_an_edge_is_never_below_the_length_and_at_most_a_quarter_above(length):
    assert length <= bucket_size(length) <= 1.25 * length and bucket_size(bucket_size(length)) == bucket_size(length)
    assert int(bucket_size(tf.constant(length))) == bucket_size(length)


def test_lengths_beyond_the_last_edge_stay_as_they_are():
    assert bucket_size(BUCKETS[-1] + 1) == BUCKETS[-1] + 1 == int(bucket_size(tf.constant(BUCKETS[-1] + 1)))
