"""Report on an anomaly detector."""

import dataclasses
from typing import ClassVar, NamedTuple

from rnn_templates.evaluation.reports.base import Report
from rnn_templates.evaluation.reports.tables import examples_table
from rnn_templates.utils.numbers import format_number

MAX_ROWS = 20


class DetectedSeries(NamedTuple):
    """Events of one series.

    series: str.
    samples, detected, false_alarms, missed: ints.

    Example:
        >>> DetectedSeries("pump", 1000, 3, 1, 0).detected
        3
    """

    series: str
    samples: int
    detected: int
    false_alarms: int
    missed: int


class ReportedEvent(NamedTuple):
    """A false alarm.

    series: str.
    start, end: ints; indices of its first and last value in the series.
    score: float; the largest score.

    Example:
        >>> ReportedEvent("pump", 10, 12, 4.5).end
        12
    """

    series: str
    start: int
    end: int
    score: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class AnomalyReport(Report):
    """Events, ranking and alarms of an anomaly detector, and baselines.

    Args:
        samples, series, labeled_events: ints; the last one None without labels, like all metrics that need them.
        event_f1, event_precision, event_recall: floats; of events, without point adjustment, see `count_events`.
        auc: float or None; area under the ROC curve of the samples.
        nab: float or None; NAB score of the standard profile, at the threshold that maximizes it.
        delay, lead_time: floats or None; mean number of samples from the begin of a detected event to its first alarm,
            and from there to its end.
        false_alarms_per_1000, false_alarms_per_day: floats or None; false alarms per 1,000 samples, and per day of a
            series; the latter is None for numbered rows and months.
        flag_rate: float; fraction of the samples that are flagged.
        baselines: dict from the name of a baseline to a dict of its metrics.
        by_series: list of `DetectedSeries`.
        worst_examples: list of `ReportedEvent`; the false alarms with the largest scores.
        examples: list of dicts; series for the figure, not in the JSON.
        baseline, baseline_name: see `Report`.

    Example:
        >>> rt.evaluate(model, splits.test).event_recall  # doctest: +SKIP
        0.9
    """

    COUNTS: ClassVar[tuple[str, ...]] = ("samples", "series", "labeled_events")
    METRICS: ClassVar[tuple[str, ...]] = (
        "event_f1",
        "event_precision",
        "event_recall",
        "auc",
        "nab",
        "delay",
        "lead_time",
        "false_alarms_per_1000",
        "false_alarms_per_day",
        "flag_rate",
    )

    samples: int
    series: int
    labeled_events: int | None
    event_f1: float | None
    event_precision: float | None
    event_recall: float | None
    auc: float | None
    nab: float | None
    delay: float | None
    lead_time: float | None
    false_alarms_per_1000: float | None
    false_alarms_per_day: float | None
    flag_rate: float
    baselines: dict
    by_series: list
    worst_examples: list
    examples: list = dataclasses.field(default_factory=list, repr=False, compare=False)
    baseline_name: str = "windowed Gaussian"

    def _title(self):
        events = "" if self.labeled_events is None else f", {self.labeled_events:,} labeled events"
        return f"{self.samples:,} samples, {self.series:,} series{events}"

    def _detail_tables(self):
        names = ("event_f1", "event_precision", "event_recall", "auc", "nab", "false_alarms_per_1000", "flag_rate")
        own = {"model": {name: getattr(self, name) for name in names}, **self.baselines}
        rows = [[name, *(_format(found[key]) for key in names)] for name, found in own.items()]
        tables = [examples_table("Beside baselines", ["detector", *names], rows)]
        if self.by_series:
            rows = [[one.series, *(f"{count:,}" for count in one[1:])] for one in self.by_series[:MAX_ROWS]]
            columns = ["series", "samples", "detected", "false alarms", "missed"]
            tables.append(examples_table("Every series", columns, rows))
        if self.worst_examples:
            rows = [[one.series, f"{one.start:,}", f"{one.end:,}", f"{one.score:.2f}"] for one in self.worst_examples]
            tables.append(examples_table("False alarms", ["series", "from", "to", "score"], rows))
        return tables

    def _save_plots(self, folder):
        from rnn_templates.plots.anomalies import plot_anomalies

        plot_anomalies(self.examples, folder / "anomalies.png")


def _format(value):
    return "" if value is None else format_number(value)
