"""Values of the slots of generated messages."""

from rnn_templates.data.synthetic.messages import word_lists as words
from rnn_templates.data.synthetic.messages.personal_values import PersonalValues


class Values(PersonalValues):
    """Samples the values of one message.

    These are personal data, and values that resemble it; arguments as for `PersonalValues`.

    Example:
        >>> import random
        >>> Values("de_DE", "train", random.Random(1)).iban()[:2]
        'DE'
    """

    def time(self):
        """Time of day."""
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
        """Number of an order, a meter or a customer."""
        return self._sample_digits(self.choose(words.NUMBERS))

    def code(self):
        """Document code."""
        return self._sample_digits(self.choose(words.CODES.split()))

    def count(self):
        """Small number."""
        return str(self.generator.randint(2, self.choose((9, 60, 400))))

    def percent(self):
        """Percentage."""
        point, sign = words.POINTS[self.language][1], self.choose(("%", " %"))
        return self._sample_digits(self.choose(("%", "%#", "1#0", f"%{point}#"))) + sign

    def version(self):
        """Version number."""
        return self._sample_digits(self.choose(words.VERSIONS.split()))

    def room(self):
        """Room number."""
        return self._sample_digits(self.choose(words.ROOMS.split()))

    def size(self):
        """Size or weight."""
        return self._sample_digits(self.choose(words.SIZES.get(self.language, words.SIZES["de"]).split("|")))

    def weight(self):
        """Weight."""
        return self._sample_digits(self.choose(words.SIZES.get(self.language, words.SIZES["de"]).split("|")[:-1]))

    def iban(self):
        """IBAN."""
        return self._sample_digits(self.locale[3:] + "## #### #### #### ####")

    def year(self):
        """Year."""
        return str(self.generator.randint(1990, 2026))

    def month(self):
        """Month."""
        return self.choose(words.MONTHS[self.language].split())

    def weekday(self):
        """Weekday."""
        return self.choose(words.WEEKDAYS[self.language].split())

    def product(self):
        """Product."""
        return self.choose(words.PRODUCTS)

    def emoji(self):
        """Emoji."""
        return self.choose(words.EMOJI.split())

    def url(self):
        """URL."""
        return (
            self.choose(("www.", "https://www.", "https://"))
            + self._sample_domain()
            + self.choose(("", "/faq", "/2024/info"))
        )
