"""Regular grid of stamps."""

import collections
import datetime
import re
from typing import NamedTuple

import numpy as np

from rnn_templates.data.series.stamps import DAY, EPOCH, to_datetime

UNITS = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": DAY, "w": 7 * DAY}
PERIODS = {"s": 60, "min": 60, "h": 24, "d": 7, "w": 52, "M": 12, "row": 1}
MIN_MAJORITY = 0.5


class Grid(NamedTuple):
    """Stamps at equal distances.

    Args:
        unit: str; "us" (microseconds), "M" (months) or "row" (whole numbers).
        step: positive int; distance of two stamps in that unit.
        offset: int; a stamp of the grid, in that unit.
        day: int; of "M", the day of the month; 31 for the last day.
        in_utc: bool; whether stamps are in UTC, so that days have 24 hours.
        time_zone: str or None; zone in which stamps are written.

    Example:
        >>> from rnn_templates.data.series.grid import Grid
        >>> [str(stamp) for stamp in Grid("us", 3_600_000_000).stamps(0, 2)]
        ['1970-01-01 00:00:00', '1970-01-01 01:00:00']
    """

    unit: str
    step: int
    offset: int = 0
    day: int = 1
    in_utc: bool = False
    time_zone: str | None = None

    def index(self, stamp):
        """Returns `index, remainder` of a stamp, an int of `Stamps.parse`; the remainder is 0 on the grid."""
        number = _months(stamp) if self.unit == "M" else stamp
        return divmod(number - self.offset, self.step)

    def stamps(self, start, count):
        """Returns the stamps of `count` steps from an index on, a list of datetimes or ints."""
        return [self.stamp(index) for index in range(start, start + count)]

    def stamp(self, index):
        """Returns the stamp of an index: a `datetime`, or an int of numbered rows."""
        number = self.offset + int(index) * self.step
        if self.unit == "row":
            return number
        if self.unit == "M":
            following = datetime.datetime(1970 + (number + 1) // 12, (number + 1) % 12 + 1, 1)
            last = (following - datetime.timedelta(days=1)).day
            return following.replace(day=1) - datetime.timedelta(days=last - min(self.day, last) + 1)
        zone = None
        if self.time_zone:
            import zoneinfo

            zone = zoneinfo.ZoneInfo(self.time_zone)
        return to_datetime(number, self.in_utc, zone)

    @property
    def name(self):
        """The distance of two stamps as a str, such as "1 h"."""
        if self.unit != "us":
            return f"{self.step} {'month' if self.unit == 'M' else 'row'}{'s' * (self.step > 1)}"
        unit = next((unit for unit in ("w", "d", "h", "min", "s") if self.step % UNITS[unit] == 0), None)
        return f"{self.step // UNITS[unit]} {unit}" if unit else f"{self.step} us"

    @property
    def period(self):
        """Steps of the most common season: of an hour, a day, a week or a year; 1 for none."""
        if self.unit != "us":
            return max(1, PERIODS[self.unit] // self.step) if self.unit == "M" else 1
        if self.step >= UNITS["w"]:
            return max(1, round(52 * UNITS["w"] / self.step))
        season = 7 * DAY if self.step >= DAY else DAY if self.step >= UNITS["min"] else UNITS["h"]
        return max(1, season // self.step)


def grid_from_name(name, **fields):
    """Returns the `Grid` with a name, that of another table.

    Args:
        name: str; `Grid.name`.
        **fields: of `Grid`: `offset`, `in_utc` and `time_zone`.

    Example:
        >>> from rnn_templates.data.series.grid import Grid, grid_from_name
        >>> [grid_from_name(Grid(unit, 2).name).name for unit in ("us", "M", "row")]
        ['2 us', '2 months', '2 rows']
    """
    count, unit = name.split()
    units = {"month": "M", "months": "M", "row": "row", "rows": "row", "us": "us"}
    if unit in units:
        return Grid(units[unit], int(count), **fields)
    return Grid("us", int(count) * UNITS[unit], **fields)


def parse_frequency(frequency):
    """Returns `unit, step` of a str such as "15min", "1h", "1d" or "1M".

    Raises:
        ValueError: if it has another form.

    Example:
        >>> from rnn_templates.data.series.grid import parse_frequency
        >>> parse_frequency("15min"), parse_frequency("1M")
        (('us', 900000000), ('M', 1))
    """
    match = re.fullmatch(r"\s*(\d+)\s*([A-Za-z]+)\s*", str(frequency))
    count, unit = (int(match[1]), match[2]) if match else (0, "")
    unit = unit if unit == "M" else unit.lower()
    if not count or (unit != "M" and unit not in UNITS):
        raise ValueError(
            f"`frequency` must be a number and one of s, min, h, d, w, M (months), such as '15min'; received "
            f"{frequency!r}."
        )
    return ("M", count) if unit == "M" else ("us", count * UNITS[unit])


def find_grid(stamps, converter, frequency=None):
    """Returns the `Grid` of a table: that of `frequency`, else the most common distance of neighboring stamps.

    Args:
        stamps: list of sorted int arrays, from `Stamps.parse`; one a series.
        converter: `rnn_templates.data.series.stamps.Stamps`.
        frequency: str or None; see `parse_frequency`.

    Raises:
        ValueError: if no series has two stamps, or no distance is common.

    Example:
        >>> from rnn_templates.data.series.grid import find_grid
        >>> from rnn_templates.data.series.stamps import Stamps
        >>> stamps = Stamps()
        >>> numbers = [stamps.parse(text) for text in ("2026-01-31", "2026-02-28", "2026-03-31")]
        >>> str(find_grid([np.array(numbers)], stamps).stamp(3))
        '2026-04-30 00:00:00'
    """
    zone = converter.zone.key if converter.zone else None
    shared = {"in_utc": converter.in_utc, "time_zone": zone}
    first = int(min(one[0] for one in stamps))
    if frequency is not None and not converter.numbered:
        unit, step = parse_frequency(frequency)
        if unit == "M":
            return Grid("M", step, _months(first), **shared)
        return Grid("us", step, first - first % step, **shared)
    distances = np.concatenate([np.diff(one) for one in stamps])
    distances = distances[distances > 0]
    if not len(distances):
        raise ValueError("no series has two stamps, so that the distance of stamps is unknown")
    if converter.numbered:
        return Grid("row", int(distances.min()), first)
    if months := _monthly(stamps, distances):
        return Grid("M", months[0], _months(first), months[1], **shared)
    counts = collections.Counter(distances.tolist())
    step, count = counts.most_common(1)[0]
    if count < MIN_MAJORITY * len(distances):
        raise ValueError(
            f"the stamps have no common distance ({count} of {len(distances)} are {Grid('us', step).name}); give "
            "`frequency`, such as '1h', to average the values of each step"
        )
    return Grid("us", int(step), first, **shared)


def _monthly(stamps, distances):
    """(months, day) of stamps at whole months, or None."""
    if not 28 * DAY <= np.median(distances) <= 366 * DAY:
        return None
    dates = [to_datetime(one, False, None) for array in stamps for one in array]
    days = {date.day for date in dates}
    at_end = all((date + datetime.timedelta(days=1)).day == 1 for date in dates)
    if len(days) > 1 and not at_end:
        return None
    months = np.concatenate([np.diff([_months(one) for one in array]) for array in stamps if len(array) > 1])
    return int(collections.Counter(months.tolist()).most_common(1)[0][0]), 31 if at_end else days.pop()


def _months(stamp):
    date = EPOCH + datetime.timedelta(microseconds=int(stamp))
    return 12 * (date.year - 1970) + date.month - 1
