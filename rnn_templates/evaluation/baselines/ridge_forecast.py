"""Ridge regression of the horizon on the look-back, in closed form."""

import numpy as np

PENALTIES = (1e-1, 1e1, 1e3)
CHUNK = 4096
HELD_OUT = 0.1


class RidgeForecast:
    """One ridge regression for all series: the next values, relative to the last one, from those before it.

        f = y_t + scale (w x + b),   x = (y_{t-look_back+1..t} - y_t) / scale,   W = (X'X + penalty I)^-1 X'Y

    The penalty is the one of 0.1, 10 and 1000 with the lowest error on the last tenth of the training windows.

    Args:
        look_back, horizon: positive ints.

    Source:
        Zeng et al., Are transformers effective for time series forecasting?, arXiv:2205.13504 (linear models).

    Example:
        >>> from rnn_templates.evaluation.baselines.ridge_forecast import RidgeForecast
        >>> history, targets = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]), np.array([[2.0], [3.0], [4.0]])
        >>> ridge = RidgeForecast(2, 1).fit([(history, targets, np.ones(3))] * 10)
        >>> ridge.predict(np.array([[7.0, 8.0]]), np.ones(1)).round(1).tolist()
        [[9.0]]
    """

    def __init__(self, look_back, horizon):
        self.look_back, self.horizon = look_back, horizon
        self.weights = None

    def fit(self, batches):
        """Fits to batches of windows in chronological order; returns itself.

        Args:
            batches: list of (history (n, look_back), targets (n, horizon), scales (n,)); windows with a NaN are
                left out.

        Raises:
            ValueError: if there is no complete window.
        """
        batches = [self._scaled(*batch) for batch in batches]
        batches = [(x, y) for x, y in batches if len(x)]
        if not batches:
            raise ValueError("RidgeForecast: there is no window without missing targets.")
        held = max(1, int(HELD_OUT * len(batches))) if len(batches) > 1 else 0
        head, tail = batches[: len(batches) - held], batches[len(batches) - held :]
        products = _products(head)
        candidates = [_solve(products, penalty) for penalty in PENALTIES]
        errors = [sum(np.square(x @ w - y).sum() for x, y in tail) for w in candidates]
        best = PENALTIES[int(np.argmin(errors))] if tail else PENALTIES[1]
        self.weights = _solve(tuple(map(sum, zip(products, _products(tail), strict=True))) if tail else products, best)
        return self

    def predict(self, history, scales):
        """Returns the forecasts (n, horizon) of histories (n, look_back), whose series have the scales (n,)."""
        x, _ = self._scaled(history, np.zeros((len(history), self.horizon)), scales)
        return x @ self.weights * np.asarray(scales)[:, None] + history[:, -1:]

    def _scaled(self, history, targets, scales):
        scales, last = np.asarray(scales)[:, None], history[:, -1:]
        x = np.concatenate([(history - last) / scales, np.ones((len(history), 1))], axis=1)
        y = (targets - last) / scales
        complete = np.isfinite(y).all(axis=1)
        return x[complete], y[complete]


def _products(batches):
    """X'X and X'Y, and the number of windows."""
    return (
        sum(x.T @ x for x, _ in batches),
        sum(x.T @ y for x, y in batches),
    )


def _solve(products, penalty):
    xx, xy = products
    diagonal = np.full(len(xx), float(penalty))
    diagonal[-1] = 1e-6  # of the constant
    diagonal[-2] = max(penalty, 1e-6)  # x is 0 at the last value
    return np.linalg.solve(xx + np.diag(diagonal), xy)
