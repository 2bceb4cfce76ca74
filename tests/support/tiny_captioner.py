"""Small captioners, and what they learn: the colours of the left and of the right half of a picture."""

import itertools

import keras
import numpy as np
from support.flat import build_flat

from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.captioning.builder import captioning_model

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (30, 40, 220), "black": (10, 10, 10)}
WORDS = SubwordVocabulary([f"▁{word}" for word in (*COLOURS, "and")])
SMALL = {
    "image_size": 32,
    "units": 16,
    "embedding_dim": 16,
    "max_target_length": 8,
    "beam_width": 3,
    "learning_rate": 0.01,
}
CALM = dict.fromkeys(("dropout", "embedding_dropout", "memory_dropout", "label_smoothing"), 0.0)


def picture(left, right, shade=0):
    """Two halves, each in a colour, as a (32, 32, 3) uint8 array."""
    image = np.empty((32, 32, 3), np.uint8)
    image[:, :16], image[:, 16:] = COLOURS[left], COLOURS[right]
    return np.clip(image.astype(int) + shade, 0, 255).astype(np.uint8)


PAIRS = list(itertools.product(COLOURS, repeat=2))
PICTURES = [picture(*pair) for pair in PAIRS]
CAPTIONS = [" and ".join(pair) for pair in PAIRS]


def build(seed=1, **options):
    keras.utils.set_random_seed(seed)
    return build_flat(captioning_model, WORDS, **{**SMALL, **options})


def scattered(model, size=0.4, seed=0):
    """The same model with random numbers for the weights of encoder and decoder, so that all of them matter."""
    rng = np.random.default_rng(seed)
    for part in (model.encoder, model.decoder):
        part.set_weights([rng.normal(size=weight.shape, scale=size) for weight in part.get_weights()])
    return model
