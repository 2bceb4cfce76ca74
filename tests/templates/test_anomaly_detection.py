"""The anomaly detector: streams, limits, tables, odd series and events."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from support import anomaly_detection as spec

import rnn_templates as rt
from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import Grid
from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.preprocessing.series.window import SeriesWindow
from rnn_templates.templates.anomaly_detection.builder import data_kwargs


def with_command():
    """A series with a covariate that is known in advance."""
    values, labels = spec.SERIES["pump"]
    command = np.arange(60)[:, None] % 3.0
    return SeriesCollection([Series.from_values("pump", values, 0, command, labels)], Grid("row", 1), ("command",))


def stream(model, window, batch=1):
    """Scores and flags of a series, value by value, from the zero state."""
    state = [tf.zeros((batch, size)) for size in model.state_sizes.values()]
    series = tf.constant([model.schema.number(window.series)])
    rows, scores = window.values[:, None], []
    rows = rows if window.known is None else np.concatenate([rows, window.known], axis=1)
    for row in rows:
        outputs = model.step(tf.constant(row[None], tf.float32), series, *state)
        state = [outputs[name] for name in model.state_sizes]
        scores.append(outputs["score"].numpy().item())
    return np.array(scores)


@pytest.mark.parametrize("scorer", ["tail", "adaptive", "record"])
def test_a_stream_has_the_scores_of_the_whole_series_with_covariates_seasons_and_statistics(scorer):
    collection = with_command()
    model = spec.build(SeriesSchema.from_part(collection.dataset()), scorer=scorer, memory=10)
    model.scorer.limits.assign([0.5, 0.1])
    (window, *_), *_ = model.whole_series(collection.dataset())
    (scores, _), *_ = model.score_series([window])
    assert scores.max() > 1 > scores.min()
    np.testing.assert_allclose(stream(model, window), scores, atol=1e-5)


def test_a_missing_value_of_a_stream_is_expected_and_a_stream_may_begin_with_one():
    model = spec.build()
    values = spec.SERIES["pump"][0][:12].copy()
    values[[0, 5]] = np.nan
    scores = stream(model, SeriesWindow(values, "pump"))
    assert np.isfinite(scores).all() and scores[0] == 0


def test_a_later_value_changes_no_score_before_it():
    model = spec.build()
    values = spec.SERIES["pump"][0].copy()
    before = model.predict([SeriesWindow(values, "pump")])[0]
    values[30:] = 0.0
    after = model.predict([SeriesWindow(values, "pump")])[0]
    np.testing.assert_array_equal(before[:30], after[:30])
    assert not np.allclose(before[30:], after[30:])


def test_limits_come_from_the_unlabeled_validation_part_and_bound_the_false_alarms_of_normal_data():
    rng = np.random.default_rng(0)
    values = np.sin(np.arange(6000) / 3) + rng.laplace(0, 0.1, 6000)
    collection = SeriesCollection([Series.from_values("mine", values)], Grid("row", 1))
    splits = Splits.from_examples("mine", collection.split((1000, 2500, 2500)), kind="time_series")
    model = spec.build(**data_kwargs(splits), risk=0.01)
    model.adapt(splits)
    limits = model.scorer.limits.numpy()
    rate = np.concatenate(model.part_scores(splits.test)) > 1
    assert 0.002 < rate.mean() < 0.03
    labeled = dataclasses.replace(collection, series=[collection.series[0]._replace(labels=np.ones(6000, bool))])
    model.adapt(Splits.from_examples("mine", labeled.split((1000, 2500, 2500)), kind="time_series"))
    np.testing.assert_array_equal(model.scorer.limits.numpy(), limits)


def test_detect_returns_scores_and_events_with_stamps_of_unsorted_wide_and_long_tables():
    model = spec.build()
    days = pd.date_range("2026-01-01", periods=60)
    wide = pd.DataFrame({"date": days, **{name: values for name, (values, _) in spec.SERIES.items()}})
    found = model.detect(wide.sample(frac=1, random_state=0))
    assert list(found.columns) == ["series", "time", "value", "expected", "score", "flag"]
    assert found["time"].tolist() == 2 * list(days) and found["value"].tolist()[:60] == wide["boiler"].tolist()
    np.testing.assert_array_equal(found["flag"], found["score"] > 1)
    long = wide.melt("date", var_name="series", value_name="value")
    np.testing.assert_allclose(model.detect(long)["score"], found["score"], atol=1e-6)
    events = model.detect(wide, return_events=True)
    assert list(events.columns) == ["series", "start", "end", "score", "samples"]
    assert events["samples"].sum() == found["flag"].sum() > 0
    (prediction,) = model.predict([SeriesWindow(wide["boiler"].to_numpy(), "boiler")], return_labels=True)
    starts = [days[event["start"]] for event in prediction["events"]]
    assert starts == events[events["series"] == "boiler"]["start"].tolist()


def test_bad_series_are_named():
    model = spec.build()
    bad = {
        "one of 'boiler', 'pump'; received 'rome'": "rome|1 2 3",
        "received no name": "1 2 3",
        "must be numbers; received '1 two 3'": "pump|1 two 3",
        "at least one value": "pump|",
        "Value 1 of a history is nan": SeriesWindow([1.0, np.nan], "pump"),
        "Value 1 of a history is inf": SeriesWindow([1.0, np.inf], "pump"),
        "must be a text, an array": 3.5,
    }
    for message, example in bad.items():
        with pytest.raises((TypeError, ValueError), match=message):
            model.predict([example])
    with pytest.raises(ValueError, match="There are no series"):
        model.predict([])
    with pytest.raises(ValueError, match="needs the covariates command of each of the 2 values"):
        spec.build(SeriesSchema.from_part(with_command().dataset())).predict(["1 2"])
    with pytest.raises(ValueError, match="1 h apart"):
        spec.build(dataclasses.replace(spec.schema(), step="1 h")).predict_examples(spec.splits().test)
    with pytest.raises(ValueError, match="labels must be one for each value"):
        rt.evaluate(model, (spec.examples[:1], [[0, 1]]))


def table(stamps, values):
    return pd.DataFrame({"date": stamps, "boiler": values, "pump": values})


def test_bad_tables_are_named_and_gaps_can_be_filled():
    model = spec.build()
    days, values = pd.date_range("2026-01-01", periods=10), np.arange(10.0)
    with pytest.raises(ValueError, match="occurs twice"):
        model.detect(table(days.insert(3, days[3]), np.arange(11.0)))
    with pytest.raises(ValueError, match="is missing at"):
        model.detect(table(days, np.where(values == 4, np.nan, values)))
    with pytest.raises(ValueError, match="is infinite"):
        model.detect(table(days, np.where(values == 4, np.inf, values)))
    year_later = days.delete(range(5, 10)).append(pd.date_range("2027-01-05", periods=5))
    with pytest.raises(ValueError, match="364 steps of 1 d are missing. Fill"):
        model.detect(table(year_later, values))
    found = model.detect(table(year_later, values), series_options="fill=previous")
    assert len(found) == 2 * 374 and found["value"].isna().sum() == 2 * 364 and np.isfinite(found["score"]).all()
    with pytest.raises(ValueError, match="no rows"):
        model.detect(table(days, values)[:0])
    one = model.detect(table(days, values)[:1], series_options="frequency=1d")  # one row has no distance of stamps
    assert one["score"].tolist() == [0.0, 0.0] and not one["flag"].any()


def test_constant_series_are_trained_on_and_a_change_is_an_alarm():
    flat = Series.from_values("flat", np.full(400, 5.0))
    collection = SeriesCollection([flat], Grid("row", 1))
    splits = Splits.from_examples("flat", collection.split((300, 50, 50)), kind="time_series")
    model = spec.build(**data_kwargs(splits), randomize=False, learning_rate=0.02)
    rt.fit(model, splits, epochs=15, batch_size=8, progress=False)
    values = np.full(60, 5.0)
    assert not model.predict([values], return_flags=True)[1][0].any()
    values[40:42] = 6.0
    assert model.predict([values], return_flags=True)[1][0][40]


def test_a_series_shorter_than_the_window_and_one_of_a_single_value_are_scored():
    model = spec.build()
    short = SeriesCollection([Series.from_values("pump", [1.0, 2.0, 3.0])], Grid("us", 86_400_000_000))
    assert [len(one) for one in model.part_scores(short.dataset())] == [3]
    history = model.fit(short.dataset(), epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert model.predict(["pump|7"])[0].tolist() == [0.0]
    one = SeriesCollection([Series.from_values("pump", [1.0])], Grid("us", 86_400_000_000))
    with pytest.raises(ValueError, match="No series of this part has two values"):
        model.fit(one.dataset(), verbose=0)


def test_the_report_counts_events_and_false_alarms_a_day_and_draws_the_series(tmp_path):
    model, splits = spec.build(), spec.splits()
    report = rt.evaluate(model, splits.test, baseline=splits.train)
    assert (report.samples, report.series, report.labeled_events) == (24, 2, 2)  # of 12 days each
    assert report.false_alarms_per_day == pytest.approx(sum(one.false_alarms for one in report.by_series) / 24)
    assert set(report.baselines) == {"z score", "windowed Gaussian"}
    report.save(tmp_path)
    assert (tmp_path / "anomalies.png").stat().st_size > 5000
    unlabeled = rt.evaluate(model, spec.examples)
    assert unlabeled.event_f1 is None and 0 <= unlabeled.flag_rate <= 1 and "event_f1" not in unlabeled.metrics()


@pytest.mark.slow
def test_it_finds_what_the_windowed_gaussian_does_not():
    splits = rt.load("sensors")
    model = rt.anomaly_detection_model(**data_kwargs(splits), units=32, learning_rate=1e-2)
    rt.fit(model, splits, epochs=30, batch_size=16, progress=False)
    report = rt.evaluate(model, splits.test, baseline=splits.train)
    assert report.event_recall > 0.9 and report.event_f1 > 0.75
    assert report.event_f1 > report.baselines["windowed Gaussian"]["event_f1"] + 0.3
    assert report.event_f1 > report.baselines["z score"]["event_f1"]
