"""Random dates, numbers and amounts, each assigned to one split."""

import calendar
import datetime
from decimal import Decimal
from typing import NamedTuple

from rnn_templates.data.synthetic.generated import hash_bucket

SPLIT_BUCKETS = ("train",) * 17 + ("validation",) + ("test",) * 2
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1).toordinal(), datetime.date(2099, 12, 31).toordinal()
KEYS = {"date": "%Y-%m-%d", "day": "%m-%d", "month": "%Y-%m", "time": "%H:%M"}
LEAP_YEARS = [year for year in range(1900, 2100) if calendar.isleap(year)]
IRREGULAR_NUMBERS = (
    0, 1, 2, 7, 10, 11, 13, 16, 17, 20, 21, 30, 31, 70, 71, 76, 80, 81, 90, 91, 97, 99, 100, 101, 116, 121, 180, 200,
    201, 300, 381, 500, 580, 700, 771, 900, 999,
)  # fmt: skip
DATE_STYLES = ("full", "full", "long", "long", "medium", "brief", "numeric", "iso")
CURRENCIES = ("EUR", "EUR", "USD", "USD", "GBP", "CHF", "JPY")


class Value(NamedTuple):
    """A value, independent of the language.

    Args:
        kind: str; key of `languages.WRITERS`.
        value: `datetime.date`, `datetime.time`, `Decimal` or int.
        style: str; style of a date, such as "long" or "numeric".
        currency: str; currency of an amount, such as "EUR".

    Example:
        >>> Value("ordinal", 3).value
        3
    """

    kind: str
    value: object
    style: str = ""
    currency: str = ""


def split_of(value):
    """Returns the split of a value, the same on every machine.

    Notation, currency and sign do not matter. Whole numbers below 100 belong to the training split, because their words
    cannot be derived from others.

    Example:
        >>> from decimal import Decimal
        >>> split_of(Value("money", Decimal("13.00"), currency="EUR"))
        'train'
    """
    if value.kind in KEYS:
        key = value.value.strftime(KEYS[value.kind])
    else:
        number = abs(Decimal(value.value))
        if number < 100 and number == int(number):
            return "train"
        key = f"{number.normalize():f}"
    return hash_bucket(key, SPLIT_BUCKETS)


def sample_value(slot, language, split, generator):
    """Returns a random value of a split.

    Args:
        slot: key of `SLOTS`.
        language: str; source language, which determines the styles.
        split: "train", "validation" or "test".
        generator: `random.Random`.

    Example:
        >>> import random
        >>> sample_value("time", "en", "train", random.Random(1)).kind
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


def _whole(generator, max_digits):
    """A whole number; all lengths are equally frequent, and numbers with irregular words are frequent."""
    if generator.random() < 0.4:
        groups = [
            generator.choice(IRREGULAR_NUMBERS) if generator.random() < 0.6 else generator.randrange(1000)
            for _ in range(2)
        ]
        number = 1000 * groups[0] + groups[1]
        if number < 10**max_digits:
            return number
    return generator.randrange(10 ** generator.randint(1, max_digits))


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
            if whole % 100 != 1 and whole > 1:  # a hundred and one euros: German has two forms
                return Value(kind, whole + cents, currency=generator.choice(("EUR", "USD")))
    currency = generator.choice(CURRENCIES if kind == "money" else ("EUR", "USD", "CHF"))
    return Value(kind, 2 + _whole(generator, 7) + (0 if currency == "JPY" else cents), currency=currency)


def _percent(generator, _):
    decimals = generator.choice((0, 1, 1, 2, 2))
    return Value("percent", Decimal(generator.randint(1, 10 ** (2 + decimals))).scaleb(-decimals))


def _ordinal(generator, _):
    return Value("ordinal", generator.randrange(1, 10 ** generator.randint(1, 3)))


def _year(generator, _):
    return Value("year", generator.choice((generator.randint(1100, 1899), generator.randint(1900, 2099))))


SLOTS = {
    "date": _date, "day": _day, "month": _month, "time": _time, "number": _number, "people": _people,
    "money": _money, "percent": _percent, "ordinal": _ordinal, "year": _year,
}  # fmt: skip
STANDALONE_WEIGHTS = {"date": 6, "day": 1, "month": 1, "time": 1, "number": 8, "money": 6, "percent": 1}
