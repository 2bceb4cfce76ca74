"""From the outputs of all steps to one vector."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class MaxMeanPooling(keras.layers.Layer):
    """Largest value and mean over the valid steps, side by side.

        y = [max_t h_t ; (1/T) sum_t h_t]

    Call arguments:
        sequences: (batch, time, features) float.
        mask: None, or (batch, time) bool; a row with no valid step gives zeros.

    Returns:
        (batch, 2 features) float.

    Example:
        >>> MaxMeanPooling()(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 6])
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, sequences, mask=None):
        if mask is None:
            largest, mean = tf.reduce_max(sequences, axis=1), tf.reduce_mean(sequences, axis=1)
        else:
            valid = tf.cast(mask, sequences.dtype)[:, :, None]
            count = tf.reduce_sum(valid, axis=1)
            lowest = tf.constant(sequences.dtype.min / 2, sequences.dtype)
            largest = tf.reduce_max(sequences * valid + lowest * (1 - valid), axis=1) * tf.minimum(count, 1)
            mean = tf.reduce_sum(sequences * valid, axis=1) / tf.maximum(count, 1)
        return tf.concat([largest, mean], axis=-1)

    def compute_mask(self, sequences, mask=None):
        return None

    def compute_output_shape(self, sequences_shape):
        return (sequences_shape[0], 2 * sequences_shape[-1])
