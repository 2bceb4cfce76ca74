"""Training a tagger: resumption after interruptions, and the files of the folder."""

import json

import keras
import numpy as np
import pytest
from support.flat import build_flat
from support.trainings import Interrupt, assert_same_weights

from rnn_templates.data.splits import Splits
from rnn_templates.data.tagged_sentences import TaggedSentences
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model
from rnn_templates.templates.tagging.builder import tagging_model
from rnn_templates.training import fit

LABELS = ("O", "B-CITY", "B-NAME", "I-NAME")
SENTENCES = [["Ann", "Lee", "is", "in", "Oslo"], ["Rome", "!"], ["Bo", "Ray", "left", "Rome"], ["Ann", "left"]] * 6
TAGS = [["B-NAME", "I-NAME", "O", "O", "B-CITY"], ["B-CITY", "O"], ["B-NAME", "I-NAME", "O", "B-CITY"],
        ["B-NAME", "O"]] * 6  # fmt: skip
OPTIONS = {"epochs": 3, "batch_size": 6, "progress": False}


def splits():
    dataset = TaggedSentences(SENTENCES, TAGS, LABELS, "bio", []).dataset()
    return Splits("tiny", dataset, dataset, None, LABELS, sizes={"train": 24, "validation": 24})


def build(seed=3):
    keras.utils.set_random_seed(seed)
    small = {"units": 6, "embedding_dim": 6, "char_units": 8, "max_word_bytes": 6, "recurrent_dropout": 0.2}
    return build_flat(tagging_model, Vocabulary.from_tokens(SENTENCES), LABELS, **small)


def test_a_resumed_training_ends_with_the_same_weights(tmp_path):
    whole = fit(build(), splits(), tmp_path / "whole", **OPTIONS)
    for epoch in (0, 1, 2):
        with pytest.raises(KeyboardInterrupt):
            fit(build(), splits(), tmp_path / "cut", **OPTIONS, callbacks=[Interrupt(epoch)])
    history = fit(build(seed=99), splits(), tmp_path / "cut", **OPTIONS)
    assert history == whole
    assert {"loss", "val_loss", "val_accuracy", "val_span_f1"} <= set(history)
    assert_same_weights(tmp_path / "whole", tmp_path / "cut")


def test_the_saved_model_predicts_as_the_trained_one(tmp_path):
    model = build()
    fit(model, splits(), tmp_path, **OPTIONS, monitor="val_span_f1")
    assert (tmp_path / "labels.txt").read_text().splitlines() == list(LABELS)
    assert json.loads((tmp_path / "card.json").read_text())["template"] == "tagging"
    for expected, actual in zip(model.predict(SENTENCES), load_model(tmp_path).predict(SENTENCES), strict=True):
        np.testing.assert_array_equal(actual, expected)
