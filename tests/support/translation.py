"""A tiny translator: reversed letters."""

import itertools

import keras
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.files.text_pairs import TextPairs
from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.translation.builder import translation_model

VOCABULARY = SubwordVocabulary([f"▁{letter}" for letter in "abcd"])
TINY = {"units": 8, "embedding_dim": 8, "max_source_length": 12, "max_target_length": 12, "beam_width": 3}

examples = [" ".join(letters) for letters in itertools.permutations("abcd", 3)]
targets = [source[::-1] for source in examples]
other_input = "d d a b"
files = {"source_vocabulary.txt", "target_vocabulary.txt"}


def build(randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(translation_model, VOCABULARY, VOCABULARY, **{**TINY, **options})
    return randomize_weights(model) if randomize else model


def splits():
    pairs = TextPairs([text.encode() for text in examples], [text.encode() for text in targets], [])
    return Splits.from_examples("tiny", dict.fromkeys(("train", "validation", "test"), pairs))
