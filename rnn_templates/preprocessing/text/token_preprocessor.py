"""Token preprocessor: tokens to word ids and byte ids."""

import types

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.sentence_inputs import get_tokens
from rnn_templates.preprocessing.text.token_offsets import (
    normalize_token,
    normalize_token_tensor,
    tokenize_with_offsets_tensor,
)
from rnn_templates.preprocessing.text.token_rules_tensor import TokenRules
from rnn_templates.preprocessing.text.vocabulary_layer import VocabularyLayer
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes


@keras.saving.register_keras_serializable(package="rnn_templates")
class TokenPreprocessor(VocabularyLayer):
    """Encodes tokens as word ids and UTF-8 bytes.

    Python and graph give identical results. Word ids are looked up for normalized tokens; bytes keep the original case.

    Args:
        vocabulary: `Vocabulary` of normalized tokens; saved inside the `.keras` file.
        max_word_bytes: int >= 2; longer tokens keep their first and last bytes, half each.
        token_rules: dict; how texts are tokenized, from `learn_token_rules`; None for the word tokenizer.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        tokens: `tf.RaggedTensor` (batch, None) of strings.

    Returns:
        dict of int32 tensors, padded on the right with 0: `word_ids` (batch, time), and `byte_ids`
        (batch, time, max_word_bytes), each a byte + 1.

    Raises:
        ValueError: if `max_word_bytes` is less than 2.

    Example:
        >>> preprocessor = TokenPreprocessor(rt.Vocabulary(["oslo"]), max_word_bytes=4)
        >>> preprocessor(tf.ragged.constant([["In", "Oslo"]]))["word_ids"].numpy().tolist()
        [[1, 2]]
    """

    def __init__(self, vocabulary=None, max_word_bytes=24, token_rules=None, **kwargs):
        super().__init__(vocabulary, **kwargs)
        if max_word_bytes < 2:
            raise ValueError(f"TokenPreprocessor: `max_word_bytes` must be at least 2; received {max_word_bytes!r}.")
        self.max_word_bytes = max_word_bytes
        self.token_rules = token_rules

    @property
    def token_rules(self):
        """Tables of the tokens of the training treebank, a dict, or None for the word tokenizer."""
        return self._token_rules

    @token_rules.setter
    def token_rules(self, rules):
        self._token_rules = None if rules is None else types.MappingProxyType(rules)  # Keras would track a dict
        self._rule_tables = None

    def tokens(self, sentence):
        """Returns the tokens of a sentence, a list; a list of tokens is returned unchanged.

        Example:
            >>> TokenPreprocessor(rt.Vocabulary(["oslo"])).tokens("In Oslo!")
            ['In', 'Oslo', '!']
        """
        return get_tokens(sentence, self.token_rules)

    def tokenize_tensor(self, texts):
        """Returns the tokens, starts and ends of texts (batch,); see `tokenize_with_offsets_tensor`."""
        if self.token_rules is not None and self._rule_tables is None:  # created at the first use, outside any graph
            with tf.init_scope():
                self._rule_tables = TokenRules(self.token_rules)
        return tokenize_with_offsets_tensor(texts, self._rule_tables)

    def encode(self, tokens):
        """Returns the features of one sentence, in Python.

        Args:
            tokens: list of str or bytes.

        Returns:
            dict of int32 arrays: `word_ids` (time,), and `byte_ids` (time, longest token).

        Example:
            >>> TokenPreprocessor(rt.Vocabulary(["a"])).encode(["a", "bc"])["byte_ids"].tolist()
            [[98, 0], [99, 100]]
        """
        self.check_is_present()
        word_ids = np.array(self.vocabulary.ids(map(normalize_token, tokens)), np.int32)
        rows = [self._truncate(to_bytes(token)) for token in tokens]
        byte_ids = np.zeros((len(tokens), max(map(len, rows), default=1) or 1), np.int32)
        for ids, row in zip(byte_ids, rows, strict=True):
            ids[: len(row)] = np.frombuffer(row, np.uint8)
            ids[: len(row)] += 1
        return {"word_ids": word_ids, "byte_ids": byte_ids}

    def known_words(self, tokens):
        """Returns for each token whether it is in the vocabulary, a bool array (tokens,).

        Example:
            >>> TokenPreprocessor(rt.Vocabulary(["oslo"])).known_words(["In", "Oslo"]).tolist()
            [False, True]
        """
        return np.array(self.vocabulary.ids(map(normalize_token, tokens)), np.int64) != 1

    def _truncate(self, data):
        if len(data) <= self.max_word_bytes:
            return data
        last = self.max_word_bytes // 2
        return data[: self.max_word_bytes - last] + data[-last:]

    def call(self, tokens):
        word_ids = tokens.with_values(self.lookup(normalize_token_tensor(tokens.values)))
        byte_ids = tokens.with_values(self._byte_ids(tokens.values))
        return {"word_ids": to_dense(word_ids), "byte_ids": to_dense(byte_ids)}

    def _byte_ids(self, tokens):
        last = self.max_word_bytes // 2
        length = tf.strings.length(tokens)
        tails = tf.strings.substr(tokens, tf.maximum(length - last, 0), tf.fill(tf.shape(tokens), last))
        tokens = tf.where(
            length > self.max_word_bytes,
            tf.strings.join([tf.strings.substr(tokens, 0, self.max_word_bytes - last), tails]),
            tokens,
        )
        values = tf.cast(tf.io.decode_raw(tokens, tf.uint8, fixed_length=self.max_word_bytes), tf.int32)
        mask = tf.sequence_mask(tf.minimum(length, self.max_word_bytes), self.max_word_bytes, tf.int32)
        return (values + 1) * mask

    def get_config(self):
        rules = {} if self.token_rules is None else {"token_rules": dict(self.token_rules)}
        return {**super().get_config(), "max_word_bytes": self.max_word_bytes, **rules}


def to_dense(ragged):
    """Returns a ragged tensor as a dense one, padded on the right.

    Args:
        ragged: `tf.RaggedTensor` (batch, None, ...).

    Returns:
        (batch, time, ...) tensor padded with 0, or "" for strings; time is at least 1.

    Example:
        >>> to_dense(tf.ragged.constant([[1, 2], []])).numpy().tolist()
        [[1, 2], [0, 0]]
    """
    tensor = ragged.to_tensor()
    missing = tf.maximum(0, 1 - tf.shape(tensor)[1])
    padding = "" if tensor.dtype == tf.string else tf.zeros((), tensor.dtype)
    return tf.pad(tensor, ((0, 0), (0, missing), *[(0, 0)] * (tensor.shape.rank - 2)), constant_values=padding)
