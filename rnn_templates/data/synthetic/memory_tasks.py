"""Synthetic long-range dependency tasks: the adding problem and copy memory."""

import numpy as np


def adding_problem(examples, steps, seed=0):
    """Generates the adding problem: the sum of two marked numbers.

    A constant prediction of 1, the mean, has a squared error of 1/6 = 0.167. To improve on it, a model must remember
    the first marked number until the end.

    Args:
        examples: positive int; number of sequences.
        steps: int >= 2; length of a sequence. One mark lies in the first half, one in the second.
        seed: non-negative int; seed of the numbers and marks.

    Returns:
        inputs (examples, steps, 2) float32, the numbers in [0, 1) and the marks; targets (examples, 1) float32.

    Raises:
        ValueError: if `steps` is below 2.

    Source:
        Hochreiter and Schmidhuber, Long short-term memory, 1997, experiment 4.

    Example:
        >>> x, y = adding_problem(1000, steps=200)
        >>> x.shape, y.shape
        ((1000, 200, 2), (1000, 1))
    """
    if steps < 2:
        raise ValueError(f"adding_problem: `steps` must be at least 2, one for each mark; received {steps}.")
    rng = np.random.default_rng(seed)
    numbers, marks = rng.random((examples, steps), "float32"), np.zeros((examples, steps), "float32")
    rows = np.arange(examples)
    marks[rows, rng.integers(0, steps // 2, examples)] = 1
    marks[rows, rng.integers(steps // 2, steps, examples)] = 1
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=1, keepdims=True)


def copy_memory(examples, delay, symbols=8, length=10, seed=0):
    """Generates copy memory: symbols to repeat after a delay.

    Input: `length` symbols, `delay` blanks, a start marker, and `length - 1` blanks. Target: blanks, then the symbols.
    Without memory the best cross-entropy is length * log(symbols) / (delay + 2 * length).

    Args:
        examples: positive int; number of sequences.
        delay: non-negative int; steps between the last symbol and the marker.
        symbols: positive int; number of different symbols.
        length: positive int; number of symbols to remember.
        seed: non-negative int; seed of the symbols.

    Returns:
        inputs (examples, delay + 2 * length) int32 and targets of that shape; 0 is blank, 1 to `symbols` are symbols,
        and `symbols + 1` is the marker.

    Source:
        Hochreiter and Schmidhuber, 1997; in this form Arjovsky, Shah and Bengio, arXiv:1511.06464.

    Example:
        >>> x, y = copy_memory(1, delay=2, symbols=3, length=2)
        >>> bool((x[0, :2] == y[0, -2:]).all()), int(x[0, 4])
        (True, 4)
    """
    rng = np.random.default_rng(seed)
    inputs = np.zeros((examples, delay + 2 * length), "int32")
    targets = np.zeros_like(inputs)
    inputs[:, :length] = targets[:, -length:] = rng.integers(1, symbols + 1, (examples, length))
    inputs[:, delay + length] = symbols + 1
    return inputs, targets
