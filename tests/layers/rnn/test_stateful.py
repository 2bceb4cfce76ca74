"""Streams: one step at a time, and windows that continue the previous one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import CELLS, GRUCell, LSTMCell, VanillaCell, make_cell
from rnn_templates.data.tbptt_windows import tbptt_windows
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.rnn.stateful import Stateful

X = np.random.default_rng(0).normal(size=(2, 12, 3)).astype("float32")


IMPLEMENTATIONS = ["while_loop", pytest.param("xla", marks=pytest.mark.xla)]


@pytest.mark.parametrize(("name", "implementation"), [*((name, "while_loop") for name in CELLS), ("lstm", "xla")])
def test_a_stream_step_by_step_equals_the_whole_sequence(name, implementation):
    keras.utils.set_random_seed(0)
    layer = Recurrent(
        [make_cell(name, 4), make_cell(name, 5)], return_sequences=True, zoneout=0.1, implementation=implementation
    )
    whole, states = layer(X), None
    for t in range(12):
        output, states = layer.step(X[:, t], states)
        np.testing.assert_allclose(output, whole[:, t], atol=1e-5 if name == "layer_norm_lstm" else 1e-6)


@pytest.mark.parametrize("options", [{"bidirectional": True}, {"go_backwards": True}])
def test_reversed_time_cannot_be_streamed(options):
    with pytest.raises(ValueError, match="`step`"):
        Recurrent(GRUCell(4), **options).step(X[:, 0])
    with pytest.raises(ValueError, match="`layer`"):
        Stateful(Recurrent(GRUCell(4), **options))


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_windows_in_order_equal_the_whole_stream(implementation):
    layer = Recurrent([LSTMCell(4), GRUCell(3)], return_sequences=True, implementation=implementation)
    stateful = Stateful(layer)
    windows = [stateful(X[:, start : start + 4]) for start in (0, 4, 8)]
    np.testing.assert_allclose(np.concatenate(windows, axis=1), layer(X), atol=1e-6)
    stateful.reset_state()
    np.testing.assert_allclose(stateful(X[:, :4]), windows[0], atol=1e-7)


def test_overlapping_windows_continue_the_state_of_their_first_step():
    layer = Recurrent(LSTMCell(4), return_sequences=True)
    stateful = Stateful(layer, carry_after=3)
    whole = layer(X)
    for start in (0, 3, 6):
        np.testing.assert_allclose(stateful(X[:, start : start + 6]), whole[:, start : start + 6], atol=1e-6)


@pytest.mark.parametrize(("implementation", "carry_after"), [("while_loop", 4), ("while_loop", 9), ("xla", 9)])
def test_carrying_after_the_end_of_the_window_is_carrying_at_its_end(implementation, carry_after):
    layer = Recurrent(LSTMCell(4), return_sequences=True, implementation=implementation)
    stateful = Stateful(layer, carry_after=carry_after)
    windows = [stateful(X[:, start : start + 4]) for start in (0, 4, 8)]
    np.testing.assert_allclose(np.concatenate(windows, axis=1), layer(X), atol=1e-6)


def test_a_batch_size_that_is_not_fixed_is_rejected():
    with pytest.raises(ValueError, match="batch size"):
        Stateful(Recurrent(LSTMCell(4)))(keras.Input((None, 3)))


def test_it_survives_its_file(tmp_path):
    inputs = keras.Input(batch_shape=(2, 4, 3))
    model = keras.Model(inputs, Stateful(Recurrent(LSTMCell(4), return_sequences=True), carry_after=2)(inputs))
    model.predict(X[:, :4], batch_size=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    second = model.predict(X[:, 2:6], batch_size=2, verbose=0)
    np.testing.assert_allclose(loaded.predict(X[:, 2:6], batch_size=2, verbose=0), second, atol=1e-6)


@pytest.mark.parametrize(("k1", "k2"), [(4, 4), (2, 6), (12, 12)])
def test_each_window_is_k2_long_and_each_target_has_weight_once(k1, k2):
    seen = np.zeros(12)
    for number, (x, y, weight) in enumerate(tbptt_windows(X, X[:, :, :1], k1, k2)):
        start = number * k1
        np.testing.assert_array_equal(x, X[:, start : start + k2])
        np.testing.assert_array_equal(y, X[:, start : start + k2, :1])
        seen[start : start + k2] += weight[0]
    np.testing.assert_array_equal(seen[k2 - k1 :], 1)
    np.testing.assert_array_equal(seen[: k2 - k1], 0)


@pytest.mark.parametrize(("k1", "k2"), [(0, 3), (4, 3), (2, 13)])
def test_windows_that_do_not_fit_are_rejected(k1, k2):
    with pytest.raises(ValueError, match="k1 <= k2 <= 12"):
        tbptt_windows(X, X, k1, k2)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_the_gradient_of_a_window_ends_where_the_window_begins(implementation):
    layer = Recurrent(VanillaCell(4), return_sequences=True, implementation=implementation)
    stateful = Stateful(layer, carry_after=3)
    stateful(X[:, :6])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(stateful(X[:, 3:9], training=True)[:, 3:] ** 2)
    given = tape.gradient(loss, layer.trainable_variables)
    with tf.GradientTape() as tape:
        before = layer(X[:, :3])[:, -1]
        outputs = layer(X[:, 3:9], initial_state=[tf.stop_gradient(before)])
        loss = tf.reduce_sum(outputs[:, 3:] ** 2)
    for ours, truncated in zip(given, tape.gradient(loss, layer.trainable_variables), strict=True):
        np.testing.assert_allclose(ours, truncated, atol=1e-5)


def test_training_on_windows_lowers_the_loss_of_a_stream():
    keras.utils.set_random_seed(1)
    stream = np.sin(np.arange(400) / 5)[None, :, None].astype("float32").repeat(2, axis=0)
    inputs = keras.Input(batch_shape=(2, None, 1))
    outputs = keras.layers.Dense(1)(Stateful(Recurrent(GRUCell(8), return_sequences=True), carry_after=10)(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mse")
    history = model.fit(tbptt_windows(stream[:, :-1], stream[:, 1:], 10, 30), epochs=12, shuffle=False, verbose=0)
    assert history.history["loss"][-1] < 0.2 * history.history["loss"][0]
