"""CfC: sequences with irregular time stamps."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.cell_formulas import cfc_step, make_inputs, numpy_unroll, randomize

from rnn_templates.cells import CfCCell, LSTMCell
from rnn_templates.layers.rnn.recurrent import Recurrent

IMPLEMENTATIONS = ["while_loop", pytest.param("xla", marks=pytest.mark.xla)]


def irregular(time=6, seed=0):
    """Sequences whose last feature is the gap in units of the median, and a mask."""
    x, mask = make_inputs(time=time, seed=seed)
    gaps = np.random.default_rng(seed).exponential(size=(3, time, 1)).astype("float32")
    return np.concatenate([x, gaps / np.median(gaps)], axis=-1), mask


def differentiate(layer, x, mask):
    @tf.function
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = layer(x, mask=mask, training=True)
            loss = tf.reduce_sum(tf.sin(outputs))
        return outputs, tape.gradient(loss, [x, *[weight.value for weight in layer.trainable_variables]])

    return run(tf.constant(x))


@pytest.mark.xla
def test_gaps_enter_the_formula_and_have_the_same_gradient_in_both_loops():
    x, mask = irregular()
    results = []
    for implementation in ("while_loop", "xla"):
        layer = Recurrent(CfCCell(5, time_gaps=True), return_sequences=True, implementation=implementation)
        results.append(differentiate(randomize(layer, x.shape), x, mask))
    expected, _ = numpy_unroll(cfc_step, layer.cells[0], x, [np.zeros((3, 5))], mask)
    for outputs, gradients in results:
        np.testing.assert_allclose(outputs, expected, atol=3e-6)
        assert np.abs(gradients[0][:, :, -1]).max() > 1e-3  # of the gaps
    for one, other in zip(results[0][1], results[1][1], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_time_in_another_unit_with_a_slower_gate_is_the_same():
    x, mask = irregular()
    layer = randomize(Recurrent(CfCCell(5, time_gaps=True), return_sequences=True), x.shape)
    expected = layer(x, mask=mask)
    x[:, :, -1] *= 60
    assert np.abs(layer(x, mask=mask) - expected).max() > 0.1
    rate = np.repeat([1, 1, 1 / 60, 1], 5)
    layer.set_weights([weight * rate for weight in layer.get_weights()])
    np.testing.assert_allclose(layer(x, mask=mask), expected, atol=1e-5)


def test_the_output_moves_from_the_first_head_to_the_second_as_the_gap_grows():
    """The closed form of the source: monotone in the gap, with a limit for long ones."""
    layer = Recurrent(CfCCell(1, time_gaps=True))
    layer.build((None, None, 2))
    # features of p, q, a, b: p = 2 x, q = -x, the rate is 1, and b = 9 selects p at first
    layer.set_weights([np.array([[2, -1, 0, 0]]), np.zeros((1, 4)), np.array([0, 0, 1, 9])])
    gaps = np.array([0, 3, 6, 9, 12, 15, 100, 1e6], "float32")
    outputs = layer(np.stack([np.ones_like(gaps), gaps], axis=-1)[:, None])[:, 0].numpy()
    assert (np.diff(outputs)[:-1] < 0).all()
    np.testing.assert_allclose(outputs[[0, -1]], [np.tanh(2), np.tanh(-1)], atol=1e-3)
    assert outputs[3] == pytest.approx((np.tanh(2) + np.tanh(-1)) / 2, abs=1e-6)  # at the gap b / a


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_gaps_of_one_equal_a_cell_without_gaps_and_a_stream_the_whole_sequence(implementation):
    x, _ = irregular()
    options = {"return_sequences": True, "implementation": implementation}
    layer = randomize(Recurrent(CfCCell(5, time_gaps=True), **options), x.shape)
    whole, states = layer(x), None
    for t in range(x.shape[1]):
        output, states = layer.step(x[:, t], states)
        np.testing.assert_allclose(output, whole[:, t], atol=1e-6)
    x[:, :, -1] = 1
    regular = Recurrent(CfCCell(5), **options)
    regular.build((None, None, 4))
    regular.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(x), regular(x[:, :, :-1]), atol=1e-6)


def test_the_keras_file_and_the_backward_cell_keep_time_gaps(tmp_path):
    x, mask = irregular()
    inputs = keras.Input((None, 5))
    layer = Recurrent(CfCCell(3, time_gaps=True), bidirectional=True)
    model = keras.Model(inputs, layer(inputs))
    assert [weight.shape[0] for weight in layer.weights if weight.name == "kernel"] == [4, 4]
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "model.keras")(x), model(x), atol=1e-7)


def test_dropout_never_drops_or_scales_a_gap():
    layer = randomize(Recurrent(CfCCell(5, time_gaps=True), dropout=0.7, return_sequences=True), (3, 6, 5))
    x, _ = irregular()
    without_values = np.concatenate([np.zeros_like(x[:, :, :-1]), x[:, :, -1:]], axis=-1)
    np.testing.assert_array_equal(layer(without_values, training=True), layer(without_values))
    assert np.abs(layer(x, training=True) - layer(x)).max() > 0.1


def test_only_the_first_layer_of_a_stack_reads_gaps():
    Recurrent([CfCCell(3, time_gaps=True), CfCCell(3), LSTMCell(3)])
    with pytest.raises(ValueError, match="`time_gaps`.*first"):
        Recurrent([CfCCell(3), CfCCell(3, time_gaps=True)])


def test_an_input_may_consist_of_gaps_alone():
    layer = randomize(Recurrent(CfCCell(3, time_gaps=True)), (2, 4, 1))
    short, long = (layer(np.full((2, 4, 1), gap, "float32")) for gap in (0.1, 10))
    assert np.abs(short - long).max() > 0.01
