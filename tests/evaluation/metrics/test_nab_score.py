"""NAB's score and event counts against the definitions, by enumeration."""

import numpy as np
import pytest

from rnn_templates.evaluation.metrics.events import alarm_times, count_events, runs
from rnn_templates.evaluation.metrics.nab_score import NAB_PROFILES, nab_score, probation
from rnn_templates.evaluation.metrics.roc import roc_auc


def sigmoid(position):
    return -1.0 if position > 3 else 2 / (1 + np.exp(5 * position)) - 1


def score_by_definition(files, profile, threshold):
    """The score of one threshold, sample by sample, as in section 3 of arXiv:1510.03336."""
    weights, total, count = NAB_PROFILES[profile], 0.0, 0
    for scores, windows in files:
        count += len(windows)
        alarms = [index for index in range(probation(len(scores)), len(scores)) if scores[index] >= threshold]
        for first, last in windows:
            inside = [index for index in alarms if first <= index <= last]
            if not inside:
                total -= weights.miss
                continue
            total += sigmoid(-(last - inside[0] + 1) / (last - first + 1)) / sigmoid(-1.0)
        for index in alarms:
            if any(first <= index <= last for first, last in windows):
                continue
            before = [pair for pair in windows if pair[1] < index]
            if not before:
                total -= weights.false_alarm
                continue
            first, last = before[-1]
            total += weights.false_alarm * sigmoid((index - last) / (last - first))
    null = -weights.miss * count
    return 100 * (total - null) / (count - null)


@pytest.mark.parametrize("profile", NAB_PROFILES)
def test_the_score_is_the_best_one_over_all_thresholds(profile):
    rng = np.random.default_rng(0)
    files = [(np.round(rng.random(200), 2), [(60, 75), (120, 139)]), (np.round(rng.random(90), 2), [(40, 44)])]
    files.append((np.round(rng.random(50), 2), []))
    result = nab_score(files, profile)
    best = max(score_by_definition(files, profile, threshold) for threshold in np.round(np.linspace(0, 1.01, 102), 2))
    assert result.score == pytest.approx(max(best, 0.0))
    for threshold in (0.5, 0.9, 0.99):
        expected = score_by_definition(files, profile, threshold)
        assert nab_score(files, profile, threshold).score == pytest.approx(expected)


def test_no_alarm_is_0_and_the_begin_of_every_window_100_and_bad_scores_are_errors():
    windows = [(50, 59), (80, 89)]
    assert nab_score([(np.zeros(100), windows)], threshold=1.0).score == 0.0
    perfect = np.zeros(100)
    perfect[[50, 80]] = 1.0
    assert nab_score([(perfect, windows)])[:1] + nab_score([(perfect, windows)])[2:] == (100.0, 2, 2, 0)
    with pytest.raises(ValueError, match="finite"):
        nab_score([(np.full(100, np.nan), windows)])
    with pytest.raises(ValueError, match="labeled window"):
        nab_score([(perfect, [])])


def test_a_detected_event_counts_once_and_its_other_samples_are_not_adjusted():
    flags = np.zeros(100, bool)
    flags[[12, 18, 40, 41]] = True
    assert count_events([(10, 20), (60, 70)], runs(flags)) == (1, 1, 1)
    assert runs(flags, gap=5) == [(12, 18), (40, 41)]
    assert alarm_times([(10, 20), (60, 70)], flags) == ([2], [8])


def test_the_area_under_the_curve_is_that_of_all_pairs():
    rng = np.random.default_rng(1)
    labels, scores = rng.random(200) < 0.3, np.round(rng.random(200), 1)
    pairs = scores[labels][:, None] - scores[~labels][None]
    assert roc_auc(labels, scores) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))
    assert roc_auc(np.ones(3), [1, 2, 3]) is None
