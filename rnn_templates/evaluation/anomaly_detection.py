"""Evaluation of an anomaly detector by events, beside baselines."""

import dataclasses

import numpy as np

from rnn_templates.data.series.windows import SeriesPart
from rnn_templates.evaluation.baselines.windowed_gaussian import windowed_gaussian, z_scores
from rnn_templates.evaluation.metrics.events import EventCounts, alarm_times, count_events, runs
from rnn_templates.evaluation.metrics.nab_score import nab_score
from rnn_templates.evaluation.metrics.roc import roc_auc
from rnn_templates.evaluation.reports.anomaly_detection import AnomalyReport, DetectedSeries, ReportedEvent
from rnn_templates.utils.peaks_over_threshold import fit_tail

EVENT_GAP = 5  # samples between two runs of flags of one event
PER = 1000
MAX_FIGURES = 4
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def evaluate_detector(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates an anomaly detector on labeled series.

    Values before the part are read first. Events are counted without point adjustment: see `count_events`. The
    threshold is that of the model; thresholds of the baselines are chosen by the same rule, from `baseline`, or without
    it from the scores of the data itself. The NAB score has its own rule: the threshold that maximizes it.

    Args:
        model: task with `score_series`, `schema`, `threshold` and `risk`, such as `AnomalyDetector`.
        dataset: `SeriesPart` with labels, or a pair (list of raw series, list of labels, (time,) bool each). Of series
            without labels only the flags are counted.
        baseline: `SeriesPart` or pair of the training part, for the thresholds of the baselines; None for none.
        num_worst: int; number of the false alarms with the largest scores that the report holds.

    Returns:
        `AnomalyReport`.

    Raises:
        ValueError: if there is no series, or a score is not finite.

    Example:
        >>> evaluate_detector(model, splits.test, baseline=splits.train).metrics()["event_f1"]  # doctest: +SKIP
    """
    series = read_scored(model, dataset)
    if not all(np.isfinite(one.scores).all() for one in series):
        raise ValueError("evaluate: a score is not finite; train the model again, with a lower learning rate.")
    labeled = all(one.labels is not None for one in series)
    figures = _figures(series, model.threshold, _days(model.schema.step, series))
    baselines = {}
    reference = series if baseline is None else read_scored(model, baseline)
    for name in ("z score", "windowed Gaussian"):
        threshold = fit_tail(np.concatenate([one.baseline(name) for one in reference])).quantile(model.risk)
        rows = [dataclasses.replace(one, scores=one.baseline(name)) for one in series]
        baselines[name] = _figures(rows, threshold, _days(model.schema.step, series))
    return AnomalyReport(
        samples=sum(len(one.scores) for one in series),
        series=len(series),
        labeled_events=sum(len(one.events) for one in series) if labeled else None,
        **figures,
        baselines=baselines,
        baseline=baselines["windowed Gaussian"] if labeled else None,
        by_series=[_by_series(one, model.threshold) for one in series] if labeled else [],
        worst_examples=_worst(series, model.threshold, num_worst) if labeled else [],
        examples=_examples(series, model.threshold),
    )


@dataclasses.dataclass(frozen=True)
class ScoredSeries:
    """The scores of one series in a part.

    Args:
        name: str.
        values, scores, expected: (time,) floats.
        labels: (time,) bool, or None.
        first: int; index of the first value in the whole series.
        before: (first,) floats; the values before the part.
        center, scale: floats; of the training part.

    Example:
        >>> from rnn_templates.evaluation.anomaly_detection import ScoredSeries
        >>> ScoredSeries("a", np.zeros(3), np.zeros(3), np.zeros(3), np.array([0, 1, 1]) > 0).events
        [(1, 2)]
    """

    name: str
    values: np.ndarray
    scores: np.ndarray
    expected: np.ndarray
    labels: np.ndarray | None
    first: int = 0
    before: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0))
    center: float = 0.0
    scale: float = 1.0

    @property
    def events(self):
        """Labeled events, a list of (first, last)."""
        return runs(self.labels)

    def baseline(self, name):
        """Returns the scores of a baseline: "z score" or "windowed Gaussian"."""
        if name == "z score":
            return z_scores(self.values, self.center, self.scale)
        return windowed_gaussian(np.concatenate([self.before, self.values]))[len(self.before) :]


def read_scored(model, dataset):
    """Returns the scores of a part, or of a pair of raw series and labels, a list of `ScoredSeries`.

    Args:
        model, dataset: as for `evaluate_detector`.

    Raises:
        ValueError: if there is no series, or labels have another length.
    """
    if isinstance(dataset, SeriesPart):
        triples = model.whole_series(dataset)
    else:
        inputs, labels = dataset if isinstance(dataset, tuple) else (dataset, None)
        windows = model.read_examples(inputs)[0]
        labels = [None] * len(windows) if labels is None else [np.asarray(one, bool) for one in labels]
        lengths = [len(one.values) for one in windows]
        if [None if one is None else len(one) for one in labels] not in (lengths, [None] * len(windows)):
            raise ValueError(f"evaluate: the labels must be one for each value of {len(windows)} series.")
        triples = [(window, 0, one) for window, one in zip(windows, labels, strict=True)]
    if not triples:
        raise ValueError("evaluate: there is no series.")
    found = []
    scored = model.score_series([window for window, *_ in triples])
    for (window, first, labels), (scores, expected) in zip(triples, scored, strict=True):
        number = model.schema.number(window.series)
        found.append(
            ScoredSeries(
                window.series or model.schema.names[0],
                window.values[first:],
                scores[first:].astype(np.float64),
                expected[first:],
                None if labels is None else labels[first:],
                first,
                window.values[:first],
                model.schema.centers[number],
                model.schema.scales[number],
            )
        )
    return found


def _figures(series, threshold, days):
    """Metrics of scores and a threshold, a dict; those that need labels are None without them."""
    flags = [one.scores > threshold for one in series]
    total = sum(map(len, flags))
    found = {"flag_rate": float(np.concatenate(flags).mean())}
    reported = [runs(one, EVENT_GAP) for one in flags]
    if any(one.labels is None for one in series):
        names = ("event_f1", "event_precision", "event_recall", "auc", "nab", "delay", "lead_time")
        return {**dict.fromkeys(names), "false_alarms_per_1000": None, "false_alarms_per_day": None, **found}
    counts = sum(
        (count_events(one.events, own) for one, own in zip(series, reported, strict=True)), EventCounts(0, 0, 0)
    )
    times = [alarm_times(one.events, own) for one, own in zip(series, flags, strict=True)]
    delays, leads = ([value for pair in times for value in pair[index]] for index in (0, 1))
    has_events = any(one.events for one in series)
    return {
        "event_f1": counts.f1,
        "event_precision": counts.precision,
        "event_recall": counts.recall,
        "auc": roc_auc(np.concatenate([one.labels for one in series]), np.concatenate([one.scores for one in series])),
        "nab": nab_score([(one.scores, one.events) for one in series]).score if has_events else None,
        "delay": float(np.mean(delays)) if delays else None,
        "lead_time": float(np.mean(leads)) if leads else None,
        "false_alarms_per_1000": PER * counts.false_alarms / total,
        "false_alarms_per_day": counts.false_alarms / days if days else None,
        **found,
    }


def _days(step, series):
    """Days of all series together, or None if the steps have no duration."""
    count, _, unit = step.partition(" ")
    return int(count) * SECONDS[unit] * sum(len(one.values) for one in series) / 86_400 if unit in SECONDS else None


def _by_series(one, threshold):
    counts = count_events(one.events, runs(one.scores > threshold, EVENT_GAP))
    return DetectedSeries(one.name, len(one.scores), *counts)


def _worst(series, threshold, count):
    """The false alarms with the largest scores."""
    alarms = []
    for one in series:
        for first, last in runs(one.scores > threshold, EVENT_GAP):
            if not one.labels[first : last + 1].any():
                score = float(one.scores[first : last + 1].max())
                alarms.append(ReportedEvent(one.name, one.first + first, one.first + last, score))
    return sorted(alarms, key=lambda alarm: -alarm.score)[:count]


def _examples(series, threshold):
    """Series for the figure: those with the most labeled events."""
    order = sorted(series, key=lambda one: 0 if one.labels is None else -len(one.events))
    return [
        {
            "series": one.name,
            "values": one.values,
            "expected": one.expected,
            "scores": one.scores,
            "threshold": threshold,
            "events": [] if one.labels is None else one.events,
        }
        for one in order[:MAX_FIGURES]
    ]
