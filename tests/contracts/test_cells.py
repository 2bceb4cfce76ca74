"""What every cell must satisfy; a new cell is one line in `CASES`."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.cells import CELLS, GRUCell, LSTMCell, VanillaCell, make_cell
from rnn_templates.cells.cell import Cell
from rnn_templates.layers.recurrent import Recurrent


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def vanilla_step(zx, zh, states):
    return (np.tanh(zx + zh),)


def lstm_step(zx, zh, states):
    i, f, g, o = np.split(zx + zh, 4, axis=-1)
    c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(zx, zh, states):
    xz, xr, xg = np.split(zx, 3, axis=-1)
    hz, hr, hg = np.split(zh, 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return (z * states[0] + (1 - z) * np.tanh(xg + r * hg),)


CASES = {  # cell, its formula in NumPy, the Keras layer with the same weights
    "vanilla": (VanillaCell, vanilla_step, keras.layers.SimpleRNN),
    "lstm": (LSTMCell, lstm_step, keras.layers.LSTM),
    "gru": (GRUCell, gru_step, keras.layers.GRU),
}
cells = pytest.mark.parametrize("name", CASES)


def numpy_run(step, weights, x, states, mask=None):
    """The recurrence, recomputed in float64 with a plain loop."""
    kernel, recurrent, bias = (np.asarray(weight, np.float64) for weight in weights)
    bias_x, bias_h = bias if bias.ndim == 2 else (bias, 0.0)
    states = [np.asarray(state, np.float64) for state in states]
    outputs = []
    for t in range(x.shape[1]):
        new = step(x[:, t] @ kernel + bias_x, states[0] @ recurrent + bias_h, states)
        if mask is not None:
            new = [np.where(mask[:, t, None], after, before) for after, before in zip(new, states, strict=True)]
        states = list(new)
        outputs.append(states[0])
    return np.stack(outputs, axis=1), states


def example(batch=3, time=6, features=4, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(batch, time, features)).astype("float32")
    mask = np.arange(time) < rng.integers(1, time + 1, size=(batch, 1))
    return x, mask


def randomized(layer, shape, seed=1):
    layer.build(shape)
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.weights])
    return layer


def test_every_cell_of_the_catalogue_has_a_case():
    assert set(CASES) == set(CELLS)


@cells
@pytest.mark.parametrize("masked", [False, True])
@settings(max_examples=12, deadline=None)
@given(
    batch=st.integers(1, 4),
    time=st.integers(1, 9),
    features=st.integers(1, 5),
    units=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_outputs_and_states_equal_the_formula_in_numpy(name, masked, batch, time, features, units, seed):
    cell, step, _ = CASES[name]
    x, mask = example(batch, time, features, seed)
    mask = mask if masked else None
    layer = randomized(Recurrent(cell(units), return_sequences=True, return_state=True), x.shape, seed)
    start = [np.full((batch, units), 0.1 * (i + 1), "float32") for i in range(len(layer.cells[0].state_names))]
    outputs, *states = layer(x, initial_state=start, mask=mask)
    expected, last = numpy_run(step, layer.get_weights(), x, start, mask)
    np.testing.assert_allclose(outputs, expected, atol=1e-6)
    for state, wanted in zip(states, last, strict=True):
        np.testing.assert_allclose(state, wanted, atol=1e-6)


@cells
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_answers_and_gradients_equal_those_of_the_keras_layer(name, bidirectional, sequences, masked):
    cell, _, keras_layer = CASES[name]
    x, mask = example()
    mask = mask if masked else None
    theirs = keras_layer(5, return_sequences=sequences)
    theirs = randomized(keras.layers.Bidirectional(theirs) if bidirectional else theirs, x.shape)
    ours = Recurrent(cell(5), return_sequences=sequences, bidirectional=bidirectional)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())

    def answer(layer):
        inputs = tf.Variable(x)
        with tf.GradientTape() as tape:
            outputs = layer(inputs, mask=mask)
            loss = tf.reduce_sum(outputs * tf.cos(tf.range(outputs.shape[-1], dtype=tf.float32)))
        return outputs, tape.gradient(loss, [inputs, *layer.trainable_variables])

    (our_outputs, our_gradients), (their_outputs, their_gradients) = answer(ours), answer(theirs)
    np.testing.assert_allclose(our_outputs, their_outputs, atol=1e-6)
    for our, their in zip(our_gradients, their_gradients, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)


@cells
def test_weights_bear_the_names_and_shapes_of_keras(name):
    cell, _, keras_layer = CASES[name]
    ours, theirs = Recurrent(cell(5)), keras_layer(5)
    ours.build((None, None, 3)), theirs.build((None, None, 3))
    assert [(w.name, w.shape) for w in ours.weights] == [(w.name, w.shape) for w in theirs.weights]


@cells
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_cell_inside_the_stock_keras_rnn_answers_as_recurrent_does(name, masked, bidirectional):
    cell = CASES[name][0]
    x, mask = example()
    mask = mask if masked else None
    stock = keras.layers.RNN(cell(5), return_sequences=True)
    stock = randomized(keras.layers.Bidirectional(stock) if bidirectional else stock, x.shape)
    ours = Recurrent(cell(5), return_sequences=True, bidirectional=bidirectional)
    ours.build(x.shape)
    ours.set_weights(stock.get_weights())
    np.testing.assert_allclose(ours(x, mask=mask), stock(x, mask=mask), atol=1e-6)


@cells
def test_recurrent_works_inside_the_stock_bidirectional_wrapper(name):
    x, mask = example()
    wrapped = randomized(keras.layers.Bidirectional(Recurrent(CASES[name][0](5), return_sequences=True)), x.shape)
    ours = Recurrent(CASES[name][0](5), return_sequences=True, bidirectional=True)
    ours.build(x.shape)
    ours.set_weights(wrapped.get_weights())
    np.testing.assert_allclose(ours(x, mask=mask), wrapped(x, mask=mask), atol=1e-6)


@cells
@pytest.mark.parametrize("bidirectional", [False, True])
def test_right_padding_changes_no_answer(name, bidirectional):
    x, _ = example(time=5)
    layer = randomized(Recurrent(CASES[name][0](4), bidirectional=bidirectional), x.shape)
    padded = np.concatenate([x, np.full((3, 4, 4), 7.0, "float32")], axis=1)
    mask = np.arange(9)[None] < np.full((3, 1), 5)
    np.testing.assert_allclose(layer(padded, mask=mask), layer(x), atol=1e-6)


@cells
def test_step_by_step_with_states_equals_the_whole_sequence(name):
    x, _ = example()
    layer = randomized(Recurrent(CASES[name][0](4), return_sequences=True, return_state=True), x.shape)
    whole, *_ = layer(x)
    states, outputs = None, []
    for t in range(x.shape[1]):
        output, *states = layer(x[:, t : t + 1], initial_state=states)
        outputs.append(output)
    np.testing.assert_allclose(np.concatenate(outputs, axis=1), whole, atol=1e-6)


@cells
def test_the_keras_file_keeps_weights_and_options(name, tmp_path):
    x, mask = example()
    inputs = keras.Input((None, 4))
    layer = Recurrent([CASES[name][0](5), CASES[name][0](3)], bidirectional=True, return_sequences=True, dropout=0.1)
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded(x), model(x), atol=1e-7)
    again = [one for one in loaded.layers if isinstance(one, Recurrent)][0]
    ours, theirs = layer.get_config(), again.get_config()
    assert [cell["config"] for cell in theirs.pop("cell")] == [cell["config"] for cell in ours.pop("cell")]
    assert theirs == ours


@cells
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_runs_and_stays_close(name, policy):
    x, mask = example()
    exact = randomized(Recurrent(CASES[name][0](5), bidirectional=True), x.shape)
    mixed = Recurrent(CASES[name][0](5, dtype=policy), bidirectional=True, dtype=policy)
    mixed.build(x.shape)
    mixed.set_weights(exact.get_weights())
    outputs = mixed(x, mask=mask)
    assert outputs.dtype == policy.removeprefix("mixed_")
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), exact(x, mask=mask), atol=0.05)


@pytest.mark.parametrize("units", [0, -1, 2.5, True, None])
def test_units_that_are_no_positive_integer_are_refused(units):
    with pytest.raises(ValueError, match="positive integer"):
        VanillaCell(units)


def test_an_unknown_cell_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="gru, lstm, vanilla"):
        make_cell("elstm", 4)


def test_a_cell_without_a_step_says_what_is_missing():
    with pytest.raises(NotImplementedError, match=r"step\(zx, zh, states\)"):
        Recurrent(Cell(3))(np.zeros((1, 2, 3), "float32"))
