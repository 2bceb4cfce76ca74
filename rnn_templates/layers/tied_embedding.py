"""Token embedding that shares its matrix with the output layer."""

import keras
import tensorflow as tf

from rnn_templates.layers.token_embedding import TokenEmbedding


@keras.saving.register_keras_serializable(package="rnn_templates")
class TiedEmbedding(TokenEmbedding):
    """Embeds tokens, and computes output logits with the same matrix.

        e_t = E[y_{t-1}],   logits_t = E o_t + b

    `keras.layers.ReversibleEmbedding` has neither the bias of the logits nor the dropouts of `TokenEmbedding`.

    Args:
        vocabulary_size, embedding_dim, type_dropout, unk_dropout, pretrained_vectors, init_range: see `TokenEmbedding`.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: (batch, time) int32 ids; with `reverse`, (batch, time, embedding_dim) float.
        reverse: whether to compute logits.

    Returns:
        (batch, time, embedding_dim) float; with `reverse`, logits (batch, time, vocabulary_size).

    Source:
        Press and Wolf, Using the output embedding to improve language models, arXiv:1608.05859.

    Example:
        >>> embedding = rt.TiedEmbedding(100, 8)
        >>> embedding(embedding(np.array([[5, 7]])), reverse=True).shape
        TensorShape([1, 2, 100])
    """

    def build(self, inputs_shape):
        super().build(inputs_shape)
        self.bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="bias")

    def call(self, inputs, reverse=False, training=False):
        if not reverse:
            return super().call(inputs, training=training)
        logits = tf.matmul(inputs, tf.convert_to_tensor(self.embeddings), transpose_b=True)
        return tf.nn.bias_add(logits, tf.convert_to_tensor(self.bias))

    def compute_mask(self, inputs, mask=None):
        return super().compute_mask(inputs) if "int" in str(inputs.dtype) else mask

    def compute_output_spec(self, inputs, reverse=False, training=False):
        size = self.vocabulary_size if reverse else self.embedding_dim
        shape = (*inputs.shape[:-1], size) if reverse else (*inputs.shape, size)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)
