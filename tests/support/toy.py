"""Tiny model and examples of the template outside the package."""

import csv

import keras
import numpy as np
from toy_template.builder import toy_model

import rnn_templates as rt
from rnn_templates.data.splits import Splits, make_dataset

examples = [
    "win a free prize now",
    "see you at lunch",
    "free free free money",
    "the meeting is at ten",
    "claim your prize",
    "thanks",
    "you win money , claim it now",
    "lunch is at ten , see you there",
]
targets = ["spam", "ham", "spam", "ham", "spam", "ham", "spam", "ham"]
LABELS = ("ham", "spam")
cli_builder = ["--units", "4", "--max-tokens", "8"]
bad_arguments = {"units": (0,)}


def build(**overrides):
    """Returns a tiny model with random weights."""
    keras.utils.set_random_seed(5)
    return toy_model(rt.Vocabulary.from_texts(examples), LABELS, **{"max_tokens": 8, **overrides})


def splits():
    """Returns splits of the examples."""
    ids = np.array([LABELS.index(target) for target in targets])
    train = make_dataset([text.encode() for text in examples], ids)
    return Splits("toy", train=train, validation=train, test=train, labels=LABELS, sizes={"train": len(examples)})


def write_data(folder):
    """Writes the examples as a csv file; returns its path."""
    path = folder / "spam.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([("text", "label"), *zip(examples, targets, strict=True)])
    return path
