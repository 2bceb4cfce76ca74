"""Baselines of anomaly detection: distances from a mean."""

import numpy as np

MIN_DEVIATION = 1e-6  # relative to that of the whole series


def z_scores(values, center, scale):
    """Returns |x - center| / scale, (time,) floats.

    Args:
        values: (time,) floats.
        center, scale: floats; mean and standard deviation of the training part.

    Example:
        >>> from rnn_templates.evaluation.baselines.windowed_gaussian import z_scores
        >>> z_scores(np.array([1.0, 5.0]), 1.0, 2.0).tolist()
        [0.0, 2.0]
    """
    return np.abs(np.asarray(values, np.float64) - center) / scale


def windowed_gaussian(values, window=500):
    """Returns the distance of each value from the mean of those before it, in their standard deviations.

    Args:
        values: (time,) floats.
        window: positive int; number of values before.

    Returns:
        (time,) floats; 0 for the first two.

    Source:
        The detector "windowed Gaussian" of the Numenta Anomaly Benchmark.

    Example:
        >>> from rnn_templates.evaluation.baselines.windowed_gaussian import windowed_gaussian
        >>> windowed_gaussian([1.0, 3.0, 1.0, 3.0, 6.0]).tolist()[-1]
        4.0
    """
    values = np.asarray(values, np.float64)
    centered = values - values.mean()
    sums, squares = (np.concatenate([[0.0], np.cumsum(one)]) for one in (centered, centered**2))
    last = np.arange(len(values))
    first = np.maximum(last - window, 0)
    count = np.maximum(last - first, 1)
    mean = (sums[last] - sums[first]) / count
    variance = np.maximum((squares[last] - squares[first]) / count - mean**2, 0)
    floor = MIN_DEVIATION * max(float(values.std()), 1e-300)
    return np.where(last < 2, 0.0, np.abs(centered - mean) / np.maximum(np.sqrt(variance), floor))
