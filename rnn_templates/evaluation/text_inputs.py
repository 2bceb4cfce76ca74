"""Helpers that the evaluation functions share."""

from itertools import zip_longest

from rnn_templates.preprocessing.text.text_lists import as_text_lists

SAMPLE_SIZE = 10  # examples in the sample of a report


def labeled_examples(model, dataset):
    """Returns the raw inputs and targets of a data set.

    Args:
        model: task with `read_examples`.
        dataset: raw `tf.data.Dataset` of (input, target), batched or not, or a pair (inputs, targets).

    Returns:
        `inputs, targets`, as `model.read_examples` returns them.

    Raises:
        ValueError: if there is no example, or the examples have no targets.

    Example:
        >>> sources, references = labeled_examples(model, splits.test)  # doctest: +SKIP
    """
    inputs, targets = model.read_examples(*(dataset if isinstance(dataset, (tuple, list)) else (dataset,)))
    if targets is None:
        raise ValueError("evaluate: `dataset` must have targets; received inputs alone.")
    return inputs, targets


def as_reference_lists(references):
    """Returns the references of every example as a list of lists of str.

    Args:
        references: list; for each example a text (str or bytes) or a list of at least one text.

    Raises:
        TypeError: if an item is neither a text nor a list of texts.
        ValueError: if an example has no reference.

    Example:
        >>> as_reference_lists(["a dog", ["a cat", "cats"]])
        [['a dog'], ['a cat', 'cats']]
    """
    lists = as_text_lists(references, "references")
    for index, texts in enumerate(lists):
        if not texts:
            raise ValueError(f"`references[{index}]` must have at least one reference; received none.")
    return lists


def sacrebleu_references(references):
    """Transposes references for sacrebleu, padded with None.

    The first item holds all first references, the second all second ones, and so on.

    Args:
        references: list of lists of str, as from `as_reference_lists`.

    Example:
        >>> sacrebleu_references([["a dog"], ["a cat", "cats"]])
        [('a dog', 'a cat'), (None, 'cats')]
    """
    return list(zip_longest(*references))


def fraction(hits):
    """Returns the fraction of true values in a non-empty iterable of bool.

    Example:
        >>> fraction([True, False])
        0.5
    """
    hits = list(hits)
    return sum(hits) / len(hits)


def evenly_spaced(rows):
    """Returns up to 10 rows at equal distances, in their order.

    Example:
        >>> evenly_spaced(range(100))
        [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]
    """
    count = min(SAMPLE_SIZE, len(rows))
    return [rows[(2 * i + 1) * len(rows) // (2 * count)] for i in range(count)]
