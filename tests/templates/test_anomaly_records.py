"""The detector of records: limits, unknown categories, saving, and bad records."""

import keras
import numpy as np
import pandas as pd
import pytest

from rnn_templates.layers.gaussian_density import GaussianDensity
from rnn_templates.templates.anomaly_detection.records import record_detector


def connections(count=400, seed=0):
    """Normal connections: the number of bytes depends on the service."""
    rng = np.random.default_rng(seed)
    service = rng.choice(["http", "dns", "mail"], count)
    size = np.where(service == "dns", 50.0, 1000.0) * np.exp(rng.normal(0, 0.2, count))
    return pd.DataFrame({"bytes": size, "seconds": rng.exponential(1, count), "service": service})


def test_an_unusual_combination_and_a_category_never_seen_raise_the_score():
    detector = record_detector(connections(), risk=0.01)
    normal = detector.score_records(connections(seed=1))
    assert (normal > 1).mean() < 0.04
    rows = {"bytes": [1000.0, 1000.0, 1000.0], "seconds": [1.0, 1.0, 1.0], "service": ["http", "dns", "gopher"]}
    usual, combination, unknown = detector.score_records(rows)
    assert usual < 1 < combination and unknown > 1


def test_the_distance_is_that_of_numpy_and_the_limit_flags_the_given_fraction(tmp_path):
    table = connections()
    detector = record_detector(table, shrinkage=0.5, risk=0.05)
    scores = detector.score_records(table)
    assert (scores > 1).mean() == pytest.approx(0.05, abs=0.003)
    one_hot = np.eye(4)[[["dns", "http", "mail"].index(one) + 1 for one in table["service"]]]
    features = np.concatenate([np.log1p(table[["bytes", "seconds"]].to_numpy()), one_hot], axis=1)
    deviation = np.where(features.std(axis=0) > 0, features.std(axis=0), 1.0)
    z = np.clip((features - features.mean(axis=0)) / deviation, -10, 10)
    inverse = np.linalg.inv(0.5 * np.cov(z.T) + 0.5 * np.eye(6))
    z = z - z.mean(axis=0)
    expected = np.sqrt(np.einsum("ij,jk,ik->i", z, inverse, z) / 6)
    np.testing.assert_allclose(scores * detector.limit.numpy(), expected, rtol=1e-4)
    detector.save(tmp_path / "records.keras")
    loaded = keras.saving.load_model(tmp_path / "records.keras")
    np.testing.assert_allclose(loaded.score_records(table[:5]), scores[:5], rtol=1e-5)


def test_bad_records_are_named_with_column_and_row():
    detector = record_detector(connections())
    good = connections(3)
    for column, value, message in (
        ("bytes", np.inf, "Row 1 of 'bytes' must be a finite number"),
        ("bytes", np.nan, "Row 1 of 'bytes' must be a finite number; received None"),
        ("seconds", "fast", "Row 1 of 'seconds' must be a finite number; received 'fast'"),
    ):
        bad = good.astype(object)
        bad.loc[1, column] = value
        with pytest.raises(ValueError, match=message):
            detector.score_records(bad)
    with pytest.raises(ValueError, match="must have the column 'seconds'"):
        detector.score_records(good[["bytes", "service"]])
    with pytest.raises(ValueError, match="There are no records"):
        detector.score_records(good[:0])
    with pytest.raises(ValueError, match="no records to learn from"):
        record_detector(good[:0])
    with pytest.raises(ValueError, match="at least two records; received 1"):
        record_detector(good[:1])
    with pytest.raises(ValueError, match="`categorical` has 'kind'"):
        record_detector(good, categorical=["kind"])
    for risk in (0, 0.5, "low"):
        with pytest.raises(ValueError, match="`risk`"):
            record_detector(good, risk=risk)
    with pytest.raises(ValueError, match="`shrinkage`"):
        GaussianDensity(1, [], shrinkage=0)


def test_constant_columns_are_accepted_and_a_change_is_an_alarm():
    detector = record_detector({"size": np.arange(100.0), "flag": np.zeros(100)})
    usual, changed = detector.score_records({"size": [50, 50], "flag": [0, 1000]})
    assert usual < 1 < changed
