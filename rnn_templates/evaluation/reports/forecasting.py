"""Report on forecasts."""

import dataclasses
from typing import ClassVar, NamedTuple

from rnn_templates.evaluation.reports.base import Report
from rnn_templates.evaluation.reports.tables import examples_table
from rnn_templates.utils.numbers import format_number

MAX_ROWS = 20


class SeriesErrors(NamedTuple):
    """MASE of one series.

    series: str.
    windows: int; number of origins.
    mase, baseline_mase: floats; of the model and of the baseline.

    Example:
        >>> SeriesErrors("oslo", 10, 0.8, 1.0).mase
        0.8
    """

    series: str
    windows: int
    mase: float
    baseline_mase: float


class ForecastExample(NamedTuple):
    """A window and its error.

    index: int; number of the window.
    series: str.
    mase: float.

    Example:
        >>> ForecastExample(3, "oslo", 2.5).index
        3
    """

    index: int
    series: str
    mase: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class ForecastReport(Report):
    """Errors of forecasts over all origins, coverage of the quantiles, and baselines.

    Args:
        windows, series, horizon: ints; number of origins, of series, and steps of a forecast.
        mse, mae, pinball: floats; in units of the scale of a series.
        mase, smape: floats; see `rnn_templates.evaluation.metrics.forecast`.
        interval: float or None; probability of the interval between the outer quantiles; None for one quantile.
        coverage: float or None; fraction of the targets in that interval.
        quantile_levels, quantile_coverage: sequences of floats; probability of each quantile, and the fraction of the
            targets below it.
        mae_by_step: list of floats; MAE of each step of the horizon.
        baselines: dict from the name of a baseline to a dict of its errors.
        by_series: list of `SeriesErrors`.
        worst_examples: list of `ForecastExample`.
        examples: list of dicts; windows for the figure, not in the JSON.
        baseline, baseline_name: see `Report`.

    Example:
        >>> rt.evaluate(model, splits.test).coverage  # doctest: +SKIP
        0.79
    """

    COUNTS: ClassVar[tuple[str, ...]] = ("windows", "series", "horizon")
    METRICS: ClassVar[tuple[str, ...]] = ("mase", "smape", "mse", "mae", "pinball", "interval", "coverage")

    windows: int
    series: int
    horizon: int
    mse: float
    mae: float
    mase: float
    smape: float
    pinball: float
    interval: float | None
    coverage: float | None
    quantile_levels: tuple
    quantile_coverage: list
    mae_by_step: list
    baselines: dict
    by_series: list
    worst_examples: list
    examples: list = dataclasses.field(default_factory=list, repr=False, compare=False)
    baseline_name: str = "seasonal naive"

    def _detail_tables(self):
        names = ("mase", "smape", "mse", "mae")
        own = {"model": {name: getattr(self, name) for name in names}, **self.baselines}
        rows = [[name, *(format_number(errors[key]) for key in names)] for name, errors in own.items()]
        tables = [examples_table("Beside baselines", ["forecast", *names], rows)]
        rows = [
            [one.series, f"{one.windows:,}", f"{one.mase:.3f}", f"{one.baseline_mase:.3f}"]
            for one in self.by_series[:MAX_ROWS]
        ]
        tables.append(examples_table("Every series", ["series", "windows", "mase", f"of {self.baseline_name}"], rows))
        if self.worst_examples:
            rows = [[f"{one.index:,}", one.series, f"{one.mase:.3f}"] for one in self.worst_examples]
            tables.append(examples_table("Worst windows", ["window", "series", "mase"], rows))
        return tables

    def _save_plots(self, folder):
        from rnn_templates.plots.forecast import plot_coverage, plot_forecasts

        plot_forecasts(self.examples, self.quantile_levels, folder / "forecasts.png")
        plot_coverage(self.quantile_levels, self.quantile_coverage, folder / "coverage.png")
