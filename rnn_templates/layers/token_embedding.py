"""Embedding of token ids, with dropout of token types and of tokens."""

import contextlib

import keras
import tensorflow as tf
from keras import ops

from rnn_templates.utils.validation import check_fractions


@keras.saving.register_keras_serializable(package="rnn_templates")
class TokenEmbedding(keras.layers.Layer):
    """Trainable embedding of token ids; id 0 is padding and is masked.

        e_t = E[x_t]

    The embedding is a single gather, which is one op in an exported graph.

    Args:
        vocabulary_size: int; number of rows, those of padding (0) and of the unknown token (1) included.
        embedding_dim: int; size of a vector.
        type_dropout: float in [0, 1); probability of zeroing a token type, all its occurrences in the batch, in
            training.
        unk_dropout: float in [0, 1); probability of replacing a token with the unknown token, in training. This trains
            the vector of out-of-vocabulary tokens.
        pretrained_vectors: None or (vocabulary_size, embedding_dim) float32 array; initial values.
        init_range: float > 0; without `pretrained_vectors` the initial values are uniform in [-init_range, init_range].
        **kwargs: `name`, `dtype`, `trainable` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: (batch, time) int32.

    Returns:
        (batch, time, embedding_dim) float, with a mask that is false where the id is 0.

    Raises:
        ValueError: if a probability is out of range, or `pretrained_vectors` has another shape.

    Source:
        Gal and Ghahramani, arXiv:1512.05287 (dropout of token types).

    Example:
        >>> from rnn_templates.layers.token_embedding import TokenEmbedding
        >>> TokenEmbedding(100, 8)(np.array([[5, 7, 0]])).shape
        TensorShape([1, 3, 8])
    """

    def __init__(
        self,
        vocabulary_size,
        embedding_dim,
        *,
        type_dropout=0.0,
        unk_dropout=0.0,
        pretrained_vectors=None,
        init_range=0.05,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_fractions(type(self).__name__, type_dropout=type_dropout, unk_dropout=unk_dropout)
        shape = (vocabulary_size, embedding_dim)
        if pretrained_vectors is not None and tuple(pretrained_vectors.shape) != shape:
            raise ValueError(
                f"{type(self).__name__}: `pretrained_vectors` must have shape {shape}, one row per token of the "
                f"vocabulary; received {tuple(pretrained_vectors.shape)}."
            )
        self.supports_masking = True
        self.vocabulary_size = vocabulary_size
        self.embedding_dim = embedding_dim
        self.type_dropout = type_dropout
        self.unk_dropout = unk_dropout
        self.init_range = init_range
        self.seed_generator = keras.random.SeedGenerator()
        self._pretrained_vectors = pretrained_vectors
        self._replacement = None

    def build(self, ids_shape):
        self.embeddings = self.add_weight(
            shape=(self.vocabulary_size, self.embedding_dim),
            initializer=keras.initializers.RandomUniform(-self.init_range, self.init_range),
            name="embeddings",
        )
        if self._pretrained_vectors is not None:
            self.embeddings.assign(self._pretrained_vectors)
            self._pretrained_vectors = None

    def call(self, ids, training=False):
        if self._replacement is not None:
            return self._replacement
        if training and self.unk_dropout:
            drawn = keras.random.uniform(tf.shape(ids), seed=self.seed_generator) < self.unk_dropout
            ids = tf.where(drawn & (ids != 0), 1, ids)
        vectors = tf.gather(tf.convert_to_tensor(self.embeddings), ids)
        if training and self.type_dropout:
            ones = tf.ones((self.vocabulary_size, 1), vectors.dtype)
            kept = keras.random.dropout(ones, self.type_dropout, seed=self.seed_generator)
            vectors *= tf.gather(kept, ids)
        return vectors

    @contextlib.contextmanager
    def replaced_by(self, vectors):
        """Within this context the layer returns given vectors instead of its own.

        The mask is still that of the ids. Runs a network on perturbed embeddings; a functional model from an
        intermediate tensor could not, since the following layers also read the mask, which depends on the ids.

        Args:
            vectors: (batch, time, embedding_dim) float.

        Example:
            >>> from rnn_templates.layers.token_embedding import TokenEmbedding
            >>> embedding, ids = TokenEmbedding(100, 8), np.array([[5, 7, 0]])
            >>> with embedding.replaced_by(embedding(ids) + 1):
            ...     perturbed = embedding(ids)
            >>> float(keras.ops.max(perturbed - embedding(ids)).numpy().round(4))
            1.0
        """
        self._replacement = vectors
        try:
            yield
        finally:
            self._replacement = None

    def compute_mask(self, ids, mask=None):
        return ops.not_equal(ids, 0)

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.embedding_dim)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "embedding_dim": self.embedding_dim,
            "type_dropout": self.type_dropout,
            "unk_dropout": self.unk_dropout,
            "init_range": self.init_range,
        }
