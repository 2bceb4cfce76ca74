"""The data set of generated everyday messages with annotated personal data."""

import random
import re

import numpy as np
import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.generated import check_request, generated_info
from rnn_templates.data.synthetic.messages.grammar import (
    HELD_OUT_LINES,
    SLOTS,
    expand,
    lines_of_split,
    patterns_of_split,
    slots_of,
    split_of_pattern,
    without_accents,
)
from rnn_templates.data.synthetic.messages.values import Values
from rnn_templates.data.synthetic.messages.word_lists import LOCALES

SIZES = {"train": 40000, "validation": 800, "test": 2000}
TYPES = ("NAME", "ADDRESS", "DATE", "PHONE", "EMAIL", "AMOUNT")
SEED_NAMES = {HELD_OUT_LINES: "foreign"}  # the seed of this split contains another name; a change would change the data


class Messages(tfds.core.GeneratorBasedBuilder):
    """Everyday messages in four languages with annotated personal data.

    These are e-mails, chat lines, tickets, delivery notes and forms in English, German, French and Spanish. The first
    and last names and the sentences of the test split are in no other split. A title ("Mr", "Dr.") is not part of a
    name; a weekday, month, year or town alone is not an entity.

    Requires `Faker`, for its lists of names.

    Example:
        >>> Messages(data_dir="data").download_and_prepare()  # doctest: +SKIP
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        entity = {"type": tfds.features.ClassLabel(names=TYPES), "start": np.int32, "end": np.int32}
        features = {
            "text": tfds.features.Text(),
            "entities": tfds.features.Sequence(entity),
            "locale": tfds.features.Text(),
        }
        description = "Generated everyday messages with annotated personal data; offsets count code points."
        return generated_info(self, description, features, ("text", "entities"))

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(make_messages(count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, messages):
        for number, (text, entities, locale) in enumerate(messages):
            fields = [{"type": entity_type, "start": start, "end": end} for entity_type, start, end in entities]
            yield number, {"text": text, "entities": fields, "locale": locale}


def make_messages(count, split="train", seed=1):
    """Returns different messages with their entities.

    Args:
        count: non-negative int; number of messages.
        split: "train", "validation" or "test"; test has names and sentence patterns that no other split has. Or
            "held_out_lines": with the names of test, and sentences of lines that no other split uses.
        seed: int; the messages are a function of it, of `split` and of the version of Faker.

    Returns:
        List of (text, entities, locale); entities are a list of (type, start, end) in the order of the text, such that
        `text[start:end]` is the entity.

    Raises:
        ValueError: if there is no such split, or `count` is below 0.

    Example:
        >>> text, entities, locale = make_messages(1)[0]
        >>> all(text[start:end] for _, start, end in entities)
        True
    """
    check_request("make_messages", (*SIZES, HELD_OUT_LINES), split, count)
    generator, messages, seen = random.Random(f"{seed} {SEED_NAMES.get(split, split)}"), [], set()
    while len(messages) < count:
        locale = generator.choice(LOCALES)
        text, entities = _join(_augment(_message(locale, split, generator), generator))
        if text not in seen:
            seen.add(text)
            messages.append((text, entities, locale))
    return messages


def _message(locale, split, generator):
    """Segments (text, entity type or None) of a message."""
    values = Values(locale, "test" if split == HELD_OUT_LINES else split, generator)

    def sample(section, personal=True):
        patterns = patterns_of_split(locale[:2], section, split, personal)
        return [generator.choice(generator.choice(patterns))] if patterns else []

    personal = generator.random() >= 0.15
    if not personal:
        parts = [part for _ in range(generator.choice((1, 1, 2))) for part in sample("plain")]
    elif split != HELD_OUT_LINES and generator.random() < 0.2:
        parts = [_form(lines_of_split(locale[:2], "fields", split), split, generator)]
    else:
        parts = [part for _ in range(generator.choice((1, 1, 1, 1, 2))) for part in sample("bodies")]
    if personal and generator.random() < 0.25:
        position = generator.randint(0, len(parts))
        parts[position:position] = sample("plain")
    if generator.random() < 0.25:
        parts[:0] = sample("openings", personal)
    closing = sample("closings", personal) if generator.random() < 0.25 else []
    parts = dict.fromkeys(parts + closing)
    segments = []
    for part in parts:
        filled = _fill_slots(part, values)
        if segments:
            separator = "\n" if part in closing else generator.choice((" ", " ", "\n"))
            adjacent = segments[-1][1] and segments[-1][1] == filled[0][1]  # two adjacent names would look like one
            segments.append((", " if adjacent else separator, None))
        segments += filled
    if generator.random() < 0.08:
        segments.append((" " + values.emoji(), None))
    return segments


def _form(fields, split, generator):
    """Lines of a form, at least one with personal data; the whole form is a pattern of the split."""
    with_entity = [field for field in fields if SLOTS.keys() & slots_of(field)]
    while True:
        lines = [generator.choice(with_entity), *generator.sample(fields, generator.randint(1, 4))]
        generator.shuffle(lines)
        separator = generator.choice(("\n", "\n", ", ", " / ", "; "))
        form = separator.join(generator.choice(expand(line)) for line in dict.fromkeys(lines))
        if split_of_pattern(form) == split and not _has_adjacent_entities(form):
            return form


def _has_adjacent_entities(pattern):
    """Whether only space separates two entities of a type, which would look like one."""
    pairs = re.findall(r"\{(\w+)\}(?=[\s¶]+\{(\w+)\})", pattern)
    return any(SLOTS.get(one, one) == SLOTS.get(other) for one, other in pairs)


def _fill_slots(pattern, values):
    """Segments (text, entity type or None) of a pattern."""
    segments = []
    for number, part in enumerate(re.split(r"\{(\w+)\}", pattern.replace("¶", "\n"))):
        if number % 2 == 0:
            segments.append((part, None))
        else:
            value = getattr(values, part)()
            entity = value.rstrip(".")  # the period of "3.5." or "Oak St." is not part of the entity
            segments += [(entity, SLOTS.get(part)), (value[len(entity) :], None)]
    return [segment for segment in segments if segment[0]]


def _augment(segments, generator):
    """Converts some messages to lower or upper case, or removes accents or punctuation."""
    draw = generator.random()
    for threshold, change in ((0.10, str.lower), (0.14, str.upper), (0.17, without_accents)):
        if draw < threshold:
            return [(change(text), entity_type) for text, entity_type in segments]
    if draw < 0.25:
        return [(text if entity_type else _without_punctuation(text), entity_type) for text, entity_type in segments]
    return segments


def _without_punctuation(text):
    """The text without punctuation marks, unless it consists of them: then it separates two entities."""
    return re.sub(r"[.,:;!?¡¿]+(?=\s)", "", text) if re.search(r"\w", text) else text


def _join(segments):
    """The text of segments, and the (type, start, end) of its entities."""
    text, entities = "", []
    for segment, entity_type in segments:
        if text.endswith(".") and segment.startswith("."):
            segment = segment[1:]  # no second period after "3.5."
        if entity_type:
            entities.append((entity_type, len(text), len(text) + len(segment)))
        text += segment
    return text, entities
