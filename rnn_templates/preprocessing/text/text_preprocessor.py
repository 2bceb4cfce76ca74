"""From raw texts to the ids that a network reads."""

import keras
import tensorflow as tf

from rnn_templates.preprocessing.text.vocabulary_layer import VocabularyLayer
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes, tokenize, tokenize_tensor


@keras.saving.register_keras_serializable(package="rnn_templates")
class TextPreprocessor(VocabularyLayer):
    """Splits texts into words and looks up their numbers, the same in Python and inside a graph.

    Args:
        vocabulary: `Vocabulary`; it is kept inside the `.keras` file.
        max_tokens: longer texts keep their first and last halves of this many words; None keeps all.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: (batch,) string tensor, or a list of texts.

    Returns:
        (batch, time) int32, padded on the right with 0; time is that of the longest text, at least 1.

    Raises:
        ValueError: if `max_tokens` is not positive.

    Example:
        >>> preprocessor = TextPreprocessor(Vocabulary(["not", "bad"]))
        >>> preprocessor(["not so bad", "bad"]).numpy().tolist()
        [[2, 1, 3], [3, 0, 0]]
    """

    def __init__(self, vocabulary=None, max_tokens=None, **kwargs):
        super().__init__(vocabulary, **kwargs)
        if max_tokens is not None and max_tokens < 1:
            raise ValueError(f"TextPreprocessor: `max_tokens` must be positive, got {max_tokens!r}.")
        self.max_tokens = max_tokens

    def encode(self, text):
        """Returns the ids of one text, a list of int, in plain Python."""
        ids = self.vocabulary.ids(tokenize(text))
        if self.max_tokens is None or len(ids) <= self.max_tokens:
            return ids
        last = self.max_tokens // 2
        return ids[: self.max_tokens - last] + ids[len(ids) - last :]

    def __call__(self, texts, **kwargs):
        if isinstance(texts, (list, tuple)):  # Keras takes nothing but tensors further on
            texts = tf.constant([to_bytes(text) for text in texts], tf.string)
        return super().__call__(texts, **kwargs)

    def call(self, texts):
        tokens = tokenize_tensor(texts)
        ids = tokens.with_values(self.lookup(tokens.values))
        if self.max_tokens is not None:
            ids = self._shorten(ids)
        dense = ids.to_tensor(default_value=0)
        missing = tf.maximum(0, 1 - tf.shape(dense)[1])
        return tf.pad(dense, ((0, 0), (0, missing)))

    def _shorten(self, ids):
        """Keeps the first and last halves of long texts."""
        last = self.max_tokens // 2
        first = self.max_tokens - last
        lengths = tf.cast(ids.row_lengths(), tf.int32)
        position = tf.ragged.range(lengths).values
        row = tf.cast(ids.value_rowids(), tf.int32)
        length = tf.gather(lengths, row)
        kept = (length <= self.max_tokens) | (position < first) | (position >= length - last)
        return tf.ragged.boolean_mask(ids, ids.with_values(kept))

    def compute_output_shape(self, texts_shape):
        return (texts_shape[0], None)

    def compute_output_spec(self, texts):
        return keras.KerasTensor(self.compute_output_shape(texts.shape), dtype="int32")

    def get_config(self):
        return {**super().get_config(), "max_tokens": self.max_tokens}
