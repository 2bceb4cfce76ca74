"""Names for generated messages, each in one split alone, whatever the locale, the accents and the case."""

import functools
import importlib
import re
import zlib

from rnn_templates.data.synthetic.messages import word_lists as words
from rnn_templates.data.synthetic.messages.grammar import read_patterns, without_accents
from rnn_templates.data.synthetic.messages.word_lists import LOCALES, PARTICLES

SPLIT_OF_TEN = ("train",) * 7 + ("validation",) + ("test",) * 2


def split_of(word):
    """Returns the split to which a word belongs: seven of ten to train, one to validation, two to test.

    Example:
        >>> split_of("Müller") == split_of("MUELLER") == split_of("muller")
        True
    """
    return SPLIT_OF_TEN[zlib.crc32(_folded(word).encode()) % 10]


def own_names(locale, which, split):
    """Returns Faker's names of a locale that belong to a split, sorted; names of several words only if all belong.

    Names that are ordinary words of the messages ("Street", "April") are left out: they would be in every split.

    Args:
        locale: such as "de_DE".
        which: "first" or "last".
        split: "train", "validation" or "test".

    Example:
        >>> "Anna" in own_names("de_DE", "first", split_of("Anna"))
        True
    """
    return _names(locale, which)[split]


@functools.cache
def own_places(places, split):
    """Returns those of the towns or streets that belong to a split and hold no name of another split.

    Example:
        >>> own_places(("London",), split_of("London"))
        ['London']
    """
    return [place for place in places if split_of(place) == split and not holds_foreign_name(place, split)]


def holds_foreign_name(text, split):
    """Whether a word of the text is a name that belongs to another split.

    Example:
        >>> holds_foreign_name("Anna", split_of("Anna"))
        False
    """
    return not _foreign_names(split).isdisjoint(folded_words(text))


def folded_words(text):
    """Returns the words of a text without case and accents, umlauts written in either way.

    Example:
        >>> folded_words("Jörg O'Neill-Joerg")
        ['jorg', 'oneill', 'jorg']
    """
    return [_folded(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text)]


@functools.cache
def mail_domains(locale):
    """Returns the domains of free e-mail in a locale, sorted.

    Example:
        >>> "gmail.com" in mail_domains("en_US")
        True
    """
    return sorted(set(_faker("internet", locale).free_email_domains))


@functools.cache
def _names(locale, which):
    names = {split: [] for split in SPLIT_OF_TEN}
    for name in sorted({" ".join(name.split()) for name in getattr(_faker("person", locale), f"{which}_names")}):
        splits = {split_of(word) for word in _core(name)}
        if len(splits) == 1 and _is_usable(name):
            names[splits.pop()].append(name)
    return names


def _faker(subject, locale):
    return importlib.import_module(f"faker.providers.{subject}.{locale}").Provider


def _folded(word):
    letters = re.sub("[^a-z0-9]", "", without_accents(word.casefold()))
    return re.sub("([aou])e", r"\1", letters)


def _core(name):
    """The folded words of a name but its particles."""
    return [word for word in folded_words(name) if word not in _particles()]


@functools.cache
def _particles():
    return frozenset(word for ones in PARTICLES.values() for one in ones for word in folded_words(one))


def _is_usable(name):
    latin = re.fullmatch("[a-zß]+(?:[ '-][a-zß]+)*", without_accents(name).lower())
    return bool(latin) and len(name) > 1 and _ordinary_words().isdisjoint(_core(name))


@functools.cache
def _ordinary_words():
    """The words that are in the messages of every split."""
    places = ("TOWNS", "STREET_NAMES")
    tables = [table for name, table in vars(words).items() if name.isupper() and name not in places]
    languages = sorted({locale[:2] for locale in LOCALES})
    patterns = [read_patterns(language) for language in languages]
    domains = [mail_domains(locale) for locale in LOCALES]
    return frozenset(folded_words(re.sub(r"\{\w*\}", " ", " ".join(_strings([patterns, tables, domains])))))


def _strings(table):
    if isinstance(table, str):
        return [table]
    return [text for part in (table.values() if isinstance(table, dict) else table) for text in _strings(part)]


@functools.cache
def _foreign_names(split):
    others = set(SPLIT_OF_TEN) - {split}
    everyone = [own_names(locale, which, one) for locale in LOCALES for which in ("first", "last") for one in others]
    return frozenset(word for names in everyone for name in names for word in _core(name))
