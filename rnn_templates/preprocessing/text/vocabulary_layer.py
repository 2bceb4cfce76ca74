"""A layer that looks words up: what the preprocessors of texts and of tokens share."""

from pathlib import Path

import keras
import tensorflow as tf

from rnn_templates.preprocessing.text.vocabulary import Vocabulary


class VocabularyLayer(keras.layers.Layer):
    """Holds a vocabulary, looks words up inside a graph, and keeps the words inside the `.keras` file.

    Args:
        vocabulary: `Vocabulary`, or None for an empty one, as when a file is loaded.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Example:
        >>> VocabularyLayer(Vocabulary(["oslo"])).lookup(tf.constant(["oslo", "rome"])).numpy().tolist()
        [2, 1]
    """

    def __init__(self, vocabulary=None, **kwargs):
        super().__init__(autocast=False, trainable=False, **{k: v for k, v in kwargs.items() if k != "trainable"})
        self.vocabulary = vocabulary or Vocabulary()
        self._table = None
        self.built = True  # no weights to wait for: an export may track it before it is ever called

    def lookup(self, words):
        """Returns the numbers of words, (n,) string to (n,) int32; 1 for unknown ones."""
        if self._table is None:  # made when it is first needed, outside of any graph
            with tf.init_scope():
                tokens = tf.constant([token.encode() for token in self.vocabulary.tokens])
                numbers = tf.range(len(self.vocabulary), dtype=tf.int32)
                self._table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tokens, numbers), 1)
        return self._table.lookup(words)

    def save_assets(self, folder):
        self.vocabulary.save(Path(folder) / "vocabulary.txt")

    def load_assets(self, folder):
        self.vocabulary, self._table = Vocabulary.load(Path(folder) / "vocabulary.txt"), None

    def get_config(self):
        return {"name": self.name}
