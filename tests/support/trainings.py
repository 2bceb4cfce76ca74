"""Tiny trainings that tests interrupt, and the comparison of their weights."""

import keras
import numpy as np
from support.flat import build_flat

from rnn_templates.data.splits import Splits, make_dataset
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model
from rnn_templates.templates.sentiment.builder import sentiment_model

TEXTS = [b"not bad", b"not good", b"good , not bad", b"bad , not good", b"really good", b"really bad"] * 8
TARGETS = np.array([1, 0, 1, 0, 1, 0] * 8)
OPTIONS = {"epochs": 4, "batch_size": 8, "progress": False}


def make_splits(targets=TARGETS, texts=TEXTS, **options):
    dataset = make_dataset(texts, targets)
    sizes = {"train": len(TEXTS), "validation": len(TEXTS)}
    return Splits("tiny", dataset, dataset, None, ("negative", "positive"), sizes=sizes, **options)


def build(seed=3, texts=TEXTS, **options):
    keras.utils.set_random_seed(seed)
    options = {"units": 6, "embedding_dim": 6, "type_dropout": 0.2, "recurrent_dropout": 0.2, **options}
    return build_flat(sentiment_model, Vocabulary.from_texts(texts), ["negative", "positive"], **options)


class Interrupt(keras.callbacks.Callback):
    """Raises KeyboardInterrupt after the third batch of an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.interrupted_epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (self.interrupted_epoch, 2):
            raise KeyboardInterrupt


def assert_same_weights(*sources):
    """Asserts that models, or the models in folders, have bitwise equal weights."""
    first, *others = [load_model(one) if not isinstance(one, keras.Model) else one for one in sources]
    for other in others:
        for expected, actual in zip(first.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(actual, expected)
