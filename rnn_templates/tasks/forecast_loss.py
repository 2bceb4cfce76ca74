"""Losses and metrics of forecasts with quantiles."""

import keras
import tensorflow as tf

POINT_LOSSES = ("mse", "mae", "huber")


@keras.saving.register_keras_serializable(package="rnn_templates")
class ForecastLoss(keras.losses.Loss):
    """Loss of the point forecast, plus the pinball loss of the quantiles.

        L = mean loss(y - point) + weight * mean max(p (y - q_p), (p - 1) (y - q_p))

    Targets that are NaN do not count.

    Args:
        quantiles: tuple of floats in (0, 1).
        point: str; "mse", "mae" or "huber".
        quantile_weight: float of at least 0.
        **kwargs: `name` and the other arguments of `keras.losses.Loss`.

    Call arguments:
        y_true: (batch, horizon) float.
        y_pred: (batch, horizon, 1 + quantiles) float; the point, then the quantiles.

    Source:
        Koenker and Bassett, Regression quantiles, Econometrica 46, 1978.

    Example:
        >>> from rnn_templates.tasks.forecast_loss import ForecastLoss
        >>> float(ForecastLoss((0.5,), quantile_weight=1.0)(tf.constant([[1.0]]), tf.zeros((1, 1, 2))))
        1.5
    """

    def __init__(self, quantiles, point="mse", quantile_weight=0.5, name="forecast_loss", **kwargs):
        super().__init__(name=name, **{"reduction": "sum_over_batch_size", **kwargs})
        self.quantiles, self.point, self.quantile_weight = tuple(quantiles), point, quantile_weight

    def call(self, y_true, y_pred):
        valid = tf.math.is_finite(y_true)
        y_true = tf.where(valid, y_true, tf.zeros_like(y_true))
        error = y_true - y_pred[:, :, 0]
        if self.point == "mse":
            loss = tf.square(error)
        elif self.point == "mae":
            loss = tf.abs(error)
        else:
            loss = tf.where(tf.abs(error) < 1.0, 0.5 * tf.square(error), tf.abs(error) - 0.5)
        errors = y_true[:, :, None] - y_pred[:, :, 1:]
        levels = tf.constant(self.quantiles, errors.dtype)
        pinball = tf.reduce_mean(tf.maximum(levels * errors, (levels - 1) * errors), axis=-1)
        weights = tf.cast(valid, error.dtype)
        total = tf.reduce_sum(weights * (loss + self.quantile_weight * pinball), axis=-1)
        return total / tf.maximum(tf.reduce_sum(weights, axis=-1), 1.0)

    def get_config(self):
        own = {"quantiles": self.quantiles, "point": self.point, "quantile_weight": self.quantile_weight}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="rnn_templates")
class PointError(keras.metrics.Mean):
    """Mean squared or mean absolute error of the point forecast, in units of the scale of the series.

    Args:
        kind: str; "mse" or "mae", also the name of the metric.
        **kwargs: `name` and the other arguments of `keras.metrics.Metric`.

    Example:
        >>> from rnn_templates.tasks.forecast_loss import PointError
        >>> metric = PointError("mae")
        >>> metric.update_state(tf.constant([[3.0, np.nan]]), tf.ones((1, 2, 1)))
        >>> float(metric.result())
        2.0
    """

    def __init__(self, kind, name=None, **kwargs):
        super().__init__(name=name or kind, **kwargs)
        self.kind = kind

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, y_pred.dtype)
        valid = tf.math.is_finite(y_true)
        error = tf.where(valid, y_true, tf.zeros_like(y_true)) - y_pred[:, :, 0]
        values = tf.square(error) if self.kind == "mse" else tf.abs(error)
        weights = tf.cast(valid, values.dtype)
        if sample_weight is not None:
            weights = weights * tf.cast(sample_weight, values.dtype)[:, None]
        super().update_state(values, weights)

    def get_config(self):
        return {**super().get_config(), "kind": self.kind}
