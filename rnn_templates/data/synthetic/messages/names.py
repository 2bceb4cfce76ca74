"""Names for generated messages, each in one split only."""

import functools
import re

from rnn_templates.data.synthetic.generated import hash_bucket
from rnn_templates.data.synthetic.messages import word_lists as words
from rnn_templates.data.synthetic.messages.grammar import SPLIT_BUCKETS, read_patterns, without_accents
from rnn_templates.data.synthetic.messages.word_lists import LOCALES, PARTICLES
from rnn_templates.utils.extras import require


def split_of(word):
    """Returns the split of a word, the same on every machine.

    Example:
        >>> split_of("Müller") == split_of("MUELLER") == split_of("muller")
        True
    """
    return hash_bucket(_folded(word), SPLIT_BUCKETS)


def names_of_split(locale, part, split):
    """Returns Faker's names of a locale that belong to a split, sorted.

    A name of several words belongs to a split if all of them do. Names that are ordinary words of the messages
    ("Street", "April") are excluded, because they are in all splits.

    Args:
        locale: str, such as "de_DE".
        part: "first" or "last".
        split: "train", "validation" or "test".

    Example:
        >>> "Anna" in names_of_split("de_DE", "first", split_of("Anna"))
        True
    """
    return _names(locale, part)[split]


@functools.cache
def places_of_split(places, split):
    """Returns the towns or streets that belong to a split.

    Those that contain a name of another split are excluded.

    Args:
        places: tuple of str.
        split: "train", "validation" or "test".

    Example:
        >>> places_of_split(("London",), split_of("London"))
        ['London']
    """
    return [place for place in places if split_of(place) == split and not contains_other_split_name(place, split)]


def contains_other_split_name(text, split):
    """Returns whether a text contains a name of another split.

    Example:
        >>> contains_other_split_name("Anna", split_of("Anna"))
        False
    """
    return not _other_split_names(split).isdisjoint(folded_words(text))


def folded_words(text):
    """Returns the words of a text without case and accents.

    Both spellings of umlauts have the same result.

    Example:
        >>> folded_words("Jörg O'Neill-Joerg")
        ['jorg', 'oneill', 'jorg']
    """
    return [_folded(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text)]


@functools.cache
def mail_domains(locale):
    """Returns the domains of free e-mail providers of a locale, sorted.

    Example:
        >>> "gmail.com" in mail_domains("en_US")
        True
    """
    return sorted(set(_faker("internet", locale).free_email_domains))


@functools.cache
def _names(locale, part):
    names = {split: [] for split in SPLIT_BUCKETS}
    for name in sorted({" ".join(name.split()) for name in getattr(_faker("person", locale), f"{part}_names")}):
        splits = {split_of(word) for word in _words_without_particles(name)}
        if len(splits) == 1 and _is_usable(name):
            names[splits.pop()].append(name)
    return names


def _faker(subject, locale):
    return require(f"faker.providers.{subject}.{locale}", "generators", "The data set `messages`").Provider


def _folded(word):
    letters = re.sub("[^a-z0-9]", "", without_accents(word.casefold()))
    return re.sub("([aou])e", r"\1", letters)


def _words_without_particles(name):
    return [word for word in folded_words(name) if word not in _particles()]


@functools.cache
def _particles():
    return frozenset(word for particles in PARTICLES.values() for one in particles for word in folded_words(one))


def _is_usable(name):
    latin = re.fullmatch("[a-zß]+(?:[ '-][a-zß]+)*", without_accents(name).lower())
    return bool(latin) and len(name) > 1 and _ordinary_words().isdisjoint(_words_without_particles(name))


@functools.cache
def _ordinary_words():
    """The words that occur in messages of every split."""
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
def _other_split_names(split):
    others = set(SPLIT_BUCKETS) - {split}
    lists = [names_of_split(locale, part, one) for locale in LOCALES for part in ("first", "last") for one in others]
    return frozenset(word for names in lists for name in names for word in _words_without_particles(name))
