"""Attention of a decoder to what an encoder remembers."""

import keras
import tensorflow as tf

from rnn_templates.layers.key_value_memory import checked_units

SCORES = ("additive", "multiplicative")


@keras.saving.register_keras_serializable(package="rnn_templates")
class CrossAttention(keras.layers.Layer):
    """Reads a memory with queries: a weighted sum of its values, for all queries at once.

        additive        s_tj = v . tanh(W q_t + k_j)
        multiplicative  s_tj = (W q_t) . k_j / sqrt(units)
        a_t = softmax(s_t) over the valid places,   c_t = sum_j a_tj v_j

    The keys stand ready in the memory, so that a decoder that walks step by step does not compute them again.

    Args:
        units: size of a key, a positive integer.
        score: "additive" or "multiplicative".
        dropout: fraction of the places that a query is kept from reading in training, in [0, 1).
        coverage: weight of a penalty in training, mean_j (1 - sum_t a_tj)^2, on places that all valid queries together
            look at too little or too much (doubly stochastic attention), at least 0.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        queries: (batch, time, features) float.
        memory: (batch, places, size + units) float, what `KeyValueMemory` made.
        memory_mask: (batch, places) bool, false marks padding; a row with no valid place is read as zeros.

    Returns:
        `context, weights`: (batch, time, size) float, and (batch, time, places) float that sum to one over places.

    Raises:
        ValueError: if an argument is out of range, or the memory is too small to hold keys.

    Source:
        Bahdanau et al., Neural machine translation by jointly learning to align and translate, arXiv:1409.0473;
        Luong et al., Effective approaches to attention-based neural machine translation, arXiv:1508.04025;
        Xu et al., Show, attend and tell, arXiv:1502.03044 (doubly stochastic attention).

    Example:
        >>> attention = CrossAttention(4)
        >>> queries, memory = keras.ops.ones((2, 5, 3)), keras.ops.ones((2, 7, 6 + 4))
        >>> context, weights = attention(queries, memory, keras.ops.ones((2, 7), "bool"))
        >>> context.shape, weights.shape
        (TensorShape([2, 5, 6]), TensorShape([2, 5, 7]))
    """

    def __init__(self, units, score="additive", *, dropout=0.0, coverage=0.0, **kwargs):
        super().__init__(**kwargs)
        if score not in SCORES:
            raise ValueError(f"CrossAttention: `score` is one of {', '.join(SCORES)}, not {score!r}.")
        if not 0 <= dropout < 1:
            raise ValueError(f"CrossAttention: `dropout` is a fraction in [0, 1), not {dropout!r}.")
        if not coverage >= 0:
            raise ValueError(f"CrossAttention: `coverage` is a weight of at least 0, not {coverage!r}.")
        self.supports_masking = True
        self.units = checked_units(units)
        self.score = score
        self.dropout = dropout
        self.coverage = coverage
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, queries_shape, memory_shape, memory_mask_shape=None):
        if memory_shape[-1] <= self.units:
            raise ValueError(
                f"{self.name}: the memory has {memory_shape[-1]} features, of which {self.units} would be keys: "
                "none is left for the values."
            )
        self.kernel = self.add_weight(
            shape=(queries_shape[-1], self.units), initializer="glorot_uniform", name="kernel"
        )
        if self.score == "additive":
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
            self.context = self.add_weight(shape=(self.units, 1), initializer="glorot_uniform", name="context")

    def call(self, queries, memory, memory_mask, training=False, queries_mask=None):
        values, keys = memory[..., : -self.units], memory[..., -self.units :]
        asked = tf.matmul(queries, self.kernel)
        if self.score == "additive":
            both = tf.tanh((asked + self.bias)[:, :, None] + keys[:, None])
            # One flat product: oneDNN writes beyond its memory in `matmul` of rank 4 by rank 2 (TensorFlow 2.21).
            scores = tf.matmul(tf.reshape(both, (-1, self.units)), tf.convert_to_tensor(self.context))
            scores = tf.reshape(scores, tf.shape(both)[:3])
        else:
            scores = tf.matmul(asked, keys, transpose_b=True) / self.units**0.5
        valid = tf.cast(memory_mask, scores.dtype)[:, None]
        if training and self.dropout:
            valid *= keras.random.dropout(tf.ones_like(valid), self.dropout, seed=self.seed_generator) * (
                1 - self.dropout
            )
        scores = scores * valid + tf.constant(scores.dtype.min / 2, scores.dtype) * (1 - valid)
        weights = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True)) * valid
        weights /= tf.maximum(tf.reduce_sum(weights, axis=-1, keepdims=True), 1)  # the largest alone gives one
        if training and self.coverage:
            self.add_loss(self.coverage * self._uncovered(weights, memory_mask, queries_mask))
        return tf.matmul(weights, values), weights

    def _uncovered(self, weights, memory_mask, queries_mask):
        valid = tf.cast(memory_mask, weights.dtype)
        if queries_mask is not None:
            weights *= tf.cast(queries_mask, weights.dtype)[..., None]
        missed = tf.square(1 - tf.reduce_sum(weights, axis=1)) * valid
        return tf.reduce_sum(missed) / tf.maximum(tf.reduce_sum(valid), 1)

    def compute_mask(self, inputs, mask=None):
        return None, None

    def compute_output_shape(self, queries_shape, memory_shape, memory_mask_shape=None):
        rows = queries_shape[:-1]
        return (*rows, memory_shape[-1] - self.units), (*rows, memory_shape[1])

    def get_config(self):
        options = {"units": self.units, "score": self.score, "dropout": self.dropout, "coverage": self.coverage}
        return {**super().get_config(), **options}
