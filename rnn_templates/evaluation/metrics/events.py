"""Event-wise metrics of anomaly detectors, without point adjustment."""

from typing import NamedTuple

import numpy as np

from rnn_templates.utils.events import find_events


class EventCounts(NamedTuple):
    """Counts of labeled and reported events.

    detected, false_alarms, missed: ints; labeled events that a reported one overlaps; reported events that overlap no
        labeled one; labeled events that no reported one overlaps.

    Example:
        >>> EventCounts(3, 1, 1).f1
        0.75
    """

    detected: int
    false_alarms: int
    missed: int

    @property
    def precision(self):
        """detected / (detected + false alarms), 0 without a reported event."""
        return self.detected / max(1, self.detected + self.false_alarms)

    @property
    def recall(self):
        """detected / (detected + missed), 0 without a labeled event."""
        return self.detected / max(1, self.detected + self.missed)

    @property
    def f1(self):
        """Harmonic mean of precision and recall, 0 without a detected event."""
        return 2 * self.detected / max(1, 2 * self.detected + self.false_alarms + self.missed)

    def __add__(self, other):
        return EventCounts(*(one + two for one, two in zip(self, other, strict=True)))


def count_events(labeled, reported):
    """Returns the `EventCounts` of two lists of (first, last) indices, by the rule of telemanom.

    A labeled event is detected if any reported event shares a sample with it, and counts once; a reported event that
    shares no sample with a labeled one is a false alarm. Samples are not adjusted: a detected event does not turn its
    other samples into detections.

    Args:
        labeled, reported: lists of pairs of ints; the last sample is included.

    Source:
        Hundman et al., Detecting spacecraft anomalies using LSTMs and nonparametric dynamic thresholding,
        arXiv:1802.04431; on point adjustment Kim et al., Towards a rigorous evaluation of time-series anomaly
        detection, arXiv:2109.05257.

    Example:
        >>> from rnn_templates.evaluation.metrics.events import count_events
        >>> count_events([(10, 20), (50, 60)], [(15, 16), (18, 25), (90, 91)])
        EventCounts(detected=1, false_alarms=1, missed=1)
    """

    def overlaps(one, others):
        return any(one[0] <= last and first <= one[1] for first, last in others)

    detected = sum(overlaps(one, reported) for one in labeled)
    false_alarms = sum(not overlaps(one, labeled) for one in reported)
    return EventCounts(detected, false_alarms, len(labeled) - detected)


def runs(flags, gap=0):
    """Returns the runs of true samples, a list of (first, last); arguments as for `find_events`.

    Example:
        >>> from rnn_templates.evaluation.metrics.events import runs
        >>> runs([0, 1, 1, 0])
        [(1, 2)]
    """
    return [(event.start, event.end) for event in find_events(flags, gap=gap)]


def alarm_times(labeled, flags):
    """Returns delays and lead times of the first alarm in each detected event, two lists of ints.

    The delay is the number of samples from the begin of the event, the lead time that to its end.

    Args:
        labeled: list of (first, last).
        flags: (time,) bool.

    Example:
        >>> from rnn_templates.evaluation.metrics.events import alarm_times
        >>> alarm_times([(1, 4)], [0, 0, 1, 1, 0, 0])
        ([1], [2])
    """
    flags = np.asarray(flags, bool)
    firsts = [(first, last, np.flatnonzero(flags[first : last + 1])) for first, last in labeled]
    found = [(int(hits[0]), int(last - first - hits[0])) for first, last, hits in firsts if len(hits)]
    return [delay for delay, _ in found], [lead for _, lead in found]
