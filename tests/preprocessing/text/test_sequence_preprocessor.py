"""Ids of texts for language models, in Python and in a graph."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.preprocessing.text.sequence_preprocessor import SequencePreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary, WordVocabulary

TEXTS = ["not bad\nat all", "", "é 😀\n\n", "  a\tb\r\n", "bad bad not", b"in\xffvalid", "one two three four"]
VOCABULARIES = [
    CharacterVocabulary.from_texts(TEXTS[:3]),
    WordVocabulary.from_texts(TEXTS[:3]),
    SubwordVocabulary.from_texts(TEXTS[:3] * 9, vocabulary_size=280),
]


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=["character", "word", "subword"])
def test_python_and_graph_encode_the_same_after_the_end_token(vocabulary):
    layer = SequencePreprocessor(vocabulary)
    graph = tf.function(layer)(tf.constant([text if isinstance(text, bytes) else text.encode() for text in TEXTS]))
    for text, row in zip(TEXTS, graph.numpy(), strict=True):
        ids = layer.encode(text)
        assert ids[0] == 2 and row[: len(ids)].tolist() == ids and not row[len(ids) :].any(), text
    copy = SequencePreprocessor.from_config(layer.get_config())
    assert copy.vocabulary is vocabulary and copy.unit == layer.unit


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=["character", "word", "subword"])
def test_the_tokens_of_a_text_stand_for_as_many_characters(vocabulary):
    layer = SequencePreprocessor(vocabulary)
    for text in ("not bad", "é 😀"):
        count = layer.character_counts()[np.array(layer.encode(text))].sum()
        assert count - len(text) == (0 if layer.unit == "character" else 1)  # the space before the first word


def test_a_vocabulary_of_another_class_or_unit_is_refused():
    for arguments in (({"a": 1},), (CharacterVocabulary("ab"), "word"), (None, "syllable")):
        with pytest.raises(ValueError, match="`vocabulary`"):
            SequencePreprocessor(*arguments)


def test_unknown_tokens_are_told():
    assert SequencePreprocessor(CharacterVocabulary("ab")).known_words("acb").tolist() == [True, False, True]
