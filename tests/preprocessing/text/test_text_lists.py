"""Lists of texts as arguments."""

import re

import pytest

from rnn_templates.preprocessing.text.text_lists import as_text_lists, as_texts


def test_bytes_are_decoded_and_invalid_characters_replaced():
    assert as_texts((text for text in [b"gr\xc3\xbcn", b"\xff", "a", "\ud800"]), "texts")[:3] == ["grün", "\ufffd", "a"]
    assert "\ud800" not in as_texts(["\ud800"], "texts")[0]


def test_a_single_text_becomes_a_list_of_one():
    assert as_text_lists([b"a", ["b", b"c"], []], "texts") == [["a"], ["b", "c"], []]


@pytest.mark.parametrize(("values", "name"), [("text", "texts"), (b"text", "texts"), (["a", 3], "texts[1]")])
def test_items_that_are_no_texts_are_named(values, name):
    with pytest.raises(TypeError, match=f"`{re.escape(name)}`"):
        as_texts(values, "texts")


@pytest.mark.parametrize(
    ("values", "name"), [("text", "texts"), (["a", 3], "texts[1]"), ([["a", ["b"]]], "texts[0][1]")]
)
def test_items_of_lists_that_are_no_texts_are_named(values, name):
    with pytest.raises(TypeError, match=f"`{re.escape(name)}`"):
        as_text_lists(values, "texts")
