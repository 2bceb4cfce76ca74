"""Synthetic tasks of memory and of state tracking, for comparing cells."""

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


def parity(examples, steps, seed=0):
    """Generates parity: whether the number of ones so far is odd.

    Every bit changes the target of all later steps, so that a model must update a state at every step. A cell whose
    gates read the input only cannot track it beyond the lengths of training. A constant prediction has an accuracy of
    1/2.

    Args:
        examples: positive int; number of sequences.
        steps: positive int; length of a sequence.
        seed: non-negative int; seed of the bits.

    Returns:
        inputs (examples, steps, 1) float32, independent bits, each 0 or 1 with probability 1/2; targets
        (examples, steps) int32, 1 where the number of ones up to this step is odd.

    Source:
        Merrill, Petty and Sabharwal, The illusion of state in state-space models, arXiv:2404.08819;
        Grazzi et al., Unlocking state-tracking in linear RNNs through negative eigenvalues, arXiv:2411.12537.

    Example:
        >>> x, y = parity(1, steps=6)
        >>> int(y[0, -1]) == int(x.sum()) % 2
        True
    """
    bits = np.random.default_rng(seed).integers(0, 2, (examples, steps), "int32")
    return bits[:, :, None].astype("float32"), np.cumsum(bits, axis=1, dtype="int32") % 2


def associative_recall(examples, pairs, keys=8, values=2, seed=0):
    """Generates associative recall: key-value pairs to store, and keys whose values are to be recalled.

    Pairs and queries alternate: step 2i stores the pair i, and step 2i + 1 is a query, the key of one of the pairs 0 to
    i, chosen uniformly. Queries early in a sequence have few pairs to choose from, later ones up to `pairs`. A constant
    prediction has an accuracy of 1 / values.

    Args:
        examples: positive int; number of sequences.
        pairs: int, 1 to `keys`; number of pairs in a sequence; their keys are different.
        keys: positive int; number of possible keys.
        values: positive int; number of possible values, which are independent and uniform.
        seed: non-negative int; seed of the pairs and queries.

    Returns:
        inputs (examples, 2 pairs, keys + values) float32, the key and the value in one-hot encoding, no value in a
        query; targets (examples, 2 pairs) int32, the value of the key of a query, and -1 in the steps of the pairs.

    Raises:
        ValueError: if `pairs` is not between 1 and `keys`.

    Source:
        Ba et al., Using fast weights to attend to the recent past, arXiv:1610.06258;
        Arora et al., Zoology: measuring and improving recall in efficient language models, arXiv:2312.04927.

    Example:
        >>> x, y = associative_recall(1, pairs=3, keys=4, values=2)
        >>> x.shape, y[0, ::2].tolist()
        ((1, 6, 6), [-1, -1, -1])
    """
    if not 1 <= pairs <= keys:
        raise ValueError(
            f"associative_recall: `pairs` must be between 1 and `keys`, {keys}: keys are different; received {pairs}."
        )
    rng = np.random.default_rng(seed)
    stored_keys = rng.permuted(np.tile(np.arange(keys), (examples, 1)), axis=1)[:, :pairs]
    stored_values = rng.integers(0, values, (examples, pairs), "int32")
    queried = rng.integers(0, np.arange(1, pairs + 1), (examples, pairs))
    inputs = np.zeros((examples, 2 * pairs, keys + values), "float32")
    targets = np.full((examples, 2 * pairs), -1, "int32")
    inputs[:, 0::2, :keys] = np.eye(keys)[stored_keys]
    inputs[:, 0::2, keys:] = np.eye(values)[stored_values]
    inputs[:, 1::2, :keys] = np.eye(keys)[np.take_along_axis(stored_keys, queried, axis=1)]
    targets[:, 1::2] = np.take_along_axis(stored_values, queried, axis=1)
    return inputs, targets


def noisy_memory(examples, steps, symbols=4, noise=1.0, seed=0):
    """Generates noisy memory: a symbol at the first step, to remember through noise.

    The noise has the features of the symbol, and a further feature marks the first step. A model must store the marked
    step and ignore all others. A constant prediction has an accuracy of 1 / symbols.

    Args:
        examples: positive int; number of sequences.
        steps: positive int; length of a sequence.
        symbols: positive int; number of symbols, with equal probabilities.
        noise: non-negative float; standard deviation of the noise, in units of the symbol's feature.
        seed: non-negative int; seed of the symbols and of the noise.

    Returns:
        inputs (examples, steps, symbols + 1) float32: the first step has a one for the symbol and a one for the mark,
        all others Gaussian noise and no mark; targets (examples, steps) int32, the symbol, at every step.

    Source:
        Bengio, Simard and Frasconi, Learning long-term dependencies with gradient descent is difficult, 1994, the
        latching problem.

    Example:
        >>> x, y = noisy_memory(1, steps=1000)
        >>> int(x[0, 0, :4].argmax()) == int(y[0, -1])
        True
    """
    rng = np.random.default_rng(seed)
    symbol = rng.integers(0, symbols, examples, "int32")
    inputs = np.zeros((examples, steps, symbols + 1), "float32")
    inputs[:, :, :symbols] = noise * rng.standard_normal((examples, steps, symbols), "float32")
    inputs[:, 0] = np.eye(symbols, symbols + 1)[symbol]
    inputs[:, 0, symbols] = 1
    return inputs, np.repeat(symbol[:, None], steps, axis=1)
