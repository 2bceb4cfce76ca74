"""Training a translator: resumption after an interruption."""

import itertools
import json

import keras
import numpy as np
import pytest
from support.flat import build_flat
from support.trainings import Interrupt, assert_same_weights

from rnn_templates.data.splits import Splits, make_dataset
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.translation.builder import translation_model
from rnn_templates.training import fit

WORDS = SubwordVocabulary([f"▁{letter}" for letter in "abcd"])
SOURCES = [" ".join(letters).encode() for letters in itertools.permutations("abcd", 3)]
TARGETS = [source[::-1] for source in SOURCES]
OPTIONS = {"epochs": 2, "batch_size": 6, "progress": False, "ema_decay": 0.9}


def splits():
    train, validation = (make_dataset(SOURCES[part], np.array(TARGETS[part], object)) for part in (slice(18), slice(6)))
    return Splits("tiny", train, validation, None, (), sizes={"train": 18, "validation": 6})


def build(seed=3):
    keras.utils.set_random_seed(seed)
    draws = {"recurrent_dropout": 0.2, "type_dropout": 0.2, "r_drop": 1.0, "scheduled_sampling": 0.3}
    return build_flat(translation_model, WORDS, WORDS, units=6, embedding_dim=6, learning_rate=0.02, **draws)


def test_a_resumed_training_ends_with_the_same_weights(tmp_path):
    whole = fit(build(), splits(), tmp_path / "whole", **OPTIONS)
    with pytest.raises(KeyboardInterrupt):
        fit(build(), splits(), tmp_path / "cut", **OPTIONS, callbacks=[Interrupt(1)])
    history = fit(build(seed=99), splits(), tmp_path / "cut", **OPTIONS)
    assert history == whole
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert_same_weights(tmp_path / "whole", tmp_path / "cut")
    made = {path.name for path in (tmp_path / "cut").iterdir()}
    assert made == {
        "model.keras", "source_vocabulary.txt", "target_vocabulary.txt", "learning_curve.png", "card.json",
        "README.md", "checkpoint.npz",
    }  # fmt: skip
    assert json.loads((tmp_path / "cut" / "card.json").read_text())["template"] == "translation"
