"""Splits of texts without targets."""

import dataclasses
import math

import numpy as np

from rnn_templates.data.splits import Splits
from rnn_templates.utils.validation import check_ints

MIN_TEXTS = 10  # from which on whole texts are held out


def make_text_dataset(texts):
    """Returns the `tf.data.Dataset` of texts, scalar strings.

    Args:
        texts: list of bytes, at least one.

    Example:
        >>> from rnn_templates.data.text_splits import make_text_dataset
        >>> list(make_text_dataset([b"to be"]).as_numpy_iterator())
        [b'to be']
    """
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(np.array(texts, dtype=object))


@dataclasses.dataclass(frozen=True)
class TextSplits(Splits):
    """`Splits` of texts without targets; an example is a text, a scalar string.

    Args:
        (all): see `Splits`.

    Example:
        >>> from rnn_templates.data.text_splits import TextSplits, make_text_dataset
        >>> train = make_text_dataset([b"To be, or not to be: that is the question."])
        >>> splits = TextSplits("mine", train, None, None, (), sizes={"train": 1}).hold_out(0.25, seed=1)
        >>> next(splits.validation.as_numpy_iterator())
        b'e question.'
    """

    def hold_out(self, fraction, seed, block_size=1):
        """Returns splits whose validation split is a part of the training split.

        Of ten or more texts whole ones are held out, drawn at random; of fewer texts the last part of each.

        Args:
            fraction: float in (0, 1); of the texts, or of the characters of each text.
            seed: non-negative int.
            block_size: positive int; number of consecutive texts that go to the same split.

        Raises:
            ValueError: if one of the two splits would be empty.
        """
        if self.sizes["train"] >= MIN_TEXTS:
            return super().hold_out(fraction, seed, block_size)
        if not 0 < fraction < 1:
            raise ValueError(f"hold out: `validation` must be a fraction in (0, 1); received {fraction!r}.")
        check_ints("hold out", validation_block_size=block_size)
        texts = [text.decode("utf-8", "replace") for text in self.train.as_numpy_iterator()]
        starts = [len(text) - math.ceil(len(text) * fraction) for text in texts]
        parts = {
            "train": [text[:start] for text, start in zip(texts, starts, strict=True)],
            "validation": [text[start:] for text, start in zip(texts, starts, strict=True)],
        }
        encoded = {name: [text.encode() for text in part if text] for name, part in parts.items()}
        if not all(encoded.values()):
            characters = sum(map(len, texts))
            raise ValueError(
                f"{self.name}: {characters} characters are too few to hold out {fraction:.0%} of them; give more text."
            )
        sizes = {**self.sizes, **{name: len(part) for name, part in encoded.items()}}
        return dataclasses.replace(
            self, **{name: make_text_dataset(part) for name, part in encoded.items()}, sizes=sizes
        )
