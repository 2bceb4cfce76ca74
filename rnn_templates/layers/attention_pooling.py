"""Attention: weighted reading of a sequence."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class AttentionPooling(keras.layers.Layer):
    """Sum of the steps, weighted by how much each matters.

        s_t = v . tanh(W h_t + b),   a = softmax(s) over the valid steps,   y = sum_t a_t h_t

    Args:
        units: size of the hidden layer of the score, or None for the size of h.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: (batch, time, features) float.
        mask: None, or (batch, time) bool; a row with no valid step gives zeros.
        return_weights: whether to return a (batch, time) too.

    Returns:
        (batch, features) float, with `return_weights` also the weights (batch, time), each row summing to one.

    Source:
        Yang et al., Hierarchical attention networks for document classification, NAACL 2016.

    Example:
        >>> AttentionPooling()(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 3])
    """

    def __init__(self, units=None, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.units = units

    def build(self, sequences_shape):
        features = sequences_shape[-1]
        units = self.units or features
        self.kernel = self.add_weight(shape=(features, units), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(units,), initializer="zeros", name="bias")
        self.context = self.add_weight(shape=(units, 1), initializer="glorot_uniform", name="context")

    def call(self, sequences, mask=None, return_weights=False):
        scores = tf.matmul(tf.tanh(tf.matmul(sequences, self.kernel) + self.bias), self.context)
        valid = tf.ones_like(scores) if mask is None else tf.cast(mask, scores.dtype)[:, :, None]
        scores = scores * valid + tf.constant(scores.dtype.min / 2, scores.dtype) * (1 - valid)
        weights = tf.exp(scores - tf.reduce_max(scores, axis=1, keepdims=True)) * valid
        weights /= tf.maximum(tf.reduce_sum(weights, axis=1, keepdims=True), 1e-12)
        pooled = tf.reduce_sum(weights * sequences, axis=1)
        return (pooled, weights[:, :, 0]) if return_weights else pooled

    def compute_mask(self, sequences, mask=None):
        return None

    def compute_output_shape(self, sequences_shape):
        return (sequences_shape[0], sequences_shape[-1])

    def get_config(self):
        return {**super().get_config(), "units": self.units}
