"""The values of generated pairs: drawn at random, each belonging to one split, whatever is said about it."""

import calendar
import datetime
import zlib
from decimal import Decimal
from typing import NamedTuple

SPLIT_OF_TWENTY = ("train",) * 17 + ("validation",) + ("test",) * 2
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1).toordinal(), datetime.date(2099, 12, 31).toordinal()
KEYS = {"date": "%Y-%m-%d", "day": "%m-%d", "month": "%Y-%m", "time": "%H:%M"}
LEAP_YEARS = [year for year in range(1900, 2100) if calendar.isleap(year)]
HARD = (0, 1, 2, 7, 10, 11, 13, 16, 17, 20, 21, 30, 31, 70, 71, 76, 80, 81, 90, 91, 97, 99, 100, 101, 116, 121, 180,
        200, 201, 300, 381, 500, 580, 700, 771, 900, 999)  # fmt: skip
DATE_STYLES = ("full", "full", "long", "long", "medium", "brief", "numeric", "iso")
CURRENCIES = ("EUR", "EUR", "USD", "USD", "GBP", "CHF", "JPY")


class Value(NamedTuple):
    """One value, in no language.

    Args:
        kind: which writer of `languages` it is for.
        what: `datetime.date`, `datetime.time`, `Decimal` or int.
        style: of a date, such as "long" or "numeric".
        currency: of an amount, such as "EUR".
    """

    kind: str
    what: object
    style: str = ""
    currency: str = ""


def split_of(value):
    """Returns the split that a value belongs to, the same on every machine.

    What counts is the value alone: not the way it is written, nor the currency, nor the sign. Whole numbers below 100
    belong to training, for nobody can know the word for thirteen who never met it.

    Example:
        >>> split_of(Value("money", Decimal("13.00"), currency="EUR"))
        'train'
    """
    if value.kind in KEYS:
        key = value.what.strftime(KEYS[value.kind])
    else:
        number = abs(Decimal(value.what))
        if number < 100 and number == int(number):
            return "train"
        key = f"{number.normalize():f}"
    return SPLIT_OF_TWENTY[zlib.crc32(key.encode()) % len(SPLIT_OF_TWENTY)]


def draw(slot, language, split, generator):
    """Returns a random value that belongs to a split.

    Args:
        slot: a slot of a phrase, one of `SLOTS`.
        language: of the source; some ways of writing are only its own.
        split: "train", "validation" or "test".
        generator: `random.Random`.

    Example:
        >>> draw("time", "en", "train", random.Random(1)).kind
        'time'
    """
    while True:
        value = SLOTS[slot](generator, language)
        if split_of(value) == split:
            return value


def _date(generator, language):
    day = datetime.date.fromordinal(generator.randint(FIRST_DAY, LAST_DAY))
    if generator.random() < 0.03:
        day = datetime.date(generator.choice(LEAP_YEARS), 2, 29)
    elif generator.random() < 0.05:
        day = day.replace(day=1)
    return Value("date", day, generator.choice(DATE_STYLES + ("british",) * (language == "en")))


def _day(generator, language):
    day = datetime.date.fromordinal(datetime.date(2000, 1, 1).toordinal() + generator.randrange(366))
    return Value("day", day, generator.choice(("long", "british")) if language == "en" else "long")


def _month(generator, _):
    return Value("month", datetime.date(generator.randint(1900, 2099), generator.randint(1, 12), 1))


def _time(generator, _):
    return Value("time", datetime.time(generator.randrange(24), generator.randrange(60)))


def _whole(generator, most_digits):
    """A whole number; all lengths are alike frequent, and so are numbers with zeros, ones and other hard words."""
    if generator.random() < 0.4:
        groups = [generator.choice(HARD) if generator.random() < 0.6 else generator.randrange(1000) for _ in range(2)]
        number = 1000 * groups[0] + groups[1]
        if number < 10**most_digits:
            return number
    return generator.randrange(10 ** generator.randint(1, most_digits))


def _number(generator, _):
    kind = generator.choices(("digits", "words", "decimal words", "millions"), (4, 5, 1, 1))[0]
    if kind == "words":
        if generator.random() < 0.08:
            return Value(kind, 1_000_000 * generator.randint(1, 9) + 100_000 * generator.randrange(10))
        return Value(kind, _whole(generator, 6))
    if kind == "decimal words":
        return Value(kind, Decimal(_whole(generator, 3)) + Decimal(generator.randint(1, 9)) / 10)
    if kind == "millions":
        return Value(kind, Decimal(generator.randint(11, 9999)) * 100_000)
    number = Decimal(_whole(generator, 7)).scaleb(-generator.choice((0, 0, 1, 2, 3)))
    return Value(kind, -number if number and generator.random() < 0.1 else number)


def _people(generator, _):
    return Value("digits", Decimal(generator.randrange(2, 10 ** generator.randint(1, 6))))


def _money(generator, _):
    kind = generator.choices(("money", "named money", "money in words"), (5, 2, 3))[0]
    cents = Decimal(generator.randint(2, 99)) / 100 if generator.random() < 0.5 else 0
    if kind == "money in words":
        while True:
            whole = _whole(generator, 4)
            if whole % 100 != 1 and whole > 1:  # a hundred and one euros: German is of two minds
                return Value(kind, whole + cents, currency=generator.choice(("EUR", "USD")))
    currency = generator.choice(CURRENCIES if kind == "money" else ("EUR", "USD", "CHF"))
    return Value(kind, 2 + _whole(generator, 7) + (0 if currency == "JPY" else cents), currency=currency)


def _percent(generator, _):
    places = generator.choice((0, 1, 1, 2, 2))
    return Value("percent", Decimal(generator.randint(1, 10 ** (2 + places))).scaleb(-places))


def _ordinal(generator, _):
    return Value("ordinal", generator.randrange(1, 10 ** generator.randint(1, 3)))


def _year(generator, _):
    return Value("year", generator.choice((generator.randint(1100, 1899), generator.randint(1900, 2099))))


SLOTS = {
    "date": _date, "day": _day, "month": _month, "time": _time, "number": _number, "people": _people,
    "money": _money, "percent": _percent, "ordinal": _ordinal, "year": _year,
}  # fmt: skip
ALONE = {"date": 6, "day": 1, "month": 1, "time": 1, "number": 8, "money": 6, "percent": 1}
