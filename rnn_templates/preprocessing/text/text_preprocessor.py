"""Text preprocessor: texts to word ids."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.token_preprocessor import to_dense
from rnn_templates.preprocessing.text.vocabulary_layer import VocabularyLayer
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes, tokenize, tokenize_tensor


@keras.saving.register_keras_serializable(package="rnn_templates")
class TextPreprocessor(VocabularyLayer):
    """Encodes texts as word ids.

    Python and graph give identical results.

    Args:
        vocabulary: `Vocabulary`; saved inside the `.keras` file.
        max_tokens: None or int >= 1; longer texts keep their first and last tokens, half each; default no limit.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: (batch,) string tensor, or list of texts.

    Returns:
        (batch, time) int32 tensor, padded on the right with 0 to the longest text; time is at least 1.

    Raises:
        ValueError: if `max_tokens` is not positive.

    Example:
        >>> preprocessor = TextPreprocessor(rt.Vocabulary(["not", "bad"]))
        >>> preprocessor(["not so bad", "bad"]).numpy().tolist()
        [[2, 1, 3], [3, 0, 0]]
    """

    def __init__(self, vocabulary=None, max_tokens=None, **kwargs):
        super().__init__(vocabulary, **kwargs)
        if max_tokens is not None and max_tokens < 1:
            raise ValueError(f"TextPreprocessor: `max_tokens` must be positive; received {max_tokens!r}.")
        self.max_tokens = max_tokens

    def encode(self, text):
        """Returns the ids of one text, in Python.

        Args:
            text: str, or bytes in UTF-8.

        Returns:
            list of at most `max_tokens` int.

        Example:
            >>> TextPreprocessor(rt.Vocabulary(["not", "bad"]), max_tokens=2).encode("not so bad")
            [2, 3]
        """
        self.check_is_present()
        ids = self.vocabulary.ids(tokenize(text))
        if self.max_tokens is None or len(ids) <= self.max_tokens:
            return ids
        last = self.max_tokens // 2
        return ids[: self.max_tokens - last] + ids[len(ids) - last :]

    def known_words(self, text):
        """Returns for each word of a text whether it is in the vocabulary, a bool array (words,).

        Example:
            >>> TextPreprocessor(rt.Vocabulary(["not", "bad"])).known_words("not so bad").tolist()
            [True, False, True]
        """
        return np.array(self.encode(text), np.int64) != 1

    def __call__(self, texts, **kwargs):
        if isinstance(texts, (list, tuple)):  # Keras passes only tensors to `call`
            texts = tf.constant([to_bytes(text) for text in texts], tf.string)
        return super().__call__(texts, **kwargs)

    def call(self, texts):
        tokens = tokenize_tensor(texts)
        ids = tokens.with_values(self.lookup(tokens.values))
        return to_dense(ids if self.max_tokens is None else self._truncate(ids))

    def _truncate(self, ids):
        """Keeps the first and last tokens of long texts, half each."""
        last = self.max_tokens // 2
        first = self.max_tokens - last
        lengths = tf.cast(ids.row_lengths(), tf.int32)
        position = tf.ragged.range(lengths).values
        row = tf.cast(ids.value_rowids(), tf.int32)
        length = tf.gather(lengths, row)
        keep = (length <= self.max_tokens) | (position < first) | (position >= length - last)
        return tf.ragged.boolean_mask(ids, ids.with_values(keep))

    def compute_output_shape(self, texts_shape):
        return (texts_shape[0], None)

    def compute_output_spec(self, texts):
        return keras.KerasTensor(self.compute_output_shape(texts.shape), dtype="int32")

    def get_config(self):
        return {**super().get_config(), "max_tokens": self.max_tokens}
