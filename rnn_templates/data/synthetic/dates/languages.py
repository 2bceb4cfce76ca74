"""Values in words and figures of a language: Babel formats them, num2words spells them; what they get wrong is mended.

French has a first of the month ("1er mai"), Spanish shortens "uno" ("veintiún mil") and says "coma", German has no s
in the middle of "einhunderteintausend".
"""

import functools
import re

MONTHS = {
    "en": {
        "full": "EEEE, MMMM d, y", "long": "MMMM d, y", "medium": "MMM d, y", "brief": "EEE, MMM d, y",
        "numeric": "MM/dd/y", "british": "d MMMM y", "month": "MMMM y", "day": "MMMM d", "british day": "d MMMM",
    },
    "de": {
        "full": "EEEE, d. MMMM y", "long": "d. MMMM y", "medium": "d. MMM y", "brief": "EEE, d. MMM y",
        "numeric": "dd.MM.y", "month": "MMMM y", "day": "d. MMMM",
    },
    "fr": {
        "full": "EEEE d MMMM y", "long": "d MMMM y", "medium": "d MMM y", "brief": "EEE d MMM y",
        "numeric": "dd/MM/y", "month": "MMMM y", "day": "d MMMM",
    },
    "es": {
        "full": "EEEE d 'de' MMMM 'de' y", "long": "d 'de' MMMM 'de' y", "medium": "d MMM y", "brief": "EEE d MMM y",
        "numeric": "dd/MM/y", "month": "MMMM 'de' y", "day": "d 'de' MMMM",
    },
}  # fmt: skip
COINS = {
    "en": {"EUR": ("{} euros", " and {} cents"), "USD": ("{} dollars", " and {} cents")},
    "de": {"EUR": ("{} Euro", " und {} Cent"), "USD": ("{} Dollar", " und {} Cent")},
    "fr": {"EUR": ("{} euros", " et {} centimes"), "USD": ("{} dollars", " et {} cents")},
    "es": {"EUR": ("{} euros", " con {} céntimos"), "USD": ("{} dólares", " con {} centavos")},
}
POINT = {"en": "point", "de": "Komma", "fr": "virgule", "es": "coma"}
TARGET_STYLES = {"british": "long", "iso": "long"}


def both(value, source, target):
    """Returns a value as the source and as the target language write it.

    The target depends on the text of the source alone: what the source language writes in several ways has one
    translation, and a short form that looks like the long one is taken for the long one.

    Example:
        >>> both(Value("date", datetime.date(2024, 5, 1), "medium"), "en", "es")
        ('May 1, 2024', '1 de mayo de 2024')
    """
    long = value._replace(style="long")
    if value.style == "medium" and write(value, source) == write(long, source):
        value = long
    return write(value, source), write(value._replace(style=TARGET_STYLES.get(value.style, value.style)), target)


def write(value, language):
    """Returns the text of a `Value` in a language, with plain spaces.

    Example:
        >>> write(Value("money", Decimal("1234.5"), currency="EUR"), "de")
        '1.234,50 €'
    """
    return re.sub("[\u00a0\u202f]", " ", WRITERS[value.kind](value, language))


@functools.cache
def _locale(language):
    from babel import Locale

    return Locale.parse(language)


def _date(value, language):
    from babel.dates import format_date

    if value.style == "iso":
        return value.what.isoformat()
    name = value.style if value.kind == "date" else value.kind
    if (value.kind, value.style) == ("day", "british"):
        name = "british day"
    pattern = MONTHS[language][name]
    if language == "fr" and value.what.day == 1:
        pattern = pattern.replace("d MMM", "d'er' MMM")
    return format_date(value.what, pattern, locale=_locale(language))


def _time(value, language):
    from babel.dates import format_time

    return format_time(value.what, "short", locale=_locale(language))


def _digits(value, language):
    from babel.numbers import format_decimal

    return format_decimal(value.what, locale=_locale(language), decimal_quantization=False)


def _millions(value, language):
    from babel.numbers import format_compact_decimal

    return format_compact_decimal(value.what, format_type="long", locale=_locale(language), fraction_digits=1)


def _percent(value, language):
    from babel.numbers import format_percent

    return format_percent(value.what / 100, locale=_locale(language), decimal_quantization=False)


def _money(value, language):
    from babel.numbers import format_currency

    form = "name" if value.kind == "named money" else "standard"
    text = format_currency(value.what, value.currency, locale=_locale(language), format_type=form)
    return re.sub(r"^([A-Z]{3})(?=\d)", r"\1 ", text)


@functools.lru_cache(4096)
def spell(number, language):
    """Returns a whole number below ten millions in words.

    Example:
        >>> spell(21000, "es")
        'veintiún mil'
    """
    from num2words import num2words

    text = num2words(number, lang=language)
    if language == "es":
        text = text.replace("veintiuno mil", "veintiún mil").replace("uno mil", "un mil")
    return text.replace("einstausend", "eintausend") if language == "de" else text


def _words(value, language):
    return spell(value.what, language)


def _decimal_words(value, language):
    whole, _, tenths = str(value.what).partition(".")
    return f"{spell(int(whole), language)} {POINT[language]} {spell(int(tenths), language)}"


def _money_in_words(value, language):
    whole, cents = divmod(int(value.what * 100), 100)
    parts = []
    for number, coins in zip((whole, cents), COINS[language][value.currency], strict=True):
        words = spell(number, language)
        if language == "es":
            words = re.sub("uno$", "un", re.sub("veintiuno$", "veintiún", words))
        parts.append(coins.format(words) if number else "")
    return "".join(parts)


def _year(value, language):
    from num2words import num2words

    return num2words(value.what, lang=language, to="year")


def _ordinal(value, language):
    number = value.what
    if language == "fr":
        return "1er" if number == 1 else f"{number}e"
    if language == "es":  # primer, tercer, decimotercer, but undécimo
        return f"{number}.er" if number % 100 != 11 and number % 10 in (1, 3) else f"{number}.º"
    if language == "de":
        return f"{number}."
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


WRITERS = {
    "date": _date, "day": _date, "month": _date, "time": _time, "digits": _digits, "millions": _millions,
    "words": _words, "decimal words": _decimal_words, "money": _money, "named money": _money,
    "money in words": _money_in_words, "percent": _percent, "year": _year, "ordinal": _ordinal,
}  # fmt: skip
