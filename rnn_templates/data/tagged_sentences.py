"""Sentences with a tag for each token."""

import dataclasses
from typing import ClassVar

import numpy as np

from rnn_templates.data.splits import Examples
from rnn_templates.preprocessing.text.tag_schemes import sorted_labels, spans_to_tags
from rnn_templates.preprocessing.text.token_offsets import tokenize_with_offsets


@dataclasses.dataclass(frozen=True)
class TaggedSentences(Examples):
    """Tokenized sentences with a tag for each token.

    Args:
        tokens: list of lists of str; the tokens of each sentence.
        tags: list of lists of str; the tags of each sentence, in `scheme`.
        labels: tuple of str; names of the tags in the order of their numbers.
        scheme: "bio", "bioes", or None for plain tags.
        rejected: list of `RejectedRow`, one a sentence, with the line of the error.
        texts: list of str or None; raw text of each sentence; None where it is unknown. Default None for all.

    Example:
        >>> sentences = TaggedSentences([["Oslo", "!"]], [["B-CITY", "O"]], ("O", "B-CITY"), "bio", [])
        >>> next(sentences.dataset().as_numpy_iterator())[1].tolist()
        [1, 0]
    """

    tokens: list
    tags: list
    labels: tuple
    scheme: str | None
    rejected: list
    texts: list | None = None
    multi_label: ClassVar[bool] = False

    def __len__(self):
        return len(self.tokens)

    def dataset(self):
        """Returns the `tf.data.Dataset` of (tokens (time,) string, tag numbers (time,) int64).

        Its attribute `raw_texts` is `texts`, for `Tagger.adapt` and the evaluation on raw text.
        """
        import tensorflow as tf

        number = {label: index for index, label in enumerate(self.labels)}
        tokens = tf.constant(np.array([one.encode() for tokens in self.tokens for one in tokens], object))
        tags = tf.constant(np.array([number[tag] for tags in self.tags for tag in tags], np.int64))
        lengths = np.array([len(tokens) for tokens in self.tokens], np.int64)
        ends = np.cumsum(lengths)
        dataset = tf.data.Dataset.from_tensor_slices((ends - lengths, ends)).map(
            lambda start, end: (tokens[start:end], tags[start:end])
        )
        dataset.raw_texts = self.texts
        return dataset

    @classmethod
    def from_spans(cls, texts, spans, labels=None):
        """Tokenizes texts and tags the tokens of their spans in the scheme BIO.

        Args:
            texts: list of str.
            spans: for each text a list of (type, start, end); `text[start:end]` is the span.
            labels: list of str; names of the tags; None for those that occur.

        Raises:
            ValueError: if a span begins or ends inside a token.

        Example:
            >>> TaggedSentences.from_spans(["Call Ann Lee"], [[("NAME", 5, 12)]]).tags
            [['O', 'B-NAME', 'I-NAME']]
        """
        tokens, tags = [], []
        for number, (text, text_spans) in enumerate(zip(texts, spans, strict=True)):
            found = tokenize_with_offsets(text)
            starts = {token.start: position for position, token in enumerate(found)}
            ends = {token.end: position + 1 for position, token in enumerate(found)}
            for span_type, start, end in text_spans:
                if start not in starts or end not in ends:
                    raise ValueError(
                        f"from_spans: text {number}: the {span_type} {text[start:end]!r} must begin and end at a "
                        "token boundary."
                    )
            token_spans = [(span_type, starts[start], ends[end]) for span_type, start, end in text_spans]
            tokens.append([token.text for token in found])
            tags.append(spans_to_tags(token_spans, len(found), "bio"))
        labels = sorted_labels({"O", *(tag for one in tags for tag in one)}) if labels is None else labels
        return cls(tokens, tags, tuple(labels), "bio", [])
