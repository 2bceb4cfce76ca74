"""Personal data of generated messages."""

import datetime
import re

from rnn_templates.data.synthetic.messages import word_lists as words
from rnn_templates.data.synthetic.messages.grammar import without_accents
from rnn_templates.data.synthetic.messages.names import (
    contains_other_split_name,
    mail_domains,
    names_of_split,
    places_of_split,
)

FIRST_DAY, LAST_DAY = datetime.date(2018, 1, 1).toordinal(), datetime.date(2029, 12, 31).toordinal()
FIRST_BIRTH, LAST_BIRTH = datetime.date(1935, 1, 1).toordinal(), datetime.date(2012, 12, 31).toordinal()


class PersonalValues:
    """Samples the personal data of one message.

    Each method is a slot of the patterns.

    Args:
        locale: str; one of `LOCALES` of `word_lists`.
        split: "train", "validation" or "test"; each has names, towns and streets of its own.
        generator: `random.Random`.

    Example:
        >>> import random
        >>> PersonalValues("de_DE", "train", random.Random(1)).phone()
        '02417/87631'
    """

    def __init__(self, locale, split, generator):
        self.locale, self.language, self.split, self.generator = locale, locale[:2], split, generator
        self.choose, self.person = generator.choice, None  # the last person named, owner of an e-mail address

    # Names

    def first(self):
        """First name of a person."""
        first = self._first()
        self.person = (first, self._last())
        return first

    def last(self):
        """Last name of a person, sometimes a double name."""
        last = self._last()
        self.person = (self._first(), last)
        return f"{last}-{self._last()}" if self._chance(0.06) else last

    def name(self):
        """Full name in one of several forms."""
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
        """First name and last name."""
        self.person = self._first(), self._last()
        return " ".join(self.person)

    def last_name_first(self):
        """Last name, first name."""
        self.person = first, last = self._first(), self._last()
        shapes = (
            f"{last}, {first}",
            f"{last}, {first}",
            f"{last.upper()}, {first}",
            f"{last}, {first} {self._first()[0]}.",
        )
        return self.choose(shapes)

    def title(self):
        """Title, which is not part of a name."""
        return self.choose(words.TITLES[self.language])

    def company(self):
        """Company named after a person."""
        return self.choose(words.COMPANIES[self.language]).format(self._last())

    # Addresses

    def address(self):
        """Postal address."""
        return self._fill_template(self.choose(words.ADDRESSES[self.locale]))

    def street(self):
        """Street name."""
        streets = places_of_split(words.STREET_NAMES[self.language], self.split)
        while True:
            name = self.choose(streets) if streets and self._chance(0.3) else self._last()
            person = f"{self._first()} {self._last()}"
            if self.language == "de":
                person = person.replace(" ", "-")
            street = self.choose(words.STREETS[self.locale]).format(name=name, person=person)
            if not contains_other_split_name(street, self.split):  # a name with a suffix may be another name
                return street

    def house(self):
        """House number."""
        return str(self.generator.randint(1, self.choose((30, 200, 9999 if self.locale == "en_US" else 90))))

    def flat(self):
        """Number of an apartment."""
        return str(self.generator.randint(1, 12))

    def letter(self):
        """Letter of a house or door."""
        return self.choose("ABCD" if self.language == "es" else "abcABC")

    def direction(self):
        """Compass direction of a street."""
        return self.choose(words.DIRECTIONS.split())

    def state(self):
        """Code of a state."""
        return self.choose(words.STATES.split())

    def postcode(self):
        """Postal code."""
        if self.locale == "en_GB":
            area, end = self.choose(words.POSTAL_AREAS.split()), "".join(self.choose("ABDEFGHJLN") for _ in range(2))
            return self._sample_digits(area + self.choose(("%", "%#")) + " #") + end
        return self._sample_digits(self.choose(words.POSTCODES[self.locale]))

    def town(self):
        """Town."""
        towns = places_of_split(words.TOWNS[self.locale], self.split)
        if towns and self._chance(0.5):
            return self.choose(towns)
        while True:
            town = self.choose(words.TOWN_SHAPES[self.locale]).format(self._last())
            if not contains_other_split_name(town, self.split):
                return town

    city = town

    # Dates

    def date(self):
        """Date."""
        return self._date(FIRST_DAY, LAST_DAY)

    def birth(self):
        """Date of birth, usually with a year."""
        while True:
            text = self._date(FIRST_BIRTH, LAST_BIRTH)
            if re.search(r"\d{4}|\d[./-]\d+[./-]\d\d$", text) or self._chance(0.1):
                return text

    def _date(self, first, last):
        day = datetime.date.fromordinal(self.generator.randint(first, last))
        month, short_month, weekday, short_weekday = (
            table[self.language].split()[index]
            for table, index in (
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
        """Phone number."""
        return self._sample_digits(self.choose(words.PHONES[self.locale]))

    def email(self):
        """E-mail address, usually of the last person named."""
        first, last = self.person if self.person and self._chance(0.7) else (self._first(), self._last())
        first, last = self._mail_name(first), self._mail_name(last)
        year, tag = self.generator.randint(1, 99), self.choose(words.TAGS.split())
        users = (
            f"{first}.{last}", f"{first}.{last}", f"{first}.{last}", f"{first[0]}.{last}", f"{last}.{first}",
            f"{first}_{last}", f"{first}-{last}", f"{first}{last}", f"{first[0]}{last}", f"{first}{year}",
            f"{last}.{first[0]}", f"{first}.{last}{year}", f"{first}.{last}+{tag}", f"{first}+{tag}", first, last,
            self.choose(words.MAILBOXES.split()),
        )  # fmt: skip
        user = self.choose(users)
        if contains_other_split_name(user, self.split):  # for example "b" + "ryan"
            user = f"{first}.{last}"
        domain = self.choose(mail_domains(self.locale)) if self._chance(0.6) else self._sample_domain()
        return (user.title() if self._chance(0.05) else user) + "@" + domain

    def amount(self):
        """Amount of money."""
        sign, word = (self.choose(forms) for forms in words.CURRENCIES[self.locale])
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

    # Helpers

    def _chance(self, probability):
        return self.generator.random() < probability

    def _first(self):
        return self._sample_name("first")

    def _last(self):
        return self._sample_name("last")

    def _sample_name(self, part):
        locale = self.choose(words.LOCALES) if self._chance(0.1) else self.locale
        names = names_of_split(locale, part, self.split)
        name = self.choose(names)
        if self.split == "train" and self._chance(0.4):  # so that a model does not memorize the list of names
            name = self._blend_names(name, self.choose(names))
        return name

    def _blend_names(self, name, other):
        """The beginning of one name with the end of another, unless that is a name of another split."""
        blend = name[: len(name) // 2 + 1] + other[len(other) // 2 :].lower()
        return blend if blend.isalpha() and not contains_other_split_name(blend, self.split) else name

    def _fill_template(self, template):
        return re.sub(r"\{(\w+)\}", lambda found: getattr(self, found[1])(), template)

    def _sample_digits(self, template):
        return re.sub("[#%]", lambda found: self.choose("0123456789" if found[0] == "#" else "123456789"), template)

    def _sample_domain(self):
        owners = self._mail_name(self._last()), self._mail_name(self._last())
        end = self.choose(words.DOMAIN_ENDS[self.locale].split())
        return "-".join(owners[: self.choose((1, 2))]) + "." + end

    def _mail_name(self, name):
        """A name in the form used in e-mail addresses."""
        name = max(re.split("[ -]", name.lower()), key=len)
        if self.language == "de":
            name = name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
        return without_accents(name).replace("ß", "ss").replace("'", "")
