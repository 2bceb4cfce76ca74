"""Ready Keras models for every topology of recurrent network.

Names are imported when they are first used, so that `import rnn_templates` costs nothing.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from rnn_templates.registration import register_with_keras

if TYPE_CHECKING:
    from rnn_templates.cells import (
        CoupledLSTMCell,
        GRUCell,
        IndRNNCell,
        LayerNormLSTMCell,
        LSTMCell,
        MinGRUCell,
        MinLSTMCell,
        PeepholeLSTMCell,
        VanillaCell,
    )
    from rnn_templates.data import load
    from rnn_templates.data.synthetic.memory_tasks import adding_problem, copy_memory
    from rnn_templates.data.tbptt_windows import truncated_windows
    from rnn_templates.decoding import beam_search
    from rnn_templates.diagnostics import GradientMonitor, gradient_through_time
    from rnn_templates.evaluation import evaluate
    from rnn_templates.plots.attention import attention_map
    from rnn_templates.plots.image_grid import contact_sheet
    from rnn_templates.plots.image_attention import gaze
    from rnn_templates.plots.tagged_text import TaggedText
    from rnn_templates.export import export
    from rnn_templates.layers.attention_pooling import AttentionPooling
    from rnn_templates.layers.key_value_memory import AttentionMemory
    from rnn_templates.layers.crf import LinearChainCRF
    from rnn_templates.layers.cross_attention import MemoryAttention
    from rnn_templates.layers.rnn.recurrent import Recurrent
    from rnn_templates.layers.rnn.chunked import Regions
    from rnn_templates.layers.char_encoder import SpellingEncoder
    from rnn_templates.layers.rnn.stateful import Stateful
    from rnn_templates.layers.tied_embedding import TiedEmbedding
    from rnn_templates.saving import load_model
    from rnn_templates.tasks.losses import balanced_class_weights
    from rnn_templates.templates.captioning.builder import captioning_model
    from rnn_templates.templates.image_classification.builder import image_classification_model
    from rnn_templates.templates.sentiment.builder import sentiment_model
    from rnn_templates.templates.tagging.builder import tagging_model
    from rnn_templates.templates.translation.builder import translation_model
    from rnn_templates.preprocessing.text.token_offsets import locate
    from rnn_templates.preprocessing.text.text_preprocessor import TextPreprocessor
    from rnn_templates.preprocessing.text.word_tokenizer import split
    from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor
    from rnn_templates.preprocessing.text.subword_vocabulary import Subwords
    from rnn_templates.preprocessing.text.token_preprocessor import TokenPreprocessor
    from rnn_templates.preprocessing.text.vocabulary import Vocabulary
    from rnn_templates.preprocessing.text.pretrained_vectors import load_word_vectors
    from rnn_templates.training import fit
    from rnn_templates.training.tuning import tune

_HOMES = {
    "AttentionMemory": "layers.attention_memory",
    "AttentionPooling": "layers.attention",
    "CoupledLSTMCell": "cells",
    "GRUCell": "cells",
    "GradientMonitor": "diagnostics",
    "IndRNNCell": "cells",
    "LSTMCell": "cells",
    "LayerNormLSTMCell": "cells",
    "LinearChainCRF": "layers.crf",
    "MemoryAttention": "layers.memory_attention",
    "MinGRUCell": "cells",
    "MinLSTMCell": "cells",
    "PeepholeLSTMCell": "cells",
    "Recurrent": "layers.recurrent",
    "Regions": "layers.regions",
    "SpellingEncoder": "layers.spelling",
    "Stateful": "layers.stateful",
    "SubwordPreprocessor": "text.subword_preprocessor",
    "Subwords": "text.subwords",
    "TaggedText": "evaluation.tagged_text",
    "TextPreprocessor": "text.preprocessor",
    "TiedEmbedding": "layers.tied_embedding",
    "TokenPreprocessor": "text.token_preprocessor",
    "VanillaCell": "cells",
    "Vocabulary": "text.vocabulary",
    "adding_problem": "data.long_memory",
    "attention_map": "evaluation.attention_map",
    "balanced_class_weights": "losses",
    "beam_search": "decoding",
    "captioning_model": "templates.captioning",
    "contact_sheet": "evaluation.contact_sheet",
    "copy_memory": "data.long_memory",
    "evaluate": "evaluation",
    "export": "exporters",
    "fit": "training",
    "gaze": "evaluation.gaze",
    "gradient_through_time": "diagnostics",
    "image_classification_model": "templates.image_classification",
    "load": "data",
    "load_model": "loading",
    "load_word_vectors": "text.word_vectors",
    "locate": "text.locating",
    "sentiment_model": "templates.sentiment",
    "split": "text.splitting",
    "tagging_model": "templates.tagging",
    "translation_model": "templates.translation",
    "truncated_windows": "data.windows",
    "tune": "tuning",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'rnn_templates' has no attribute {name!r}")
    value = getattr(import_module(f"rnn_templates.{_HOMES[name]}"), name)
    globals()[name] = value
    if "keras" in sys.modules:
        import_module("rnn_templates.saving")  # all classes, for `keras.saving.load_model`
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})


register_with_keras()
