"""Subword preprocessor: texts to ids and back."""

import re

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.subword_vocabulary import (
    END_ID,
    FIRST_BYTE_ID,
    FIRST_SUBWORD_ID,
    MAX_TOKEN_BYTES,
    PAD_ID,
    START_ID,
    WHITE_SPACE,
    WORD_START,
    SubwordVocabulary,
    normalize_whitespace,
)
from rnn_templates.preprocessing.text.token_preprocessor import to_dense
from rnn_templates.preprocessing.text.vocabulary_assets import VocabularyAssets
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes

MIN_LETTERS = 2.5  # of a subword of a known word, on average
_SPACES = "[" + "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in WHITE_SPACE) + "]+"


def subword_tokenizer_spec():
    """Returns the rule as JSON data for devices, without the vocabulary.

    Returns:
        dict; `docs/subword_tokenizer.md` describes each key.

    Example:
        >>> subword_tokenizer_spec()["first_subword_id"]
        259
    """
    return {
        "version": 1,
        "space": [list(run) for run in WHITE_SPACE],
        "word_start": WORD_START,
        "pad_id": PAD_ID,
        "start_id": START_ID,
        "end_id": END_ID,
        "first_byte_id": FIRST_BYTE_ID,
        "first_subword_id": FIRST_SUBWORD_ID,
        "max_token_bytes": MAX_TOKEN_BYTES,
    }


@keras.saving.register_keras_serializable(package="rnn_templates")
class SubwordPreprocessor(VocabularyAssets, keras.layers.Layer):
    """Encodes texts as subword ids and decodes ids.

    Python and graph give identical results.

    Args:
        vocabulary: `SubwordVocabulary`; saved inside the `.keras` file.
        max_length: int >= 1; maximum number of ids, including `<END>`; longer texts keep their first ids.
        vocabulary_hash: str; hash of the vocabulary that `load_assets` must read, see `VocabularyAssets`. None for any.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: (batch,) string tensor, or list of texts.

    Returns:
        (batch, time) int32 tensor; every row ends with `<END>` and is padded with 0 to the longest row.

    Raises:
        ValueError: if `max_length` is not positive.

    Example:
        >>> preprocessor = SubwordPreprocessor(SubwordVocabulary(["▁low", "er"]))
        >>> preprocessor(["lower", "low"]).numpy().tolist()
        [[259, 260, 2], [259, 2, 0]]
        >>> preprocessor.detokenize(tf.constant([259, 260, 2])).numpy()
        b'lower'
    """

    def __init__(self, vocabulary=None, max_length=64, vocabulary_hash=None, **kwargs):
        super().__init__(autocast=False, trainable=False, **{k: v for k, v in kwargs.items() if k != "trainable"})
        if max_length < 1:
            raise ValueError(f"SubwordPreprocessor: `max_length` must be positive; received {max_length!r}.")
        self.set_vocabulary(vocabulary, vocabulary_hash, SubwordVocabulary())
        self.max_length = max_length
        self._max_bytes = min(max_length * MAX_TOKEN_BYTES, 2**31 - 1)  # no text needs more bytes for its first ids
        self._table = None
        self.built = True  # it has no weights; an export may track it before its first call

    def encode(self, text):
        """Returns the ids of one text, in Python.

        Args:
            text: str, or bytes in UTF-8.

        Returns:
            list of at most `max_length` int, the last of which is `<END>`.

        Example:
            >>> SubwordPreprocessor(SubwordVocabulary(["▁low", "er"])).encode("lower")
            [259, 260, 2]
        """
        self.check_is_present()
        return [*self.vocabulary.encode(text)[: self.max_length - 1], END_ID]

    def known_words(self, text):
        """Returns for each word of a text whether its subwords are long, a bool array (words,).

        A word of letters is known if it is one subword, or if its subwords have at least 2.5 letters on average: words
        of the training texts are merged from fewer subwords than other words.

        Example:
            >>> SubwordPreprocessor(SubwordVocabulary(["▁low", "er"])).known_words("lower rates").tolist()
            [True, False]
        """
        known = []
        for word in re.findall(r"[^\W\d_]+", normalize_whitespace(text)):
            subwords = [token for token in self.vocabulary.encode(word) if self.vocabulary.token_bytes[token] != b" "]
            known.append(len(subwords) == 1 or len(word) >= MIN_LETTERS * len(subwords))
        return np.array(known, bool)

    def __call__(self, texts, **kwargs):
        if isinstance(texts, (str, bytes)):
            raise TypeError("SubwordPreprocessor: `texts` must be a list of texts; received a single text.")
        if isinstance(texts, (list, tuple)):  # Keras passes only tensors to `call`
            texts = tf.constant([to_bytes(text) for text in texts], tf.string)
        return super().__call__(texts, **kwargs)

    def call(self, texts):
        texts = tf.strings.substr(self._normalize_whitespace(texts), 0, self._max_bytes)
        words = tf.strings.split(texts)
        unique, indices = tf.unique(words.values)
        ids = words.with_values(tf.gather(self._tokenize_words(unique), indices)).merge_dims(1, 2)
        end = tf.fill([words.nrows(), 1], END_ID)
        return to_dense(tf.concat([ids[:, : self.max_length - 1], end], 1))

    @staticmethod
    def _normalize_whitespace(texts):
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.strings.strip(tf.strings.regex_replace(texts, _SPACES, " "))

    def truncated(self, texts, ids):
        """Returns which texts are longer than their ids.

        Args:
            texts: (batch,) string tensor.
            ids: (batch, time) int32 tensor, the output for `texts`.

        Returns:
            (batch,) bool tensor.

        Example:
            >>> preprocessor = SubwordPreprocessor(max_length=3)
            >>> texts = tf.constant(["a", "abc"])
            >>> preprocessor.truncated(texts, preprocessor(texts)).numpy().tolist()
            [False, True]
        """
        return tf.strings.length(self.detokenize(ids)) < tf.strings.length(self._normalize_whitespace(texts))

    def _tokenize_words(self, words):
        """Returns at most `max_length` - 1 ids per word, ragged (words, None) int32."""
        table, token_bytes = self._tables()

        def step(rest, rows, ids, row_of_id):
            lengths = tf.range(1, 1 + tf.minimum(MAX_TOKEN_BYTES, tf.reduce_max(tf.strings.length(rest))))
            count, width = tf.size(rest), tf.size(lengths)
            prefixes = tf.strings.substr(
                tf.repeat(rest, width), tf.zeros(count * width, tf.int32), tf.tile(lengths, [count])
            )
            found = tf.reshape(table.lookup(prefixes), [count, width])
            longest = tf.reduce_max(tf.where(found > 0, tf.range(width), 0), 1)
            found = tf.gather(found, longest, batch_dims=1)
            ids, row_of_id = tf.concat([ids, found], 0), tf.concat([row_of_id, rows], 0)

            matched = tf.strings.length(tf.gather(token_bytes, found))
            rest = tf.strings.substr(rest, matched, tf.fill([count], self._max_bytes))
            unfinished = tf.strings.length(rest) > 0
            return tf.boolean_mask(rest, unfinished), tf.boolean_mask(rows, unfinished), ids, row_of_id

        no_ids = tf.zeros([0], tf.int32)
        start = tf.strings.join([" ", words]), tf.range(tf.size(words)), no_ids, no_ids
        _, _, ids, row_of_id = tf.while_loop(
            lambda rest, *_: tf.size(rest) > 0,
            step,
            start,
            shape_invariants=(tf.TensorShape([None]),) * 4,
            maximum_iterations=self.max_length - 1,
        )
        order = tf.argsort(row_of_id, stable=True)
        rows = tf.cast(tf.gather(row_of_id, order), tf.int64)
        return tf.RaggedTensor.from_value_rowids(tf.gather(ids, order), rows, tf.size(words, tf.int64))

    def detokenize(self, ids):
        """Returns the text of every row of ids, as `SubwordVocabulary.decode`.

        Args:
            ids: (..., time) integer tensor of ids of the vocabulary; ids after the first `<END>` are ignored.

        Returns:
            (...) string tensor.

        Example:
            >>> SubwordPreprocessor(SubwordVocabulary(["▁low", "er"])).detokenize(tf.constant([[259, 2, 260]])).numpy()
            array([b'low'], dtype=object)
        """
        ids = tf.convert_to_tensor(ids)
        _, token_bytes = self._tables()
        before_end = tf.cumsum(tf.cast(ids == END_ID, tf.int32), -1) == 0
        texts = tf.strings.reduce_join(tf.where(before_end, tf.gather(token_bytes, ids), ""), -1)
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.strings.regex_replace(texts, "^ ", "")

    def _tables(self):
        """Returns the tables from bytes to ids and from ids to bytes."""
        self.check_is_present()
        if self._table is None:  # created at the first use, outside any graph
            with tf.init_scope():
                ids = {token: id for id, token in enumerate(self.vocabulary.token_bytes) if id >= FIRST_BYTE_ID}
                rows = tf.lookup.KeyValueTensorInitializer(list(ids), list(ids.values()), tf.string, tf.int32)
                self._table = tf.lookup.StaticHashTable(rows, 0), tf.constant(self.vocabulary.token_bytes)
        return self._table

    def compute_output_shape(self, texts_shape):
        return (texts_shape[0], None)

    def compute_output_spec(self, texts):
        return keras.KerasTensor(self.compute_output_shape(texts.shape), dtype="int32")

    def get_config(self):
        return {**super().get_config(), "max_length": self.max_length}
