"""The forecasting template: no leakage, tables, streams, quantiles, and what it learns."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from support import forecasting as spec

import rnn_templates as rt
from rnn_templates.data.series.collection import Series, SeriesCollection
from rnn_templates.data.series.grid import Grid
from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.preprocessing.series.window import SeriesWindow
from rnn_templates.templates.forecasting.builder import data_kwargs

WINDOWS = {"look_back": spec.LOOK_BACK, "horizon": spec.HORIZON}


def shuffled_after(collection, step):
    """The series with the values from a step on in another order, and multiplied."""
    rng = np.random.default_rng(0)
    changed = [
        one._replace(values=np.concatenate([one.values[:step], 9 * rng.permutation(one.values[step:])]))
        for one in collection.series
    ]
    return dataclasses.replace(collection, series=changed)


def with_holiday(name, steps=60):
    known = (np.arange(steps) % 5 == 0).astype(float)[:, None]
    return Series.from_values(name, spec.seasonal(name, steps), known=known)


def covariate_collection(**options):
    series = [with_holiday(name)._replace(static=np.array([float(len(name))])) for name in ("oslo", "florence")]
    return SeriesCollection(series, Grid("us", 86_400_000_000), ("holiday",), ("size",), **options)


def test_values_after_an_origin_change_neither_its_forecast_nor_scales_nor_training_windows():
    collection = spec.collection()
    parts, changed = collection.split((36, 12, 12)), shuffled_after(collection, 48).split((36, 12, 12))
    schemas = [SeriesSchema.from_part(one["train"].dataset()) for one in (parts, changed)]
    assert schemas[0] == schemas[1]
    for name in ("train", "validation"):
        windows = [one[name].dataset().windows(**WINDOWS) for one in (parts, changed)]
        for read in ("history", "targets"):
            first, second = (getattr(one, read)(np.arange(len(one))) for one in windows)
            np.testing.assert_array_equal(first, second, err_msg=f"{name}, {read}")
    model = spec.build()
    for origin in (48, 52):  # the first horizon of the test part, and one later
        forecasts = []
        for one in (collection, shuffled_after(collection, origin)):
            part = dataclasses.replace(one, begin=[origin] * 2, end=[origin + spec.HORIZON] * 2).dataset()
            forecasts.append(model.predict_examples(part))
        assert len(forecasts[0]) == 2
        for first, second in zip(*forecasts, strict=True):
            np.testing.assert_array_equal(first.scores, second.scores)


def test_no_window_of_a_split_has_a_target_outside_of_it():
    for name, part in spec.collection().split((36, 12, 12)).items():
        begin, end = {"train": (0, 36), "validation": (36, 48), "test": (48, 60)}[name]
        origins = part.dataset().windows(**WINDOWS).origins
        assert origins.min() == max(begin, spec.LOOK_BACK) and origins.max() + spec.HORIZON == end


def test_the_unit_of_the_series_does_not_change_the_scaled_forecast_even_far_from_zero():
    expected = spec.build().predict_examples([SeriesWindow(spec.SERIES["oslo"][:8], "oslo")])[0].scores
    values = {name: 1e7 + 100 * one[:40] for name, one in spec.SERIES.items()}
    model = spec.build(values)
    scores = model.predict_examples([SeriesWindow(1e7 + 100 * spec.SERIES["oslo"][:8], "oslo")])[0].scores
    np.testing.assert_allclose(scores, expected, atol=1e-4)


def test_forecast_returns_stamps_points_and_increasing_quantiles_of_wide_and_long_tables():
    model = spec.build()
    days = pd.date_range("2026-01-01", periods=20)
    wide = pd.DataFrame({"date": days, **{name: values[:20] for name, values in spec.SERIES.items()}})
    found = model.forecast(wide.sample(frac=1, random_state=0))  # unsorted rows
    assert list(found.columns) == ["series", "time", "forecast", "0.25", "0.5", "0.75"]
    assert found["series"].tolist() == ["oslo"] * 4 + ["florence"] * 4
    assert found["time"].tolist() == 2 * list(pd.date_range("2026-01-21", periods=4))
    assert (np.diff(found[["0.25", "0.5", "0.75"]].to_numpy(), axis=1) >= 0).all()
    expected = model.predict([SeriesWindow(values[:20], name) for name, values in spec.SERIES.items()])
    np.testing.assert_allclose(found["forecast"], expected.ravel(), atol=1e-5)
    long = wide.melt("date", var_name="series", value_name="value")
    by_long = model.forecast(long).set_index(["series", "time"]).sort_index()
    np.testing.assert_allclose(by_long, found.set_index(["series", "time"]).sort_index(), atol=1e-6)


def test_forecast_needs_future_covariates_and_reads_them():
    splits = Splits.from_examples("tiny", covariate_collection().split((36, 12, 12)), kind="time_series")
    model = spec.build(**data_kwargs(splits))
    days = pd.date_range("1970-01-01", periods=60)
    one = covariate_collection().series[0]
    table = pd.DataFrame({"date": days, "oslo": one.values, "holiday": one.known[:, 0]})
    history, future = table[:40], table[40:44][["date", "holiday"]]
    first = model.forecast(history, future)
    other = model.forecast(history, future.assign(holiday=1.0))
    assert first["forecast"].tolist() != other["forecast"].tolist()
    with pytest.raises(ValueError, match="`future` must be a table with holiday for the 4 steps"):
        model.forecast(history)
    with pytest.raises(ValueError, match=r"no row at 1970-02-12"):
        model.forecast(history, future[:2])
    with pytest.raises(ValueError, match="`future` must have a column 'holiday'"):
        model.forecast(history, future[["date"]])


def test_forecast_computes_the_calendar_of_the_horizon_from_the_stamps(tmp_path):
    splits = rt.load(spec.write_data(tmp_path), kind="time_series", series_options="calendar=weekday")
    model = spec.build(**data_kwargs(splits))
    assert model.schema.known_names == ("calendar_weekday_sin", "calendar_weekday_cos")
    days = pd.date_range("2026-01-01", periods=20)
    table = pd.DataFrame({"date": days, **{name: values[:20] for name, values in spec.SERIES.items()}})
    whole = splits.train.collection.series[0]
    (expected,) = model.predict([SeriesWindow(whole.values[:20], "oslo", whole.known[12:24])])
    np.testing.assert_allclose(model.forecast(table)["forecast"][:4], expected, atol=1e-5)


@pytest.mark.parametrize("covariates", [False, True])
def test_a_stream_of_segments_relative_to_the_last_value_ends_with_the_forecast_of_the_look_back(covariates):
    collection = covariate_collection() if covariates else spec.collection()
    series = SeriesSchema.from_part(dataclasses.replace(collection, end=[40, 40]).dataset())
    model = spec.build(series=series, normalization="last", linear_look_back=0)
    one = collection.series[1]
    known = one.known[12:24] if covariates else None
    expected = model.predict_examples([SeriesWindow(one.values[:20], one.name, known)])[0].scores
    number = tf.constant([model.schema.number(one.name)])
    values = tf.constant(one.values[None, :20], tf.float32)
    state = [values[:, :1], *(tf.zeros((1, size)) for size in model.state_sizes[1:])]
    for start in range(0, 20, 4):
        ahead = None
        if covariates:
            ahead = tf.constant(model.preprocessor.standardize(one.known[None, start : start + 8]), tf.float32)
        outputs = model.step(values[:, start : start + 4], number, ahead, *state)
        state = [outputs[f"state_{index}"] for index in range(len(state))]
    points = (outputs["forecast"][0].numpy() - one.values[19]) / model.schema.scales[int(number[0])]
    np.testing.assert_allclose(points, expected[:, 0], atol=1e-5)


@pytest.mark.parametrize("covariates", [False, True])
def test_a_stream_of_segments_ends_with_the_forecast_of_the_whole_sequence(covariates):
    collection = covariate_collection() if covariates else spec.collection()
    series = SeriesSchema.from_part(dataclasses.replace(collection, end=[40, 40]).dataset())
    model, window = spec.build(series=series), spec.build(series=series, look_back=16)
    window.set_weights(model.get_weights())  # the weights do not depend on the look-back
    one = collection.series[1]
    known = one.known[:20] if covariates else None
    expected = window.predict_examples([SeriesWindow(one.values[:16], one.name, known)])[0].scores
    number = tf.constant([model.schema.number(one.name)])
    scale = model.schema.scales[int(number[0])]
    values = tf.constant(one.values[None, :16], tf.float32)
    sizes = model.network.get_layer("encoder").state_sizes
    state = [values[:, :1], *(tf.zeros((1, size)) for size in sizes[1:])]
    for start in range(0, 16, 4):
        ahead = None
        if covariates:
            ahead = tf.constant(model.preprocessor.standardize(one.known[None, start : start + 8]), tf.float32)
        outputs = model.step(values[:, start : start + 4], number, ahead, *state)
        state = [outputs[f"state_{index}"] for index in range(len(sizes))]
    actual = (
        np.concatenate([outputs["forecast"][0][:, None], outputs["quantiles"][0]], axis=1) - one.values[15]
    ) / scale
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_exported_step_equals_the_whole_sequence_and_quantiles_are_calibrated_on_validation(tmp_path):
    from rnn_templates.export.targets.litert import LiteRTModel, write_litert

    collection = SeriesCollection([Series.from_values("mine", spec.seasonal("mine", 400))], Grid("row", 1))
    splits = Splits.from_examples("mine", collection.split((200, 100, 100)), kind="time_series")
    model = spec.build(**data_kwargs(splits))
    model.adapt(splits)
    report = rt.evaluate(model, splits.validation)
    np.testing.assert_allclose(report.quantile_coverage, model.quantiles, atol=0.02)
    again = model.network.get_layer("quantiles").correction.numpy()
    model.adapt(splits)
    np.testing.assert_array_equal(model.network.get_layer("quantiles").correction.numpy(), again)

    write_litert(model, tmp_path / "model.tflite")
    run, values = LiteRTModel(tmp_path / "model.tflite"), spec.seasonal("mine", 8)[None].astype(np.float32)
    whole = run("forecast", values=values, series=np.zeros(1, np.int32))
    state = model.device_signatures()[1].carried
    for start in (0, 4):
        outputs = run("step", segment=values[:, start : start + 4], series=np.zeros(1, np.int32), **state)
        state = {name: outputs[name] for name in state}
    for name in ("forecast", "quantiles"):
        np.testing.assert_allclose(outputs[name], whole[name], atol=1e-5)


def test_short_constant_and_single_value_histories_have_finite_forecasts_of_their_level():
    model = spec.build()
    repeated = model.predict(["oslo|" + "7 " * 7 + "9"])
    np.testing.assert_allclose(model.predict(["oslo|7 9"]), repeated, atol=1e-6)  # the first value is repeated
    one, constant, high = model.predict(["oslo|7", "oslo|" + "7 " * 30, "oslo|1007"])
    np.testing.assert_allclose(one, constant, atol=1e-6)
    np.testing.assert_allclose(high - 1000, one, atol=1e-3)
    days = pd.date_range("2026-01-01", periods=3)
    found = model.forecast(pd.DataFrame({"date": days, "oslo": [7.0, 7.0, 9.0], "florence": [1.0, 1.0, 1.0]}))
    assert np.isfinite(found.drop(columns=["series", "time"]).to_numpy()).all()
    np.testing.assert_allclose(found["forecast"][:4], repeated[0], atol=1e-6)
    with pytest.raises(ValueError, match="There are no histories: the list is empty"):
        model.predict([])


def test_bad_histories_are_named():
    model = spec.build()
    for example, error, message in (
        ("rome|1 2 3", ValueError, "one of 'oslo', 'florence'; received 'rome'"),
        ("1 2 3", ValueError, "received no name"),
        ("oslo|1 two 3", ValueError, "must be numbers; received '1 two 3'"),
        ("oslo|", ValueError, "at least one value"),
        (SeriesWindow([1.0, np.nan], "oslo"), ValueError, "Value 1 of a history is nan"),
        (SeriesWindow([1.0, np.inf], "oslo"), ValueError, "Value 1 of a history is inf"),
        (3.5, TypeError, "must be a text, an array"),
    ):
        with pytest.raises(error, match=message):
            model.predict([example])
    with pytest.raises(ValueError, match=r"targets must have the shape \(1, 4\)"):
        model.fit(["oslo|1 2 3"], [[1.0, 2.0]], verbose=0)
    with pytest.raises(ValueError, match="multiple of `segment_length` 4; received 9"):
        spec.build(look_back=9)
    with pytest.raises(ValueError, match="the longest series of this part has 12 steps.*`horizon` 40"):
        spec.build(horizon=40).predict_examples(spec.splits().test)
    with pytest.raises(ValueError, match="'flat' is constant in the training part"):
        rt.forecasting_model({"flat": np.ones(50)})
    with pytest.raises(ValueError, match="1 h apart"):
        hourly = dataclasses.replace(spec.schema(), step="1 h")
        spec.build(hourly).predict_examples(spec.splits().test)


@pytest.mark.slow
def test_it_learns_what_the_seasonal_naive_forecast_cannot(tmp_path):
    splits = rt.load("demand")
    model = rt.forecasting_model(
        **data_kwargs(splits), horizon=24, look_back=168, units=48, embedding_dim=48, learning_rate=3e-3
    )
    rt.fit(model, splits, epochs=4, batch_size=128, ema_decay=0.99, progress=False)
    report = rt.evaluate(model, splits.test, baseline=splits.train)
    assert report.mase < 0.9 * report.baselines["seasonal naive"]["mase"]
    assert report.mase < report.baselines["ridge"]["mase"]  # which reads no holidays
    assert 0.7 < report.coverage < 0.9
