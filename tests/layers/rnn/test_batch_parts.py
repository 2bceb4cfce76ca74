"""Parts of a batch in the compiled loop: the same results as in one part."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import GRUCell, LSTMCell
from rnn_templates.layers.rnn import batch_parts, unrolling
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.rnn.xla_loop import xla_loop

X = np.random.default_rng(0).normal(size=(9, 7, 3)).astype("float32")
MASK = np.arange(7) < np.array([7, 3, 1, 5, 7, 2, 6, 4, 7])[:, None]
CELLS = [LSTMCell(4), GRUCell(4)]  # while they live, XLA compiles once for all tests of this module
for _cell in CELLS:
    xla_loop(_cell)


def differentiate(count, monkeypatch, x, mask, start, batch_is_known, **options):
    """Results and gradients of a stack in `count` parts, with equal weights and random numbers for every count."""
    monkeypatch.setattr(unrolling, "num_parts", lambda rows, directions: count)
    keras.utils.set_random_seed(2)
    layer = Recurrent([LSTMCell(4), GRUCell(4)], return_state=True, implementation="xla", **options)
    layer.build(x.shape)
    rows = len(x) if batch_is_known else None

    @tf.function(input_signature=[tf.TensorSpec((rows, *x.shape[1:])), tf.TensorSpec((rows, x.shape[1]), tf.bool)])
    def gradients(x, mask):
        with tf.GradientTape() as tape:
            tape.watch(x)
            states = None if start is None else [tf.fill((tf.shape(x)[0], 4), value) for value in start]
            results = layer(x, mask=mask, initial_state=states, training=True)
            loss = sum(tf.reduce_sum(tf.sin(result)) for result in results)
        return results, tape.gradient(loss, [x, *(weight.value for weight in layer.trainable_variables)])

    return tf.nest.flatten(gradients(x, mask))


@pytest.mark.xla
@pytest.mark.parametrize(
    ("options", "started", "batch_is_known", "counts"),
    [
        ({"return_sequences": True, "recurrent_dropout": 0.3, "dropout": 0.2, "zoneout": 0.1}, True, False, (2,)),
        ({"bidirectional": True}, False, False, (3,)),
        pytest.param({"go_backwards": True, "return_sequences": True}, True, True, (2, 4), marks=pytest.mark.slow),
        pytest.param({"bidirectional": True, "return_sequences": True}, True, True, (3,), marks=pytest.mark.slow),
    ],
)
def test_results_and_gradients_in_parts_are_those_in_one_part(options, started, batch_is_known, counts, monkeypatch):
    directions = 2 if options.get("bidirectional") else 1
    start = [0.1 * index for index in range(3 * directions)] if started else None
    arguments = (monkeypatch, X, MASK, start, batch_is_known)
    whole = differentiate(1, *arguments, **options)
    for count in counts:
        for ours, theirs in zip(differentiate(count, *arguments, **options), whole, strict=True):
            scale = np.abs(theirs).max()
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6 * scale)


@pytest.mark.xla
def test_a_batch_with_fewer_rows_than_parts_has_empty_parts(monkeypatch):
    for training in (True, False):
        results = []
        for count in (1, 3):
            monkeypatch.setattr(unrolling, "num_parts", lambda rows, directions, count=count: count)
            keras.utils.set_random_seed(2)
            layer = Recurrent(LSTMCell(4), return_sequences=True, implementation="xla")
            layer.build(X.shape)
            infer = tf.function(layer, input_signature=[tf.TensorSpec((None, 7, 3))], autograph=False)
            if training:
                infer = tf.function(
                    lambda x, layer=layer: layer(x, training=True), input_signature=[tf.TensorSpec((None, 7, 3))]
                )
            results.append(infer(X[:1]))
        np.testing.assert_allclose(*results, atol=1e-6)


def test_parts_cover_the_batch_in_order():
    for rows in range(10):
        for count in (1, 2, 3, 4):
            for known in (rows, tf.constant(rows)):
                parts = batch_parts.BatchParts(known, count)
                pieces = parts.split({"a": tf.range(rows), "b": None})
                assert len(pieces) == count
                assert max(len(piece["a"]) for piece in pieces) == -(-rows // count)
                assert parts.concat(pieces)["a"].numpy().tolist() == list(range(rows))
                assert parts.concat(pieces)["b"] is None


def test_the_number_of_parts_follows_cores_rows_and_directions(monkeypatch):
    monkeypatch.setattr(batch_parts, "num_cores", lambda: 4)
    assert [batch_parts.num_parts(rows) for rows in (1, 7, 8, 15, 16, 64, None)] == [1, 1, 2, 3, 4, 4, 4]
    assert [batch_parts.num_parts(64, directions=2), batch_parts.num_parts(None, directions=2)] == [2, 2]
    monkeypatch.setattr(batch_parts, "num_cores", lambda: 1)
    assert batch_parts.num_parts(64) == batch_parts.num_parts(None, directions=2) == 1


def test_threads_and_affinity_limit_the_number_of_cores(monkeypatch):
    monkeypatch.setattr(batch_parts.os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    for inter, intra, cores in ((0, 0, 8), (0, 2, 2), (1, 0, 1), (16, 3, 3)):
        monkeypatch.setattr(tf.config.threading, "get_inter_op_parallelism_threads", lambda value=inter: value)
        monkeypatch.setattr(tf.config.threading, "get_intra_op_parallelism_threads", lambda value=intra: value)
        assert batch_parts.num_cores() == cores


def test_the_explanation_of_a_layer_states_the_parts(monkeypatch):
    monkeypatch.setattr(batch_parts, "num_cores", lambda: 4)
    layer = Recurrent(LSTMCell(4), implementation="xla")
    assert layer.explain_implementation().endswith("; a batch runs in 4 parts, one per core")
    assert layer.explain_implementation(rows=8).endswith("; a batch runs in 2 parts, one per core")
    assert "parts" not in layer.explain_implementation(rows=4)
    assert "2 parts" in Recurrent(LSTMCell(4), bidirectional=True, implementation="xla").explain_implementation()
    assert "parts" not in Recurrent(LSTMCell(4), implementation="while_loop").explain_implementation()
