"""Vocabularies of characters and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary, WordVocabulary

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS)
def test_known_characters_are_decoded_as_they_were(text):
    if text:
        vocabulary = CharacterVocabulary.from_texts([text])
        assert vocabulary.decode(vocabulary.encode(text)) == text
        assert vocabulary.encode("\U0010fffe") == [
            1 if "\U0010fffe" not in text else 3 + vocabulary.symbols.index("\U0010fffe")
        ]


@given(TEXTS.filter(lambda text: text.strip() and "\x1e" not in text))
def test_a_saved_vocabulary_is_read_as_it_was_with_any_character(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("vocabulary") / "vocabulary.txt"
    for cls in (CharacterVocabulary, WordVocabulary):
        if cls.split(text):
            vocabulary = cls.from_texts([text])
            vocabulary.save(path)
            loaded = cls.load(path)
            assert (loaded.symbols, loaded.tokens) == (vocabulary.symbols, vocabulary.tokens)


def test_line_breaks_are_words_and_words_are_joined_with_spaces():
    vocabulary = WordVocabulary.from_texts(["no news is\ngood news\n"])
    assert vocabulary.decode(vocabulary.encode("good\tnews\nno  news")) == " good news\n no news"
    assert vocabulary.encode("bad") == [1] and WordVocabulary.split("\n\n") == ["\n", "\n"]


def test_rare_symbols_are_left_out_and_an_empty_vocabulary_is_an_error():
    assert CharacterVocabulary.from_texts(["aab", "ac"], min_count=2).symbols == ("a",)
    assert CharacterVocabulary.from_texts(["aabbbc"], vocabulary_size=5).symbols == ("b", "a")
    for options in ({"min_count": 9}, {"vocabulary_size": 3}):
        with pytest.raises(ValueError, match="`texts`"):
            CharacterVocabulary.from_texts(["abc"], **options)
    with pytest.raises(ValueError, match="`symbols`"):
        CharacterVocabulary(["ab"])
    with pytest.raises(ValueError, match="`symbols`"):
        WordVocabulary(["a", "a"])
    with pytest.raises(ValueError, match="`ids`"):
        CharacterVocabulary("ab").decode([7])


def test_a_file_of_another_vocabulary_is_refused_with_its_line(tmp_path):
    path = tmp_path / "vocabulary.txt"
    path.write_text("<pad>\n<unk>\nword\n")
    with pytest.raises(ValueError, match="vocabulary.txt:1"):
        CharacterVocabulary.load(path)
    path.write_text("<PAD>\n<UNK>\n<END>\na\nword\n")
    with pytest.raises(ValueError, match="vocabulary.txt:5"):
        CharacterVocabulary.load(path)
