"""Forecasts without training: the last value, and the last season."""

import numpy as np


def naive_forecast(history, horizon):
    """Returns the last value for all steps, f_{t+h} = y_t.

    Args:
        history: (n, look_back) array.
        horizon: positive int.

    Example:
        >>> from rnn_templates.evaluation.baselines.naive_forecast import naive_forecast
        >>> naive_forecast(np.array([[1.0, 2.0]]), 2).tolist()
        [[2.0, 2.0]]
    """
    return np.repeat(history[:, -1:], horizon, axis=1)


def seasonal_naive_forecast(history, horizon, period):
    """Returns the last season again and again, f_{t+h} = y_{t+h-k period}; the last value if the history is shorter.

    Args:
        history: (n, look_back) array.
        horizon, period: positive ints.

    Example:
        >>> from rnn_templates.evaluation.baselines.naive_forecast import seasonal_naive_forecast
        >>> seasonal_naive_forecast(np.array([[1.0, 2.0, 3.0]]), 3, 2).tolist()
        [[2.0, 3.0, 2.0]]
    """
    if period > history.shape[1]:
        return naive_forecast(history, horizon)
    season = history[:, -period:]
    return season[:, np.arange(horizon) % period]
