"""Caption normalization: punctuation, case, white space, and idempotence."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.preprocessing.text.captions import normalize_caption


@pytest.mark.parametrize(
    ("caption", "normalized"),
    [
        ("A man's dog -- black & white -- runs .", "a mans dog black white runs"),
        (b"Caf\xc3\xa9, 2 CATS!", "café 2 cats"),
        ("two\n\tdogs\x00\u200brun", "two dogs run"),
        ("l’eau", "leau"),
        ("...", ""),
        ("", ""),
    ],
)
def test_captions_are_normalized(caption, normalized):
    assert normalize_caption(caption) == normalized


@given(st.one_of(st.text(max_size=40), st.binary(max_size=40)))
def test_the_result_contains_words_with_single_spaces_only(caption):
    found = normalize_caption(caption)
    assert found == " ".join(found.split())
    assert not any(unicodedata.category(character)[0] in "PSC" for character in found.replace(" ", ""))
    assert normalize_caption(found) == found


def test_another_type_is_rejected():
    with pytest.raises(TypeError, match="`text` .*int"):
        normalize_caption(3)
