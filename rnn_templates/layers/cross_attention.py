"""Attention of a decoder to the key-value memory of an encoder."""

import keras
import tensorflow as tf

from rnn_templates.utils.validation import check_fractions, check_sizes

SCORE_FUNCTIONS = ("additive", "scaled_dot")


@keras.saving.register_keras_serializable(package="rnn_templates")
class KeyValueMemory(keras.layers.Layer):
    """Concatenates values with their attention keys.

        k_j = v_j K,   memory_j = [v_j ; k_j]

    The keys are computed once per sequence instead of once per decoder step. The output has no Keras mask: the decoder
    receives the mask as a tensor.

    Args:
        units: int >= 1; size of a key.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        values: (batch, positions, size) float.

    Returns:
        (batch, positions, size + units) float, the memory of `CrossAttention`.

    Raises:
        ValueError: if `units` is not a positive integer.

    Source:
        Bahdanau et al., Neural machine translation by jointly learning to align and translate, arXiv:1409.0473.

    Example:
        >>> rt.KeyValueMemory(4)(keras.ops.ones((2, 7, 6))).shape
        TensorShape([2, 7, 10])
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        check_sizes("KeyValueMemory", units=units)
        self.supports_masking = True
        self.units = units

    def build(self, values_shape):
        self.kernel = self.add_weight(shape=(values_shape[-1], self.units), initializer="glorot_uniform", name="kernel")

    def call(self, values):
        return tf.concat([values, tf.matmul(values, tf.convert_to_tensor(self.kernel))], axis=-1)

    def compute_mask(self, values, mask=None):
        return None

    def compute_output_shape(self, values_shape):
        return (*values_shape[:-1], values_shape[-1] + self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="rnn_templates")
class CrossAttention(keras.layers.Layer):
    """Attention of decoder queries to an encoder's memory.

        additive     s_tj = v . tanh(W q_t + b + k_j)
        scaled_dot   s_tj = (W q_t) . k_j / sqrt(units)
        a_t = softmax(s_t) over the valid positions,   c_t = sum_j a_tj v_j

    Args:
        units: int >= 1; size of a key.
        score: "additive" or "scaled_dot"; the score function.
        dropout: float in [0, 1); probability of masking a memory position during training.
        attention_regularization: float >= 0; weight of the penalty mean_j (1 - sum_t a_tj)^2 over the valid memory
            positions, which is added to the loss in training (doubly stochastic attention).
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        queries: (batch, time, features) float.
        memory: (batch, positions, size + units) float, the output of `KeyValueMemory`.
        memory_mask: (batch, positions) bool, false at padding; the context of a row without a valid position is zero.
        queries_mask: None or (batch, time) bool; queries that the penalty includes.

    Returns:
        `context, weights`: (batch, time, size) float, and (batch, time, positions) float, which sum to 1 over the
        positions.

    Raises:
        ValueError: if an argument is out of range, or the memory has no features besides the keys.

    Source:
        Bahdanau et al., Neural machine translation by jointly learning to align and translate, arXiv:1409.0473;
        Luong et al., Effective approaches to attention-based neural machine translation, arXiv:1508.04025;
        Xu et al., arXiv:1502.03044 (doubly stochastic attention).

    Example:
        >>> attention = rt.CrossAttention(4)
        >>> queries, memory = keras.ops.ones((2, 5, 3)), keras.ops.ones((2, 7, 6 + 4))
        >>> context, weights = attention(queries, memory, keras.ops.ones((2, 7), "bool"))
        >>> context.shape, weights.shape
        (TensorShape([2, 5, 6]), TensorShape([2, 5, 7]))
    """

    def __init__(self, units, score="additive", *, dropout=0.0, attention_regularization=0.0, **kwargs):
        super().__init__(**kwargs)
        check_sizes("CrossAttention", units=units)
        check_fractions("CrossAttention", dropout=dropout)
        if score not in SCORE_FUNCTIONS:
            raise ValueError(
                f"CrossAttention: `score` must be one of {', '.join(SCORE_FUNCTIONS)}; received {score!r}."
            )
        if not attention_regularization >= 0:
            raise ValueError(
                f"CrossAttention: `attention_regularization` must be at least 0; received {attention_regularization!r}."
            )
        self.supports_masking = True
        self.units = units
        self.score = score
        self.dropout = dropout
        self.attention_regularization = attention_regularization
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, queries_shape, memory_shape, memory_mask_shape=None):
        if memory_shape[-1] <= self.units:
            raise ValueError(
                f"{self.name}: `memory` must have more than {self.units} features, those of its keys; received "
                f"{memory_shape[-1]}."
            )
        shape = (queries_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        if self.score == "additive":
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
            self.score_kernel = self.add_weight(
                shape=(self.units, 1), initializer="glorot_uniform", name="score_kernel"
            )

    def call(self, queries, memory, memory_mask, training=False, queries_mask=None):
        values, keys = memory[..., : -self.units], memory[..., -self.units :]
        query = tf.matmul(queries, self.kernel)
        if self.score == "additive":
            hidden = tf.tanh((query + self.bias)[:, :, None] + keys[:, None])
            # One flat product: oneDNN writes beyond its memory in `matmul` of rank 4 by rank 2 (TensorFlow 2.21).
            scores = tf.matmul(tf.reshape(hidden, (-1, self.units)), tf.convert_to_tensor(self.score_kernel))
            scores = tf.reshape(scores, tf.shape(hidden)[:3])
        else:
            scores = tf.matmul(query, keys, transpose_b=True) / self.units**0.5
        valid = tf.cast(memory_mask, scores.dtype)[:, None]
        if training and self.dropout:
            kept = keras.random.dropout(tf.ones_like(valid), self.dropout, seed=self.seed_generator)
            valid *= kept * (1 - self.dropout)
        scores = scores * valid + tf.constant(scores.dtype.min / 2, scores.dtype) * (1 - valid)
        weights = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True)) * valid
        weights /= tf.maximum(tf.reduce_sum(weights, axis=-1, keepdims=True), 1)  # the sum is at least exp(0) or zero
        if training and self.attention_regularization:
            self.add_loss(self.attention_regularization * self._coverage_loss(weights, memory_mask, queries_mask))
        return tf.matmul(weights, values), weights

    def _coverage_loss(self, weights, memory_mask, queries_mask):
        """Mean over valid memory positions of (1 - attention received)^2."""
        valid = tf.cast(memory_mask, weights.dtype)
        if queries_mask is not None:
            weights *= tf.cast(queries_mask, weights.dtype)[..., None]
        deficit = tf.square(1 - tf.reduce_sum(weights, axis=1)) * valid
        return tf.reduce_sum(deficit) / tf.maximum(tf.reduce_sum(valid), 1)

    def compute_mask(self, inputs, mask=None):
        return None, None

    def compute_output_shape(self, queries_shape, memory_shape, memory_mask_shape=None):
        rows = queries_shape[:-1]
        return (*rows, memory_shape[-1] - self.units), (*rows, memory_shape[1])

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "score": self.score,
            "dropout": self.dropout,
            "attention_regularization": self.attention_regularization,
        }
