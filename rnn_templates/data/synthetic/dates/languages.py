"""Text of values in each language, by Babel and num2words with corrections.

Corrections: French "1er mai" for the first of a month; Spanish "veintiún mil" and "coma"; German
"einhunderteintausend".
"""

import functools
import re

from rnn_templates.utils.extras import require

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
CURRENCY_WORDS = {
    "en": {"EUR": ("{} euros", " and {} cents"), "USD": ("{} dollars", " and {} cents")},
    "de": {"EUR": ("{} Euro", " und {} Cent"), "USD": ("{} Dollar", " und {} Cent")},
    "fr": {"EUR": ("{} euros", " et {} centimes"), "USD": ("{} dollars", " et {} cents")},
    "es": {"EUR": ("{} euros", " con {} céntimos"), "USD": ("{} dólares", " con {} centavos")},
}
DECIMAL_WORD = {"en": "point", "de": "Komma", "fr": "virgule", "es": "coma"}
TARGET_STYLES = {"british": "long", "iso": "long"}


def render_pair(value, source, target):
    """Returns the texts of a value in two languages.

    The target is a function of the source text: variants of the source language have one translation, and a short form
    that equals the long form has the translation of the long form.

    Args:
        value: `Value`.
        source, target: str; languages.

    Example:
        >>> import datetime
        >>> from rnn_templates.data.synthetic.dates.values import Value
        >>> render_pair(Value("date", datetime.date(2024, 5, 1), "medium"), "en", "es")
        ('May 1, 2024', '1 de mayo de 2024')
    """
    long = value._replace(style="long")
    if value.style == "medium" and render(value, source) == render(long, source):
        value = long
    target_value = value._replace(style=TARGET_STYLES.get(value.style, value.style))
    return render(value, source), render(target_value, target)


def render(value, language):
    """Returns the text of a `Value` in a language, with plain spaces.

    Example:
        >>> from decimal import Decimal
        >>> from rnn_templates.data.synthetic.dates.values import Value
        >>> render(Value("money", Decimal("1234.5"), currency="EUR"), "de")
        '1.234,50 €'
    """
    return re.sub("[\u00a0\u202f]", " ", WRITERS[value.kind](value, language))


def _babel(module=None):
    return require(f"babel.{module}" if module else "babel", "generators", "The data set `dates`")


def _num2words(number, language, **options):
    return require("num2words", "generators", "The data set `dates`").num2words(number, lang=language, **options)


@functools.cache
def _locale(language):
    return _babel().Locale.parse(language)


def _date(value, language):
    if value.style == "iso":
        return value.value.isoformat()
    name = value.style if value.kind == "date" else value.kind
    if (value.kind, value.style) == ("day", "british"):
        name = "british day"
    pattern = MONTHS[language][name]
    if language == "fr" and value.value.day == 1:
        pattern = pattern.replace("d MMM", "d'er' MMM")
    return _babel("dates").format_date(value.value, pattern, locale=_locale(language))


def _time(value, language):
    return _babel("dates").format_time(value.value, "short", locale=_locale(language))


def _digits(value, language):
    return _babel("numbers").format_decimal(value.value, locale=_locale(language), decimal_quantization=False)


def _millions(value, language):
    return _babel("numbers").format_compact_decimal(
        value.value, format_type="long", locale=_locale(language), fraction_digits=1
    )


def _percent(value, language):
    return _babel("numbers").format_percent(value.value / 100, locale=_locale(language), decimal_quantization=False)


def _money(value, language):
    form = "name" if value.kind == "named money" else "standard"
    text = _babel("numbers").format_currency(value.value, value.currency, locale=_locale(language), format_type=form)
    return re.sub(r"^([A-Z]{3})(?=\d)", r"\1 ", text)


@functools.lru_cache(4096)
def spell_out(number, language):
    """Returns a whole number below ten million in words.

    Example:
        >>> spell_out(21000, "es")
        'veintiún mil'
    """
    text = _num2words(number, language)
    if language == "es":
        text = text.replace("veintiuno mil", "veintiún mil").replace("uno mil", "un mil")
    return text.replace("einstausend", "eintausend") if language == "de" else text


def _words(value, language):
    return spell_out(value.value, language)


def _decimal_words(value, language):
    whole, _, tenths = str(value.value).partition(".")
    return f"{spell_out(int(whole), language)} {DECIMAL_WORD[language]} {spell_out(int(tenths), language)}"


def _money_in_words(value, language):
    whole, cents = divmod(int(value.value * 100), 100)
    parts = []
    for number, template in zip((whole, cents), CURRENCY_WORDS[language][value.currency], strict=True):
        words = spell_out(number, language)
        if language == "es":
            words = re.sub("uno$", "un", re.sub("veintiuno$", "veintiún", words))
        parts.append(template.format(words) if number else "")
    return "".join(parts)


def _year(value, language):
    return _num2words(value.value, language, to="year")


def _ordinal(value, language):
    number = value.value
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
