"""The values in generated messages: names, addresses, dates, phone numbers, and what only looks like them."""

import datetime
import re

from rnn_templates.data.synthetic.messages import word_lists as words
from rnn_templates.data.synthetic.messages.names import (
    holds_foreign_name,
    mail_domains,
    own_names,
    own_places,
    without_accents,
)

FIRST_DAY, LAST_DAY = datetime.date(2018, 1, 1).toordinal(), datetime.date(2029, 12, 31).toordinal()
FIRST_BIRTH, LAST_BIRTH = datetime.date(1935, 1, 1).toordinal(), datetime.date(2012, 12, 31).toordinal()


class Values:
    """Draws the values of one message; every slot of a pattern is a method.

    Args:
        locale: one of `LOCALES` of `words`.
        split: "train", "validation" or "test"; each has names, towns and streets of its own.
        generator: `random.Random`.

    Example:
        >>> Values("de_DE", "train", random.Random(1)).phone()
        '02417/87631'
    """

    def __init__(self, locale, split, generator):
        self.locale, self.language, self.split, self.generator = locale, locale[:2], split, generator
        self.choose, self.person = generator.choice, None  # the person named last, to whom an e-mail address belongs

    # Names

    def first(self):
        first = self._first()
        self.person = (first, self._last())
        return first

    def last(self):
        last = self._last()
        self.person = (self._first(), last)
        return f"{last}-{self._last()}" if self._chance(0.06) else last

    def name(self):
        self.person = first, last = self._first(), self._last()
        if self.language == "es" and self._chance(0.4):
            last = f"{last} {self._last()}"
        initial = self._first()[0]
        shapes = (
            f"{first} {initial}. {last}", f"{first} {initial} {last}", f"{first[0]}. {last}",
            f"{first[0]}. {initial}. {last}", f"{first}-{self._first()} {last}", f"{first} {self._first()} {last}",
            f"{first} {last}-{self._last()}", f"{first} {self.choose(words.PARTICLES[self.language])} {last}",
            f"{first} {last.upper()}", f"{last} {first}",
        )  # fmt: skip
        return self.choose(shapes) if self._chance(0.4) else f"{first} {last}"

    def full(self):
        self.person = self._first(), self._last()
        return " ".join(self.person)

    def sorted(self):
        self.person = first, last = self._first(), self._last()
        shapes = (
            f"{last}, {first}",
            f"{last}, {first}",
            f"{last.upper()}, {first}",
            f"{last}, {first} {self._first()[0]}.",
        )
        return self.choose(shapes)

    def mr(self):
        return self.choose(words.TITLES[self.language])

    def company(self):
        return self.choose(words.COMPANIES[self.language]).format(self._last())

    # Addresses

    def address(self):
        return self._fill(self.choose(words.ADDRESSES[self.locale]))

    def street(self):
        own = own_places(words.STREET_NAMES[self.language], self.split)
        while True:
            name = self.choose(own) if own and self._chance(0.3) else self._last()
            person = f"{self._first()} {self._last()}"
            if self.language == "de":
                person = person.replace(" ", "-")
            street = self.choose(words.STREETS[self.locale]).format(name=name, person=person)
            if not holds_foreign_name(street, self.split):  # as a name and a suffix together may
                return street

    def house(self):
        return str(self.generator.randint(1, self.choose((30, 200, 9999 if self.locale == "en_US" else 90))))

    def flat(self):
        return str(self.generator.randint(1, 12))

    def letter(self):
        return self.choose("ABCD" if self.language == "es" else "abcABC")

    def direction(self):
        return self.choose(words.DIRECTIONS.split())

    def state(self):
        return self.choose(words.STATES.split())

    def postcode(self):
        if self.locale == "en_GB":
            area, end = self.choose(words.POSTAL_AREAS.split()), "".join(self.choose("ABDEFGHJLN") for _ in range(2))
            return self._digits(area + self.choose(("%", "%#")) + " #") + end
        return self._digits(self.choose(words.POSTCODES[self.locale]))

    def town(self):
        own = own_places(words.TOWNS[self.locale], self.split)
        if own and self._chance(0.5):
            return self.choose(own)
        while True:
            town = self.choose(words.TOWN_SHAPES[self.locale]).format(self._last())
            if not holds_foreign_name(town, self.split):
                return town

    city = town

    # Dates

    def date(self):
        return self._date(FIRST_DAY, LAST_DAY)

    def birth(self):
        while True:
            text = self._date(FIRST_BIRTH, LAST_BIRTH)
            if re.search(r"\d{4}|\d[./-]\d+[./-]\d\d$", text) or self._chance(0.1):
                return text

    def _date(self, first, last):
        day = datetime.date.fromordinal(self.generator.randint(first, last))
        month, short_month, weekday, short_weekday = (
            table[self.language].split()[place]
            for table, place in (
                (words.MONTHS, day.month - 1),
                (words.SHORT_MONTHS, day.month - 1),
                (words.WEEKDAYS, day.weekday()),
                (words.SHORT_WEEKDAYS, day.weekday()),
            )
        )
        ordinal = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
        if self.language == "fr":
            ordinal = "er" if day.day == 1 else ""
        codes = {
            "d": day.day, "m": day.month, "y": day.year, "D": f"{day:%d}", "M": f"{day:%m}", "Y": f"{day:%y}",
            "o": f"{day.day}{ordinal}", "B": month, "b": short_month, "A": weekday, "a": short_weekday,
        }  # fmt: skip
        return re.sub(r"\b[dmyDMYoBbAa]\b", lambda code: str(codes[code[0]]), self.choose(words.DATES[self.locale]))

    # Phone numbers, e-mail addresses, amounts

    def phone(self):
        return self._digits(self.choose(words.PHONES[self.locale]))

    def email(self):
        first, last = self.person if self.person and self._chance(0.7) else (self._first(), self._last())
        first, last = self._plain(first), self._plain(last)
        year, tag = self.generator.randint(1, 99), self.choose(words.TAGS.split())
        users = (
            f"{first}.{last}", f"{first}.{last}", f"{first}.{last}", f"{first[0]}.{last}", f"{last}.{first}",
            f"{first}_{last}", f"{first}-{last}", f"{first}{last}", f"{first[0]}{last}", f"{first}{year}",
            f"{last}.{first[0]}", f"{first}.{last}{year}", f"{first}.{last}+{tag}", f"{first}+{tag}", first, last,
            self.choose(words.MAILBOXES.split()),
        )  # fmt: skip
        user = self.choose(users)
        if holds_foreign_name(user, self.split):  # as "b" and "ryan" do
            user = f"{first}.{last}"
        domain = self.choose(mail_domains(self.locale)) if self._chance(0.6) else self._domain()
        return (user.title() if self._chance(0.05) else user) + "@" + domain

    def amount(self):
        sign, word = (self.choose(ones) for ones in words.CURRENCIES[self.locale])
        thousands, point = words.POINTS[self.language]
        whole = int(10 ** self.generator.uniform(0.3, self.choose((2, 3, 4, 5.5))))
        if self._chance(0.15):
            return f"{self.choose(words.NUMBER_WORDS[self.language])} {word}"
        if self._chance(0.2):
            return f"{whole} {word}"
        number = f"{whole:,}".replace(",", thousands if self._chance(0.8) else "")
        if self.language == "fr":
            number = number.replace(" ", self.choose("  \u00a0\u202f"))
        number += self.choose(("", "", f"{point}00", f"{point}{self.generator.randint(1, 99):02}"))
        if self.language == "de" and self._chance(0.05):
            number = f"{whole},-"
        before = (f"{sign}{number}", f"{sign} {number}") if len(sign) < 3 else (f"{sign} {number}",)
        after = (f"{number} {sign}", f"{number} {sign}", f"{number}{sign}", f"{number}\u00a0{sign}")
        usual, other = (before, after) if self.language == "en" else (after, before)
        return self.choose(usual if self._chance(0.85) else other)

    # What is no personal data

    def time(self):
        hour, minute = self.generator.randint(0, 23), self.choose((0, 15, 30, 45, self.generator.randint(0, 59)))
        clock, half = f"{hour}:{minute:02}", "am" if hour < 12 else "pm"
        twelve = (hour - 1) % 12 + 1
        return self.choose({
            "en": (clock, clock, f"{twelve}{half}", f"{twelve}:{minute:02} {half}", f"{hour}.{minute:02}"),
            "de": (f"{clock} Uhr", f"{hour}.{minute:02} Uhr", f"{hour} Uhr", clock),
            "fr": (f"{hour}h{minute:02}", f"{hour} h {minute:02}", f"{hour}h", clock),
            "es": (clock, clock, f"{clock} h", f"{hour}.{minute:02}"),
        }[self.language])  # fmt: skip

    def number(self):
        return self._digits(self.choose(words.NUMBERS))

    def code(self):
        return self._digits(self.choose(words.CODES.split()))

    def count(self):
        return str(self.generator.randint(2, self.choose((9, 60, 400))))

    def percent(self):
        point, sign = words.POINTS[self.language][1], self.choose(("%", " %"))
        return self._digits(self.choose(("%", "%#", "1#0", f"%{point}#"))) + sign

    def version(self):
        return self._digits(self.choose(words.VERSIONS.split()))

    def room(self):
        return self._digits(self.choose(words.ROOMS.split()))

    def size(self):
        return self._digits(self.choose(words.SIZES.get(self.language, words.SIZES["de"]).split("|")))

    def weight(self):
        return self._digits(self.choose(words.SIZES.get(self.language, words.SIZES["de"]).split("|")[:-1]))

    def iban(self):
        return self._digits(self.locale[3:] + "## #### #### #### ####")

    def year(self):
        return str(self.generator.randint(1990, 2026))

    def month(self):
        return self.choose(words.MONTHS[self.language].split())

    def weekday(self):
        return self.choose(words.WEEKDAYS[self.language].split())

    def product(self):
        return self.choose(words.PRODUCTS)

    def emoji(self):
        return self.choose(words.EMOJI.split())

    def url(self):
        return (
            self.choose(("www.", "https://www.", "https://")) + self._domain() + self.choose(("", "/faq", "/2024/info"))
        )

    # Parts

    def _chance(self, share):
        return self.generator.random() < share

    def _first(self):
        return self._own("first")

    def _last(self):
        return self._own("last")

    def _own(self, which):
        locale = self.choose(words.LOCALES) if self._chance(0.1) else self.locale
        names = own_names(locale, which, self.split)
        name = self.choose(names)
        if self.split == "train" and self._chance(0.4):  # so that a name is more than the list of those it has seen
            name = self._invented(name, self.choose(names))
        return name

    def _invented(self, name, other):
        """The beginning of one name with the end of another, where that is no name of another split."""
        made = name[: len(name) // 2 + 1] + other[len(other) // 2 :].lower()
        return made if made.isalpha() and not holds_foreign_name(made, self.split) else name

    def _fill(self, shape):
        return re.sub(r"\{(\w+)\}", lambda found: getattr(self, found[1])(), shape)

    def _digits(self, shape):
        return re.sub("[#%]", lambda found: self.choose("0123456789" if found[0] == "#" else "123456789"), shape)

    def _domain(self):
        owners = self._plain(self._last()), self._plain(self._last())
        end = self.choose(words.DOMAIN_ENDS[self.locale].split())
        return "-".join(owners[: self.choose((1, 2))]) + "." + end

    def _plain(self, name):
        """A name as it stands in an e-mail address."""
        name = max(re.split("[ -]", name.lower()), key=len)
        if self.language == "de":
            name = name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
        return without_accents(name).replace("ß", "ss").replace("'", "")
