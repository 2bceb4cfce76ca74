"""The compiled loop: gradients, unknown shapes, sharing, and its lifetime."""

import gc
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from rnn_templates.cells import GRUCell, LSTMCell
from rnn_templates.cells.cell import Cell
from rnn_templates.layers.rnn import implementation as implementation_module
from rnn_templates.layers.rnn import xla_loop as xla_loop_module
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.rnn.xla_loop import xla_loop

pytestmark = pytest.mark.xla

X = np.random.default_rng(0).normal(size=(5, 11, 3)).astype("float32")
MASK = np.arange(11) < np.array([[11], [9], [1], [4], [7]])
CELLS = [GRUCell(4), LSTMCell(3)]  # while they live, XLA compiles once for all tests of this module
for _cell in CELLS:
    xla_loop(_cell)


def layer_pair(**options):
    """The same layer with the portable and with the compiled loop."""
    keras.utils.set_random_seed(1)
    portable, compiled = (
        Recurrent([type(cell)(cell.units) for cell in CELLS], implementation=implementation, **options)
        for implementation in ("while_loop", "xla")
    )
    portable.build(X.shape), compiled.build(X.shape)
    compiled.set_weights(portable.get_weights())
    return portable, compiled


BIDIRECTIONAL, BACKWARDS = {"bidirectional": True}, {"go_backwards": True}


@pytest.mark.parametrize(
    ("options", "return_sequences", "mask"),
    [
        (BIDIRECTIONAL, True, MASK),
        (BACKWARDS, True, None),
        ({}, False, MASK),
        (BIDIRECTIONAL, False, None),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [
                (BIDIRECTIONAL, True, None), (BIDIRECTIONAL, False, MASK), (BACKWARDS, True, MASK),
                (BACKWARDS, False, MASK), (BACKWARDS, False, None),
                ({}, True, MASK), ({}, True, None), ({}, False, None),
            ]
        ),
    ],
)  # fmt: skip
def test_shapes_that_are_unknown_while_tracing_give_the_same_results(options, return_sequences, mask):
    portable, compiled = layer_pair(return_sequences=return_sequences, return_state=True, **options)
    signature = [tf.TensorSpec((None, None, 3)), *([] if mask is None else [tf.TensorSpec((None, None), tf.bool)])]
    arguments = [X, *([] if mask is None else [mask])]

    @tf.function(input_signature=signature)
    def infer(x, mask=None):
        return compiled(x, mask=mask)

    @tf.function(input_signature=signature)
    def gradients(x, mask=None):
        with tf.GradientTape() as tape:
            outputs = compiled(x, mask=mask, training=True)
            loss = sum(tf.reduce_sum(tf.sin(output)) for output in outputs)
        return tape.gradient(loss, [weight.value for weight in compiled.trainable_variables])

    for length in (11, 9, 1):
        part = [argument[:, :length] for argument in arguments]
        expected = portable(part[0], mask=part[1] if mask is not None else None)
        for ours, theirs in zip(infer(*part), expected, strict=True):
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, atol=2e-6)
    with tf.GradientTape() as tape:
        loss = sum(tf.reduce_sum(tf.sin(output)) for output in portable(X, mask=mask, training=True))
    for ours, theirs in zip(gradients(*arguments), tape.gradient(loss, portable.trainable_variables), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_a_gradient_outside_training_is_that_of_the_portable_loop(return_sequences, persistent):
    results = []
    for layer in layer_pair(return_sequences=return_sequences):
        x = tf.Variable(X)
        with tf.GradientTape(persistent=persistent) as tape:
            loss = tf.reduce_sum(tf.sin(layer(x, mask=MASK)))
        results.append(tape.gradient(loss, [x, *layer.trainable_variables]))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("reversed_time", [False, True])
def test_a_sequence_without_steps_gives_no_outputs_and_the_initial_states(reversed_time):
    _, compiled = layer_pair(return_sequences=True, return_state=True, go_backwards=reversed_time)
    unknown = tf.function(compiled, input_signature=[tf.TensorSpec((None, None, 3))])
    for run in (compiled, tf.function(compiled), unknown):
        outputs, *states = run(X[:, :0])
        assert outputs.shape == (5, 0, 3)
        assert not any(np.any(state) for state in states)


@pytest.mark.parametrize("cell", [GRUCell, LSTMCell])
def test_mixed_bfloat16_runs_where_the_compiled_loop_is_requested(cell):
    exact = Recurrent(cell(4))
    exact.build(X.shape)
    mixed = Recurrent(cell(4, dtype="mixed_bfloat16"), implementation="xla", dtype="mixed_bfloat16")
    mixed.build(X.shape)
    mixed.set_weights(exact.get_weights())
    outputs = tf.function(mixed)(X, mask=MASK)
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), exact(X, mask=MASK), atol=0.03)
    assert "bfloat16" in mixed.explain_implementation()


def test_a_loop_is_shared_by_the_cells_of_a_configuration():
    cells = LSTMCell(3), LSTMCell(3, name="other")
    assert xla_loop(cells[0]) is xla_loop(cells[1]) is xla_loop(CELLS[1])
    assert xla_loop(LSTMCell(5)) is not xla_loop(cells[0]) is not xla_loop(GRUCell(3))


def count_graphs():
    gc.collect(), gc.collect()  # objects with a finalizer take a second round
    return sum(type(one) is FuncGraph for one in gc.get_objects())


def train(cell, traced=True):
    layer = Recurrent(cell, implementation="xla")
    layer.build(X.shape)

    def gradients(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, training=True) ** 2)
        return tape.gradient(loss, [weight.value for weight in layer.trainable_variables])

    (tf.function(gradients, autograph=False) if traced else gradients)(tf.constant(X))


@pytest.fixture
def limit_is_reached(monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_MAX_COMPILED_CELLS", "1")
    assert len(xla_loop_module._KEPT) >= 1


@pytest.mark.parametrize("traced", [pytest.param(False, marks=pytest.mark.slow), True])
def test_the_loop_of_a_deleted_cell_is_freed_with_its_graphs(traced, limit_is_reached):
    before = count_graphs()
    first = LSTMCell(2, name="first")
    train(first, traced)
    train(LSTMCell(2, name="second"), traced)
    loop = weakref.ref(xla_loop(first))
    assert count_graphs() > before and loop() is not None
    del first
    assert count_graphs() == before and loop() is None


def test_deleted_models_of_one_configuration_leave_no_graphs_and_compile_once():
    compiled = []

    class CountedCell(LSTMCell):
        def step(self, *arguments):
            compiled.append(self)
            return super().step(*arguments)

    train(CountedCell(2))
    graphs, steps = count_graphs(), len(compiled)
    assert steps > 0
    for _ in range(4):
        loop = id(xla_loop(CountedCell(2)))
        train(CountedCell(2))
        assert id(xla_loop(CountedCell(2))) == loop
    assert count_graphs() == graphs and len(compiled) == steps


def test_a_process_compiles_a_limited_number_of_configurations_and_says_so(monkeypatch, caplog):
    monkeypatch.setenv("RNN_TEMPLATES_MAX_COMPILED_CELLS", str(len(xla_loop_module._KEPT) + 2))
    implementation_module._log_limit.cache_clear()
    pair = [Recurrent(LSTMCell(units), bidirectional=True) for units in (31, 32)]
    assert all(layer.explain_implementation().startswith("xla") for layer in pair) and not caplog.records
    loops = [xla_loop(layer.cells[0]) for layer in pair]
    late = Recurrent([LSTMCell(31), LSTMCell(33)])
    assert late.explain_implementation().startswith("while_loop: this process has compiled loops for")
    assert pair[0].explain_implementation().startswith("xla")
    assert Recurrent(LSTMCell(33), implementation="xla").explain_implementation().startswith("xla")
    late.explain_implementation()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "RNN_TEMPLATES_MAX_COMPILED_CELLS" in caplog.text
    np.testing.assert_allclose(tf.function(late)(X), late(X), atol=1e-6)
    del pair
    gc.collect()
    assert [xla_loop(LSTMCell(units)) for units in (31, 32)] == loops


def test_a_new_cell_needs_only_its_formula_to_be_compiled():
    class Leaky(Cell):
        def step(self, zx, zh, states):
            h = 0.9 * states[0] + 0.1 * keras.ops.softsign(zx + zh)
            return h, (h,)

    results = []
    for implementation in ("while_loop", "xla"):
        layer = Recurrent(Leaky(4), implementation=implementation)
        layer.build(X.shape)
        layer.set_weights([np.full(weight.shape, 0.1 + 0.1 * i) for i, weight in enumerate(layer.weights)])
        x = tf.Variable(X)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, mask=MASK, training=True) ** 2)
        results.append(tape.gradient(loss, [x, *layer.trainable_variables]))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
