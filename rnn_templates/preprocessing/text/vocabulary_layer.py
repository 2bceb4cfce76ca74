"""Base layer of the text preprocessors that look up words."""

import keras
import tensorflow as tf

from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.preprocessing.text.vocabulary_assets import VocabularyAssets


class VocabularyLayer(VocabularyAssets, keras.layers.Layer):
    """Holds a vocabulary and looks up tokens in a graph; base class.

    The vocabulary is saved inside the `.keras` file.

    Args:
        vocabulary: `Vocabulary`; default an empty one, which `load_assets` replaces.
        vocabulary_hash: str; hash of the vocabulary that `load_assets` must read, see `VocabularyAssets`. None for any.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Example:
        >>> VocabularyLayer(Vocabulary(["oslo"])).lookup(tf.constant(["oslo", "rome"])).numpy().tolist()
        [2, 1]
    """

    def __init__(self, vocabulary=None, vocabulary_hash=None, **kwargs):
        super().__init__(autocast=False, trainable=False, **{k: v for k, v in kwargs.items() if k != "trainable"})
        self.set_vocabulary(vocabulary, vocabulary_hash, Vocabulary())
        self._table = None
        self.built = True  # it has no weights; an export may track it before its first call

    def lookup(self, tokens):
        """Returns the ids of tokens.

        Args:
            tokens: (n,) string tensor.

        Returns:
            (n,) int32 tensor; 1 for out-of-vocabulary tokens.
        """
        self.check_is_present()
        if self._table is None:  # created at the first use, outside any graph
            with tf.init_scope():
                keys = tf.constant([token.encode() for token in self.vocabulary.tokens])
                ids = tf.range(len(self.vocabulary), dtype=tf.int32)
                self._table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, ids), 1)
        return self._table.lookup(tokens)
