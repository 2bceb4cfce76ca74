"""Generated everyday messages in which personal data is marked."""

import random
import re

import numpy as np
import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.messages.grammar import (
    SLOTS,
    expand,
    lines_of,
    own_patterns,
    slots_of,
    split_of_pattern,
    without_accents,
)
from rnn_templates.data.synthetic.messages.values import Values
from rnn_templates.data.synthetic.messages.word_lists import LOCALES

SIZES = {"train": 40000, "validation": 800, "test": 2000}
TYPES = ("NAME", "ADDRESS", "DATE", "PHONE", "EMAIL", "AMOUNT")


class Messages(tfds.core.GeneratorBasedBuilder):
    """E-mails, chat lines, tickets, delivery notes, forms in English, German, French and Spanish, with marked entities.

    The names of the test split, first and last, and its sentences are in no other split. A title ("Mr", "Dr.") is no
    part of a name; a lone weekday, month, year or town is no entity.

    Needs `Faker`, for its lists of names.

    Example:
        >>> Messages(data_dir="data").download_and_prepare()
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        entity = {"type": tfds.features.ClassLabel(names=TYPES), "start": np.int32, "end": np.int32}
        features = {
            "text": tfds.features.Text(),
            "entities": tfds.features.Sequence(entity),
            "locale": tfds.features.Text(),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description="Generated everyday messages in which personal data is marked; offsets count code points.",
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("text", "entities"),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(make_messages(count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, messages):
        for number, (text, entities, locale) in enumerate(messages):
            marked = [{"type": kind, "start": start, "end": end} for kind, start, end in entities]
            yield number, {"text": text, "entities": marked, "locale": locale}


def make_messages(count, split="train", seed=1):
    """Returns different messages, always the same for a seed (and a version of Faker).

    Args:
        count: how many.
        split: "train", "validation" or "test"; test has names and sentence patterns that no other split has. Or
            "foreign": with the names of test, and sentences of lines from which no other split draws at all.
        seed: whole number.

    Returns:
        A list of (text, entities, locale), entities being a list of (type, start, end) in the order of the text, such
        that `text[start:end]` is the value.

    Raises:
        ValueError: if there is no such split, or `count` is below 0.

    Example:
        >>> text, entities, locale = make_messages(1)[0]
        >>> {text[start:end]: kind for kind, start, end in entities}
    """
    if split not in (*SIZES, "foreign"):
        raise ValueError(f"There is no split {split!r} of messages. Splits: {', '.join(SIZES)}, foreign.")
    if count < 0:
        raise ValueError(f"count is {count}; a number of messages is 0 or more.")
    generator, messages, seen = random.Random(f"{seed} {split}"), [], set()
    while len(messages) < count:
        locale = generator.choice(LOCALES)
        text, entities = _joined(_noisy(_message(locale, split, generator), generator))
        if text not in seen:
            seen.add(text)
            messages.append((text, entities, locale))
    return messages


def _message(locale, split, generator):
    """Pieces (text, type or None) of a message."""
    values = Values(locale, "test" if split == "foreign" else split, generator)

    def one(section, personal=True):
        patterns = own_patterns(locale[:2], section, split, personal)
        return [generator.choice(generator.choice(patterns))] if patterns else []

    personal = generator.random() >= 0.15
    if not personal:
        parts = [part for _ in range(generator.choice((1, 1, 2))) for part in one("plain")]
    elif split != "foreign" and generator.random() < 0.2:
        parts = [_form(lines_of(locale[:2], "fields", split), split, generator)]
    else:
        parts = [part for _ in range(generator.choice((1, 1, 1, 1, 2))) for part in one("bodies")]
    if personal and generator.random() < 0.25:
        place = generator.randint(0, len(parts))
        parts[place:place] = one("plain")
    if generator.random() < 0.25:
        parts[:0] = one("openings", personal)
    closing = one("closings", personal) if generator.random() < 0.25 else []
    parts = dict.fromkeys(parts + closing)
    pieces = []
    for part in parts:
        filled = _filled(part, values)
        if pieces:
            separator = "\n" if part in closing else generator.choice((" ", " ", "\n"))
            touching = pieces[-1][1] and pieces[-1][1] == filled[0][1]  # two names on end would read as one
            pieces.append((", " if touching else separator, None))
        pieces += filled
    if generator.random() < 0.08:
        pieces.append((" " + values.emoji(), None))
    return pieces


def _form(fields, split, generator):
    """Form lines, at least one with personal data; the form as a whole is the pattern that belongs to a split."""
    marked = [field for field in fields if SLOTS.keys() & slots_of(field)]
    while True:
        lines = [generator.choice(marked), *generator.sample(fields, generator.randint(1, 4))]
        generator.shuffle(lines)
        separator = generator.choice(("\n", "\n", ", ", " / ", "; "))
        form = separator.join(generator.choice(expand(line)) for line in dict.fromkeys(lines))
        if split_of_pattern(form) == split and not _side_by_side(form):
            return form


def _side_by_side(pattern):
    """Whether there is nothing but space between two values of a type, which would read as one."""
    pairs = re.findall(r"\{(\w+)\}(?=[\s¶]+\{(\w+)\})", pattern)
    return any(SLOTS.get(one, one) == SLOTS.get(other) for one, other in pairs)


def _filled(pattern, values):
    pieces = []
    for place, part in enumerate(re.split(r"\{(\w+)\}", pattern.replace("¶", "\n"))):
        if place % 2 == 0:
            pieces.append((part, None))
        else:
            value = getattr(values, part)()
            bare = value.rstrip(".")  # the point of "3.5." or "Oak St." is no part of the entity
            pieces += [(bare, SLOTS.get(part)), (value[len(bare) :], None)]
    return [piece for piece in pieces if piece[0]]


def _noisy(pieces, generator):
    """Some messages are in small letters or in capitals, without accents or without punctuation."""
    dice = generator.random()
    for share, change in ((0.10, str.lower), (0.14, str.upper), (0.17, without_accents)):
        if dice < share:
            return [(change(text), kind) for text, kind in pieces]
    if dice < 0.25:
        return [(text if kind else _without_punctuation(text), kind) for text, kind in pieces]
    return pieces


def _without_punctuation(text):
    """The text without its punctuation marks, unless there is nothing else between two values."""
    return re.sub(r"[.,:;!?¡¿]+(?=\s)", "", text) if re.search(r"\w", text) else text


def _joined(pieces):
    text, entities = "", []
    for piece, kind in pieces:
        if text.endswith(".") and piece.startswith("."):
            piece = piece[1:]  # one full stop after "3.5." is enough
        if kind:
            entities.append((kind, len(text), len(text) + len(piece)))
        text += piece
    return text, entities
