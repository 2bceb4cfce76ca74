"""A tiny translator: reversed letters."""

import itertools

import keras
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.files.text_pairs import TextPairs
from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.translation.builder import translation_model

VOCABULARY = SubwordVocabulary([f"▁{letter}" for letter in "abcd"])
TINY = {"units": 16, "embedding_dim": 16, "max_source_length": 12, "max_target_length": 12, "beam_width": 3}

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


cli_builder = ["--units", "4", "--embedding-dim", "4", "--source-vocabulary-size", "264"]
cli_builder += ["--target-vocabulary-size", "264", "--max-source-length", "12", "--max-target-length", "6"]
bad_arguments = {
    "units": (0,), "num_layers": (0,), "decoder_layers": (1,), "embedding_dim": (0,), "embedding_init_range": (0, -1),
    "attention": ("dot",), "attention_units": (0,), "dropout": (1,), "embedding_dropout": (1,),
    "memory_dropout": (-0.1,),
    "recurrent_dropout": (1,), "type_dropout": (1,), "label_smoothing": (1,), "r_drop": (-1,),
    "scheduled_sampling": (1,), "decoder_input_noise": (-0.1,), "max_source_length": (1,), "max_target_length": (1,),
    "beam_width": (0, 100_000), "length_penalty": (-1,), "learning_rate": (-1,), "cell": ("elstm",),
}  # fmt: skip


def write_data(folder):
    """Writes the pairs as two parallel files; returns their paths with a comma between."""
    paths = [
        write(folder, f"pairs.{name}", "\n".join(texts) + "\n") for name, texts in (("a", examples), ("b", targets))
    ]
    return ",".join(map(str, paths))
