"""A tiny language model of characters."""

import keras
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.files.plain_texts import PlainTexts
from rnn_templates.data.text_splits import TextSplits
from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
from rnn_templates.templates.text_generation.builder import text_generation_model

TINY = {"units": 12, "embedding_dim": 8, "window_length": 12, "max_length": 9}

examples = ["abba cab", "cab abc", "a", "bac\nabc", "baab bab ab", "cabbac"]
targets = examples  # the target of a text is the text itself
other_input = "abcé"
files = {"vocabulary.txt"}


def build(randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(text_generation_model, CharacterVocabulary.from_texts(examples), **{**TINY, **options})
    return randomize_weights(model, scale=1.5) if randomize else model


def splits():
    texts = PlainTexts([text.encode() for text in examples], [])
    return TextSplits.from_examples("tiny", dict.fromkeys(("train", "validation", "test"), texts))


cli_builder = ["--units", "4", "--embedding-dim", "4", "--window-length", "12", "--max-length", "5"]
bad_arguments = {
    "units": (0,), "num_layers": (0,), "embedding_dim": (0,), "output_layer": ("hierarchical",), "window_length": (1,),
    "dropout": (1,), "embedding_dropout": (-0.1,), "drop_connect": (1.0,), "max_length": (0,), "learning_rate": (0,),
    "cell": ("elstm",),
}  # fmt: skip


def write_data(folder):
    """Writes the examples, one a line, as a text file; returns its path."""
    return write(folder, "notes.md", "\n".join(examples) + "\n")


def stream_calls(model):
    """Calls of the reader of streams with the answers of Keras for whole texts; see `support.specs`."""
    log_probs, options = model.token_log_probs("abba cab").tolist(), {"temperature": 2.0, "top_p": 0.95, "seed": 3}
    calls = [("log_probs", ["abb"], {}, log_probs[:3]), ("log_probs", ["a cab"], {}, log_probs[3:])]
    text = model.generate("cab a", **options)
    calls += [(method, ["cab a"], options, text) for method in ("generate", "sample")]
    more = {"temperature": 1.5, "top_k": 4, "seed": 5, "max_length": 20}
    return [*calls, ("generate", ["ab" * 20], more, model.generate("ab" * 20, **more))]
