"""Raw train, validation and test splits."""

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from rnn_templates.utils.validation import check_ints

SPLIT_NAMES = ("train", "validation", "test")


class RejectedRow(NamedTuple):
    """Row of a file that is left out, with the reason.

    Args:
        file: str; path of the file, or name of the data set.
        line: int; line number from 1, or 0 where there are no lines.
        reason: str; the error.

    Example:
        >>> RejectedRow("reviews.csv", 7, "'text' is empty").line
        7
    """

    file: str
    line: int
    reason: str


class Examples:
    """Valid examples of one source file, and its rejected rows; base class.

    Subclasses implement `dataset()` and `__len__`, and define the attributes.

    Attributes:
        labels: tuple of str; names of the classes, empty where the targets are texts.
        multi_label: bool; whether an example may have several labels.
        rejected: list of `RejectedRow`.

    Example:
        >>> from rnn_templates.data.files.text_pairs import TextPairs
        >>> isinstance(TextPairs([b"one"], [b"eins"], []), Examples)
        True
    """

    def dataset(self):
        """Returns the unbatched `tf.data.Dataset` of (input, target)."""
        raise NotImplementedError

    def __len__(self):
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Splits:
    """Raw examples for training, validation and test.

    Args:
        name: str; name of the data set, or path of the file.
        train: unbatched `tf.data.Dataset` of (input, target). An input is a text, the tokens of a sentence, or an
            encoded image. A target is an int64 class number; float32 (labels,) multi-hot if `multi_label`; int64
            (time,) tag numbers; a text; or the captions (n,) of an image.
        validation, test: the same, or None where the data has no such split.
        labels: tuple of str; names of the classes, empty where the targets are texts.
        multi_label: bool; whether an example may have several labels.
        rejected_rows: tuple of `RejectedRow`; the rows that are left out.
        sizes: dict from split name to number of examples.
        kind: str; the kind of the examples, as `rnn_templates.registry.Template.data_kind`; None if it is not known.
        options: dict; the options of `rnn_templates.load` that were given and determine how a file is read, such as
            `input_column`; values that JSON can hold.
        held_out: dict; how the validation and the test split were made from files: `validation`,
            `validation_block_size`, `seed`, `validation_data`, `test_data`; empty for other data.

    Example:
        >>> train = make_dataset([b"good", b"bad"], np.array([1, 0]))
        >>> Splits("mine", train, None, None, ("negative", "positive"), sizes={"train": 2}).labels
        ('negative', 'positive')
    """

    name: str
    train: Any
    validation: Any
    test: Any
    labels: tuple
    multi_label: bool = False
    rejected_rows: tuple = ()
    sizes: dict = dataclasses.field(default_factory=dict)
    kind: str | None = None
    options: dict = dataclasses.field(default_factory=dict)
    held_out: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def from_examples(cls, name, examples, rejected_rows=(), **attributes):
        """Returns the splits of the examples that were read.

        Args:
            name: str; name of the data set, or path of the file.
            examples: dict from split name to `Examples`; the training split determines the labels.
            rejected_rows: further `RejectedRow`, before those of the examples.
            **attributes: further attributes of the splits, such as `kind`.

        Raises:
            ValueError: if there is no training split.

        Example:
            >>> from rnn_templates.data.files.text_pairs import TextPairs
            >>> Splits.from_examples("mine", {"train": TextPairs([b"one"], [b"eins"], [])}).sizes
            {'train': 1}
        """
        if "train" not in examples:
            raise ValueError(f"{name}: there is no training split, only {', '.join(sorted(examples))}.")
        datasets = {split: examples[split].dataset() if split in examples else None for split in SPLIT_NAMES}
        return cls(
            name=name,
            labels=tuple(examples["train"].labels),
            multi_label=examples["train"].multi_label,
            rejected_rows=(*rejected_rows, *(row for one in examples.values() for row in one.rejected)),
            sizes={split: len(examples[split]) for split in SPLIT_NAMES if split in examples},
            **datasets,
            **attributes,
        )

    @classmethod
    def from_arrays(
        cls,
        inputs,
        targets,
        *,
        kind=None,
        validation=0.1,
        validation_data=None,
        test_data=None,
        label_names=None,
        validation_block_size=1,
        seed=1,
    ):
        """Returns the splits of examples in memory.

        Args:
            inputs: list, Series or array with one input an example: texts (str), or lists of the tokens of a sentence.
            targets: the same with one target an input: a label (str, int or bool), a list of labels, or a list of the
                tags of the tokens.
            kind: str; "labeled_texts", "tagged_sentences" or "text_pairs"; None for "tagged_sentences" if the inputs
                are lists, else "labeled_texts".
            validation: float in (0, 1); fraction of the examples to hold out if there is no `validation_data`.
            validation_data, test_data: `(inputs, targets)` of the other splits, or None.
            label_names: dict from labels to other names, or None.
            validation_block_size: positive int; as for `rnn_templates.load`.
            seed: non-negative int; seed of the held-out examples.

        Raises:
            ValueError: if the inputs and targets differ in number, or cannot be used.

        Example:
            >>> splits = rt.Splits.from_arrays(["good", "bad", "fine", "poor"], [1, 0, 1, 0], validation=0.25)
            >>> splits.labels, splits.sizes
            (('0', '1'), {'train': 3, 'validation': 1})
        """
        from rnn_templates.data.arrays import load_arrays

        return load_arrays(
            (inputs, targets),
            kind,
            validation_data,
            test_data,
            label_names=label_names,
            validation=validation,
            validation_block_size=validation_block_size,
            seed=seed,
        )

    def hold_out(self, fraction, seed, block_size=1):
        """Returns these splits with a random fraction of the training split as the validation split.

        Where consecutive examples are related, such as reviews of one film, related examples in both splits would
        bias the validation metrics; then hold out blocks of consecutive examples.

        Args:
            fraction: float in (0, 1).
            seed: non-negative int.
            block_size: positive int; number of consecutive examples that go to the same split.

        Raises:
            ValueError: if one of the two splits would be empty.

        Example:
            >>> train = make_dataset([b"a", b"b", b"c", b"d"], np.array([0, 1, 0, 1]))
            >>> Splits("mine", train, None, None, (), sizes={"train": 4}).hold_out(0.25, seed=1).sizes
            {'train': 3, 'validation': 1}
        """
        if not 0 < fraction < 1:
            raise ValueError(f"hold out: `validation` must be a fraction in (0, 1); received {fraction!r}.")
        size = self.sizes["train"]
        held = round(size * fraction)
        if held < 1 or held >= size:
            raise ValueError(f"{self.name}: {size} training examples are too few to hold out {fraction:.0%} of them.")
        check_ints("hold out", validation_block_size=block_size)
        blocks = np.arange(size) // block_size
        order = np.random.default_rng(seed).permutation(blocks[-1] + 1)
        drawn = np.isin(blocks, order[: max(1, round(len(order) * fraction))])
        held = int(drawn.sum())
        if held == size:
            raise ValueError(
                f"{self.name}: `validation_block_size` {block_size} is too large to hold out a part of {size} examples."
            )

        import tensorflow as tf

        def select(is_validation):
            flags = tf.data.Dataset.from_tensor_slices(drawn == is_validation)
            pairs = tf.data.Dataset.zip(flags, self.train).filter(lambda kept, _: kept)
            selected = pairs.map(lambda _, example: example).apply(
                tf.data.experimental.assert_cardinality(held if is_validation else size - held)
            )
            if getattr(self.train, "raw_texts", None):  # of tagged sentences
                selected.raw_texts = [self.train.raw_texts[i] for i in np.flatnonzero(drawn == is_validation)]
            return selected

        sizes = {"train": size - held, "validation": held, **{k: v for k, v in self.sizes.items() if k != "train"}}
        return dataclasses.replace(self, train=select(False), validation=select(True), sizes=sizes)


def make_dataset(texts, targets):
    """Returns the dataset of encoded texts and their targets.

    Args:
        texts: list of bytes.
        targets: array with one row a text.

    Example:
        >>> make_dataset([b"good"], np.array([1])).element_spec[1].dtype
        tf.int64
    """
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((np.array(texts, dtype=object), targets))


def sort_labels(labels):
    """Sorts class names: integers numerically, others alphabetically.

    Example:
        >>> sort_labels({"10", "9"}), sort_labels({"10", "b"})
        (['9', '10'], ['10', 'b'])
    """
    try:
        return sorted(labels, key=lambda label: (int(label), label))
    except ValueError:
        return sorted(labels)
