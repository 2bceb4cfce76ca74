"""Fonts and lines of text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.plots.text_layout import MISSING_GLYPH, TextWrapper, font_style

SIZE = 10.5
WRAPPER = TextWrapper(["sans-serif"])


def test_lines_are_as_long_as_possible():
    wrapper = TextWrapper(["sans-serif"])
    lines = wrapper.wrap("aa bb cc dd ee ff gg", SIZE, 0.8)
    assert " ".join(lines) == "aa bb cc dd ee ff gg"
    for line, following in zip(lines, lines[1:], strict=False):
        assert wrapper.width(line, SIZE) <= 0.8 < wrapper.width(f"{line} {following.split()[0]}", SIZE)
    assert wrapper.wrap("", SIZE, 1) == [""]
    assert wrapper.wrap("ab", SIZE, 0.01) == ["a", "b"]  # a line has one character at least


def test_the_last_of_too_many_lines_is_truncated():
    lines = WRAPPER.wrap("word " * 50, SIZE, 1.0, max_lines=3)
    assert len(lines) == 3
    assert lines[-1][-1] == "…"
    assert all(WRAPPER.width(line, SIZE) <= 1.0 for line in lines)


@settings(deadline=None, max_examples=30)
@given(st.text("ab W.,-i", max_size=40), st.floats(0.2, 2))
def test_lines_fit_and_keep_all_characters(text, width):
    lines = WRAPPER.wrap(text, SIZE, width)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(WRAPPER.width(line, SIZE) <= width or len(line) == 1 for line in lines)


@pytest.mark.parametrize(("text", "width"), [("word", 10.0), ("w" * 50, 1.0), ("word", 0.01)])
def test_truncated_text_fits(text, width):
    truncated = WRAPPER.truncate(text, SIZE, width)
    assert truncated == text or truncated[-1] == "…"
    assert WRAPPER.width(truncated, SIZE) <= width or truncated == "w…"


def test_characters_without_a_glyph_become_boxes():
    style, boxes = font_style(["dog ᶄ\U0010fffe"])
    assert "dog ᶄ\U0010fffe".translate(boxes) == f"dog ᶄ{MISSING_GLYPH}"
    assert style["fontfamily"][0] == "sans-serif"
    assert len(style["fontfamily"]) > 1  # "ᶄ" is in STIX, which Matplotlib brings, and not in DejaVu Sans
