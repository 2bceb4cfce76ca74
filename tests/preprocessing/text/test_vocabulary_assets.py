"""Vocabularies of layers that are made from a configuration."""

import gc

import pytest

from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.preprocessing.text.text_preprocessor import TextPreprocessor
from rnn_templates.preprocessing.text.token_preprocessor import TokenPreprocessor
from rnn_templates.preprocessing.text.vocabulary import Vocabulary

LAYERS = [
    (TextPreprocessor, lambda: Vocabulary(["not", "bad"]), "not bad"),
    (TokenPreprocessor, lambda: Vocabulary(["not", "bad"]), ["not", "bad"]),
    (SubwordPreprocessor, lambda: SubwordVocabulary(["▁not", "▁bad"]), "not bad"),
]


@pytest.mark.parametrize(("layer", "vocabulary", "example"), LAYERS)
def test_a_layer_from_a_configuration_has_the_vocabulary_in_memory_or_is_an_error(layer, vocabulary, example):
    original = layer(vocabulary())
    config = original.get_config()
    copied = layer.from_config(dict(config))
    assert copied.vocabulary is original.vocabulary and str(copied.encode(example)) == str(original.encode(example))
    del original, copied
    gc.collect()
    alone = layer.from_config(dict(config))
    with pytest.raises(ValueError, match="vocabulary .*missing"):
        alone.encode(example)
    with pytest.raises(ValueError, match="vocabulary .*missing"):
        layer.from_config(alone.get_config()).encode(example)
    empty = layer()
    assert layer.from_config(empty.get_config()).encode(example) is not None
