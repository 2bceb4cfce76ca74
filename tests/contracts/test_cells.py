"""The contract of every cell; a new cell is one line in `support.cell_formulas.CASES`."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cell_formulas import CASES, make_inputs, numpy_unroll, randomize, rounding_unit
from support.litert import convert

from rnn_templates.cells import CELLS, VanillaCell, make_cell
from rnn_templates.cells.cell import Cell
from rnn_templates.layers.rnn.implementation import saved_model_export
from rnn_templates.layers.rnn.recurrent import Recurrent

cells = pytest.mark.parametrize("name", CASES)
keras_cells = pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2]])
pairs = pytest.mark.parametrize(("bidirectional", "masked"), [(False, True), (True, False), (True, True)])


def often(*names):
    """A test of every cell; those that are not named are slow."""
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=[] if name in names else pytest.mark.slow) for name in CASES]
    )


def test_every_registered_cell_has_a_case():
    assert set(CASES) == set(CELLS)


@cells
@settings(max_examples=12, deadline=None)
@given(
    batch=st.integers(1, 4),
    time=st.integers(1, 9),
    features=st.integers(1, 5),
    units=st.integers(1, 6),
    masked=st.booleans(),
    seed=st.integers(0, 99),
)
def test_outputs_and_states_equal_the_formula_in_numpy(name, batch, time, features, units, masked, seed):
    cell, step, _ = CASES[name]
    x, mask = make_inputs(batch, time, features, seed)
    mask = mask if masked else None
    layer = randomize(Recurrent(cell(units), return_sequences=True, return_state=True), x.shape, seed)
    start = [np.full((batch, units), 0.1 * (i + 1), "float32") for i in range(len(cell.state_names))]
    outputs, *states = layer(x, initial_state=start, mask=mask)
    expected, last = numpy_unroll(step, layer.cells[0], x, start, mask)
    tolerance = 1e-4 if name == "layer_norm_lstm" else 1e-6  # normalizing two nearly equal numbers loses digits
    tolerance *= rounding_unit(name, expected, *last)
    np.testing.assert_allclose(outputs, expected, atol=tolerance)
    for state, wanted in zip(states, last, strict=True):
        np.testing.assert_allclose(state, wanted, atol=tolerance)


@keras_cells
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_outputs_and_gradients_equal_those_of_the_keras_layer(name, bidirectional, return_sequences, masked):
    cell, _, keras_layer = CASES[name]
    x, mask = make_inputs()
    mask = mask if masked else None
    theirs = keras_layer(5, return_sequences=return_sequences)
    theirs = randomize(keras.layers.Bidirectional(theirs) if bidirectional else theirs, x.shape)
    ours = Recurrent(cell(5), return_sequences=return_sequences, bidirectional=bidirectional)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())

    def differentiate(layer):
        inputs = tf.Variable(x)
        with tf.GradientTape() as tape:
            outputs = layer(inputs, mask=mask, training=True)
            loss = tf.reduce_sum(outputs * tf.cos(tf.range(outputs.shape[-1], dtype=tf.float32)))
        return outputs, tape.gradient(loss, [inputs, *layer.trainable_variables])

    (our_outputs, our_gradients), (their_outputs, their_gradients) = differentiate(ours), differentiate(theirs)
    np.testing.assert_allclose(our_outputs, their_outputs, atol=1e-6)
    for our, their in zip(our_gradients, their_gradients, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)


@keras_cells
def test_weights_have_the_names_and_shapes_of_keras(name):
    cell, _, keras_layer = CASES[name]
    ours, theirs = Recurrent(cell(5)), keras_layer(5)
    ours.build((None, None, 3)), theirs.build((None, None, 3))
    assert [(w.name, w.shape) for w in ours.weights] == [(w.name, w.shape) for w in theirs.weights]
    # the bias of the forget gate starts at one, all others at zero
    np.testing.assert_array_equal(ours.cells[0].bias, theirs.cell.bias)


@pytest.mark.parametrize(
    ("name", "index"), [(name, case[0].forget_gate) for name, case in CASES.items() if case[0].forget_gate is not None]
)
def test_the_bias_of_the_forget_gate_starts_at_one(name, index):
    cell = CASES[name][0](3)
    cell.build((None, 2))
    expected = np.zeros((cell.num_gates, 3))
    expected[index] = 1
    np.testing.assert_array_equal(cell.bias, expected.ravel())


@cells
@pairs
def test_a_cell_inside_the_keras_rnn_equals_our_layer(name, bidirectional, masked):
    x, mask = make_inputs()
    mask = mask if masked else None
    theirs = keras.layers.RNN(CASES[name][0](5), return_sequences=True)
    theirs = randomize(keras.layers.Bidirectional(theirs) if bidirectional else theirs, x.shape)
    ours = Recurrent(CASES[name][0](5), return_sequences=True, bidirectional=bidirectional)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(x, mask=mask), theirs(x, mask=mask), atol=1e-6)


@cells
def test_our_layer_works_inside_the_keras_bidirectional_wrapper(name):
    x, mask = make_inputs()
    wrapped = randomize(keras.layers.Bidirectional(Recurrent(CASES[name][0](5), return_sequences=True)), x.shape)
    ours = Recurrent(CASES[name][0](5), return_sequences=True, bidirectional=True)
    ours.build(x.shape)
    ours.set_weights(wrapped.get_weights())
    np.testing.assert_allclose(ours(x, mask=mask), wrapped(x, mask=mask), atol=1e-6)


@cells
@pytest.mark.parametrize("bidirectional", [False, True])
def test_right_padding_changes_no_output(name, bidirectional):
    x, _ = make_inputs(time=5)
    layer = randomize(Recurrent(CASES[name][0](4), bidirectional=bidirectional), x.shape)
    padded = np.concatenate([x, np.full((3, 4, 4), 7.0, "float32")], axis=1)
    mask = np.arange(9)[None] < np.full((3, 1), 5)
    np.testing.assert_allclose(layer(padded, mask=mask), layer(x), atol=1e-6)


@cells
def test_step_by_step_with_states_equals_the_whole_sequence(name):
    x, _ = make_inputs()
    layer = randomize(Recurrent(CASES[name][0](4), return_sequences=True, return_state=True), x.shape)
    whole, *_ = layer(x)
    states, outputs = None, []
    for t in range(x.shape[1]):
        output, *states = layer(x[:, t : t + 1], initial_state=states)
        outputs.append(output)
    np.testing.assert_allclose(np.concatenate(outputs, axis=1), whole, atol=1e-6)


@cells
def test_the_keras_file_keeps_weights_and_options(name, tmp_path):
    x, _ = make_inputs()
    inputs = keras.Input((None, 4))
    layer = Recurrent([CASES[name][0](5), CASES[name][0](3)], bidirectional=True, return_sequences=True, dropout=0.1)
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded(x), model(x), atol=1e-7)
    (again,) = [one for one in loaded.layers if isinstance(one, Recurrent)]
    ours, theirs = layer.get_config(), again.get_config()
    assert [cell["config"] for cell in theirs.pop("cell")] == [cell["config"] for cell in ours.pop("cell")]
    assert theirs == ours


@cells
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_stays_close(name, policy):
    x, mask = make_inputs()
    exact = randomize(Recurrent(CASES[name][0](5), bidirectional=True), x.shape)
    mixed = Recurrent(CASES[name][0](5, dtype=policy), bidirectional=True, dtype=policy)
    mixed.build(x.shape)
    mixed.set_weights(exact.get_weights())
    outputs = mixed(x, mask=mask)
    assert outputs.dtype == policy.removeprefix("mixed_")
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), exact(x, mask=mask), atol=0.05)


@cells
def test_inputs_of_1e30_give_finite_outputs_and_gradients(name):
    x = np.float32(1e30) * np.array([[[1, 1, 1], [-1, -1, -1], [1, -1, 0]]], np.float32)
    layer = randomize(Recurrent(CASES[name][0](4), return_sequences=True), x.shape)

    def assert_finite():
        with tf.GradientTape() as tape:
            outputs = layer(x, training=True)
            loss = tf.reduce_sum(tf.tanh(outputs)[:, -1])
        assert np.isfinite(outputs).all()
        assert all(np.isfinite(gradient).all() for gradient in tape.gradient(loss, layer.trainable_variables))

    assert_finite()
    layer.cells[0].kernel.assign(-tf.abs(layer.cells[0].kernel))  # the gates of a minLSTM underflow to zero
    assert_finite()


@often("gru", "layer_norm_lstm")
def test_a_litert_file_has_built_in_ops_only_and_the_same_outputs(name, tmp_path):
    x, _ = make_inputs(batch=1)
    layer = randomize(Recurrent(CASES[name][0](5), bidirectional=True, return_sequences=True), x.shape)
    signature = [tf.TensorSpec((1, 6, 4), tf.float32, name="x")]
    interpreter, ops = convert(layer, {"serve": (lambda x: {"y": layer(x)}, signature)}, tmp_path)
    assert not [op for op in ops if op.startswith("CUSTOM")]
    np.testing.assert_allclose(interpreter.get_signature_runner("serve")(x=x)["y"], layer(x), atol=1e-5)


@often("slstm")
def test_a_saved_model_gives_the_same_outputs(name, tmp_path):
    inputs = keras.Input((None, 4))
    layer = Recurrent([CASES[name][0](5), CASES[name][0](3)], bidirectional=True, return_sequences=True)
    model = keras.Model(inputs, layer(inputs))
    with saved_model_export():
        model.export(tmp_path / "exported", verbose=False)
    x, _ = make_inputs()
    served = tf.saved_model.load(tmp_path / "exported")  # its function does not keep its variables
    np.testing.assert_allclose(served.serve(x), model(x), atol=1e-6)


@pytest.mark.parametrize("units", [0, -1, 2.5, True, None])
def test_units_that_are_no_positive_integer_are_rejected(units):
    with pytest.raises(ValueError, match="`units`"):
        VanillaCell(units)


def test_an_unknown_cell_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="`cell`.*gru, indrnn, layer_norm_lstm, lstm, .*vanilla"):
        make_cell("elstm", 4)


def test_a_cell_without_a_step_names_the_missing_method():
    with pytest.raises(NotImplementedError, match=r"step\(zx, zh, states\)"):
        Recurrent(Cell(3))(np.zeros((1, 2, 3), "float32"))
