"""Extreme value theory: quantiles beyond the largest observations."""

from typing import NamedTuple

import numpy as np

MAX_SHAPE = 0.9  # method of probability-weighted moments is for shapes below 1
MIN_PEAKS = 10


class ParetoTail(NamedTuple):
    """Generalized Pareto distribution of the excesses over a high level.

        P(x > level + y) = rate (1 + shape y / scale)^(-1 / shape)

    level: float; the level.
    rate: float; fraction of the observations above it.
    shape, scale: floats; 0 as shape is the exponential distribution.

    Example:
        >>> from rnn_templates.utils.peaks_over_threshold import ParetoTail
        >>> round(ParetoTail(1.0, 0.1, 0.0, 1.0).quantile(0.01), 3)
        3.303
    """

    level: float
    rate: float
    shape: float
    scale: float

    def quantile(self, probability):
        """Returns the value that is exceeded with a probability, a float of at least `level`."""
        ratio = max(1.0, self.rate / probability)
        if abs(self.shape) < 1e-6:
            return float(self.level + self.scale * np.log(ratio))
        return float(self.level + self.scale * (ratio**self.shape - 1) / self.shape)


def fit_tail(values, fraction=0.02):
    """Returns the `ParetoTail` of the largest values, by probability-weighted moments.

    Args:
        values: (n,) floats, at least one.
        fraction: float in (0, 1); part of the values that are the tail; at least 10 values.

    Raises:
        ValueError: if there is no finite value.

    Source:
        Hosking and Wallis, Parameter and quantile estimation for the generalized Pareto distribution, Technometrics 29,
        1987; Siffer et al., Anomaly detection in streams with extreme value theory, KDD 2017.

    Example:
        >>> from rnn_templates.utils.peaks_over_threshold import fit_tail
        >>> tail = fit_tail(np.random.default_rng(0).exponential(size=20_000))
        >>> 8.2 < tail.quantile(1e-4) < 10.2  # exactly log 10,000 = 9.2
        True
    """
    values = np.sort(np.asarray(values, np.float64))
    values = values[np.isfinite(values)]
    if not len(values):
        raise ValueError("fit_tail: `values` must have a finite value; received none.")
    count = min(len(values) - 1, max(MIN_PEAKS, int(fraction * len(values))))
    if count < 1:
        return ParetoTail(float(values[-1]), 1.0, 0.0, 0.0)
    level = values[-count - 1]
    excesses = values[-count:] - level
    mean = excesses.mean()
    weights = 1 - (np.arange(1, count + 1) - 0.35) / count
    moment = float(np.mean(weights * excesses))
    if mean <= 0 or mean <= 2 * moment:  # equal values, or fewer than the moments need
        return ParetoTail(float(level), count / len(values), 0.0, float(max(mean, 0.0)))
    shape = float(np.clip(2 - mean / (mean - 2 * moment), -MAX_SHAPE, MAX_SHAPE))
    scale = float(mean * (1 - shape))
    return ParetoTail(float(level), count / len(values), shape, scale)
