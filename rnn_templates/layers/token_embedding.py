"""From token ids to vectors."""

import contextlib

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable(package="rnn_templates")
class TokenEmbedding(keras.layers.Layer):
    """Looks up one trained vector a token; id 0 is padding and makes the mask.

        e_t = E[x_t]

    A plain gather, so that the exported graph holds one op for it. In training `word_dropout` zeroes all occurrences of
    a drawn fraction of the vocabulary, so that no single word can be leaned on; `unk_dropout` takes drawn
    occurrences for the unknown word, id 1, so that its vector learns what to expect of words that were never seen.

    Args:
        vocabulary_size: number of rows, the two special ids included.
        dim: size of a vector.
        word_dropout: fraction of word types to drop a batch in training, in [0, 1).
        unk_dropout: fraction of words to take for unknown ones in training, in [0, 1).
        vectors: optional (vocabulary_size, dim) float32 array, the values to start from.
        start: without `vectors`, numbers are drawn evenly between minus and plus this, positive.
        **kwargs: `name`, `dtype`, `trainable` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: (batch, time) int32.

    Returns:
        (batch, time, dim) float, with a mask that is false where the id is 0.

    Raises:
        ValueError: if `vectors` has another shape than (vocabulary_size, dim).

    Source:
        Gal and Ghahramani, arXiv:1512.05287 (dropping word types).

    Example:
        >>> TokenEmbedding(100, 8)(keras.ops.array([[5, 7, 0]])).shape
        TensorShape([1, 3, 8])
    """

    def __init__(self, vocabulary_size, dim, *, word_dropout=0.0, unk_dropout=0.0, vectors=None, start=0.05, **kwargs):
        super().__init__(**kwargs)
        if vectors is not None and tuple(vectors.shape) != (vocabulary_size, dim):
            raise ValueError(
                f"TokenEmbedding: `vectors` has shape {tuple(vectors.shape)}, wanted {(vocabulary_size, dim)}: "
                "one row for each token of the vocabulary."
            )
        self.supports_masking = True
        self.vocabulary_size = vocabulary_size
        self.dim = dim
        self.word_dropout = word_dropout
        self.unk_dropout = unk_dropout
        self.start = start
        self.seed_generator = keras.random.SeedGenerator()
        self._vectors = vectors
        self._move = None

    def build(self, ids_shape):
        self.embeddings = self.add_weight(
            shape=(self.vocabulary_size, self.dim),
            initializer=keras.initializers.RandomUniform(-self.start, self.start),
            name="embeddings",
        )
        if self._vectors is not None:
            self.embeddings.assign(self._vectors)
            self._vectors = None

    def call(self, ids, training=False):
        if training and self.unk_dropout:
            drawn = keras.random.uniform(tf.shape(ids), seed=self.seed_generator) < self.unk_dropout
            ids = tf.where(drawn & (ids != 0), 1, ids)
        vectors = tf.gather(tf.convert_to_tensor(self.embeddings), ids)
        if training and self.word_dropout:
            ones = tf.ones((self.vocabulary_size, 1), vectors.dtype)
            kept = keras.random.dropout(ones, self.word_dropout, seed=self.seed_generator)
            vectors *= tf.gather(kept, ids)
        self.looked_up = vectors  # what adversarial training differentiates by
        return vectors if self._move is None else vectors + self._move

    @contextlib.contextmanager
    def moved_by(self, move):
        """Within this context every look-up is moved by `move`, (batch, time, dim)."""
        self._move = move
        try:
            yield
        finally:
            self._move = None

    def compute_mask(self, ids, mask=None):
        return ops.not_equal(ids, 0)

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.dim)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "dim": self.dim,
            "word_dropout": self.word_dropout,
            "unk_dropout": self.unk_dropout,
            "start": self.start,
        }
