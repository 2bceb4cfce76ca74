"""The adding problem and copy memory."""

import numpy as np
import pytest

from rnn_templates.data.synthetic.memory_tasks import adding_problem, copy_memory


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
    for problem in (lambda seed: adding_problem(5, 9, seed), lambda seed: copy_memory(5, 9, seed=seed)):
        np.testing.assert_array_equal(problem(1)[0], problem(1)[0])
        assert not np.array_equal(problem(1)[0], problem(2)[0])
