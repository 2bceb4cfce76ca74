"""The values before an origin."""

from typing import NamedTuple

import numpy as np


class SeriesWindow(NamedTuple):
    """The raw example of a forecasting model: the values before an origin.

    values: (time,) floats; the history, at least as long as the look-back of the model.
    series: str or None; name of the series; None if the model has one.
    known: None, or (look_back + horizon, covariates) floats; covariates of the last `look_back` values and of the
        horizon.

    Example:
        >>> from rnn_templates.preprocessing.series.window import SeriesWindow
        >>> SeriesWindow(np.arange(3.0)).series is None
        True
    """

    values: np.ndarray
    series: str | None = None
    known: np.ndarray | None = None
