"""What every door gives: raw splits, and the names of their labels."""

import dataclasses
from typing import NamedTuple

import numpy as np
import tensorflow as tf


class Rejected(NamedTuple):
    """A row that could not be used."""

    file: str
    line: int
    reason: str


@dataclasses.dataclass(frozen=True)
class Splits:
    """Raw examples for training, validation and test.

    Args:
        name: of the data set, or the path of the file.
        train, validation, test: `tf.data.Dataset` of (text, target), unbatched; None where there is no such split. A
            target is an int64 class number, or float32 multi-hot (labels,) where `multi_label`; of pairs it is a text.
        labels: names of the classes; none for pairs.
        multi_label: whether a text may bear any number of labels.
        rejected: rows that could not be used.
        sizes: examples in each split.

    Example:
        >>> splits = rnn_templates.load("reviews")
        >>> splits.labels
        ('negative', 'positive')
    """

    name: str
    train: tf.data.Dataset
    validation: tf.data.Dataset | None
    test: tf.data.Dataset | None
    labels: tuple
    multi_label: bool = False
    rejected: tuple = ()
    sizes: dict = dataclasses.field(default_factory=dict)

    def hold_out(self, fraction, seed, block=1):
        """Returns these splits with a fraction of the training examples, drawn with `seed`, as validation.

        Where neighbours belong together, such as reviews of one film, single rows on both sides would let a model
        recognize the film instead of reading the review; then draw blocks of neighbours.

        Args:
            fraction: between 0 and 1.
            seed: a non-negative integer.
            block: how many neighbours go to the same side, a positive integer.

        Raises:
            ValueError: if there would be no example on one of the sides.
        """
        if not 0 < fraction < 1:
            raise ValueError(f"validation: the fraction to hold out must lie between 0 and 1, got {fraction!r}.")
        size = self.sizes["train"]
        held = round(size * fraction)
        if held < 1 or held >= size:
            raise ValueError(f"{self.name}: {size} training examples are too few to hold out {fraction:.0%} of them.")
        blocks = np.arange(size) // block
        order = np.random.default_rng(seed).permutation(blocks[-1] + 1)
        drawn = np.isin(blocks, order[: max(1, round(len(order) * fraction))])
        held = int(drawn.sum())
        if held == size:
            raise ValueError(f"{self.name}: blocks of {block} are too large to hold out a part of {size} examples.")

        def part(chosen):
            flags = tf.data.Dataset.from_tensor_slices(drawn == chosen)
            both = tf.data.Dataset.zip(flags, self.train).filter(lambda kept, _: kept)
            return both.map(lambda _, example: example).apply(
                tf.data.experimental.assert_cardinality(held if chosen else size - held)
            )

        sizes = {"train": size - held, "validation": held, **{k: v for k, v in self.sizes.items() if k != "train"}}
        return dataclasses.replace(self, train=part(False), validation=part(True), sizes=sizes)


def make_dataset(texts, targets):
    """Returns the dataset of encoded texts (bytes) and an array of targets."""
    return tf.data.Dataset.from_tensor_slices((np.array(texts, dtype=object), targets))
