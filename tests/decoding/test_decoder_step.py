"""Properties that greedy decoding, sampling and beam search share; checks of arguments and of step functions."""

import functools

import numpy as np
import pytest
import tensorflow as tf
from support.toy_decoder import END_ID, IDS, START_ID, ToyDecoder, ending_step, lengths

from rnn_templates.decoding import beam_search, greedy, sample
from rnn_templates.decoding.decoder_step import DecoderStep

STRATEGIES = {
    "greedy": greedy,
    "sample": functools.partial(sample, seed=3),
    "beam_search": functools.partial(beam_search, beam_width=3),
}
strategies = pytest.mark.parametrize("strategy", STRATEGIES)


@strategies
def test_rows_of_a_batch_are_independent(strategy):
    toy, decode = ToyDecoder(8), STRATEGIES[strategy]
    if strategy == "sample":
        decode = functools.partial(decode, top_k=1)  # the draws of a row depend on its index
    together = decode(*toy.decoder_step, **IDS, max_length=9)
    order = np.array([2, 0, 3, 1])
    for one, other in zip(together, decode(*toy.rows(order), **IDS, max_length=9), strict=True):
        np.testing.assert_allclose(one.numpy()[order], other, rtol=1e-6)
    for row in range(4):
        single = decode(*toy.rows([row]), **IDS, max_length=9)
        for one, other in zip(together, single, strict=True):
            np.testing.assert_allclose(one[row : row + 1], other, rtol=1e-6)


def test_each_row_may_have_its_own_start():
    toy, start_ids = ToyDecoder(9), [3, 2, 5, 4]
    for decode in (greedy, functools.partial(beam_search, beam_width=2)):
        tokens, *_ = decode(*toy.decoder_step, start_id=start_ids, end_id=END_ID, max_length=6)
        for row, start_id in enumerate(start_ids):
            single, *_ = decode(*toy.rows([row]), start_id=start_id, end_id=END_ID, max_length=6)
            np.testing.assert_array_equal(tokens[row], single[0])


@pytest.mark.parametrize("strategy", ["greedy", "sample"])
def test_the_loop_stops_when_every_row_has_ended(strategy):
    step, calls = ending_step(tf.constant([[2], [5]]))
    decode = STRATEGIES[strategy]
    function = tf.function(lambda: decode(step, None, tf.zeros((2, 1), tf.int32), **IDS, max_length=500)[0])
    tokens = function().numpy()
    assert tokens[:, :6].tolist() == [[3, 3, 1, 0, 0, 0], [3, 3, 3, 3, 3, 1]] and not tokens[:, 6:].any()
    assert calls.numpy() == 6


@strategies
@pytest.mark.parametrize("length", [1, 7])
def test_a_sequence_without_an_end_stops_at_the_maximum_length(strategy, length):
    step, calls = ending_step(10**6)
    tokens, *_ = STRATEGIES[strategy](step, None, tf.zeros((2, 1), tf.int32), **IDS, max_length=length)
    assert tokens.shape[-1] == length and calls.numpy() == length
    assert np.reshape(tokens, (2, -1, length))[:, 0].tolist() == [[3] * length] * 2


@strategies
def test_tokens_after_an_end_are_zero_and_banned_ids_are_absent(strategy):
    toy = ToyDecoder(10, sharpness=0.5)
    tokens = STRATEGIES[strategy](*toy.decoder_step, **IDS, max_length=12, banned_ids=(0, START_ID, 4))[0]
    tokens = tokens.numpy().reshape(-1, 12)
    sizes = lengths(tokens)
    for own, size in zip(tokens, sizes, strict=True):
        assert not own[size:].any() and set(own[:size].tolist()) <= {1, 3, 5}
    assert min(sizes) < 12


@strategies
def test_extreme_logits_give_finite_outputs(strategy):
    rows = np.array([[-np.inf] * 6, [0, 1, -np.inf, 3e38, -3e38, 2], [1e30] * 6, [0, -1e30, 0, 0, 0, 0]], "f")

    def step(tokens, memory, states):
        return tf.gather(rows, tf.reshape(states, [-1])), states

    for output in STRATEGIES[strategy](step, None, tf.range(4)[:, None], **IDS, max_length=6):
        assert np.isfinite(output).all()


@strategies
def test_a_graph_of_unknown_batch_and_length_equals_eager_execution(strategy):
    toy, decode = ToyDecoder(15), STRATEGIES[strategy]
    specs = [tf.TensorSpec((None, 3)), tf.TensorSpec((None, 7)), tf.TensorSpec((), tf.int32)]

    @tf.function(input_signature=specs)
    def function(memory, hidden, length):
        return decode(toy.step, {"features": memory}, toy.states(hidden), **IDS, max_length=length)

    loops = [op for op in function.get_concrete_function().graph.get_operations() if "While" in op.type]
    assert len(loops) == 1
    for length in (1, 8):
        expected = decode(*toy.decoder_step, **IDS, max_length=length)
        for one, other in zip(function(toy.memory, toy.hidden, length), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5)
    assert function(toy.memory[:0], toy.hidden[:0], 3)[0].shape[0] == 0


INVALID = {
    greedy: [
        ("max_length", 0),
        ("max_length", 10**9),
        ("max_length", 2.0),
        ("max_length", tf.constant([3, 4])),
        ("end_id", -1),
        ("end_id", 6),
        ("start_id", 0.5),
        ("banned_ids", (0, 6)),
    ],
    sample: [
        ("max_length", 0),
        ("max_length", 10**9),
        ("temperature", 0),
        ("temperature", -1.0),
        ("temperature", float("nan")),
        ("top_k", -1),
        ("top_k", 1.5),
        ("top_p", 0),
        ("top_p", 1.1),
        ("seed", 1.5),
        ("seed", (1, 2, 3)),
        ("seed", "x"),
    ],
    beam_search: [
        ("max_length", 0),
        ("max_length", 10**9),
        ("banned_ids", (-1,)),
        ("beam_width", 0),
        ("beam_width", 7),
        ("beam_width", 2.0),
        ("n_best", 0),
        ("n_best", 6),
        ("length_penalty", -0.5),
        ("length_penalty", float("inf")),
    ],
}


@pytest.mark.parametrize("decode", INVALID, ids=lambda function: function.__name__)
def test_an_invalid_argument_is_named(decode):
    for name, value in INVALID[decode]:
        options = {**IDS, "max_length": 4, **({"seed": 1} if decode is sample else {}), name: value}
        with pytest.raises(ValueError, match=f"`{name}`"):
            decode(*ToyDecoder().decoder_step, **options)


@pytest.mark.parametrize(
    ("step", "memory", "states", "message"),
    [
        (lambda x, m, s: (tf.zeros((2, 1, 6)), s), None, tf.zeros((2, 1)), r"`step`.*\(2, 1, 6\)"),
        (lambda x, m, s: (tf.zeros((2, 6)), ()), None, tf.zeros((2, 1)), "`step`.* 1 states .* 0"),
        (lambda x, m, s: (tf.zeros((2, 6)), s[:, :1]), None, tf.zeros((2, 3)), r"`step`.*\(2, 3\).*\(2, 1\)"),
        (lambda x, m, s: (tf.zeros((2, 6)), tf.cast(s, tf.int32)), None, tf.zeros((2, 3)), "`step`.*float32.*int32"),
        (lambda x, m, s: (tf.zeros((2, 6)), s), tf.zeros((3, 1)), tf.zeros((2, 1)), r"`memory`.*\[2, 3\]"),
        (lambda x, m, s: (tf.zeros((2, 6)), s), 1.0, tf.zeros((2, 1)), "`memory`.*scalar"),
        (lambda x, m, s: (tf.zeros((2, 6)), s), None, (), "`memory` and `states`"),
    ],
    ids=["logits", "missing_state", "state_shape", "state_dtype", "rows", "scalar", "nothing"],
)
def test_an_invalid_step_function_is_reported(step, memory, states, message):
    with pytest.raises(ValueError, match=message):
        greedy(step, memory, states, **IDS, max_length=3)


def test_a_beam_has_adjacent_rows_of_each_example():
    memory, states = tf.constant([[1.0], [2.0]]), (tf.constant([[3], [4]]),)

    def function(tokens, memory, states):
        return tf.zeros((6, 5)) + memory, states

    step = DecoderStep(function, memory, states, end_id=1, banned_ids=(2,), beam_width=3)
    assert step.row_index.numpy().tolist() == [0, 0, 0, 1, 1, 1]
    assert step.start_tokens([3, 4]).numpy().tolist() == [3, 3, 3, 4, 4, 4]
    logits, [state] = step(step.start_tokens(0), step.states)
    assert state.numpy().ravel().tolist() == [3, 3, 3, 4, 4, 4]
    np.testing.assert_allclose(logits[:, 0], [1, 1, 1, 2, 2, 2])
    assert (logits.numpy()[:, 2] < -1e8).all()
