"""Written texts that are measured: checked, counted, and a few of them chosen to be shown."""

from itertools import zip_longest

from rnn_templates.preprocessing.text.word_tokenizer import decode_text

SAMPLE_SIZE = 10  # how many examples are shown besides the worst


def texts(given, name, by):
    """Returns texts as a list of str.

    Args:
        given: list of str or bytes in UTF-8.
        name: what they are called in an error.
        by: name of the function that they were given to, for an error.

    Raises:
        TypeError: if it is one text, or one of them is none; examples are counted from 0.

    Example:
        >>> texts([b"a dog", "a cat"], "answers", "measure")
        ['a dog', 'a cat']
    """
    return [_text(text, name, number, by) for number, text in enumerate(_listed(given, name, by))]


def as_reference_lists(given, by):
    """Returns the references of every example as a list of lists of str; one that is no list stands for itself.

    Raises:
        TypeError: if one is no text.
        ValueError: if an example has none.

    Example:
        >>> as_reference_lists(["a dog", ["a cat", "cats"]], "measure")
        [['a dog'], ['a cat', 'cats']]
    """
    return [_references(several, number, by) for number, several in enumerate(_listed(given, "references", by))]


def check_same_length(lists, by):
    """Raises ValueError if there are not as many of each, or none.

    Args:
        lists: dict of lists by their names, "answers" among them; those that are None are left out.
        by: name of the function that they were given to.

    Example:
        >>> check_same_length({"references": [["a dog"]], "answers": ["dog"], "baseline": None}, "measure")
    """
    counts = {name: len(rows) for name, rows in lists.items() if rows is not None}
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        raise ValueError(f"{by}: {said}; wanted one of each for every example.")
    if not counts["answers"]:
        raise ValueError(f"{by}: there is no example; is the split empty?")


def read_examples(model, dataset):
    """Returns what `model.read` finds in a dataset, or in a pair of inputs and targets.

    Example:
        >>> sources, references = read_examples(model, splits.test)
    """
    return model.read_examples(*dataset) if isinstance(dataset, (tuple, list)) else model.read_examples(dataset)


def sacrebleu_references(references):
    """Returns references as sacrebleu wants them: all first ones, all second ones, and so on; None where there is none.

    Example:
        >>> sacrebleu_references([["a dog"], ["a cat", "cats"]])
        [('a dog', 'a cat'), (None, 'cats')]
    """
    return list(zip_longest(*references))


def share(hits):
    """Returns which share of them is true, of at least one.

    Example:
        >>> share([True, False])
        0.5
    """
    hits = list(hits)
    return sum(hits) / len(hits)


def evenly_spaced(rows):
    """Returns some rows, as far from one another as can be, in their order.

    Example:
        >>> evenly_spaced(range(100))
        [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]
    """
    count = min(SAMPLE_SIZE, len(rows))
    return [rows[(2 * i + 1) * len(rows) // (2 * count)] for i in range(count)]


def _listed(given, name, by):
    if isinstance(given, (str, bytes)):
        raise TypeError(f"{by}: {name} is one text, {given!r:.60}; wanted a list of them.")
    return list(given)


def _text(text, name, number, by):
    if not isinstance(text, (str, bytes)):
        raise TypeError(
            f"{by}: example {number} of {name} is {text!r:.60}, of type {type(text).__name__}; wanted str or bytes."
        )
    return decode_text(text)


def _references(given, number, by):
    given = [given] if isinstance(given, (str, bytes)) else given
    try:
        several = [_text(text, "references", number, by) for text in given]
    except TypeError as error:
        raise TypeError(
            f"{by}: the references of example {number} are {given!r:.60}; wanted a str or a list of str."
        ) from error
    if not several:
        raise ValueError(f"{by}: example {number} has no reference.")
    return several
