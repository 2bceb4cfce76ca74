"""Score of the Numenta Anomaly Benchmark (NAB) for detectors on streams."""

from typing import NamedTuple

import numpy as np

PROBATION, PROBATION_ROWS = 0.15, 5000
FAR = 3.0  # widths of a window after its end; later alarms cost the full weight


class NabProfile(NamedTuple):
    """Weights of one application profile.

    detection, false_alarm, miss: floats; weights of a detected window, of an alarm outside windows, and of a missed
        window.

    Example:
        >>> NAB_PROFILES["standard"].false_alarm
        0.11
    """

    detection: float
    false_alarm: float
    miss: float


NAB_PROFILES = {
    "standard": NabProfile(1.0, 0.11, 1.0),
    "reward_low_fp": NabProfile(1.0, 0.22, 1.0),
    "reward_low_fn": NabProfile(1.0, 0.11, 2.0),
}


class NabResult(NamedTuple):
    """Score of a corpus.

    score: float; 0 for no alarm, 100 for an alarm at the begin of every window and nowhere else.
    threshold: float; samples with at least this anomaly score are alarms.
    detected, windows, false_alarms: ints; windows with an alarm, all windows, and alarms outside of them.

    Example:
        >>> NabResult(100.0, 0.5, 2, 2, 0).score
        100.0
    """

    score: float
    threshold: float
    detected: int
    windows: int
    false_alarms: int


def scaled_sigmoid(position):
    """Returns the value of an alarm at a position relative to a window, in (-1, 1).

        2 / (1 + exp(5 y)) - 1

    Args:
        position: float or array; y is -1 at the begin of the window, 0 at its end, and positive after it.

    Example:
        >>> [round(float(one), 3) for one in scaled_sigmoid(np.array([-1.0, 0.0, 4.0]))]
        [0.987, 0.0, -1.0]
    """
    position = np.asarray(position, np.float64)
    return np.where(position > FAR, -1.0, 2 / (1 + np.exp(5 * np.minimum(position, FAR))) - 1)


def probation(length):
    """Returns the number of samples at the begin of a series that are not scored.

    Example:
        >>> probation(4000), probation(20_000)
        (600, 750)
    """
    return int(PROBATION * min(length, PROBATION_ROWS))


def nab_score(files, profile="standard", threshold=None):
    """Returns the NAB score of anomaly scores on a corpus.

    Only the first alarm in a window counts, by its position; alarms outside windows cost the more, the later they are
    after one. As in the benchmark, one threshold for the whole corpus maximizes the score, unless it is given: that
    threshold is chosen with the labels.

    Args:
        files: list of (scores, windows): (time,) floats, and a list of (first, last) indices of samples.
        profile: str; key of `NAB_PROFILES`.
        threshold: float, or None for the best one of the corpus.

    Returns:
        `NabResult`.

    Raises:
        ValueError: if there is no window, or a score is not finite.

    Source:
        Lavin and Ahmad, Evaluating real-time anomaly detection algorithms: the Numenta Anomaly Benchmark,
        arXiv:1510.03336.

    Example:
        >>> from rnn_templates.evaluation.metrics.nab_score import nab_score
        >>> scores = np.zeros(100)
        >>> scores[50] = 1.0
        >>> nab_score([(scores, [(50, 59)])]).score
        100.0
    """
    weights, count = NAB_PROFILES[profile], sum(len(windows) for _, windows in files)
    if not count:
        raise ValueError("nab_score: `files` must have a labeled window; received none.")
    found = [_changes(np.asarray(scores, np.float64), windows, weights) for scores, windows in files]
    levels, gains, hits, alarms = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(-levels, kind="stable")
    levels, totals = levels[order], np.cumsum(gains[order]) - weights.miss * count
    last = np.append(levels[1:] != levels[:-1], True) if len(levels) else np.zeros(0, bool)  # ties are one threshold
    if threshold is None:
        candidates = np.flatnonzero(last)
        best = int(candidates[np.argmax(totals[candidates])]) if len(candidates) else -1
        best = best if best >= 0 and totals[best] > -weights.miss * count else -1
    else:
        best = int(np.count_nonzero(levels >= threshold)) - 1
    total = totals[best] if best >= 0 else -weights.miss * count
    null, perfect = -weights.miss * count, weights.detection * count
    return NabResult(
        score=float(100 * (total - null) / (perfect - null)),
        threshold=float(threshold if threshold is not None else levels[best] if best >= 0 else np.inf),
        detected=int(hits[order][: best + 1].sum()),
        windows=count,
        false_alarms=int(alarms[order][: best + 1].sum()),
    )


def _changes(scores, windows, weights):
    """Changes of the total when the threshold falls to a level: levels, gains, new hits and false alarms, arrays."""
    if not np.isfinite(scores).all():
        raise ValueError("nab_score: the scores must be finite.")
    start, outside = probation(len(scores)), np.ones(len(scores), bool)
    outside[:start] = False
    rows = []
    for first, last in windows:
        outside[first : last + 1] = False
        previous, running = 0.0, -np.inf
        inside = range(max(first, start), last + 1)
        records = []
        for index in inside:  # the first alarm is at the first record of at least the threshold
            if scores[index] > running:
                running = scores[index]
                records.append(index)
        for index in reversed(records):
            position = -(last - index + 1) / (last - first + 1)
            value = float(scaled_sigmoid(position)) * weights.detection / float(scaled_sigmoid(-1.0))
            rows.append((scores[index], value - previous + (weights.miss if index == records[-1] else 0.0),
                         int(index == records[-1]), 0))  # fmt: skip
            previous = value
    rows += [(scores[i], weights.false_alarm * cost, 0, 1) for i, cost in _alarm_costs(outside, windows)]
    table = np.array(rows, np.float64).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _alarm_costs(outside, windows):
    """Pairs of the index of a sample outside windows and the value of an alarm there, from -1 to 0."""
    indices = np.flatnonzero(outside)
    costs = np.full(len(indices), -1.0)
    for first, last in sorted(windows):
        after = indices > last
        costs[after] = scaled_sigmoid((indices[after] - last) / max(1, last - first))
    return zip(indices.tolist(), costs.tolist(), strict=True)
