"""Generated messages: exact offsets, deterministic, new names and sentences in the test split."""

import re
import unicodedata

import pytest

from rnn_templates.data.synthetic.messages import SIZES, TYPES, Messages, builder, grammar, make_messages
from rnn_templates.data.synthetic.messages.values import Values
from rnn_templates.data.synthetic.messages.word_lists import LOCALES, PARTICLES
from rnn_templates.preprocessing.text.word_tokenizer import tokenize as split_text

SPLITS = ("train", "validation", "test")
PAIRS = [("test", "train"), ("test", "validation"), ("validation", "train")]


@pytest.fixture(scope="module", params=[6_000, pytest.param(SIZES["train"], marks=pytest.mark.slow)])
def made(request):
    return {split: make_messages(count, split) for split, count in {**SIZES, "train": request.param}.items()}


def plain_words(text):
    letters = unicodedata.normalize("NFD", text.casefold())
    return set(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", "".join(c for c in letters if not unicodedata.combining(c))))


def skeleton(text, entities):
    """The message with only the types of its values; case, accents, marks and distracting numbers do not count."""
    for kind, start, end in reversed(entities):
        text = f"{text[:start]} {kind} {text[end:]}"
    return " ".join(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text.casefold())))


def test_entities_are_in_order_and_begin_and_end_where_tokens_do(made):
    for text, entities, _ in (message for split in SPLITS for message in made[split]):
        before = 0
        for kind, start, end in entities:
            value = text[start:end]
            assert kind in TYPES
            assert before <= start < end <= len(text)
            assert value == value.strip(" \n\u00a0\u202f.,;:!?"), text
            assert split_text(text[:start]) + split_text(value) + split_text(text[end:]) == split_text(text)
            before = end


def test_two_values_of_a_type_are_never_adjacent(made):
    for text, entities, _ in (message for split in SPLITS for message in made[split]):
        for (kind, _, end), (following, start, _) in zip(entities, entities[1:], strict=False):
            assert kind != following or split_text(text[end:start]), text


def test_values_look_like_their_type(made):
    shapes = {
        "EMAIL": r"[\w.+-]+@[\w-]+(\.[\w-]+)+",
        "PHONE": r"\(?\+?\d[\d ()/.-]+( ?(ext\. ?|x)\d+)?",
        "NAME": r"[^\d@_]+",
        "DATE": r".*\d.*",
        "ADDRESS": r".{4,}",
        "AMOUNT": r".*(\d.*|\w \w+)",
    }
    for text, entities, _ in (message for split in SPLITS for message in made[split]):
        for kind, start, end in entities:
            assert re.fullmatch(shapes[kind], text[start:end], re.IGNORECASE), (kind, text[start:end])
        rest = "".join(text[end:start] for end, start in gaps(text, entities))
        assert not re.search(r"\w@\w|[$€£]", rest), text


def gaps(text, entities):
    edges = [0, *(edge for _, start, end in entities for edge in (start, end)), len(text)]
    return zip(edges[::2], edges[1::2], strict=True)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_name_of_a_split_is_anywhere_in_another(made, one, other):
    particles = plain_words(" ".join(word for words in PARTICLES.values() for word in words))
    names = set()
    for text, entities, _ in made[one]:
        for kind, start, end in entities:
            names |= plain_words(text[start:end]) if kind == "NAME" else set()
    names = {name for name in names if len(name) > 1} - particles
    assert len(names) > 300
    assert not names & plain_words(" ".join(text for text, _, _ in made[other]))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_sentence_of_a_split_is_in_another(made, one, other):
    assert not {skeleton(*row[:2]) for row in made[one]} & {skeleton(*row[:2]) for row in made[other]}


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_pattern_can_be_filled(language):
    sections = grammar.read_patterns(language)
    assert len(sections["bodies"]) >= 130
    for section, lines in sections.items():
        assert len(set(lines)) == len(lines)
        for line in lines:
            assert not set("[]|") & set(grammar.CHOICE.sub("", line)), line
            assert all(hasattr(Values, slot) for slot in re.findall(r"\{(.*?)\}", line)), line
            for pattern in grammar.expand(line):
                assert section != "bodies" or MARKED & grammar.slots_of(pattern), pattern
                assert section != "plain" or not MARKED & grammar.slots_of(pattern), pattern


MARKED = set(grammar.SLOTS)


def test_held_out_lines_are_in_no_other_split():
    for language in ("en", "de", "fr", "es"):
        held_out, others = (
            set(grammar.lines_of_split(language, "bodies", split)) for split in ("held_out_lines", "train")
        )
        assert len(held_out) >= 10
        assert not held_out & others
        assert others == set(grammar.lines_of_split(language, "bodies", "test"))
    names = {
        text[start:end]
        for text, found, _ in make_messages(300, "held_out_lines")
        for k, start, end in found
        if k == "NAME"
    }
    train = plain_words(" ".join(text for text, _, _ in make_messages(2000)))
    particles = plain_words(" ".join(word for words in PARTICLES.values() for word in words))
    assert not {word for word in plain_words(" ".join(names)) - particles if len(word) > 1} & train


def test_a_pattern_belongs_to_one_split_in_any_case_and_punctuation():
    pattern = "Please call {name} on {phone}!"
    assert grammar.split_of_pattern(pattern) == grammar.split_of_pattern("PLEASE call {first}, on {phone}")
    found = [grammar.split_of_pattern(f"pattern {chr(97 + i)}{chr(97 + j)}") for i in range(26) for j in range(26)]
    assert {split: round(10 * found.count(split) / len(found)) for split in SPLITS} == {
        "train": 7, "validation": 1, "test": 2,
    }  # fmt: skip


@pytest.mark.parametrize("split", SPLITS)
def test_every_split_has_all_types_and_locales_and_some_messages_without_any(made, split):
    kinds = [kind for _, entities, _ in made[split] for kind, _, _ in entities]
    assert {locale for _, _, locale in made[split]} == set(LOCALES)
    assert min(kinds.count(kind) for kind in TYPES) >= 0.1 * len(made[split])
    assert 0.10 < sum(not entities for _, entities, _ in made[split]) / len(made[split]) < 0.20


def test_all_messages_differ(made):
    texts = [text for split in SPLITS for text, _, _ in made[split]]
    assert len(set(texts)) == len(texts) >= 6_000 + SIZES["validation"] + SIZES["test"]


def test_some_messages_are_in_capitals_some_small_some_accented_and_some_have_emoji(made):
    texts = [text for text, _, _ in made["train"]]
    assert 0.02 < sum(text.isupper() for text in texts) / len(texts) < 0.08
    assert 0.08 < sum(text.islower() for text in texts) / len(texts) < 0.20
    assert sum(not text.isascii() for text in texts) / len(texts) > 0.2
    assert sum(any(unicodedata.category(c) == "So" for c in text) for text in texts) / len(texts) > 0.05


def test_the_same_seed_gives_the_same_messages():
    assert make_messages(60) == make_messages(80)[:60]
    assert make_messages(60) != make_messages(60, seed=2)


def test_a_wrong_split_or_count_is_named():
    with pytest.raises(ValueError, match="`split`.*train, validation, test"):
        make_messages(1, "valid")
    with pytest.raises(ValueError, match="`count`"):
        make_messages(-1)


def test_the_builder_writes_what_make_messages_returns(tmp_path, monkeypatch):
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    monkeypatch.setattr(builder, "SIZES", {"train": 40, "validation": 10, "test": 20})
    made = Messages(data_dir=str(tmp_path))
    made.download_and_prepare()
    for split, count in builder.SIZES.items():
        rows = list(tfds.as_numpy(made.as_dataset(split=split, shuffle_files=False)))
        found = []
        for row in rows:
            columns = (row["entities"][key].tolist() for key in ("type", "start", "end"))
            entities = [(TYPES[kind], start, end) for kind, start, end in zip(*columns, strict=True)]
            found.append((row["text"].decode(), entities, row["locale"].decode()))
        assert found == make_messages(count, split)
    assert made.info.features["entities"]["type"].names == list(TYPES)
