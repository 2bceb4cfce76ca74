"""Sentence patterns of generated messages, each assigned to one split.

`patterns/*.txt` holds them by language, one a line. `[a|b|]` is a choice, `{slot}` a method of `values.Values`, and ¶ a
line break. A line with all its choices made is a sentence pattern; it belongs to one split, regardless of its line.
Every twelfth line with personal data is reserved for the split "held_out_lines".
"""

import functools
import itertools
import re
import unicodedata
from pathlib import Path

from rnn_templates.data.synthetic.generated import hash_bucket

SLOTS = {
    "name": "NAME", "full": "NAME", "first": "NAME", "last": "NAME", "last_name_first": "NAME", "address": "ADDRESS",
    "date": "DATE", "birth": "DATE", "phone": "PHONE", "email": "EMAIL", "amount": "AMOUNT",
}  # fmt: skip
SECTIONS = ("bodies", "plain", "fields", "openings", "closings")
SPLIT_BUCKETS = ("train",) * 7 + ("validation",) + ("test",) * 2
HELD_OUT_LINES = "held_out_lines"
HELD_OUT_EVERY = 12
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


def lines_of_split(language, section, split):
    """Returns the pattern lines of a split.

    The bodies of "held_out_lines" are in no other split.

    Args:
        language: str, such as "en".
        section: one of `SECTIONS`.
        split: "train", "validation", "test" or "held_out_lines".

    Example:
        >>> held_out = lines_of_split("en", "bodies", "held_out_lines")
        >>> set(held_out) & set(lines_of_split("en", "bodies", "test"))
        set()
    """
    lines = read_patterns(language)[section]
    if section != "bodies":
        return lines
    is_held_out = [number % HELD_OUT_EVERY == HELD_OUT_EVERY - 1 for number in range(len(lines))]
    return tuple(line for line, one in zip(lines, is_held_out, strict=True) if one == (split == HELD_OUT_LINES))


@functools.cache
def patterns_of_split(language, section, split, personal=True):
    """Returns the sentence patterns of a split.

    There is one tuple a line; lines without patterns of the split are dropped.

    Args:
        language: str, such as "en".
        section: one of `SECTIONS`.
        split: "train", "validation", "test" or "held_out_lines", whose patterns are those of "test".
        personal: bool; whether a pattern may contain personal data.

    Example:
        >>> len(patterns_of_split("en", "bodies", "train")) > 100
        True
    """
    found, pattern_split = [], "test" if split == HELD_OUT_LINES else split
    for line in lines_of_split(language, section, split):
        expanded = (pattern for pattern in expand(line) if split_of_pattern(pattern) == pattern_split)
        patterns = tuple(pattern for pattern in expanded if personal or not SLOTS.keys() & slots_of(pattern))
        if patterns:
            found.append(patterns)
    return tuple(found)


def expand(line):
    """Returns the patterns of a line, one for each combination of choices.

    Example:
        >>> expand("[Call|Ring] {name}")
        ['Call {name}', 'Ring {name}']
    """
    parts = CHOICE.split(line)
    choices = [part.split("|") if number % 2 else [part] for number, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def slots_of(pattern):
    """Returns the names of the slots of a pattern, a set.

    Example:
        >>> slots_of("Call {name}")
        {'name'}
    """
    return set(re.findall(r"\{(\w+)\}", pattern))


def split_of_pattern(pattern):
    """Returns the split of a sentence pattern, the same on every machine.

    Patterns that differ only in case, accents, punctuation, or slots of the same entity type are in the same split.

    Example:
        >>> split_of_pattern("Please call {name}!") == split_of_pattern("PLEASE call {first}")
        True
    """
    words = re.findall(r"\{\w+\}|[^\W\d_]+", without_accents(pattern.casefold()))
    key = " ".join(filter(None, (SLOTS.get(word[1:-1]) if word[0] == "{" else word for word in words)))
    return hash_bucket(key, SPLIT_BUCKETS)
