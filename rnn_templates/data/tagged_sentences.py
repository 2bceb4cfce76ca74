"""Sentences with a tag for every token."""

import dataclasses

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.tag_schemes import sorted_labels, spans_to_tags
from rnn_templates.preprocessing.text.token_offsets import tokenize_with_offsets


@dataclasses.dataclass(frozen=True)
class TaggedSentences:
    """TaggedSentences sentences, such as the usable ones of a file.

    Args:
        tokens: for each sentence the list of its tokens.
        tags: for each sentence the list of its tags, in `scheme`.
        labels: names of the tags; without those of a model, O first, then by type, B before I, E and S.
        scheme: "bio", "bioes", or None for plain tags.
        rejected: list of `Rejected`, one a sentence, with the line that is to blame.

    Example:
        >>> read_tagged("train.conll").dataset().batch(32)
    """

    tokens: list
    tags: list
    labels: tuple
    scheme: str | None
    rejected: list

    def dataset(self):
        """Returns the `tf.data.Dataset` of (tokens (None,) string, tags (None,) int64 numbers of labels)."""
        number = {label: index for index, label in enumerate(self.labels)}
        tokens = tf.constant(np.array([one.encode() for tokens in self.tokens for one in tokens], object))
        tags = tf.constant(np.array([number[tag] for tags in self.tags for tag in tags], np.int64))
        lengths = np.array([len(tokens) for tokens in self.tokens], np.int64)
        ends = np.cumsum(lengths)
        return tf.data.Dataset.from_tensor_slices((ends - lengths, ends)).map(
            lambda start, end: (tokens[start:end], tags[start:end])
        )

    @classmethod
    def from_spans(cls, texts, spans, labels=None):
        """Tags the tokens of texts in which spans are marked.

        Args:
            texts: list of str, which are split by the rule of the package.
            spans: for each text a list of (type, start, end); `text[start:end]` holds the span.
            labels: names of the tags, or None for those that occur.

        Raises:
            ValueError: if a span begins or ends inside of a token, naming text and span.

        Example:
            >>> TaggedSentences.from_spans(["Call Ann Lee"], [[("NAME", 5, 12)]]).tags
            [['O', 'B-NAME', 'I-NAME']]
        """
        tokens, tags = [], []
        for number, (text, marked) in enumerate(zip(texts, spans, strict=True)):
            found = tokenize_with_offsets(text)
            starts = {token.start: place for place, token in enumerate(found)}
            ends = {token.end: place + 1 for place, token in enumerate(found)}
            for kind, start, end in marked:
                if start not in starts or end not in ends:
                    raise ValueError(
                        f"Text {number}: the {kind} {text[start:end]!r} does not begin and end with a token."
                    )
            placed = [(kind, starts[start], ends[end]) for kind, start, end in marked]
            tokens.append([token.text for token in found])
            tags.append(spans_to_tags(placed, len(found), "bio"))
        labels = sorted_labels({"O", *(tag for own in tags for tag in own)}) if labels is None else labels
        return cls(tokens, tags, tuple(labels), "bio", [])
