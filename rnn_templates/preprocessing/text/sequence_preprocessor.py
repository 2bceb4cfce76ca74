"""Preprocessor of language models: texts to the ids that the network reads."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor, subword_tokenizer_spec
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.preprocessing.text.symbol_vocabulary import (
    END_ID,
    LINE_BREAK,
    PAD_ID,
    UNKNOWN_ID,
    CharacterVocabulary,
    WordVocabulary,
)
from rnn_templates.preprocessing.text.token_preprocessor import to_dense
from rnn_templates.preprocessing.text.vocabulary_assets import VocabularyAssets
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes

VOCABULARIES = {"character": CharacterVocabulary, "word": WordVocabulary, "subword": SubwordVocabulary}
MAX_SUBWORDS = 1 << 20  # of one text in a graph


@keras.saving.register_keras_serializable(package="rnn_templates")
class SequencePreprocessor(VocabularyAssets, keras.layers.Layer):
    """Encodes a text as `<END>`, the input before its first token, and the ids of its tokens.

    Python and graph give identical results.

    Args:
        vocabulary: `CharacterVocabulary`, `WordVocabulary` or `SubwordVocabulary`; saved inside the `.keras` file.
        unit: "character", "word" or "subword"; of a vocabulary that is read from a file; None for that of `vocabulary`.
        vocabulary_hash: str; see `VocabularyAssets`; None for any vocabulary.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: (batch,) string tensor, or list of texts.

    Returns:
        (batch, 1 + time) int32 tensor, padded on the right with 0.

    Raises:
        ValueError: if there is no such unit.

    Example:
        >>> from rnn_templates.preprocessing.text.sequence_preprocessor import SequencePreprocessor
        >>> from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
        >>> SequencePreprocessor(CharacterVocabulary("ab"))(["ab", "c"]).numpy().tolist()
        [[2, 3, 4], [2, 1, 0]]
    """

    def __init__(self, vocabulary=None, unit=None, vocabulary_hash=None, **kwargs):
        super().__init__(autocast=False, trainable=False, **{k: v for k, v in kwargs.items() if k != "trainable"})
        unit = unit or getattr(vocabulary, "unit", "subword")
        if unit not in VOCABULARIES or (vocabulary is not None and not isinstance(vocabulary, VOCABULARIES[unit])):
            names = ", ".join(one.__name__ for one in VOCABULARIES.values())
            raise ValueError(
                f"SequencePreprocessor: `vocabulary` must be one of {names}; received {type(vocabulary).__name__}, "
                f"{unit!r}."
            )
        self.set_vocabulary(vocabulary, vocabulary_hash, VOCABULARIES[unit]())
        self.unit = unit
        self._table = self._subwords = None
        self.built = True  # it has no weights; an export may track it before its first call

    def load_assets(self, folder):
        try:
            super().load_assets(folder)
        except (OSError, UnicodeError, ValueError) as error:  # no vocabulary of this unit
            raise self._error() from error

    def encode(self, text):
        """Returns the ids of one text, in Python: `<END>`, then its tokens.

        Args:
            text: str, or bytes in UTF-8.

        Example:
            >>> from rnn_templates.preprocessing.text.sequence_preprocessor import SequencePreprocessor
            >>> from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
            >>> SequencePreprocessor(CharacterVocabulary("ab")).encode("ba")
            [2, 4, 3]
        """
        self.check_is_present()
        return [END_ID, *self.vocabulary.encode(text)]

    def known_words(self, text):
        """Returns for each token of a text whether the vocabulary has it, a bool array (tokens,)."""
        return np.array(self.encode(text)[1:], np.int64) != UNKNOWN_ID

    def character_counts(self):
        """Returns the number of characters that each id stands for in a text, a float32 array."""
        counts = [sum(byte & 0xC0 != 0x80 for byte in token) for token in self.vocabulary.token_bytes]
        return np.array(counts, np.float32)

    def __call__(self, texts, **kwargs):
        if isinstance(texts, (list, tuple)):  # Keras passes only tensors to `call`
            texts = tf.constant([to_bytes(text) for text in texts], tf.string)
        return super().__call__(texts, **kwargs)

    def call(self, texts):
        self.check_is_present()
        if self.unit == "subword":
            if self._subwords is None or self._subwords.vocabulary is not self.vocabulary:
                self._subwords = SubwordPreprocessor(self.vocabulary, max_length=MAX_SUBWORDS)
            ids = self._subwords.call(texts)  # ends with <END>
            ids = tf.where(ids == END_ID, PAD_ID, ids)[:, :-1]
        else:
            symbols = self._split(texts)
            ids = to_dense(symbols.with_values(self._lookup(symbols.values)))
        start = tf.fill([tf.shape(ids)[0], 1], END_ID)
        return tf.concat([start, ids], axis=1)

    def _split(self, texts):
        if self.unit == "character":
            return tf.strings.unicode_split(texts, "UTF-8", errors="replace")
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.strings.split(tf.strings.regex_replace(texts, "\n", f" {LINE_BREAK} "))

    def _lookup(self, symbols):
        if self._table is None:  # created at the first use, outside any graph
            with tf.init_scope():
                is_word = self.unit == "word"
                names = [LINE_BREAK if is_word and one == "\n" else one for one in self.vocabulary.symbols]
                keys = tf.constant([name.encode("utf-8", "replace") for name in names], tf.string)
                ids = tf.range(len(names), dtype=tf.int32) + len(self.vocabulary) - len(names)
                self._table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, ids), UNKNOWN_ID)
        return self._table.lookup(symbols)

    def spec(self):
        """Returns the rule as JSON data for devices, without the vocabulary, a dict."""
        ids = {"pad_id": PAD_ID, "unknown_id": UNKNOWN_ID, "end_id": END_ID}
        return {"unit": self.unit, **ids, **(subword_tokenizer_spec() if self.unit == "subword" else {})}

    def compute_output_shape(self, texts_shape):
        return (texts_shape[0], None)

    def compute_output_spec(self, texts):
        return keras.KerasTensor(self.compute_output_shape(texts.shape), dtype="int32")

    def get_config(self):
        return {**super().get_config(), "unit": self.unit}
