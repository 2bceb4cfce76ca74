"""What every cell must satisfy; a new cell is one line in `CASES`."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.cells import (
    CELLS,
    CoupledLSTMCell,
    GRUCell,
    IndRNNCell,
    LayerNormLSTMCell,
    LSTMCell,
    MinGRUCell,
    MinLSTMCell,
    PeepholeLSTMCell,
    VanillaCell,
    make_cell,
)
from rnn_templates.cells.cell import Cell
from rnn_templates.export.targets.litert import list_ops
from rnn_templates.layers.rnn.implementation import litert_export
from rnn_templates.layers.rnn.recurrent import Recurrent


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def normalized(z):
    return (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5)


def linear(x, h, w):
    """W x + U h + b."""
    return x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"]


def vanilla_step(x, states, w):
    return (np.tanh(linear(x, states[0], w)),)


def lstm_step(x, states, w):
    i, f, g, o = np.split(linear(x, states[0], w), 4, axis=-1)
    c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, states, w):
    xz, xr, xg = np.split(x @ w["kernel"] + w["bias"][0], 3, axis=-1)
    hz, hr, hg = np.split(states[0] @ w["recurrent_kernel"] + w["bias"][1], 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return (z * states[0] + (1 - z) * np.tanh(xg + r * hg),)


def peephole_lstm_step(x, states, w):
    c, (p_i, p_f, p_o) = states[1], w["peepholes"]
    i, f, g, o = np.split(linear(x, states[0], w), 4, axis=-1)
    new = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    return sigmoid(o + p_o * new) * np.tanh(new), new


def coupled_lstm_step(x, states, w):
    f, g, o = np.split(linear(x, states[0], w), 3, axis=-1)
    c = sigmoid(f) * states[1] + (1 - sigmoid(f)) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def layer_norm_lstm_step(x, states, w):
    zx = w["input_gain"] * normalized(x @ w["kernel"])
    zh = w["recurrent_gain"] * normalized(states[0] @ w["recurrent_kernel"])
    i, f, g, o = np.split(zx + zh + w["bias"], 4, axis=-1)
    c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(w["cell_gain"] * normalized(c) + w["cell_shift"]), c


def indrnn_step(x, states, w):
    return (np.maximum(x @ w["kernel"] + w["recurrent_weight"] * states[0] + w["bias"], 0),)


def mingru_step(x, states, w):
    z, g = np.split(x @ w["kernel"] + w["bias"], 2, axis=-1)
    return ((1 - sigmoid(z)) * states[0] + sigmoid(z) * g,)


def minlstm_step(x, states, w):
    f, i, g = np.split(x @ w["kernel"] + w["bias"], 3, axis=-1)
    f, i = sigmoid(f), sigmoid(i)
    return (f / (f + i) * states[0] + i / (f + i) * g,)


CASES = {  # cell, its formula in NumPy, the Keras layer with the same weights where there is one
    "vanilla": (VanillaCell, vanilla_step, keras.layers.SimpleRNN),
    "lstm": (LSTMCell, lstm_step, keras.layers.LSTM),
    "gru": (GRUCell, gru_step, keras.layers.GRU),
    "peephole_lstm": (PeepholeLSTMCell, peephole_lstm_step, None),
    "coupled_lstm": (CoupledLSTMCell, coupled_lstm_step, None),
    "layer_norm_lstm": (LayerNormLSTMCell, layer_norm_lstm_step, None),
    "indrnn": (IndRNNCell, indrnn_step, None),
    "mingru": (MinGRUCell, mingru_step, None),
    "minlstm": (MinLSTMCell, minlstm_step, None),
}
cells = pytest.mark.parametrize("name", CASES)
as_in_keras = pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2]])
forms = pytest.mark.parametrize("implementation", ["while_loop", "xla"])


def numpy_run(step, cell, x, states, mask=None):
    """The recurrence, recomputed in float64 with a plain loop."""
    weights = {weight.name: np.asarray(weight, np.float64) for weight in cell.weights}
    states = [np.asarray(state, np.float64) for state in states]
    outputs = []
    for t in range(x.shape[1]):
        new = step(x[:, t].astype(np.float64), states, weights)
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
@forms
@pytest.mark.parametrize("masked", [False, True])
@settings(max_examples=6, deadline=None)
@given(
    batch=st.integers(1, 4),
    time=st.integers(1, 9),
    features=st.integers(1, 5),
    units=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_outputs_and_states_equal_the_formula_in_numpy(
    name, implementation, masked, batch, time, features, units, seed
):
    cell, step, _ = CASES[name]
    x, mask = example(batch, time, features, seed)
    mask = mask if masked else None
    layer = Recurrent(cell(units), return_sequences=True, return_state=True, implementation=implementation)
    layer = randomized(layer, x.shape, seed)
    start = [np.full((batch, units), 0.1 * (i + 1), "float32") for i in range(len(layer.cells[0].state_names))]
    outputs, *states = layer(x, initial_state=start, mask=mask)
    expected, last = numpy_run(step, layer.cells[0], x, start, mask)
    # XLA's tanh is off by a few units in the last place; normalizing two numbers that are nearly equal loses digits.
    tolerance = 1e-4 if name == "layer_norm_lstm" else 3e-6 if implementation == "xla" else 1e-6
    np.testing.assert_allclose(outputs, expected, atol=tolerance)
    for state, wanted in zip(states, last, strict=True):
        np.testing.assert_allclose(state, wanted, atol=tolerance)


@as_in_keras
@forms
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_answers_and_gradients_equal_those_of_the_keras_layer(name, implementation, bidirectional, sequences, masked):
    cell, _, keras_layer = CASES[name]
    x, mask = example()
    mask = mask if masked else None
    theirs = keras_layer(5, return_sequences=sequences)
    theirs = randomized(keras.layers.Bidirectional(theirs) if bidirectional else theirs, x.shape)
    ours = Recurrent(cell(5), return_sequences=sequences, bidirectional=bidirectional, implementation=implementation)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())

    def answer(layer):
        inputs = tf.Variable(x)
        with tf.GradientTape() as tape:
            outputs = layer(inputs, mask=mask, training=True)
            loss = tf.reduce_sum(outputs * tf.cos(tf.range(outputs.shape[-1], dtype=tf.float32)))
        return outputs, tape.gradient(loss, [inputs, *layer.trainable_variables])

    (our_outputs, our_gradients), (their_outputs, their_gradients) = answer(ours), answer(theirs)
    np.testing.assert_allclose(our_outputs, their_outputs, atol=1e-6)
    for our, their in zip(our_gradients, their_gradients, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)


@as_in_keras
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


def gradients(layer, x, **call):
    """Answers, and gradients of a loss that reads all of them, of inputs and weights."""
    inputs = tf.Variable(x)
    with tf.GradientTape() as tape:
        outputs, *states = layer(inputs, training=True, **call)
        loss = tf.reduce_sum(tf.sin(outputs)) + sum(tf.reduce_sum(state**2) for state in states)
    return [outputs, *states], tape.gradient(loss, [inputs, *layer.trainable_variables])


@cells
@pytest.mark.parametrize(  # every value meets every value of the two others
    ("direction", "sequences", "masked_and_started"),
    [
        ("forward", False, False), ("forward", True, True), ("backwards", True, False), ("backwards", False, True),
        ("bidirectional", False, True), ("bidirectional", True, False),
    ],
)  # fmt: skip
def test_compiled_gradients_equal_autodiff_of_the_portable_loop(name, direction, sequences, masked_and_started):
    x, mask = example()
    answers = []
    for implementation in ("while_loop", "xla"):
        layer = Recurrent(
            CASES[name][0](5),
            return_sequences=sequences,
            return_state=True,
            go_backwards=direction == "backwards",
            bidirectional=direction == "bidirectional",
            implementation=implementation,
        )
        layer = randomized(layer, x.shape)
        count = sum(len(cell.state_names) for cell in layer.ordered_cells)
        start = [np.full((3, 5), 0.1 * i, "float32") for i in range(1, count + 1)] if masked_and_started else None
        answers.append(gradients(layer, x, mask=mask if masked_and_started else None, initial_state=start))
    for ours, theirs in zip(tf.nest.flatten(answers[1]), tf.nest.flatten(answers[0]), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


# Dropout of states differs from cell to cell; what is dropped outside of the cell does not.
@pytest.mark.parametrize(
    ("name", "options"),
    [*((name, {"recurrent_dropout": 0.4}) for name in CASES), ("lstm", {"zoneout": 0.3}), ("gru", {"zoneout": 0.3}),
     ("vanilla", {"dropout": 0.4})],
)  # fmt: skip
def test_compiled_gradients_equal_the_portable_ones_under_dropout_and_zoneout(name, options):
    x, mask = example()
    answers = []
    for implementation in ("while_loop", "xla"):
        keras.utils.set_random_seed(3)
        layer = Recurrent(
            CASES[name][0](5), return_sequences=True, return_state=True, implementation=implementation, **options
        )
        answers.append(gradients(randomized(layer, x.shape), x, mask=mask))
    for ours, theirs in zip(tf.nest.flatten(answers[1]), tf.nest.flatten(answers[0]), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@cells
def test_compiled_gradients_equal_finite_differences(name):
    x, mask = example(batch=2, time=4, features=3)
    cell = CASES[name][0](3, dtype="float64")
    layer = Recurrent(cell, return_sequences=True, return_state=True, implementation="xla", dtype="float64")
    layer = randomized(layer, x.shape)

    def loss():
        outputs, *states = layer(x.astype("float64"), mask=mask)
        return float(tf.reduce_sum(tf.sin(outputs)) + sum(tf.reduce_sum(state**2) for state in states))

    _, (_, *slopes) = gradients(layer, x.astype("float64"), mask=mask)
    for variable, slope in zip(layer.trainable_variables, slopes, strict=True):
        value, step = variable.numpy(), 1e-6
        for place in np.ndindex(value.shape):
            losses = []
            for sign in (1, -1):
                moved = value.copy()
                moved[place] += sign * step
                variable.assign(moved)
                losses.append(loss())
            variable.assign(value)
            assert abs((losses[0] - losses[1]) / (2 * step) - slope.numpy()[place]) < 1e-6


@cells
def test_a_litert_file_of_the_cell_holds_built_in_ops_alone_and_answers_alike(name, tmp_path):
    x, _ = example(batch=1)
    layer = randomized(Recurrent(CASES[name][0](5), bidirectional=True, return_sequences=True), x.shape)
    inputs = keras.Input((6, 4))
    network = keras.Model(inputs, layer(inputs))
    with litert_export():
        archive = keras.export.ExportArchive()
        archive.track(network)
        signature = [tf.TensorSpec((1, 6, 4), tf.float32, name="x")]
        archive.add_endpoint("serve", tf.function(lambda x: {"y": network(x)}, input_signature=signature))
        archive.write_out(tmp_path, verbose=False)
    content = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path), signature_keys=["serve"]).convert()
    assert not [op for op in list_ops(content) if op.startswith("CUSTOM")]
    answer = Interpreter(model_content=content).get_signature_runner("serve")(x=x)["y"]
    np.testing.assert_allclose(answer, layer(x), atol=1e-5)


@pytest.mark.parametrize("units", [0, -1, 2.5, True, None])
def test_units_that_are_no_positive_integer_are_refused(units):
    with pytest.raises(ValueError, match="`units`"):
        VanillaCell(units)


def test_an_unknown_cell_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="gru, indrnn, layer_norm_lstm, lstm, .*vanilla"):
        make_cell("elstm", 4)


def test_a_cell_without_a_step_says_what_is_missing():
    with pytest.raises(NotImplementedError, match=r"step\(zx, zh, states\)"):
        Recurrent(Cell(3))(np.zeros((1, 2, 3), "float32"))
