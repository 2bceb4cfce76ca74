"""From texts to ids of subwords and back, inside a graph: a SavedModel holds both ways."""

from pathlib import Path

import keras
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
)
from rnn_templates.preprocessing.text.token_preprocessor import to_dense
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes

_SPACES = "[" + "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in WHITE_SPACE) + "]+"


def subword_tokenizer_spec():
    """Returns the rule as data, all but the vocabulary that a reader on a device needs; see `docs/subwords.md`.

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
class SubwordPreprocessor(keras.layers.Layer):
    """Reads texts as ids of subwords, and ids as texts, the same in Python and inside a graph.

    Args:
        vocabulary: `SubwordVocabulary`; they are kept inside the `.keras` file.
        max_length: most ids of a text, `<END>` included; a longer text keeps its first ones.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: (batch,) string tensor, or a list of texts.

    Returns:
        (batch, time) int32, every row ended by `<END>` and then padded with 0; time is that of the longest row.

    Raises:
        ValueError: if `max_length` is not positive.

    Example:
        >>> preprocessor = SubwordPreprocessor(SubwordVocabulary(["▁low", "er"]))
        >>> preprocessor(["lower", "low"]).numpy().tolist()
        [[259, 260, 2], [259, 2, 0]]
        >>> preprocessor.detokenize(tf.constant([259, 260, 2])).numpy()
        b'lower'
    """

    def __init__(self, vocabulary=None, max_length=64, **kwargs):
        super().__init__(autocast=False, trainable=False, **{k: v for k, v in kwargs.items() if k != "trainable"})
        if max_length < 1:
            raise ValueError(f"SubwordPreprocessor: `max_length` must be positive, got {max_length!r}.")
        self.vocabulary = vocabulary or SubwordVocabulary()
        self.max_length = max_length
        self._max_bytes = min(max_length * MAX_TOKEN_BYTES, 2**31 - 1)  # bytes that so many ids could need
        self._lookup_tables = None
        self.built = True  # no weights to wait for: an export may track it before it is ever called

    def encode(self, text):
        """Returns the ids of one text, a list of int, in plain Python."""
        return [*self.vocabulary.encode(text)[: self.max_length - 1], END_ID]

    def __call__(self, texts, **kwargs):
        if isinstance(texts, (str, bytes)):
            raise TypeError("SubwordPreprocessor wants many texts; one text is [text].")
        if isinstance(texts, (list, tuple)):  # Keras takes nothing but tensors further on
            texts = tf.constant([to_bytes(text) for text in texts], tf.string)
        return super().__call__(texts, **kwargs)

    def call(self, texts):
        texts = tf.strings.substr(self._one_spaced(texts), 0, self._max_bytes)
        words = tf.strings.split(texts)
        unique, places = tf.unique(words.values)
        ids = words.with_values(tf.gather(self._tokenize_words(unique), places)).merge_dims(1, 2)
        end = tf.fill([words.nrows(), 1], END_ID)
        return to_dense(tf.concat([ids[:, : self.max_length - 1], end], 1))

    @staticmethod
    def _one_spaced(texts):
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.strings.strip(tf.strings.regex_replace(texts, _SPACES, " "))

    def truncated(self, texts, ids):
        """Returns (batch,) bool: which texts (batch,) have more in them than their ids (batch, time)."""
        return tf.strings.length(self.detokenize(ids)) < tf.strings.length(self._one_spaced(texts))

    def _tokenize_words(self, words):
        """The first ids of every word, as many as a row may have: (words,) to a ragged (words, None) int32."""
        table, spellings = self._tables()

        def step(rest, rows, ids, row_of_id):
            lengths = tf.range(1, 1 + tf.minimum(MAX_TOKEN_BYTES, tf.reduce_max(tf.strings.length(rest))))
            count, width = tf.size(rest), tf.size(lengths)
            beginnings = tf.strings.substr(
                tf.repeat(rest, width), tf.zeros(count * width, tf.int32), tf.tile(lengths, [count])
            )
            found = tf.reshape(table.lookup(beginnings), [count, width])
            longest = tf.reduce_max(tf.where(found > 0, tf.range(width), 0), 1)
            found = tf.gather(found, longest, batch_dims=1)
            ids, row_of_id = tf.concat([ids, found], 0), tf.concat([row_of_id, rows], 0)

            taken = tf.strings.length(tf.gather(spellings, found))
            rest = tf.strings.substr(rest, taken, tf.fill([count], self._max_bytes))
            going = tf.strings.length(rest) > 0
            return tf.boolean_mask(rest, going), tf.boolean_mask(rows, going), ids, row_of_id

        none = tf.zeros([0], tf.int32)
        start = tf.strings.join([" ", words]), tf.range(tf.size(words)), none, none
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
        """Returns the text of every row of ids, as `SubwordVocabulary.text` does.

        Args:
            ids: (..., time) integer tensor, each id of the vocabulary; what follows an `<END>` says nothing.

        Returns:
            (...) string tensor.
        """
        ids = tf.convert_to_tensor(ids)
        _, spellings = self._tables()
        going = tf.cumsum(tf.cast(ids == END_ID, tf.int32), -1) == 0
        texts = tf.strings.reduce_join(tf.where(going, tf.gather(spellings, ids), ""), -1)
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.strings.regex_replace(texts, "^ ", "")

    def _tables(self):
        """From what tokens stand for to ids, and from ids to what they stand for."""
        if self._lookup_tables is None:  # made when they are first needed, outside of any graph
            with tf.init_scope():
                ids = {spelling: id for id, spelling in enumerate(self.vocabulary.token_bytes) if id >= FIRST_BYTE_ID}
                rows = tf.lookup.KeyValueTensorInitializer(list(ids), list(ids.values()), tf.string, tf.int32)
                self._lookup_tables = tf.lookup.StaticHashTable(rows, 0), tf.constant(self.vocabulary.token_bytes)
        return self._lookup_tables

    def compute_output_shape(self, texts_shape):
        return (texts_shape[0], None)

    def compute_output_spec(self, texts):
        return keras.KerasTensor(self.compute_output_shape(texts.shape), dtype="int32")

    def save_assets(self, folder):
        self.vocabulary.save(Path(folder) / "vocabulary.txt")

    def load_assets(self, folder):
        self.vocabulary, self._lookup_tables = SubwordVocabulary.load(Path(folder) / "vocabulary.txt"), None

    def get_config(self):
        return {"name": self.name, "max_length": self.max_length}
