"""Negative log-likelihood of values under a location and a scale."""

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class LocationScaleLoss(keras.losses.Loss):
    """Negative log-likelihood of a Laplace or Gaussian distribution.

        Laplace:   |y - location| / scale + log(2 scale)
        Gaussian:  (y - location)^2 / (2 scale^2) + log(scale) + log(2 pi) / 2

    Targets that are NaN do not count.

    Args:
        distribution: "laplace" or "gaussian".
        **kwargs: `name` and the other arguments of `keras.losses.Loss`.

    Call arguments:
        y_true: (batch, time) float.
        y_pred: (batch, time, 2) float; location and log-scale.

    Example:
        >>> from rnn_templates.tasks.tail_loss import LocationScaleLoss
        >>> round(float(LocationScaleLoss("laplace")(tf.constant([[1.0, np.nan]]), tf.zeros((1, 2, 2)))), 4)
        1.6931
    """

    def __init__(self, distribution, name="negative_log_likelihood", **kwargs):
        super().__init__(name=name, **{"reduction": "sum_over_batch_size", **kwargs})
        self.distribution = distribution

    def call(self, y_true, y_pred):
        valid = tf.math.is_finite(y_true)
        error = tf.where(valid, y_true - y_pred[:, :, 0], tf.zeros_like(y_true))
        log_scale = y_pred[:, :, 1]
        if self.distribution == "laplace":
            loss = tf.abs(error) * tf.exp(-log_scale) + log_scale + float(np.log(2.0))
        else:
            loss = 0.5 * tf.square(error * tf.exp(-log_scale)) + log_scale + 0.5 * float(np.log(2 * np.pi))
        weights = tf.cast(valid, loss.dtype)
        return tf.reduce_sum(weights * loss, axis=-1) / tf.maximum(tf.reduce_sum(weights, axis=-1), 1.0)

    def get_config(self):
        return {**super().get_config(), "distribution": self.distribution}
