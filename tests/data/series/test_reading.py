"""Tables of time series: long and wide, stamps, gaps, duplicates, time zones, and errors with their line."""

import numpy as np
import pandas as pd
import pytest
from support.files import write

import rnn_templates as rt
from rnn_templates.data.frames import Frame
from rnn_templates.data.series.reading import read_series


def table(folder, rows, header="date,value"):
    return write(folder, "mine.csv", "\n".join([header, *rows]) + "\n")


def hours(*numbers, day="2026-03-01"):
    return [f"{day} {number:02}:00,{number}" for number in numbers]


def test_wide_and_long_tables_files_and_frames_give_the_same_series_in_any_order(tmp_path):
    days = pd.date_range("2026-01-01", periods=6)
    wide = pd.DataFrame({"date": days, "a": range(6), "b": [3.5, 2, 1, 0, 1, 2]})
    long = wide.melt("date", var_name="series", value_name="value").sample(frac=1, random_state=2)
    path = write(tmp_path, "wide.csv", wide.to_csv(index=False))
    for source in (path, Frame(wide), Frame(wide[::-1]), Frame(long)):
        found = read_series(source)
        series = {one.name: one.values.tolist() for one in found.series}
        assert series == {"a": [0, 1, 2, 3, 4, 5], "b": [3.5, 2, 1, 0, 1, 2]}, source
        assert found.grid.name == "1 d" and str(found.grid.stamp(found.series[0].start)) == "2026-01-01 00:00:00"


def test_gaps_and_missing_values_are_errors_with_their_line_or_filled_and_flagged(tmp_path):
    gap = table(tmp_path, [*hours(0, 1, 2), *hours(5, 6)])
    with pytest.raises(ValueError, match=r"csv:5: there is no row .* 03:00:00, between .* \(line 4\).*2 steps.*`fill`"):
        read_series(gap)
    (one,) = read_series(gap, series_options="fill=linear").series
    assert one.values.tolist() == [0, 1, 2, 3, 4, 5, 6] and one.imputed.tolist() == [0, 0, 0, 1, 1, 0, 0]
    (one,) = read_series(gap, series_options="fill=previous").series
    assert one.values.tolist() == [0, 1, 2, 2, 2, 5, 6]
    empty = table(tmp_path, [*hours(0, 1), "2026-03-01 02:00,NaN", *hours(3), "2026-03-01 04:00,"])
    with pytest.raises(ValueError, match=r"mine.csv:4: 'value' is missing at 2026-03-01 02:00"):
        read_series(empty)
    (one,) = read_series(empty, series_options={"fill": "linear"}).series  # a missing end is dropped
    assert one.values.tolist() == [0, 1, 2, 3]


def test_windows_over_a_gap_of_a_year_are_left_out(tmp_path):
    rows = [f"{day},{i % 7}" for i, day in enumerate(np.datetime64("2024-01-01") + np.r_[:40, 405:445])]
    collection = read_series(table(tmp_path, rows), series_options="fill=linear")
    origins = collection.dataset().windows(look_back=8, horizon=2).origins
    assert origins.max() == 443 and not ((origins > 46) & (origins < 405)).any()


def test_duplicate_and_irregular_stamps_name_both_lines_and_the_fix(tmp_path):
    with pytest.raises(ValueError, match=r"mine.csv:4: the stamp 2026-03-01 01:00 occurs twice, in line 3 too"):
        read_series(table(tmp_path, [*hours(0, 1), "2026-03-01 01:00,9", *hours(2)]))
    irregular = table(tmp_path, [*hours(0, 1), "2026-03-01 01:20,3", *hours(2, 3, 4, 5)])
    with pytest.raises(ValueError, match=r"csv:4: the stamp 2026-03-01 01:20 is not on the grid of 1 h.*`frequency`"):
        read_series(irregular)
    (one,) = read_series(irregular, series_options="frequency=1h").series
    assert one.values.tolist() == [0, 2, 2, 3, 4, 5]  # the mean of 1 and 3


def test_daylight_saving_time_is_resolved_by_the_time_zone_and_its_errors_name_it(tmp_path):
    october = [f"2026-10-25 {hour},{i}" for i, hour in enumerate(("01:00", "02:00", "02:00", "03:00", "04:00"))]
    with pytest.raises(ValueError, match="occurs twice, in line 3 too.*`time_zone`"):
        read_series(table(tmp_path, october))
    found = read_series(table(tmp_path, october), series_options="time_zone=Europe/Berlin")
    assert found.series[0].values.tolist() == [0, 1, 2, 3, 4] and found.grid.name == "1 h"
    stamps = [str(one) for one in found.grid.stamps(found.series[0].start, 5)]
    assert stamps[1:3] == ["2026-10-25 02:00:00+02:00", "2026-10-25 02:00:00+01:00"]
    with pytest.raises(ValueError, match="mine.csv:3: 'date': '2026-03-29 02:00' does not exist in Europe/Berlin"):
        rows = [f"2026-03-29 0{hour}:00,1" for hour in (1, 2, 3)]
        read_series(table(tmp_path, rows), series_options="time_zone=Europe/Berlin")
    with pytest.raises(ValueError, match="`time_zone` must be the name"):
        read_series(table(tmp_path, october), series_options="time_zone=Europe/Atlantis")


def test_months_are_a_regular_grid(tmp_path):
    ends = ["2026-01-31,1", "2026-02-28,2", "2026-03-31,3", "2026-04-30,4"]
    found = read_series(table(tmp_path, ends))
    assert found.grid.name == "1 month" and found.grid.period == 12
    assert str(found.grid.stamp(found.series[0].start + 4)) == "2026-05-31 00:00:00"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "there are no rows"),
        (["2026-01-01,1"], "no series has two stamps"),
        (["2026-01-01,", "2026-01-02,nan"], "'value' has no value: all 2 are missing"),
        (["2026-01-01,1", "2026-01-02,high"], r"mine.csv:3: 'value' is 'high', not a number"),
        (["2026-01-01,1", "2026-01-02,inf"], r"mine.csv:3: 'value' is infinite"),
        (["soon,1"], r"mine.csv:2: 'date': 'soon' is no date"),
        (["01/02/2026,1"], r"mine.csv:2: .*can be read as %d/%m/%Y or %m/%d/%Y"),
        ([",1"], r"mine.csv:2: 'date': the stamp is missing"),
    ],
)
def test_rows_that_cannot_be_used_are_errors_that_name_the_line(tmp_path, rows, message):
    with pytest.raises(ValueError, match=message):
        read_series(table(tmp_path, rows))


def test_missing_columns_and_wrong_options_are_named(tmp_path):
    path = table(tmp_path, hours(0, 1, 2))
    for options, message in (
        ({"input_column": "when"}, "no column 'when'"),
        ({"target_column": "price"}, "no column 'price'"),
        ({"series_options": "known_columns=holiday"}, "no column 'holiday'"),
        ({"series_options": "static_columns=value"}, "`static_columns` need a long table"),
        ({"series_options": "freq=1h"}, "unknown key 'freq'"),
        ({"series_options": "calendar=hour+moon"}, "`calendar` must be some of hour, weekday, month; received 'moon'"),
        ({"series_options": "fill=mean"}, "`fill` must be one of linear, previous"),
        ({"series_options": "frequency=hourly"}, "`frequency` must be a number and one of"),
    ):
        with pytest.raises(ValueError, match=message):
            read_series(path, **options)
    with pytest.raises(ValueError, match="is empty"):
        read_series(write(tmp_path, "empty.csv", ""))
    with pytest.raises(ValueError, match=r"`split_sizes` \(9, 9, 9\) must not add up to more than the 3 steps"):
        rt.load(path, kind="time_series", series_options={"split_sizes": (9, 9, 9)})


def test_calendar_features_are_in_local_time_and_need_dates(tmp_path):
    october = [f"2026-10-25T{hour}:00:00Z,{hour}" for hour in ("00", "01", "02")]
    found = read_series(table(tmp_path, october), series_options="calendar=hour+weekday+month,time_zone=Europe/Berlin")
    assert found.known_names[:2] == ("calendar_hour_sin", "calendar_hour_cos") and len(found.known_names) == 6
    hours, days = ([2, 2, 3] if found.grid.time_zone else [0, 1, 2]), [6, 6, 6]  # an hour that occurs twice; a Sunday
    angles = 2 * np.pi * np.array([np.divide(hours, 24), np.divide(days, 7)]).T
    expected = np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(3, 4)
    np.testing.assert_allclose(found.series[0].known[:, :4], expected, atol=1e-9)
    with pytest.raises(ValueError, match="`calendar` of `series_options` needs dates"):
        read_series(table(tmp_path, ["1,2", "2,3", "3,5"]), series_options="calendar=hour")
