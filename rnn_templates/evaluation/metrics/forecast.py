"""Errors of forecasts and of their quantiles."""

import numpy as np


def mae(actual, forecast):
    """Returns the mean absolute error, mean |y - f|; NaN targets do not count.

    Args:
        actual, forecast: arrays of one shape.

    Example:
        >>> from rnn_templates.evaluation.metrics.forecast import mae
        >>> mae(np.array([1.0, np.nan]), np.array([3.0, 0.0]))
        2.0
    """
    return float(np.nanmean(np.abs(actual - forecast)))


def mse(actual, forecast):
    """Returns the mean squared error, mean (y - f)^2; NaN targets do not count.

    Args:
        actual, forecast: arrays of one shape.

    Example:
        >>> from rnn_templates.evaluation.metrics.forecast import mse
        >>> mse(np.array([1.0, 2.0]), np.array([3.0, 2.0]))
        2.0
    """
    return float(np.nanmean(np.square(actual - forecast)))


def smape(actual, forecast):
    """Returns the symmetric mean absolute percentage error of M4, in percent.

        200 mean |y - f| / (|y| + |f|)

    Steps at which both are 0 have the error 0.

    Args:
        actual, forecast: arrays of one shape.

    Source:
        Makridakis, Spiliotis and Assimakopoulos, The M4 competition, International Journal of Forecasting 36, 2020.

    Example:
        >>> from rnn_templates.evaluation.metrics.forecast import smape
        >>> smape(np.array([1.0, 0.0]), np.array([3.0, 0.0]))
        50.0
    """
    total = np.abs(actual) + np.abs(forecast)
    errors = np.divide(np.abs(actual - forecast), total, out=np.zeros_like(total), where=total != 0)
    return 200 * float(np.nanmean(errors))


def mase(actual, forecast, seasonal_errors):
    """Returns the mean absolute scaled error: relative to the seasonal naive forecast on the training part.

        mean |y - f| / e,   e = mean |y_t - y_{t-period}| of the training part of the series

    Args:
        actual, forecast: (n, horizon) arrays.
        seasonal_errors: (n,) array; e of the series of each row.

    Source:
        Hyndman and Koehler, Another look at measures of forecast accuracy, International Journal of Forecasting 22,
        2006.

    Example:
        >>> from rnn_templates.evaluation.metrics.forecast import mase
        >>> mase(np.array([[1.0, 2.0]]), np.array([[2.0, 4.0]]), np.array([3.0]))
        0.5
    """
    return float(np.nanmean(np.abs(actual - forecast) / np.asarray(seasonal_errors)[:, None]))


def pinball(actual, quantiles, levels):
    """Returns the mean pinball loss, mean max(p (y - q_p), (p - 1) (y - q_p)).

    Args:
        actual: (n, horizon) array.
        quantiles: (n, horizon, levels) array.
        levels: sequence of probabilities.

    Example:
        >>> from rnn_templates.evaluation.metrics.forecast import pinball
        >>> round(pinball(np.array([[1.0]]), np.array([[[0.0, 2.0]]]), (0.1, 0.9)), 6)
        0.1
    """
    errors, levels = np.asarray(actual)[..., None] - quantiles, np.asarray(levels)
    return float(np.nanmean(np.maximum(levels * errors, (levels - 1) * errors)))


def coverage(actual, low, high):
    """Returns the fraction of values from `low` to `high`; NaN values do not count.

    Args:
        actual, low, high: arrays of one shape.

    Example:
        >>> from rnn_templates.evaluation.metrics.forecast import coverage
        >>> coverage(np.array([1.0, 5.0]), np.zeros(2), np.full(2, 2.0))
        0.5
    """
    valid = np.isfinite(actual)
    return float(((actual >= low) & (actual <= high))[valid].mean())
