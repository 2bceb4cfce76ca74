"""Small translators, and what they learn: three words in reverse order."""

import itertools

import keras
import numpy as np
from support.flat import build_flat

from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.translation.builder import translation_model

WORDS = SubwordVocabulary([f"▁{letter}" for letter in "abcd"])
SOURCES = [" ".join(letters) for letters in itertools.permutations("abcd", 3)]
TARGETS = [source[::-1] for source in SOURCES]
SMALL = {
    "units": 8,
    "embedding_dim": 8,
    "max_source_length": 16,
    "max_target_length": 16,
    "beam_width": 3,
    "learning_rate": 0.02,
}
CALM = dict.fromkeys(("dropout", "embedding_dropout", "memory_dropout", "type_dropout", "label_smoothing"), 0.0)


def build(seed=1, **options):
    keras.utils.set_random_seed(seed)
    return build_flat(translation_model, WORDS, WORDS, **{**SMALL, **options})


def scattered(model, size=0.4, seed=0):
    """The same model with random numbers for weights, biases too, so that all of them matter."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=weight.shape, scale=size) for weight in model.get_weights()])
    return model
