"""The sentence patterns of generated messages, and which split each belongs to.

`patterns/*.txt` holds them by language, one a line. `[a|b|]` is a choice, `{slot}` a method of `values.Values`, and ¶ a
line break. A pattern with all its choices made is a sentence pattern; it belongs to one split alone, whatever the line
it comes from. Of the lines with personal data every twelfth is kept from training as a whole.
"""

import functools
import itertools
import re
import unicodedata
import zlib
from pathlib import Path

SLOTS = {
    "name": "NAME", "full": "NAME", "first": "NAME", "last": "NAME", "sorted": "NAME", "address": "ADDRESS",
    "date": "DATE", "birth": "DATE", "phone": "PHONE", "email": "EMAIL", "amount": "AMOUNT",
}  # fmt: skip
SECTIONS = ("bodies", "plain", "fields", "openings", "closings")
SPLIT_OF_TEN = ("train",) * 7 + ("validation",) + ("test",) * 2
FOREIGN = 12
CHOICE = re.compile(r"\[([^\[\]]*)\]")


def without_accents(text):
    """Returns the text without accents and umlaut dots.

    Example:
        >>> without_accents("Zoé Müller")
        'Zoe Muller'
    """
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if unicodedata.category(c) != "Mn"))


@functools.cache
def read_patterns(language):
    """Returns the lines of a language, a dict of tuples by section.

    Example:
        >>> sorted(read_patterns("en"))
        ['bodies', 'closings', 'fields', 'openings', 'plain']
    """
    lines, section = {name: [] for name in SECTIONS}, None
    text = (Path(__file__).parent / "patterns" / f"{language}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line:
            lines[section].append(line)
    return {name: tuple(patterns) for name, patterns in lines.items()}


def lines_of(language, section, split):
    """Returns the lines that a split may draw from: "foreign" has bodies of its own, that no other split has."""
    lines = read_patterns(language)[section]
    if section != "bodies":
        return lines
    return tuple(line for place, line in enumerate(lines) if (place % FOREIGN == FOREIGN - 1) == (split == "foreign"))


@functools.cache
def own_patterns(language, section, split, personal=True):
    """Returns the patterns that belong to a split, one tuple a line; lines without any are left out.

    Args:
        language: such as "en".
        section: one of `SECTIONS`.
        split: "train", "validation", "test" or "foreign", whose patterns are those of test.
        personal: whether a pattern may hold personal data.

    Example:
        >>> len(own_patterns("en", "bodies", "train")) > 100
        True
    """
    own, wanted = [], "test" if split == "foreign" else split
    for line in lines_of(language, section, split):
        made = (pattern for pattern in expand(line) if split_of_pattern(pattern) == wanted)
        patterns = tuple(pattern for pattern in made if personal or not SLOTS.keys() & slots_of(pattern))
        if patterns:
            own.append(patterns)
    return tuple(own)


def expand(line):
    """Returns every pattern that a line can give.

    Example:
        >>> expand("[Call|Ring] {name}")
        ['Call {name}', 'Ring {name}']
    """
    parts = CHOICE.split(line)
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def slots_of(pattern):
    """Returns the names of the slots of a pattern, a set.

    Example:
        >>> slots_of("Call {name}")
        {'name'}
    """
    return set(re.findall(r"\{(\w+)\}", pattern))


def split_of_pattern(pattern):
    """Returns the split that a sentence pattern belongs to, the same on every machine.

    Patterns with the same words and kinds of values belong together, whatever their case, accents and marks.
    """
    words = re.findall(r"\{\w+\}|[^\W\d_]+", without_accents(pattern.casefold()))
    bare = " ".join(filter(None, (SLOTS.get(word[1:-1]) if word[0] == "{" else word for word in words)))
    return SPLIT_OF_TEN[zlib.crc32(bare.encode()) % len(SPLIT_OF_TEN)]
