"""A tiny text classifier."""

import keras
import numpy as np
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.splits import Splits, make_dataset
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model

LABELS = ("negative", "positive")
TINY = {"units": 8, "embedding_dim": 8, "max_tokens": 12}

examples = ["not bad", "not good", "good , not bad", "bad , not good", "", "é 😀 never seen " * 9]
targets = ["positive", "negative", "positive", "negative", "positive", "negative"]
other_input = "really good , really"
files = {"vocabulary.txt", "labels.txt"}


def build(labels=LABELS, randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(sentiment_model, Vocabulary.from_texts(examples), labels, **{**TINY, **options})
    return randomize_weights(model) if randomize else model


def splits():
    dataset = make_dataset([text.encode() for text in examples], np.array([LABELS.index(target) for target in targets]))
    return Splits("tiny", dataset, dataset, dataset, LABELS, sizes=dict.fromkeys(("train", "validation", "test"), 6))


cli_builder = ["--units", "4", "--embedding-dim", "4", "--max-tokens", "12"]
bad_arguments = {
    "units": (0, -1, 1.5), "num_layers": (0,), "embedding_dim": (0,), "conv_filters": (-1,),
    "chunk_length": (0, 100_000), "max_tokens": (0,),
    "dropout": (1, -0.1, None), "embedding_dropout": (1.0,), "recurrent_dropout": (-0.5,),
    "type_dropout": (1,), "adversarial_epsilon": (-1,), "learning_rate": (0, -1e-3, float("nan")), "clip_norm": (0,),
    "beta_2": (1,), "epsilon": (-1e-7,), "cell": ("elstm",), "pooling": ("sum",), "labels": (["one"], ["a", "a"]),
    "class_weights": ([1.0], [1.0, -1.0]),
}  # fmt: skip


def write_data(folder):
    """Writes the examples that have words, twice, as a csv file; returns its path."""
    rows = [f'"{text}",{target}' for text, target in zip(examples, targets, strict=True) if text] * 2
    return write(folder, "reviews.csv", "text,label\n" + "\n".join(rows) + "\n")
