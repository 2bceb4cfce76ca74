"""Cells of Keras, and of its documented form, inside the recurrent layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import GRUCell, LSTMCell
from rnn_templates.layers.rnn.implementation import litert_export
from rnn_templates.layers.rnn.recurrent import Recurrent

X = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
MASK = np.arange(6) < np.array([[6], [3], [1]])


@keras.saving.register_keras_serializable(package="tests")
class DocumentedCell(keras.layers.Layer):
    """The cell of the documentation of `keras.layers.RNN`, with an output that is not its state."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units, self.state_size, self.output_size = units, units, units + 1

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), name="recurrent_kernel")

    def call(self, inputs, states):
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(states[0], self.recurrent_kernel))
        return keras.ops.concatenate([2 * h, keras.ops.ones_like(h[:, :1])], axis=-1), [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


CELLS = {
    "LSTMCell": lambda: keras.layers.LSTMCell(5),
    "GRUCell": lambda: keras.layers.GRUCell(5),
    "SimpleRNNCell": lambda: keras.layers.SimpleRNNCell(5),
    "StackedRNNCells": lambda: keras.layers.StackedRNNCells([keras.layers.LSTMCell(5), keras.layers.GRUCell(2)]),
    "DocumentedCell": lambda: DocumentedCell(3),
}
cells = pytest.mark.parametrize("name", CELLS)


def same_weights(layer, other):
    layer.build(X.shape)
    layer.set_weights(other.get_weights())
    return layer


@cells
@pytest.mark.parametrize("options", [{}, {"go_backwards": True}, {"bidirectional": True}], ids=str)
def test_outputs_states_and_gradients_equal_those_of_the_keras_rnn(name, options):
    wrapped = keras.layers.RNN(CELLS[name](), return_sequences=True, return_state=True, **(
        options if "go_backwards" in options else {}
    ))  # fmt: skip
    theirs = keras.layers.Bidirectional(wrapped) if "bidirectional" in options else wrapped
    for mask in (None, MASK):
        expected, *expected_states = tf.nest.flatten(theirs(X, mask=mask))
        ours = same_weights(Recurrent(CELLS[name](), return_sequences=True, return_state=True, **options), theirs)
        with tf.GradientTape() as tape:
            outputs, *states = ours(X, mask=mask)
            loss = tf.reduce_sum(outputs**2)
        for our, their in zip([outputs, *states], [expected, *expected_states], strict=True):
            np.testing.assert_allclose(our, their, atol=1e-6)
    with tf.GradientTape() as their_tape:
        their_loss = tf.reduce_sum(tf.nest.flatten(theirs(X, mask=MASK))[0] ** 2)
    gradients = zip(
        tape.gradient(loss, ours.trainable_variables),
        their_tape.gradient(their_loss, theirs.trainable_variables),
        strict=True,
    )
    for our, their in gradients:
        np.testing.assert_allclose(our, their, atol=1e-5)


@cells
def test_initial_states_shapes_steps_and_the_keras_file_are_those_of_a_layer(name, tmp_path):
    theirs = keras.layers.RNN(CELLS[name](), return_state=True)
    theirs(X)
    ours = same_weights(Recurrent(CELLS[name](), return_state=True), theirs)
    sizes = tf.nest.flatten(ours.cells[0].state_size)
    start = [tf.fill((3, size), 0.1 * (i + 1)) for i, size in enumerate(sizes)]
    nested = tf.nest.pack_sequence_as(ours.cells[0].state_size, start) if len(sizes) > 1 else start
    expected = tf.nest.flatten(theirs(X, initial_state=nested))
    output, *states = ours(X, initial_state=start)
    for our, their in zip([output, *states], expected, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-6)
    assert [tuple(shape) for shape in ours.compute_output_shape(X.shape)] == [tuple(one.shape) for one in expected]
    again = None
    for t in range(6):
        stepped, again = ours.step(X[:, t], again)
    np.testing.assert_allclose(stepped, ours(X)[0], atol=1e-6)
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, ours(inputs))
    model.save(tmp_path / "model.keras")
    for our, their in zip(keras.saving.load_model(tmp_path / "model.keras")(X), model(X), strict=True):
        np.testing.assert_allclose(our, their, atol=1e-7)


def test_dropout_of_a_keras_cell_is_drawn_once_for_all_steps():
    layer = Recurrent(keras.layers.SimpleRNNCell(4, dropout=0.5, recurrent_dropout=0.5), return_sequences=True)
    x = np.ones((1, 3, 4), "float32")
    assert not np.allclose(layer(x, training=True), layer(x, training=True))
    np.testing.assert_allclose(layer(x), layer(x))
    traced = tf.function(lambda x: layer(x, training=True))
    assert not np.allclose(traced(x), traced(x))


def test_a_stack_may_mix_our_cells_with_those_of_keras():
    stack = Recurrent([LSTMCell(5), keras.layers.GRUCell(3), GRUCell(2)], bidirectional=True, return_sequences=True)
    assert stack(X, mask=MASK).shape == (3, 6, 4)
    assert stack.explain_implementation().startswith("while_loop: a cell of Keras")
    with litert_export():
        np.testing.assert_allclose(stack(X, mask=MASK), stack(X, mask=MASK))


@pytest.mark.parametrize(
    ("cell", "fix"),
    [
        ("lstm", r"Recurrent\(rt.LSTMCell\(64\)\); received 'lstm'"),
        ("gru", r"Recurrent\(rt.GRUCell\(64\)\)"),
        (32, r"Recurrent\(rt.LSTMCell\(32\)\); received 32"),
        (GRUCell, r"Recurrent\(rt.GRUCell\(64\)\); received the class GRUCell"),
        (keras.layers.LSTM(4), r"Recurrent\(rt.LSTMCell\(64\)\)"),
        (keras.layers.Dense(4), r"Recurrent\(rt.LSTMCell\(64\)\)"),
        ([], r"Recurrent\(rt.LSTMCell\(64\)\); received \[\]"),
        (None, r"Recurrent\(rt.LSTMCell\(64\)\); received None"),
    ],
    ids=str,
)
def test_a_value_that_is_no_cell_is_an_error_with_the_right_call(cell, fix):
    with pytest.raises(ValueError, match=fix):
        Recurrent(cell)


@pytest.mark.parametrize("options", [{"recurrent_dropout": 0.1}, {"zoneout": 0.1}, {"implementation": "xla"}], ids=str)
def test_an_argument_that_needs_the_formula_of_the_cell_is_named(options):
    with pytest.raises(ValueError, match=f"`{next(iter(options))}`.*cell of Keras"):
        Recurrent(keras.layers.LSTMCell(3), **options)
