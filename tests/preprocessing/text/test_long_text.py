"""Long texts in parts: nothing is lost, every part fits, and no text takes forever."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.preprocessing.text.long_text import split_long_text
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary, normalize_whitespace

VOCABULARY = SubwordVocabulary(["▁", "▁the", "▁a", "e", "walk", "ing", "▁日", "日", "。", "▁."])
FRAGMENTS = [
    "the",
    "a",
    "walking",
    "日本",
    "。",
    "！？",
    "?",
    ".",
    "…",
    "🙂",
    "x" * 40,
    "\x00",
    "\u2028",
    " ",
    "  ",
    "\n",
]
ANY_TEXT = st.one_of(st.text(max_size=60), st.binary(max_size=60), st.lists(st.sampled_from(FRAGMENTS)).map("".join))
WORDS = st.lists(st.sampled_from(["the", "a.", "is?", "walk!", "(no)", "日", "…"]), max_size=30)


@pytest.mark.parametrize("text", ["One. Two.", b"One. Two.", " One.\n\tTwo. "], ids=str)
def test_a_text_that_fits_stays_whole(text):
    assert split_long_text(text, VOCABULARY, len(VOCABULARY.encode("One. Two."))) == ["One. Two."]


@pytest.mark.parametrize(
    ("text", "most", "parts"),
    [
        ("One. Two.", 8, ["One.", "Two."]),
        ("Is it?  No! Yes… Oh.", 8, ["Is it?", "No!", "Yes…", "Oh."]),
        ("the the the the a", 3, ["the the the", "the a"]),
        ("日日。日日！日", 5, ["日日。", "日日！", "日"]),
        ("日日？！日日日。。日", 10, ["日日？！", "日日日。。", "日"]),
        ("日「日日。」日。日日", 12, ["日「日日。」日。", "日日"]),
        ("3.14 is pi. 2.72 is not", 12, ["3.14 is pi.", "2.72 is not"]),
    ],
    ids=str,
)
def test_a_longer_text_is_cut_at_sentences_and_then_at_words(text, most, parts):
    assert split_long_text(text, VOCABULARY, most) == parts


@settings(max_examples=300, deadline=None)
@given(text=ANY_TEXT, most=st.integers(5, 20))
def test_every_part_fits_and_together_they_are_the_text(text, most):
    parts = split_long_text(text, VOCABULARY, most)
    assert all(0 < len(VOCABULARY.encode(part)) <= most for part in parts)
    assert all(part == normalize_whitespace(part) for part in parts)
    assert "".join(parts).replace(" ", "") == normalize_whitespace(text).replace(" ", "")


@settings(max_examples=100, deadline=None)
@given(words=WORDS, gap=st.sampled_from([" ", "\n", " \x00\t", "\u3000"]), most=st.integers(6, 20))
def test_words_that_fit_are_never_cut(words, gap, most):
    parts = split_long_text(gap.join(words), VOCABULARY, most)
    assert [word for part in parts for word in part.split()] == words


@settings(max_examples=50, deadline=None)
@given(words=WORDS, most=st.integers(6, 20))
def test_runs_of_words_are_as_long_as_they_can_be(words, most):
    words = [word.strip(".?!…") or "the" for word in words]  # one sentence
    parts = split_long_text(" ".join(words), VOCABULARY, most)
    for part, behind in zip(parts, parts[1:], strict=False):
        assert len(VOCABULARY.encode(f"{part} {behind.split()[0]}")) > most


@pytest.mark.parametrize("most", [1, 2, 4])
def test_a_room_smaller_than_a_character_loses_nothing_and_ends(most):
    assert "".join(split_long_text("🙂🙂x", VOCABULARY, most)).replace(" ", "") == "🙂🙂x"


@pytest.mark.parametrize("text", ["", b"", " ", " \n\t ", "\x00", "\x00\x1f \u2029"], ids=ascii)
def test_a_text_without_a_word_has_no_part(text):
    assert split_long_text(text, VOCABULARY, 5) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["the walking " * 2_500, "x" * 1_000_000, "🙂" * 250_000, "。" * 330_000, "." * 1_000_000, "\x00. " * 300_000],
    ids=["5,000 words", "a megabyte without spaces", "emoji", "full stops", "dots", "nothing but space and dots"],
)
def test_long_texts_take_a_bounded_time(text):
    start = time.process_time()
    parts = split_long_text(text, VOCABULARY, 15)
    assert time.process_time() - start < 10
    assert "".join(parts).replace(" ", "") == normalize_whitespace(text).replace(" ", "")
