"""Lists of texts as arguments."""

import pytest

from rnn_templates.preprocessing.text.text_lists import as_text_lists, as_texts


def test_texts_are_decoded():
    assert as_texts(iter([b"caf\xc3\xa9", "a"]), "hypotheses") == ["café", "a"]
    assert as_text_lists([b"a", ["b", b"\xff"]], "references") == [["a"], ["b", "\ufffd"]]
    assert as_texts([], "hypotheses") == as_text_lists([], "references") == []


@pytest.mark.parametrize("function", [as_texts, as_text_lists])
@pytest.mark.parametrize("values", ["one text", b"one text", ["a", 3], ["a", None]], ids=repr)
def test_other_items_are_rejected_by_name(function, values):
    with pytest.raises(TypeError, match="`texts"):
        function(values, "texts")


def test_an_item_of_a_list_is_named_by_both_indices():
    with pytest.raises(TypeError, match=r"`references\[1\]\[2\]`"):
        as_text_lists([["a"], ["b", "c", 4]], "references")
