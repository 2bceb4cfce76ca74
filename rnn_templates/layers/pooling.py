"""Pooling of a sequence over its valid steps."""

import keras
import tensorflow as tf


class _SequencePooling(keras.layers.Layer):
    """Consumes the mask of its input; the output has none."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, sequences, mask=None):
        return None


@keras.saving.register_keras_serializable(package="rnn_templates")
class AttentionPooling(_SequencePooling):
    """Attention-weighted sum of the steps of a sequence.

        s_t = v . tanh(W h_t + b),   a = softmax(s) over the valid steps,   y = sum_t a_t h_t

    Args:
        units: None or int >= 1; size of the hidden layer of the score; None for the number of features.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: (batch, time, features) float.
        mask: None or (batch, time) bool; the output of a row without a valid step is zero.
        return_weights: whether to return the weights a.

    Returns:
        (batch, features) float; with `return_weights` also (batch, time) float, the weights, which sum to 1 over time.

    Source:
        Yang et al., Hierarchical attention networks for document classification, NAACL 2016.

    Example:
        >>> rt.AttentionPooling()(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 3])
    """

    def __init__(self, units=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, sequences_shape):
        features = sequences_shape[-1]
        units = self.units or features
        self.kernel = self.add_weight(shape=(features, units), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(units,), initializer="zeros", name="bias")
        self.score_kernel = self.add_weight(shape=(units, 1), initializer="glorot_uniform", name="score_kernel")

    def call(self, sequences, mask=None, return_weights=False):
        scores = tf.matmul(tf.tanh(tf.matmul(sequences, self.kernel) + self.bias), self.score_kernel)
        valid = tf.ones_like(scores) if mask is None else tf.cast(mask, scores.dtype)[:, :, None]
        scores = scores * valid + tf.constant(scores.dtype.min / 2, scores.dtype) * (1 - valid)
        weights = tf.exp(scores - tf.reduce_max(scores, axis=1, keepdims=True)) * valid
        weights /= tf.maximum(tf.reduce_sum(weights, axis=1, keepdims=True), 1)  # the sum is at least exp(0) or zero
        pooled = tf.reduce_sum(weights * sequences, axis=1)
        return (pooled, weights[:, :, 0]) if return_weights else pooled

    def compute_output_shape(self, sequences_shape):
        return (sequences_shape[0], sequences_shape[-1])

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="rnn_templates")
class MaxMeanPooling(_SequencePooling):
    """Concatenated maximum and mean over the valid steps.

        y = [max_t h_t ; (1/T) sum_t h_t]

    Args:
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: (batch, time, features) float.
        mask: None or (batch, time) bool; the output of a row without a valid step is zero.

    Returns:
        (batch, 2 * features) float.

    Example:
        >>> from rnn_templates.layers.pooling import MaxMeanPooling
        >>> MaxMeanPooling()(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 6])
    """

    def call(self, sequences, mask=None):
        if mask is None:
            maximum, mean = tf.reduce_max(sequences, axis=1), tf.reduce_mean(sequences, axis=1)
        else:
            valid = tf.cast(mask, sequences.dtype)[:, :, None]
            count = tf.reduce_sum(valid, axis=1)
            lowest = tf.constant(sequences.dtype.min / 2, sequences.dtype)
            maximum = tf.reduce_max(sequences * valid + lowest * (1 - valid), axis=1) * tf.minimum(count, 1)
            mean = tf.reduce_sum(sequences * valid, axis=1) / tf.maximum(count, 1)
        return tf.concat([maximum, mean], axis=-1)

    def compute_output_shape(self, sequences_shape):
        return (sequences_shape[0], 2 * sequences_shape[-1])
