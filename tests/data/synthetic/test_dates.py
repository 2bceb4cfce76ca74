"""Generated dates: correct in each language, one target a source, disjoint values in the splits."""

import datetime
import random
import re
from decimal import Decimal

import pytest

from rnn_templates.data.synthetic.dates import PAIRS, SIZES, Dates, builder, make_pairs
from rnn_templates.data.synthetic.dates.languages import render, render_pair, spell_out
from rnn_templates.data.synthetic.dates.phrases import LANGUAGES, PHRASES
from rnn_templates.data.synthetic.dates.values import (
    DATE_STYLES,
    SLOTS,
    STANDALONE_WEIGHTS,
    Value,
    sample_value,
    split_of,
)

SPLITS = ("train", "validation", "test")
COUNTS = {"train": 8000, "validation": 1000, "test": 2000}
LEAP_DAY = datetime.date(2024, 2, 29)
MAY_DAY = datetime.date(1901, 5, 1)


@pytest.fixture(scope="module")
def made():
    return {(pair, split): make_pairs(pair, COUNTS[split], split) for pair in PAIRS for split in SPLITS}


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (Value("date", LEAP_DAY, "full"),
         ("Thursday, February 29, 2024", "Donnerstag, 29. Februar 2024", "jeudi 29 février 2024",
          "jueves 29 de febrero de 2024")),
        (Value("date", MAY_DAY, "long"), ("May 1, 1901", "1. Mai 1901", "1er mai 1901", "1 de mayo de 1901")),
        (Value("date", LEAP_DAY, "medium"), ("Feb 29, 2024", "29. Feb. 2024", "29 févr. 2024", "29 feb 2024")),
        (Value("date", MAY_DAY, "brief"), ("Wed, May 1, 1901", "Mi., 1. Mai 1901", "mer. 1er mai 1901",
                                              "mié 1 may 1901")),
        (Value("date", MAY_DAY, "numeric"), ("05/01/1901", "01.05.1901", "01/05/1901", "01/05/1901")),
        (Value("date", MAY_DAY, "iso"), ("1901-05-01",) * 4),
        (Value("day", LEAP_DAY, "long"), ("February 29", "29. Februar", "29 février", "29 de febrero")),
        (Value("month", MAY_DAY), ("May 1901", "Mai 1901", "mai 1901", "mayo de 1901")),
        (Value("time", datetime.time(0, 5)), ("12:05 AM", "00:05", "00:05", "0:05")),
        (Value("time", datetime.time(12, 0)), ("12:00 PM", "12:00", "12:00", "12:00")),
        (Value("digits", Decimal("-1234567.05")), ("-1,234,567.05", "-1.234.567,05", "-1 234 567,05", "-1.234.567,05")),
        (Value("millions", Decimal(1_500_000)), ("1.5 million", "1,5 Millionen", "1,5 million", "1,5 millones")),
        (Value("millions", Decimal(21_000_000)), ("21 million", "21 Millionen", "21 millions", "21 millones")),
        (Value("decimal words", Decimal("21.5")),
         ("twenty-one point five", "einundzwanzig Komma fünf", "vingt et un virgule cinq", "veintiuno coma cinco")),
        (Value("percent", Decimal("12.5")), ("12.5%", "12,5 %", "12,5 %", "12,5 %")),
        (Value("money", Decimal("1234.5"), currency="USD"), ("$1,234.50", "1.234,50 $", "1 234,50 $US",
                                                             "1.234,50 US$")),
        (Value("money", Decimal(1000000), currency="EUR"),
         ("€1,000,000.00", "1.000.000,00 €", "1 000 000,00 €", "1.000.000,00 €")),
        (Value("money", Decimal(5000), currency="JPY"), ("¥5,000", "5.000 ¥", "5 000 JPY", "5.000 JPY")),
        (Value("money", Decimal(20), currency="CHF"), ("CHF 20.00", "20,00 CHF", "20,00 CHF", "20,00 CHF")),
        (Value("named money", Decimal("2.5"), currency="CHF"),
         ("2.50 Swiss francs", "2,50 Schweizer Franken", "2,50 francs suisses", "2,50 francos suizos")),
        (Value("money in words", Decimal("21.21"), currency="EUR"),
         ("twenty-one euros and twenty-one cents", "einundzwanzig Euro und einundzwanzig Cent",
          "vingt et un euros et vingt et un centimes", "veintiún euros con veintiún céntimos")),
        (Value("money in words", 231, currency="USD"),
         ("two hundred and thirty-one dollars", "zweihunderteinunddreißig Dollar", "deux cent trente et un dollars",
          "doscientos treinta y un dólares")),
        (Value("year", 1905),
         ("nineteen oh-five", "neunzehnhundertfünf", "mille neuf cent cinq", "mil novecientos cinco")),
        (Value("year", 2000), ("two thousand", "zweitausend", "deux mille", "dos mil")),
        (Value("ordinal", 1), ("1st", "1.", "1er", "1.er")),
        (Value("ordinal", 11), ("11th", "11.", "11e", "11.º")),
        (Value("ordinal", 113), ("113th", "113.", "113e", "113.er")),
        (Value("ordinal", 622), ("622nd", "622.", "622e", "622.º")),
    ],
    ids=str,
)  # fmt: skip
def test_values_are_rendered_by_the_rules_of_the_language(value, texts):
    assert tuple(render(value, language) for language in LANGUAGES) == texts


SMALL = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "de": "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis "
    "veintisiete veintiocho veintinueve",
}
TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
SMALL, TENS = ({language: words.split() for language, words in table.items()} for table in (SMALL, TENS))
HUNDREDS = ("ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos",
            "ochocientos", "novecientos")  # fmt: skip


def english(n):
    small, tens = SMALL["en"], TENS["en"]
    if n < 20:
        return small[n]
    if n < 100:
        return tens[n // 10 - 2] + (f"-{small[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{small[n // 100]} hundred" + (f" and {english(n % 100)}" if n % 100 else "")
    rest = n % 1000
    return f"{english(n // 1000)} thousand" + ((", " if rest > 99 else " and ") + english(rest) if rest else "")


def german(n, last="eins"):
    small, tens = SMALL["de"], TENS["de"]
    if n < 20:
        return last if n == 1 else small[n]
    if n < 100:
        return (f"{small[n % 10]}und" if n % 10 else "") + tens[n // 10 - 2]
    unit, name = (100, "hundert") if n < 1000 else (1000, "tausend")
    return german(n // unit, "ein") + name + (german(n % unit, last) if n % unit else "")


def french(n, plural=True):
    small = SMALL["fr"]
    if n < 20:
        return small[n]
    if n < 70:
        return TENS["fr"][n // 10 - 2] + {0: "", 1: " et un"}.get(n % 10, f"-{small[n % 10]}")
    if n < 80:
        return "soixante" + (" et onze" if n == 71 else f"-{small[n - 60]}")
    if n < 100:
        return "quatre-vingt" + ("s" * plural if n == 80 else f"-{small[n - 80]}")
    unit, name = (100, "cent") if n < 1000 else (1000, "mille")
    head = name if n // unit == 1 else f"{french(n // unit, False)} {name}"
    if n % unit:
        return f"{head} {french(n % unit, plural)}"
    return head + "s" * (plural and unit == 100 and n > 100)


def spanish(n, one="uno"):
    if n < 30:
        return {1: one, 21: "veintiún" if one == "un" else "veintiuno"}.get(n, SMALL["es"][n])
    if n < 100:
        return TENS["es"][n // 10 - 2] + (f" y {spanish(n % 10, one)}" if n % 10 else "")
    if n < 1000:
        return "cien" if n == 100 else HUNDREDS[n // 100 - 1] + (f" {spanish(n % 100, one)}" if n % 100 else "")
    head = "mil" if n // 1000 == 1 else f"{spanish(n // 1000, 'un')} mil"
    return head + (f" {spanish(n % 1000, one)}" if n % 1000 else "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_spelled_by_the_rules_of_the_language(language):
    grammar = {"en": english, "de": german, "fr": french, "es": spanish}[language]
    numbers = random.Random(3)
    sample = [*range(130), *(1000 * n for n in range(1, 130)), *(numbers.randrange(10**6) for _ in range(1000))]
    for number in sample:
        assert spell_out(number, language) == grammar(number)


@pytest.mark.parametrize(
    ("number", "texts"),
    [
        (1_000_000, ("one million", "eine Million", "un million", "un millón")),
        (2_100_000, ("two million, one hundred thousand", "zwei Millionen einhunderttausend",
                     "deux millions cent mille", "dos millones cien mil")),
    ],
)  # fmt: skip
def test_millions_are_spelled_correctly(number, texts):
    assert tuple(spell_out(number, language) for language in LANGUAGES) == texts


@pytest.mark.parametrize("pair", PAIRS)
def test_a_source_never_has_two_translations(pair, made):
    targets, generator = {}, random.Random(4)
    drawn = (builder._pair(*pair.split("_"), "train", generator) for _ in range(8000))
    for source, target in (*drawn, *(row for split in SPLITS for row in made[pair, split])):
        assert targets.setdefault(source, target) == target
    source, target = pair.split("_")
    for day in (datetime.date(2024, 1, 1) + datetime.timedelta(days) for days in range(366)):
        styles = {*DATE_STYLES, "british"} if source == "en" else set(DATE_STYLES)
        for text, rendered in (render_pair(Value("date", day, style), source, target) for style in sorted(styles)):
            assert targets.setdefault(text, rendered) == rendered


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS)
DATE = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<m2>\d\d)/(?P<d2>\d\d)/(?P<y2>\d{4})"
    rf"|\b(?P<month>{MONTH}) (?P<d3>\d{{1,2}})\b(, (?P<y3>\d{{4}}))?"
    rf"|\b(?P<d4>\d{{1,2}}) (?P<month2>{MONTH})\b( (?P<y4>\d{{4}}))?|\b(?P<month3>{MONTH}) (?P<y5>\d{{4}})"
)
WORD = f"({'|'.join(SMALL['en'] + TENS['en'])}|oh|hundred|thousand|million|point)"


def values_in(text):
    """The values in an English text; whole numbers as words."""
    found = set()

    def date(match):
        groups = {name.rstrip("2345"): value for name, value in match.groupdict().items() if value}
        if "month" in groups:
            groups["m"] = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(groups["month"][:3]))
        found.add(tuple(int(groups.get(part, 0)) for part in "ymd"))
        return " "

    def time(match):
        found.add(("time", match[0]))
        return " "

    def number(match):
        value = Decimal(match[1].rstrip(",").replace(",", "")) * (10**6 if match[3] else 1)
        whole = value == int(value) and value < 10**6
        found.add(english(int(value)) if whole else value.normalize())
        return " "

    rest = re.sub(r"(\d[\d,]*(\.\d+)?)( million)?", number, re.sub(r"\d+:\d\d [AP]M", time, DATE.sub(date, text)))
    found.update(match[0] for match in re.finditer(rf"\b{WORD}(?:(?:, | and |[ -]){WORD})*\b", rest))
    return found


def test_the_parser_of_values_finds_values():
    assert values_in("invoice of Thu, Feb 29, 2024 for $1,234.50") == {(2024, 2, 29), Decimal("1234.5")}
    assert values_in("since May 1901") == {(1901, 5, 0)}
    assert values_in("29 February at 3:30 PM") == {(0, 2, 29), ("time", "3:30 PM")}
    assert values_in("for only one thousand, two hundred and six euros and five cents") == {
        "one thousand, two hundred and six", "five",
    }  # fmt: skip
    assert values_in("1.5 million") == {Decimal(1500000)}
    assert values_in("£1,201.00") == {"one thousand, two hundred and one"}
    assert values_in("one million, one hundred thousand") == {"one million, one hundred thousand"}


@pytest.mark.parametrize("pair", PAIRS)
def test_no_value_of_a_split_is_in_another(pair, made):
    side = pair.split("_").index("en")
    found = {split: set() for split in SPLITS}
    for split in SPLITS:
        for row in made[pair, split]:
            values = values_in(row[side])
            assert values, row
            if not re.search(" (euros|dollars) and ", row[side]):  # such an amount is one value in two parts
                found[split] |= values
    assert len(found["test"]) > 1000
    for one, other in (("test", "train"), ("validation", "train"), ("validation", "test")):
        assert not found[one] & found[other]


@pytest.mark.parametrize("number", [345, 12345, Decimal("12.5")])
def test_a_value_belongs_to_one_split_in_any_notation(number):
    kinds = ("digits", "words", "money", "named money", "money in words", "percent", "ordinal", "year")
    values = [
        Value(kind, what) for kind in kinds for what in (number, Decimal(number).quantize(Decimal("0.01")), -number)
    ]
    assert len({split_of(value) for value in values}) == 1
    date = datetime.date(2001, 2, 3)
    assert len({split_of(Value("date", date, style)) for style in DATE_STYLES}) == 1


def test_small_whole_numbers_belong_to_training_and_of_the_others_a_tenth_to_test():
    assert {split_of(Value("words", number)) for number in range(100)} == {"train"}
    found = [split_of(Value("words", number)) for number in range(100, 20100)]
    fractions = [found.count(split) / len(found) for split in SPLITS]
    assert fractions == pytest.approx([0.85, 0.05, 0.1], abs=0.01)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("slot", SLOTS)
def test_values_can_be_drawn_for_every_slot_and_split(slot, split):
    generator = random.Random(2)
    for _ in range(20):
        assert split_of(sample_value(slot, "en", split, generator)) == split


def test_phrases_have_the_same_slots_in_all_languages_and_say_different_things():
    slots = [[re.findall(r"\{(\w+)\}", phrase[language]) for language in LANGUAGES] for phrase in PHRASES]
    for per_language in slots:
        assert all(sorted(one) == sorted(per_language[0]) for one in per_language)
    assert {slot for per_language in slots for slot in per_language[0]} | set(STANDALONE_WEIGHTS) == set(SLOTS)
    for language in LANGUAGES:
        assert len({re.sub(r"\{\w+\}", "{}", phrase[language]) for phrase in PHRASES}) == len(PHRASES)


def test_one_o_clock_is_singular_in_spanish(made):
    hours = re.findall(r"\bl(as?) (\d+):", " ".join(target for split in SPLITS for _, target in made["en_es", split]))
    assert {article for article, hour in hours if hour == "1"} == {"a"}
    assert {article for article, hour in hours if hour != "1"} == {"as"}


@pytest.mark.parametrize("pair", PAIRS)
def test_texts_have_plain_single_spaces_and_sources_differ(pair, made):
    for split in SPLITS:
        rows = made[pair, split]
        assert len(dict(rows)) == len(rows) == COUNTS[split]
        for text in (text for row in rows for text in row):
            assert re.sub(r"\s+", " ", text.replace("\u202f", "\u00a0")).strip() == text
            assert "{" not in text


def test_the_irregular_cases_occur(made):
    sources = " | ".join(source for source, _ in made["en_de", "train"])
    for part in ("February 29, ", "twenty-one thousand", "one million", "oh-", "12:", "00,0", "May 1,", "-"):
        assert part in sources, part
    rows = made["en_de", "test"]
    assert 0.3 < sum(any(char.isdigit() for char in source) for source, _ in rows) / len(rows) < 0.9
    assert max(len(text) for row in rows for text in row) < 140


def test_the_same_pairs_are_made_every_time():
    assert make_pairs("en_fr", 60) == make_pairs("en_fr", 80)[:60]
    assert make_pairs("en_fr", 60) != make_pairs("en_fr", 60, seed=2)


def test_a_wrong_pair_split_or_count_is_named():
    with pytest.raises(ValueError, match="`pair`.*en_de, en_fr, en_es, de_en"):
        make_pairs("en_xx", 1)
    with pytest.raises(ValueError, match="`split`.*train, validation, test"):
        make_pairs("en_de", 1, "valid")
    with pytest.raises(ValueError, match="`count`"):
        make_pairs("en_de", -1)


def test_the_builder_writes_what_make_pairs_returns(tmp_path, monkeypatch):
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    monkeypatch.setattr(builder, "SIZES", {"train": 40, "validation": 10, "test": 20})
    made = Dates(config="de_en", data_dir=str(tmp_path))
    made.download_and_prepare()
    for split, count in builder.SIZES.items():
        rows = tfds.as_numpy(made.as_dataset(split=split, shuffle_files=False))
        assert [(row["de"].decode(), row["en"].decode()) for row in rows] == make_pairs("de_en", count, split)
    assert made.info.supervised_keys == ("de", "en")
    assert set(SIZES) == set(SPLITS)
