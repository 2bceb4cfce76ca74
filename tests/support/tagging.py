"""A tiny tagger."""

import keras
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.splits import Splits
from rnn_templates.data.tagged_sentences import TaggedSentences
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.tagging.builder import tagging_model

TAGS = ("O", "B-CITY", "B-NAME", "I-NAME")
TINY = {"units": 6, "embedding_dim": 6, "char_units": 8, "max_word_bytes": 7, "max_tokens": 8, "dropout": 0.0}

examples = [["Ann", "Lee", "is", "in", "Oslo"], ["Rome", "!"], ["Bo", "Ray", "left", "Rome"], ["Ann", "left"]]
targets = [
    ["B-NAME", "I-NAME", "O", "O", "B-CITY"],
    ["B-CITY", "O"],
    ["B-NAME", "I-NAME", "O", "B-CITY"],
    ["B-NAME", "O"],
]
other_input = ["Ann", "Ray", "left", "Oslo", "é"]
files = {"vocabulary.txt", "labels.txt"}


def build(labels=TAGS, randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(tagging_model, Vocabulary.from_tokens(examples), labels, **{**TINY, **options})
    return randomize_weights(model) if randomize else model


def splits():
    sentences = TaggedSentences(examples, targets, TAGS, "bio", [])
    return Splits.from_examples("tiny", dict.fromkeys(("train", "validation", "test"), sentences))


cli_builder = ["--units", "4", "--embedding-dim", "4", "--char-units", "8", "--max-tokens", "8"]
bad_arguments = {
    "units": (0,), "num_layers": (0,), "embedding_dim": (0,), "char_units": (0,), "max_word_bytes": (1,),
    "max_tokens": (0,), "dropout": (1,), "unk_dropout": (-0.1, 1), "recurrent_dropout": (1,),
    "label_smoothing": (-0.1,),
    "learning_rate": (0,), "char_encoder": ("lstm",), "cell": ("elstm",), "labels": (["one"],),
}  # fmt: skip


def write_data(folder):
    """Writes the sentences, twice, as a CoNLL file; returns its path."""
    sentences = ["\n".join(map(" ".join, zip(*pair, strict=True))) for pair in zip(examples, targets, strict=True)]
    return write(folder, "messages.conll", "\n\n".join(sentences * 2) + "\n")
