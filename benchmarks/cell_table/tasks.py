"""Tasks that separate cells: parity, associative recall and noisy memory."""

import dataclasses
from collections.abc import Callable

import numpy as np

from rnn_templates.data.synthetic.memory_tasks import associative_recall, noisy_memory, parity

KEYS, VALUES = 24, 2
SYMBOLS, NOISE = 4, 2.0
TEST_SEED = 2**31  # seeds of training examples are below


@dataclasses.dataclass(frozen=True)
class Task:
    """A task of the table.

    Args:
        name: str; name of the task and key of its results.
        generate: function (examples, size, seed) -> inputs (examples, time, features), targets (examples, time), -1
            where there is no target.
        classes: int; number of classes of the targets.
        train_size: int; size of the training sequences.
        train_steps: int; training steps.
        learning_rate: positive float; rate of the first step, the best for the LSTM and the GRU.
        test_examples: int; number of test sequences.
        test_size: int; size of the test sequences.
        columns: dict from a name of a column to the `slice` of the time steps whose accuracy is in it.
        window: int; time steps of a test sequence that are processed at once.
    """

    name: str
    generate: Callable
    classes: int
    train_size: int
    train_steps: int
    learning_rate: float
    test_examples: int
    test_size: int
    columns: dict
    window: int = 1000

    @property
    def settings(self):
        """The numbers that a result depends on, a dict for JSON."""
        found = {name: value for name, value in vars(self).items() if isinstance(value, int | float)}
        return {**found, "columns": {name: [one.start, one.stop] for name, one in self.columns.items()}}

    def test_data(self):
        """Returns inputs and targets of the test."""
        return self.generate(self.test_examples, self.test_size, TEST_SEED)

    def accuracies(self, predictions, targets):
        """Returns the accuracy of each column, a dict of float; steps without a target do not count.

        Args:
            predictions: (examples, time) int.
            targets: (examples, time) int.
        """
        found = {}
        for name, steps in self.columns.items():
            counted = targets[:, steps] >= 0
            found[name] = float((predictions == targets)[:, steps][counted].mean())
        return found


def majority_of_stored(inputs):
    """Returns the value that was stored most often so far, a recall that ignores the keys.

    Args:
        inputs: (examples, time, KEYS + VALUES) float, of `associative_recall`.

    Returns:
        (examples, time) int.
    """
    return np.cumsum(inputs[:, :, KEYS:], axis=1).argmax(axis=2)


def last_steps(*sizes, count=10):
    """Returns columns of the last time steps up to each size, a dict."""
    return {f"{size:,}": slice(size - count, size) for size in sizes}


def _recall(examples, size, seed):
    return associative_recall(examples, size, KEYS, VALUES, seed)


def _memory(examples, size, seed):
    return noisy_memory(examples, size, SYMBOLS, NOISE, seed)


PARITY = Task("parity", parity, 2, 40, 1000, 1e-2, 512, 400, last_steps(40, 400))
RECALL = Task(
    "recall", _recall, VALUES, KEYS, 2000, 3e-2, 1024, KEYS, {str(n): slice(2 * n - 2, 2 * n) for n in (6, 12, 24)}
)
MEMORY = Task("memory", _memory, SYMBOLS, 100, 1500, 1e-2, 128, 10_000, last_steps(100, 1000, 10_000))
TASKS = (PARITY, RECALL, MEMORY)
