"""The contract of every cell in the compiled loop: NumPy, autodiff of the portable loop, finite differences."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.cell_formulas import CASES, make_inputs, numpy_unroll, randomize, rounding_unit

from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.rnn.xla_loop import xla_loop

pytestmark = pytest.mark.xla

cells = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="module", autouse=True)
def shared_loops():
    """Cells that keep the loop of each configuration, so that XLA compiles once for all tests of the module."""
    kept = [cell(5) for cell, _, _ in CASES.values()]
    for cell in kept:
        xla_loop(cell)
    yield kept


def often(cases, *usual):
    """Parameters of which those that are not `usual` are slow."""
    return [pytest.param(*case, marks=[] if case in usual else pytest.mark.slow) for case in cases]


def differentiate(layer, x, **call):
    """Results of a layer, and the gradients of a loss of all of them with regard to inputs and weights."""
    inputs = tf.Variable(x)
    with tf.GradientTape() as tape:
        outputs, *states = layer(inputs, training=True, **call)
        loss = tf.reduce_sum(tf.sin(outputs)) + sum(tf.reduce_sum(state**2) for state in states)
    return [outputs, *states], tape.gradient(loss, [inputs, *layer.trainable_variables])


def assert_same_gradients(name, portable, compiled):
    for theirs, ours in zip(tf.nest.flatten(portable), tf.nest.flatten(compiled), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * rounding_unit(name, theirs))


@cells
def test_outputs_and_states_equal_the_formula_in_numpy(name):
    cell, step, _ = CASES[name]
    x, mask = make_inputs()
    layer = Recurrent(cell(5), return_sequences=True, return_state=True, implementation="xla")
    layer = randomize(layer, x.shape)
    start = [np.full((3, 5), 0.1 * (i + 1), "float32") for i in range(len(cell.state_names))]
    outputs, *states = layer(x, initial_state=start, mask=mask)
    expected, last = numpy_unroll(step, layer.cells[0], x, start, mask)
    # XLA's tanh is off by a few units in the last place.
    tolerance = 1e-4 if name == "layer_norm_lstm" else 3e-6
    tolerance *= rounding_unit(name, expected, *last)
    np.testing.assert_allclose(outputs, expected, atol=tolerance)
    for state, wanted in zip(states, last, strict=True):
        np.testing.assert_allclose(state, wanted, atol=tolerance)


@cells
@pytest.mark.parametrize(  # every value meets every value of the two others
    ("direction", "return_sequences", "masked_and_started"),
    often(
        [
            ("forward", False, False), ("forward", True, True), ("backwards", True, False), ("backwards", False, True),
            ("bidirectional", False, True), ("bidirectional", True, False),
        ],
        ("bidirectional", False, True),
    ),
)  # fmt: skip
def test_gradients_equal_autodiff_of_the_portable_loop(name, direction, return_sequences, masked_and_started):
    x, mask = make_inputs()
    results = []
    for implementation in ("while_loop", "xla"):
        layer = Recurrent(
            CASES[name][0](5),
            return_sequences=return_sequences,
            return_state=True,
            go_backwards=direction == "backwards",
            bidirectional=direction == "bidirectional",
            implementation=implementation,
        )
        layer = randomize(layer, x.shape)
        count = sum(len(cell.state_names) for cell in layer.ordered_cells)
        start = [np.full((3, 5), 0.1 * i, "float32") for i in range(1, count + 1)] if masked_and_started else None
        results.append(differentiate(layer, x, mask=mask if masked_and_started else None, initial_state=start))
    assert_same_gradients(name, *results)


# Normalization makes the LSTM chaotic: its states in float32 and in float64 part.
@pytest.mark.parametrize(
    ("name",), often([(name,) for name in CASES if name != "layer_norm_lstm"], ("slstm",), ("rglru",), ("dlinoss",))
)
def test_ten_thousand_steps_equal_the_formula_and_have_a_finite_gradient(name):
    cell, step, _ = CASES[name]
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(scale=3, size=(1, 10_000, 3)).astype("float32")
    layer = Recurrent(cell(4), return_sequences=True, return_state=True, implementation="xla")
    results, gradients = differentiate(layer, x)
    start = [np.zeros((1, 4)) for _ in cell.state_names]
    outputs, last = numpy_unroll(step, layer.cells[0], x, start)
    for found, expected in zip(results, [outputs, *last], strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5 * max(1, np.abs(expected).max()))
    assert all(np.isfinite(gradient).all() for gradient in gradients)


# Dropout of states differs from cell to cell; what is dropped outside of the cell does not.
@pytest.mark.parametrize(
    ("name", "option"),
    often(
        [
            *((name, "recurrent_dropout") for name in CASES),
            ("lstm", "zoneout"), ("gru", "zoneout"), ("vanilla", "dropout"),
        ],
        ("lstm", "recurrent_dropout"), ("layer_norm_lstm", "recurrent_dropout"), ("gru", "zoneout"),
    ),
)  # fmt: skip
def test_gradients_equal_the_portable_ones_under_dropout_and_zoneout(name, option):
    x, mask = make_inputs()
    results = []
    for implementation in ("while_loop", "xla"):
        keras.utils.set_random_seed(3)
        layer = Recurrent(
            CASES[name][0](5), return_sequences=True, return_state=True, implementation=implementation, **{option: 0.4}
        )
        results.append(differentiate(randomize(layer, x.shape), x, mask=mask))
    assert_same_gradients(name, *results)


@pytest.mark.parametrize(("name",), often([(name,) for name in CASES], ("lstm",)))
def test_gradients_equal_finite_differences(name):
    x, mask = make_inputs(batch=2, time=4, features=3)
    cell = CASES[name][0](3, dtype="float64")
    layer = Recurrent(cell, return_sequences=True, return_state=True, implementation="xla", dtype="float64")
    layer = randomize(layer, x.shape)

    def loss():
        outputs, *states = layer(x.astype("float64"), mask=mask)
        return float(tf.reduce_sum(tf.sin(outputs)) + sum(tf.reduce_sum(state**2) for state in states))

    _, (_, *gradients) = differentiate(layer, x.astype("float64"), mask=mask)
    for variable, gradient in zip(layer.trainable_variables, gradients, strict=True):
        value, step = variable.numpy(), 1e-6
        for index in np.ndindex(value.shape):
            losses = []
            for sign in (1, -1):
                moved = value.copy()
                moved[index] += sign * step
                variable.assign(moved)
                losses.append(loss())
            variable.assign(value)
            assert abs((losses[0] - losses[1]) / (2 * step) - gradient.numpy()[index]) < 1e-6
