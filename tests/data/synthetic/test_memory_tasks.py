"""Tasks of memory and of state tracking: the adding problem, copy memory, parity, recall and noisy memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.data.synthetic.memory_tasks import (
    adding_problem,
    associative_recall,
    copy_memory,
    noisy_memory,
    parity,
)

SEEDS = st.integers(0, 2**32)


def test_the_target_is_the_sum_of_the_two_marked_numbers():
    x, y = adding_problem(50, steps=20)
    for numbers, total in zip(x, y, strict=True):
        marked = np.flatnonzero(numbers[:, 1])
        assert len(marked) == 2 and marked[0] < 10 <= marked[1]
        np.testing.assert_allclose(numbers[marked, 0].sum(), total[0], rtol=1e-6)


def test_predicting_the_mean_has_the_error_of_the_docstring():
    _, y = adding_problem(20000, steps=10)
    assert abs(np.mean((y - 1) ** 2) - 1 / 6) < 0.005


def test_two_marks_need_two_steps():
    with pytest.raises(ValueError, match="`steps`"):
        adding_problem(3, steps=1)


def test_the_target_repeats_the_symbols_after_the_delay():
    x, y = copy_memory(30, delay=7, symbols=5, length=4)
    assert x.shape == y.shape == (30, 15)
    np.testing.assert_array_equal(x[:, :4], y[:, -4:])
    assert (x[:, 11] == 6).all() and (np.delete(x[:, 4:], 7, axis=1) == 0).all() and (y[:, :-4] == 0).all()
    assert set(np.unique(x[:, :4])) == {1, 2, 3, 4, 5}


def test_the_same_seed_gives_the_same_problems():
    for problem in (
        lambda seed: adding_problem(5, 9, seed),
        lambda seed: copy_memory(5, 9, seed=seed),
        lambda seed: parity(5, 9, seed),
        lambda seed: associative_recall(5, 8, seed=seed),
        lambda seed: noisy_memory(5, 9, seed=seed),
    ):
        np.testing.assert_array_equal(problem(1)[0], problem(1)[0])
        np.testing.assert_array_equal(problem(1)[1], problem(1)[1])
        assert not np.array_equal(problem(1)[0], problem(2)[0])


@given(examples=st.integers(1, 4), steps=st.integers(1, 30), seed=SEEDS)
def test_parity_is_that_of_the_bits_so_far_by_exclusive_or(examples, steps, seed):
    x, y = parity(examples, steps, seed)
    assert x.shape == (examples, steps, 1) and x.dtype == np.float32 and y.dtype == np.int32
    for bits, targets in zip(x[:, :, 0].tolist(), y.tolist(), strict=True):
        odd = False
        for bit, target in zip(bits, targets, strict=True):
            assert bit in (0.0, 1.0)
            odd ^= bit == 1.0
            assert target == int(odd)


@st.composite
def recalls(draw):
    keys = draw(st.integers(1, 9))
    return {
        "examples": draw(st.integers(1, 4)),
        "pairs": draw(st.integers(1, keys)),
        "keys": keys,
        "values": draw(st.integers(1, 5)),
        "seed": draw(SEEDS),
    }


@given(recalls())
def test_a_query_has_a_stored_key_no_value_and_the_target_of_a_dictionary(arguments):
    x, y = associative_recall(**arguments)
    keys, values, pairs = arguments["keys"], arguments["values"], arguments["pairs"]
    assert x.shape == (arguments["examples"], 2 * pairs, keys + values) and y.shape == x.shape[:2]
    assert set(np.unique(x)) <= {0.0, 1.0} and (x[:, :, :keys].sum(axis=2) == 1).all()
    for sequence, targets in zip(x, y.tolist(), strict=True):
        stored = {}
        for step, (row, target) in enumerate(zip(sequence, targets, strict=True)):
            key, value = int(row[:keys].argmax()), row[keys:]
            if step % 2:
                assert not value.any(), "a query shows its value"
                assert target == stored[key]
            else:
                assert key not in stored, "a key is stored twice"
                assert value.sum() == 1 and target == -1
                stored[key] = int(value.argmax())


@given(
    examples=st.integers(1, 4), steps=st.integers(1, 30), symbols=st.integers(1, 6), noise=st.floats(0, 3), seed=SEEDS
)
def test_the_symbol_is_marked_at_the_first_step_only_and_is_the_target_of_every_step(
    examples, steps, symbols, noise, seed
):
    x, y = noisy_memory(examples, steps, symbols, noise, seed)
    assert x.shape == (examples, steps, symbols + 1) and y.shape == (examples, steps)
    for sequence, targets in zip(x, y.tolist(), strict=True):
        assert sequence[:, symbols].tolist() == [1.0] + [0.0] * (steps - 1)
        assert sorted(sequence[0, :symbols].tolist()) == [0.0] * (symbols - 1) + [1.0]
        assert set(targets) == {sequence[0, :symbols].tolist().index(1.0)}


def test_classes_are_balanced_so_that_a_constant_prediction_is_at_chance():
    _, odd = parity(20000, steps=3)
    _, recalled = associative_recall(20000, pairs=3, keys=3, values=4)
    _, remembered = noisy_memory(20000, steps=1, symbols=5)
    for targets, classes in (*((odd[:, step], 2) for step in range(3)), (remembered[:, 0], 5)):
        np.testing.assert_allclose(np.bincount(targets) / 20000, np.full(classes, 1 / classes), atol=0.015)
    for step in (1, 3, 5):
        np.testing.assert_allclose(np.bincount(recalled[:, step]) / 20000, np.full(4, 1 / 4), atol=0.015)


def test_one_step_alone_does_not_give_the_target():
    """The last bit, the query and the noise after the mark are independent of the target."""
    x, y = parity(20000, steps=4)
    for bit in (0, 1):
        assert abs(y[x[:, -1, 0] == bit, -1].mean() - 1 / 2) < 0.02
    x, y = associative_recall(20000, pairs=4, keys=4, values=2)
    for key in range(4):
        assert abs(y[x[:, -1, key] == 1, -1].mean() - 1 / 2) < 0.03
    x, y = noisy_memory(20000, steps=3, symbols=4)
    for step in (1, 2):
        assert abs(np.mean(x[:, step, :4].argmax(axis=1) == y[:, step]) - 1 / 4) < 0.015
        assert abs(x[:, step, :4].std() - 1) < 0.015


def test_queries_choose_uniformly_among_the_stored_pairs():
    x, _ = associative_recall(20000, pairs=3, keys=3, values=2)
    stored, last_query = x[:, 0::2, :3].argmax(axis=2), x[:, 5, :3].argmax(axis=1)
    np.testing.assert_allclose((stored == last_query[:, None]).mean(axis=0), np.full(3, 1 / 3), atol=0.015)


def test_recall_needs_a_key_for_each_pair():
    for pairs in (0, 5):
        with pytest.raises(ValueError, match="`pairs` must be between 1 and `keys`, 4"):
            associative_recall(2, pairs, keys=4)
