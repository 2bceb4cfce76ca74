"""Stamps of time series as integers, and back."""

import datetime
import zoneinfo

FORMATS = ("%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
TIMES = ("", " %H:%M", " %H:%M:%S")
MICROSECOND = datetime.timedelta(microseconds=1)
EPOCH = datetime.datetime(1970, 1, 1)
DAY = 86_400_000_000  # microseconds


class Stamps:
    """Converts the stamps of one table: dates, times of day with or without a UTC offset, or whole numbers.

    A stamp becomes the number of microseconds since 1970, in UTC if the stamps have an offset or `time_zone` is given,
    else as they are; whole numbers below 10,000 stay numbers of rows. The first stamp determines the form of all.

    Args:
        time_zone: str or None; name of the IANA time zone of stamps without an offset, such as "Europe/Berlin". The
            hour that occurs twice at the end of daylight saving time is its first occurrence, then its second.

    Attributes:
        numbered: bool; whether the stamps are numbers of rows.
        zone: `zoneinfo.ZoneInfo` or None; the zone in which stamps are written.

    Raises:
        ValueError: if there is no such time zone.

    Example:
        >>> from rnn_templates.data.series.stamps import Stamps
        >>> stamps = Stamps()
        >>> stamps.parse("1970-01-01 00:00:01"), stamps.parse("1970-01-02")
        (1000000, 86400000000)
    """

    def __init__(self, time_zone=None):
        try:
            self.zone = zoneinfo.ZoneInfo(time_zone) if time_zone else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"`time_zone` must be the name of a time zone, such as 'Europe/Berlin'; received {time_zone!r}."
            ) from error
        self.numbered = None
        self._aware = None
        self._format = None
        self._repeated = {}

    def parse(self, value, key=None):
        """Returns a stamp as an int.

        Args:
            value: str, int, `datetime.datetime` or `datetime.date`.
            key: hashable; the series of the stamp, in which a repeated hour is counted.

        Raises:
            ValueError: with the reason, if it is no stamp, has another form than the first one, or does not exist in
                the time zone.
        """
        if value is None or (isinstance(value, str) and not value.strip()):
            raise ValueError("the stamp is missing")
        number = self._number(value)
        numbered = number is not None
        if self.numbered is None:
            self.numbered = numbered
        if numbered != self.numbered:
            raise ValueError(f"{value!r} is no {'number' if self.numbered else 'date'}, as the first stamp is")
        return number if numbered else self._convert(self._datetime(value), value, key)

    @staticmethod
    def _number(value):
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        try:
            number = int(value)
        except ValueError:
            return None
        return number if abs(number) < 10_000_000 and not (isinstance(value, str) and len(value) == 8) else None

    def _datetime(self, value):
        if isinstance(value, datetime.datetime):
            return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
        if isinstance(value, datetime.date):
            return datetime.datetime(value.year, value.month, value.day)
        text = str(value).strip()
        if self._format is None:
            try:
                return datetime.datetime.fromisoformat(text)
            except ValueError:
                self._format = self._find_format(text)
        try:
            return datetime.datetime.strptime(text, self._format)
        except ValueError:
            raise ValueError(f"{text!r} is no date of the form {self._format}, as the ones before") from None

    @staticmethod
    def _find_format(text):
        found = []
        for form in (date + time for date in FORMATS for time in TIMES):
            try:
                found.append((datetime.datetime.strptime(text, form), form))
            except ValueError:
                continue
        if not found:
            raise ValueError(f"{text!r} is no date; write it as 2026-01-31 or 2026-01-31 12:00:00")
        if len({date for date, _ in found}) > 1:
            forms = " or ".join(form for _, form in found)
            raise ValueError(f"{text!r} can be read as {forms}; write dates as 2026-01-31")
        return found[0][1]

    def _convert(self, stamp, value, key):
        aware = stamp.tzinfo is not None
        if self._aware is None:
            self._aware = aware
        if aware != self._aware:
            raise ValueError(f"{value!r} has {'a' if aware else 'no'} UTC offset, unlike the first stamp")
        if not aware and self.zone is not None:
            stamp = self._localize(stamp, value, key)
        if stamp.tzinfo is not None:
            stamp = stamp.astimezone(datetime.UTC).replace(tzinfo=None)
        return (stamp - EPOCH) // MICROSECOND

    def _localize(self, stamp, value, key):
        """A local time with its zone; the second occurrence of a repeated one is after the end of daylight saving."""
        local = stamp.replace(tzinfo=self.zone)
        if local.utcoffset() == local.replace(fold=1).utcoffset():
            return local
        back = local.astimezone(datetime.UTC).astimezone(self.zone).replace(tzinfo=None)
        if back != stamp:
            raise ValueError(f"{value!r} does not exist in {self.zone.key}: daylight saving time begins in that hour")
        count = self._repeated[key, stamp] = self._repeated.get((key, stamp), 0) + 1
        return local.replace(fold=1) if count > 1 else local

    @property
    def in_utc(self):
        """Whether the ints count from 1970 in UTC, a bool."""
        return bool(self._aware) or self.zone is not None


def to_datetime(number, in_utc, zone):
    """Returns the `datetime` of an int; with a zone if it is in UTC.

    Args:
        number: int; microseconds, from `Stamps.parse`.
        in_utc: bool.
        zone: `zoneinfo.ZoneInfo` or None; None for UTC.

    Example:
        >>> from rnn_templates.data.series.stamps import to_datetime
        >>> str(to_datetime(0, False, None)), str(to_datetime(0, True, None))
        ('1970-01-01 00:00:00', '1970-01-01 00:00:00+00:00')
    """
    stamp = EPOCH + datetime.timedelta(microseconds=int(number))
    return stamp.replace(tzinfo=datetime.UTC).astimezone(zone or datetime.UTC) if in_utc else stamp
