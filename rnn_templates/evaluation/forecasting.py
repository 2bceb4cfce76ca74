"""Evaluation of forecasts over all origins, beside baselines."""

import numpy as np

from rnn_templates.data.series.windows import SeriesPart
from rnn_templates.evaluation.baselines.naive_forecast import naive_forecast, seasonal_naive_forecast
from rnn_templates.evaluation.baselines.ridge_forecast import RidgeForecast
from rnn_templates.evaluation.metrics.forecast import coverage, mae, mase, mse, pinball, smape
from rnn_templates.evaluation.reports.forecasting import ForecastExample, ForecastReport, SeriesErrors
from rnn_templates.evaluation.text_inputs import evenly_spaced, labeled_examples

MAX_SERIES = 50
CHUNK = 2048


def evaluate_forecaster(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a forecasting model on all windows of a part of series: rolling origins, one step apart.

    MSE, MAE and the pinball loss are in units of the scale (standard deviation) of the training part of a series, MASE
    in those of its seasonal naive error. The naive and the seasonal naive forecast are always compared, and with
    `baseline` ridge regression on the same look-back.

    Args:
        model: task with `read_examples`, `predict_batches`, `schema`, `look_back`, `horizon` and `quantiles`, such as
            `Forecaster`.
        dataset, baseline, num_worst: as in `evaluate`; a `SeriesPart`, or a pair (histories, targets).

    Returns:
        `ForecastReport`.

    Raises:
        ValueError: if there is no window, or a forecast is not finite.

    Example:
        >>> evaluate_forecaster(model, splits.test, baseline=splits.train).metrics()["mase"]  # doctest: +SKIP
    """
    windows = _Windows.read(model, dataset)
    outputs = np.concatenate([outputs for _, outputs in model.predict_batches(windows.raw)])
    if not np.isfinite(outputs).all():
        raise ValueError("evaluate: a forecast is not finite; train the model again, with a lower learning rate.")
    values = outputs * windows.scales[:, None, None] + windows.last[:, None]
    points, quantiles = values[:, :, 0], values[:, :, 1:]
    baselines = {
        "naive": naive_forecast(windows.history, model.horizon),
        "seasonal naive": seasonal_naive_forecast(windows.history, model.horizon, model.schema.period),
    }
    if baseline is not None:
        train = _Windows.read(model, baseline)
        ridge = RidgeForecast(model.look_back, model.horizon).fit(train.batches())
        baselines["ridge"] = ridge.predict(windows.history, windows.scales)
    figures = {name: _errors(windows, forecast) for name, forecast in baselines.items()}
    best = "ridge" if "ridge" in figures else "seasonal naive"
    scaled = (windows.targets - windows.last) / windows.scales[:, None]
    return ForecastReport(
        windows=len(windows.history),
        series=len(np.unique(windows.series)),
        horizon=model.horizon,
        **_errors(windows, points),
        pinball=float(pinball(scaled, outputs[:, :, 1:], model.quantiles)),
        interval=float(model.quantiles[-1] - model.quantiles[0]) if len(model.quantiles) > 1 else None,
        coverage=coverage(windows.targets, quantiles[:, :, 0], quantiles[:, :, -1]) if quantiles.shape[2] > 1 else None,
        quantile_levels=tuple(model.quantiles),
        quantile_coverage=[coverage(windows.targets, -np.inf, quantiles[:, :, i]) for i in range(quantiles.shape[2])],
        mae_by_step=np.nanmean(np.abs(scaled - outputs[:, :, 0]), axis=0).tolist(),
        baselines=figures,
        baseline=figures[best],
        baseline_name=best,
        by_series=_by_series(model, windows, points, baselines[best]),
        worst_examples=_worst(model, windows, points, num_worst),
        examples=_examples(model, windows, points, quantiles),
    )


class _Windows:
    """Histories, targets and scales of all windows, as arrays."""

    def __init__(self, model, raw, history, targets, series):
        self.raw, self.history, self.targets, self.series = raw, history, targets, series
        self.last = history[:, -1:]
        self.scales = np.array(model.schema.scales)[series]
        self.seasonal_errors = np.array(model.schema.seasonal_errors)[series]

    @classmethod
    def read(cls, model, dataset):
        """The windows of a `SeriesPart`, or of a pair of histories and targets."""
        examples, targets = labeled_examples(model, dataset)
        look_back = model.look_back
        history = np.stack([
            np.concatenate([np.full(max(0, look_back - len(one.values)), one.values[0]), one.values[-look_back:]])
            for one in examples
        ])  # fmt: skip
        series = np.array([model.schema.number(one.series) for one in examples])
        raw = dataset if isinstance(dataset, SeriesPart) else examples
        return cls(model, raw, history, np.asarray(targets, np.float64), series)

    def batches(self):
        """Batches for `RidgeForecast.fit`."""
        return [
            (self.history[rows], self.targets[rows], self.scales[rows])
            for rows in np.array_split(np.arange(len(self.history)), max(1, min(20, len(self.history))))
        ]


def _errors(windows, forecast):
    """Errors of point forecasts, a dict."""
    scales = windows.scales[:, None]
    return {
        "mse": mse(windows.targets / scales, forecast / scales),
        "mae": mae(windows.targets / scales, forecast / scales),
        "mase": mase(windows.targets, forecast, windows.seasonal_errors),
        "smape": smape(windows.targets, forecast),
    }


def _by_series(model, windows, points, baseline):
    rows = []
    for number in np.unique(windows.series)[:MAX_SERIES]:
        own = windows.series == number
        errors = [mase(windows.targets[own], one[own], windows.seasonal_errors[own]) for one in (points, baseline)]
        rows.append(SeriesErrors(model.schema.names[number], int(own.sum()), *errors))
    return rows


def _worst(model, windows, points, count):
    """The windows with the largest MASE."""
    errors = np.nanmean(np.abs(windows.targets - points), axis=1) / windows.seasonal_errors
    return [
        ForecastExample(int(i), model.schema.names[windows.series[i]], float(errors[i]))
        for i in np.argsort(-errors, kind="stable")[:count]
    ]


def _examples(model, windows, points, quantiles):
    """A few windows with their forecasts, for the figure."""
    return [
        {
            "series": model.schema.names[windows.series[row]],
            "history": windows.history[row],
            "targets": windows.targets[row],
            "forecast": points[row],
            "quantiles": quantiles[row],
        }
        for row in evenly_spaced(range(len(windows.history)))[:4]
    ]
