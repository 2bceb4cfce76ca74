"""Builder arguments that follow from the size of the training data."""

import dataclasses
from collections.abc import Mapping

UNITS = ("words", "images", "characters", "steps")


@dataclasses.dataclass(frozen=True)
class SizeRule:
    """Table of builder arguments by the number of training words or images.

        arguments(n) = the first row with n <= maximum

    Small data needs a small network and strong dropout: a larger one is slower and, without more examples, overfits.

    Args:
        unit: str; "words" counts the whitespace-separated words of the texts (of pairs: of the targets), or the
            tokens of the tagged sentences; "images" counts the images; "characters" counts the bytes of plain texts.
        rows: tuple of (maximum, arguments); maximum is a positive int, or None in the last row; arguments is a dict of
            flat argument name to value, with the same names in all rows.

    Raises:
        ValueError: if the unit is unknown, the maxima do not increase up to None, or the rows have different names.

    Example:
        >>> from rnn_templates.utils.size_rule import SizeRule
        >>> rule = SizeRule("words", ((1000, {"units": 32}), (None, {"units": 64})))
        >>> rule.names, rule.arguments(1000), rule.arguments(1001)
        (('units',), {'units': 32}, {'units': 64})
    """

    unit: str
    rows: tuple[tuple[int | None, Mapping], ...]

    def __post_init__(self):
        if self.unit not in UNITS:
            raise ValueError(f"SizeRule: `unit` must be one of {', '.join(UNITS)}; received {self.unit!r}.")
        maxima = [maximum for maximum, _ in self.rows]
        if not maxima or maxima[-1] is not None or None in maxima[:-1] or maxima[:-1] != sorted(set(maxima[:-1])):
            raise ValueError(f"SizeRule: the maxima of `rows` must increase and end with None; received {maxima}.")
        if len({tuple(sorted(arguments)) for _, arguments in self.rows}) != 1:
            raise ValueError("SizeRule: all `rows` must have the same argument names.")

    @property
    def names(self):
        """Flat names of the arguments, a tuple of str."""
        return tuple(self.rows[0][1])

    def arguments(self, count):
        """Returns the arguments for a number of training words or images, a dict.

        Args:
            count: int of at least 0.
        """
        return dict(next(arguments for maximum, arguments in self.rows if maximum is None or count <= maximum))

    def count(self, splits):
        """Returns the number of training words, images or characters of splits, an int.

        Args:
            splits: `rnn_templates.data.splits.Splits`, or an object with `train`.

        Example:
            >>> from rnn_templates.data.splits import Splits, make_dataset
            >>> splits = Splits("mine", make_dataset([b"not bad", b"bad"], np.array([1, 0])), None, None, ("no", "yes"))
            >>> rt.registry.get("sentiment").size_rule.count(splits)
            3
        """
        if self.unit in ("images", "steps"):
            known = getattr(splits, "sizes", {}).get("train")
            return known or sum(1 for _ in splits.train)
        if self.unit == "characters":
            return sum(map(len, splits.train.as_numpy_iterator()))
        return sum(_words(*example) for example in splits.train.as_numpy_iterator())


def _words(source, target):
    """Number of words of an example: of the target text, of the tokens, or of the input text."""
    text = target if isinstance(target, bytes) else source
    return len(text.split()) if isinstance(text, bytes) else len(text)
