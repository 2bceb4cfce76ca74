"""From the words of a sentence to what a tagger reads of each: its number, and its letters."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.token_offsets import normalize_token, normalize_token_tensor
from rnn_templates.preprocessing.text.vocabulary_layer import VocabularyLayer
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes


@keras.saving.register_keras_serializable(package="rnn_templates")
class TokenPreprocessor(VocabularyLayer):
    """Looks up each token's number in lower case, and spells it out in bytes as it is written.

    Args:
        vocabulary: `Vocabulary` of folded words; it is kept inside the `.keras` file.
        max_word_bytes: longer words keep their first and last halves of this many bytes.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        tokens: `tf.RaggedTensor` (batch, None) of strings.

    Returns:
        A dict of int32 tensors, padded on the right with 0: `word_ids` (batch, time) and `byte_ids`
        (batch, time, max_word_bytes), bytes + 1.

    Raises:
        ValueError: if `max_word_bytes` is less than 2.

    Example:
        >>> preprocessor = TokenPreprocessor(Vocabulary(["oslo"]), max_word_bytes=4)
        >>> preprocessor(tf.ragged.constant([["In", "Oslo"]]))["word_ids"].numpy().tolist()
        [[1, 2]]
    """

    def __init__(self, vocabulary=None, max_word_bytes=24, **kwargs):
        super().__init__(vocabulary, **kwargs)
        if max_word_bytes < 2:
            raise ValueError(f"TokenPreprocessor: `max_word_bytes` must be at least 2, got {max_word_bytes!r}.")
        self.max_word_bytes = max_word_bytes

    def encode(self, tokens):
        """Returns what the network reads of one sentence, in plain Python.

        Args:
            tokens: list of str or bytes.

        Returns:
            A dict of arrays: `word_ids` (time,) int32, and `byte_ids` (time, letters) int32, as wide as needed.
        """
        words = np.array(self.vocabulary.ids(map(normalize_token, tokens)), np.int32)
        last = self.max_word_bytes // 2
        spelt = [to_bytes(token) for token in tokens]
        spelt = [s if len(s) <= self.max_word_bytes else s[: self.max_word_bytes - last] + s[-last:] for s in spelt]
        spellings = np.zeros((len(tokens), max(map(len, spelt), default=1) or 1), np.int32)
        for row, letters in zip(spellings, spelt, strict=True):
            row[: len(letters)] = np.frombuffer(letters, np.uint8)
            row[: len(letters)] += 1
        return {"word_ids": words, "byte_ids": spellings}

    def call(self, tokens):
        words = tokens.with_values(self.lookup(normalize_token_tensor(tokens.values)))
        spellings = tokens.with_values(self._byte_ids(tokens.values))
        return {"word_ids": to_dense(words), "byte_ids": to_dense(spellings)}

    def _byte_ids(self, tokens):
        last = self.max_word_bytes // 2
        length = tf.strings.length(tokens)
        cut = tf.maximum(length - last, 0)
        ends = tf.strings.substr(tokens, cut, tf.fill(tf.shape(tokens), last))
        tokens = tf.where(
            length > self.max_word_bytes,
            tf.strings.join([tf.strings.substr(tokens, 0, self.max_word_bytes - last), ends]),
            tokens,
        )
        letters = tf.cast(tf.io.decode_raw(tokens, tf.uint8, fixed_length=self.max_word_bytes), tf.int32)
        there = tf.sequence_mask(tf.minimum(length, self.max_word_bytes), self.max_word_bytes, tf.int32)
        return (letters + 1) * there

    def get_config(self):
        return {**super().get_config(), "max_word_bytes": self.max_word_bytes}


def to_dense(ragged):
    """Returns a ragged tensor (batch, None, ...) as a dense one with zeros, or "", at the end; time is at least 1.

    Example:
        >>> to_dense(tf.ragged.constant([[1, 2], []])).numpy().tolist()
        [[1, 2], [0, 0]]
    """
    tensor = ragged.to_tensor()
    missing = tf.maximum(0, 1 - tf.shape(tensor)[1])
    empty = "" if tensor.dtype == tf.string else tf.zeros((), tensor.dtype)
    return tf.pad(tensor, ((0, 0), (0, missing), *[(0, 0)] * (tensor.shape.rank - 2)), constant_values=empty)
