"""Stacks, directions, states, masks and dropout of the recurrent layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import GRUCell, LSTMCell, VanillaCell
from rnn_templates.layers.rnn.recurrent import Recurrent

X = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
MASK = np.arange(6) < np.array([[6], [3], [1]])


def same_weights(layer, other):
    layer.build(X.shape)
    layer.set_weights(other.get_weights())
    return layer


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_stack_equals_its_layers_one_after_the_other(bidirectional):
    stack = Recurrent([LSTMCell(5), GRUCell(3)], bidirectional=bidirectional)
    expected = stack(X, mask=MASK)
    first = Recurrent(LSTMCell(5), bidirectional=bidirectional, return_sequences=True)
    second = Recurrent(GRUCell(3), bidirectional=bidirectional)
    between = first(X)
    second(between)
    weights = {id(w): w for w in stack.weights}
    assert len(weights) == len(first.weights) + len(second.weights)
    for layer, cells in ((first, 0), (second, 1)):
        own = [stack.cells[cells]] + ([stack.backward_cells[cells]] if bidirectional else [])
        layer.set_weights([w for cell in own for w in cell.get_weights()])
    np.testing.assert_allclose(second(first(X, mask=MASK), mask=MASK), expected, atol=1e-6)


def test_a_stack_reverses_time_once():
    stack = Recurrent([VanillaCell(5), VanillaCell(3)], go_backwards=True, return_sequences=True)
    expected = stack(X)
    forward = Recurrent([VanillaCell(5), VanillaCell(3)], return_sequences=True)
    forward = same_weights(forward, stack)
    np.testing.assert_allclose(forward(X[:, ::-1]), expected, atol=1e-6)


def test_reversed_time_equals_keras_with_a_mask():
    theirs = keras.layers.LSTM(5, go_backwards=True, return_sequences=True)
    expected = theirs(X, mask=MASK)
    ours = same_weights(Recurrent(LSTMCell(5), go_backwards=True, return_sequences=True), theirs)
    np.testing.assert_allclose(ours(X, mask=MASK), expected, atol=1e-6)


def test_returned_states_are_those_of_keras_in_its_order():
    theirs = keras.layers.Bidirectional(keras.layers.LSTM(5, return_state=True))
    expected = theirs(X, mask=MASK)
    ours = same_weights(Recurrent(LSTMCell(5), bidirectional=True, return_state=True), theirs)
    for our, their in zip(ours(X, mask=MASK), expected, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-6)


def test_initial_states_go_where_keras_puts_them():
    states = [np.full((3, 5), value, "float32") for value in (0.1, 0.2, 0.3, 0.4)]
    theirs = keras.layers.Bidirectional(keras.layers.LSTM(5, return_sequences=True))
    expected = theirs(X, initial_state=states)
    ours = same_weights(Recurrent(LSTMCell(5), bidirectional=True, return_sequences=True), theirs)
    np.testing.assert_allclose(ours(X, initial_state=states), expected, atol=1e-6)


def test_a_wrong_number_of_initial_states_is_rejected():
    with pytest.raises(ValueError, match=r"`initial_state` must be 2 tensors, \['h', 'c'\]; received 1"):
        Recurrent(LSTMCell(5))(X, initial_state=[np.zeros((3, 5), "float32")])


def test_a_fully_masked_row_keeps_its_initial_state():
    start = np.full((3, 5), 0.7, "float32")
    layer = Recurrent(GRUCell(5))
    outputs = layer(X, initial_state=[start], mask=np.zeros((3, 6), bool))
    np.testing.assert_array_equal(outputs, start)


@pytest.mark.parametrize("option", ["dropout", "recurrent_dropout"])
def test_dropout_is_on_in_training_only_and_is_the_same_at_every_step(option):
    keras.utils.set_random_seed(3)
    layer = Recurrent(VanillaCell(64), return_sequences=True, **{option: 0.5})
    x = np.ones((2, 5, 32), "float32")
    np.testing.assert_array_equal(layer(x), layer(x))
    assert not np.allclose(layer(x, training=True), layer(x))
    if option == "dropout":  # with h_{t-1} cut off, equal inputs and one mask give equal outputs at every step
        layer.cells[0].recurrent_kernel.assign(np.zeros((64, 64)))
        outputs = layer(x, training=True).numpy()
        np.testing.assert_allclose(outputs, np.repeat(outputs[:, :1], 5, axis=1), atol=1e-6)


def test_recurrent_dropout_drops_half_of_the_state_from_the_next_step():
    keras.utils.set_random_seed(5)
    layer = Recurrent(VanillaCell(200), recurrent_dropout=0.5)
    layer.build((None, 2, 1))
    layer.set_weights([np.zeros((1, 200)), np.eye(200), np.zeros(200)])
    outputs = layer(np.zeros((1, 1, 1), "float32"), initial_state=[np.full((1, 200), 0.1, "float32")], training=True)
    fraction = np.count_nonzero(outputs) / 200
    assert 0.35 < fraction < 0.65
    np.testing.assert_allclose(np.unique(np.round(outputs, 5)), np.round([0.0, np.tanh(0.2)], 5), atol=1e-5)


@pytest.mark.parametrize("arguments", [{"dropout": 1.0}, {"recurrent_dropout": -0.1}])
def test_a_fraction_outside_its_range_is_rejected(arguments):
    with pytest.raises(ValueError, match="dropout` must be in"):
        Recurrent(LSTMCell(3), **arguments)


def test_both_ways_of_reversing_time_at_once_are_rejected():
    with pytest.raises(ValueError, match="bidirectional"):
        Recurrent(LSTMCell(3), go_backwards=True, bidirectional=True)


def test_symbolic_shapes_are_those_of_the_outputs():
    for options in ({}, {"return_sequences": True}, {"bidirectional": True, "return_state": True}):
        layer = Recurrent([LSTMCell(5), LSTMCell(3)], **options)
        symbolic = layer(keras.Input((6, 4)))
        for one, output in zip(tf.nest.flatten([symbolic]), tf.nest.flatten([layer(X)]), strict=True):
            assert one.shape[1:] == tuple(output.shape[1:])
