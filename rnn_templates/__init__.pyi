from .cells import (
    CfCCell as CfCCell,
)
from .cells import (
    CoupledLSTMCell as CoupledLSTMCell,
)
from .cells import (
    DiagonalGRUCell as DiagonalGRUCell,
)
from .cells import (
    DiagonalLSTMCell as DiagonalLSTMCell,
)
from .cells import (
    DLinOSSCell as DLinOSSCell,
)
from .cells import (
    FastGRNNCell as FastGRNNCell,
)
from .cells import (
    GRUCell as GRUCell,
)
from .cells import (
    IndRNNCell as IndRNNCell,
)
from .cells import (
    LayerNormLSTMCell as LayerNormLSTMCell,
)
from .cells import (
    LSTMCell as LSTMCell,
)
from .cells import (
    MinGRUCell as MinGRUCell,
)
from .cells import (
    MinLSTMCell as MinLSTMCell,
)
from .cells import (
    PeepholeLSTMCell as PeepholeLSTMCell,
)
from .cells import (
    RGLRUCell as RGLRUCell,
)
from .cells import (
    SLSTMCell as SLSTMCell,
)
from .cells import (
    VanillaCell as VanillaCell,
)
from .cells.cell import (
    Cell as Cell,
)
from .data import load as load
from .data.splits import Splits as Splits
from .data.synthetic.memory_tasks import adding_problem as adding_problem
from .data.synthetic.memory_tasks import associative_recall as associative_recall
from .data.synthetic.memory_tasks import copy_memory as copy_memory
from .data.synthetic.memory_tasks import noisy_memory as noisy_memory
from .data.synthetic.memory_tasks import parity as parity
from .data.tbptt_windows import tbptt_windows as tbptt_windows
from .decoding import beam_search as beam_search
from .diagnostics import GradientMonitor as GradientMonitor
from .diagnostics import gradient_through_time as gradient_through_time
from .evaluation import evaluate as evaluate
from .export.export import export_model as export_model
from .layers.char_encoder import CharEncoder as CharEncoder
from .layers.crf import LinearChainCRF as LinearChainCRF
from .layers.cross_attention import CrossAttention as CrossAttention
from .layers.cross_attention import KeyValueMemory as KeyValueMemory
from .layers.pooling import AttentionPooling as AttentionPooling
from .layers.rnn.chunked import Chunked as Chunked
from .layers.rnn.recurrent import Recurrent as Recurrent
from .layers.rnn.stateful import Stateful as Stateful
from .layers.tied_embedding import TiedEmbedding as TiedEmbedding
from .plots.attention import plot_attention as plot_attention
from .plots.image_attention import plot_image_attention as plot_image_attention
from .plots.image_grid import plot_image_grid as plot_image_grid
from .plots.tagged_text import TaggedText as TaggedText
from .preprocessing.text.pretrained_vectors import load_pretrained_vectors as load_pretrained_vectors
from .preprocessing.text.subword_preprocessor import SubwordPreprocessor as SubwordPreprocessor
from .preprocessing.text.subword_vocabulary import SubwordVocabulary as SubwordVocabulary
from .preprocessing.text.symbol_vocabulary import CharacterVocabulary as CharacterVocabulary
from .preprocessing.text.symbol_vocabulary import WordVocabulary as WordVocabulary
from .preprocessing.text.text_preprocessor import TextPreprocessor as TextPreprocessor
from .preprocessing.text.token_offsets import tokenize_with_offsets as tokenize_with_offsets
from .preprocessing.text.token_preprocessor import TokenPreprocessor as TokenPreprocessor
from .preprocessing.text.vocabulary import Vocabulary as Vocabulary
from .preprocessing.text.word_tokenizer import tokenize as tokenize
from .saving import load_model as load_model
from .saving import save_model as save_model
from .tasks.components import Adam as Adam
from .tasks.components import BeamSearch as BeamSearch
from .tasks.components import ClassifierRegularization as ClassifierRegularization
from .tasks.components import ImageEncoder as ImageEncoder
from .tasks.components import Seq2SeqRegularization as Seq2SeqRegularization
from .tasks.components import TokenLoss as TokenLoss
from .tasks.losses import balanced_class_weights as balanced_class_weights
from .templates.anomaly_detection.builder import anomaly_detection_model as anomaly_detection_model
from .templates.captioning.builder import captioning_model as captioning_model
from .templates.default_sizes import default_sizes as default_sizes
from .templates.forecasting.builder import forecasting_model as forecasting_model
from .templates.image_classification.builder import image_classification_model as image_classification_model
from .templates.sentiment.builder import sentiment_model as sentiment_model
from .templates.tagging.builder import tagging_model as tagging_model
from .templates.text_generation.builder import text_generation_model as text_generation_model
from .templates.translation.builder import translation_model as translation_model
from .training import fit as fit
from .training.tuning import tune as tune

__all__: list[str]
