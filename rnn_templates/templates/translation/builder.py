"""Builder of the translation template: an encoder-decoder with attention, from text to text."""

import keras
from keras import ops

from rnn_templates.cells import make_cell
from rnn_templates.data.kinds import check_kind
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.tasks.components import Adam, BeamSearch, Seq2SeqRegularization, TokenLoss
from rnn_templates.templates.encoder_decoder import DecoderSettings, decoder_space, task_options, unit_norm_range
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.templates.translation.task import Translator
from rnn_templates.utils.model_size import recurrent_parameters
from rnn_templates.utils.validation import check_depth, check_ints, check_positive

VOCABULARY_SIZES = ((20_000, 1000), (100_000, 2000), (None, 4000))  # subwords by the words of the training texts


def data_kwargs(splits, *, source_vocabulary_size: int | None = None, target_vocabulary_size: int | None = None):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of text pairs.
        source_vocabulary_size: int of at least 259 or None; maximum number of subwords of the sources, the 259 reserved
            tokens and bytes included; None for 1,000 for at most 20,000 words, 2,000 for at most 100,000, else 4,000.
        target_vocabulary_size: int of at least 259 or None; the same for the targets.

    Returns:
        Dict with `source_vocabulary` and `target_vocabulary`.

    Raises:
        ValueError: if the examples are not text pairs.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.templates.translation.builder import data_kwargs
        >>> size = Path("mine.tsv").write_text("source\\ttarget\\n" + "good morning\\tguten Morgen\\n" * 9)
        >>> sorted(data_kwargs(rt.load("mine.tsv", kind="text_pairs"), target_vocabulary_size=300))
        ['source_vocabulary', 'target_vocabulary']
    """
    check_kind("text_pairs", splits)
    spec = splits.train.element_spec
    if not isinstance(spec, tuple) or [getattr(part, "shape", None) for part in spec] != [(), ()]:
        raise ValueError(f"data_kwargs: `splits` must hold text pairs; received {splits.name} with {spec}.")
    sources = [source for source, _ in splits.train.as_numpy_iterator()]
    targets = [target for _, target in splits.train.as_numpy_iterator()]
    source, target = (
        SubwordVocabulary.from_texts(texts, vocabulary_size=size or _vocabulary_size(texts))
        for texts, size in ((sources, source_vocabulary_size), (targets, target_vocabulary_size))
    )
    return {"source_vocabulary": source, "target_vocabulary": target}


def _vocabulary_size(texts):
    """Number of subwords for texts: few texts have too few occurrences of many subwords."""
    words = sum(len(text.split()) for text in texts)
    return next(size for maximum, size in VOCABULARY_SIZES if maximum is None or words <= maximum)


@documented
def translation_model(
    source_vocabulary,
    target_vocabulary,
    *,
    cell: str = "gru",
    units: int = 256,
    num_layers: int = 1,
    decoder_layers: int = 2,
    embedding_dim: int = 256,
    embedding_init_range: float | None = None,
    attention: str = "additive",
    attention_units: int | None = None,
    dropout: float = 0.3,
    regularization: Seq2SeqRegularization = Seq2SeqRegularization(
        embedding_dropout=0.3, memory_dropout=0.3, type_dropout=0.1
    ),
    loss: TokenLoss = TokenLoss(),
    max_source_length: int = 64,
    max_target_length: int = 64,
    search: BeamSearch = BeamSearch(),
    learning_rate: float = 1e-3,
    optimizer: Adam = Adam(),
):
    """Returns a compiled encoder-decoder model with attention, from text to text.

        source tokens -> embedding -> bidirectional RNN -> memory
                                                             |
        target prefix -> embedding -> RNN ------------> attention -> RNN -> dense -> tied embedding

    Attention is between the RNN layers of the decoder and does not feed back into the first one, so that training
    computes all steps of it at once; see docs/decisions/0006-translation.md.

    Args:
        source_vocabulary: `rnn_templates.preprocessing.text.subword_vocabulary.SubwordVocabulary` of the sources.
        target_vocabulary: `SubwordVocabulary` of the targets.
        {cell}
        {units}
        num_layers: positive int; number of bidirectional RNN layers of the encoder.
        {decoder_layers}
        {embedding_dim}
        embedding_init_range: positive float or None; range of the uniform initializer of both embeddings; None for
            (3 / embedding_dim) ** 0.5, vectors of norm 1. With a much smaller range a small data set may not be
            enough to train the model.
        attention: str; score function, "additive" or "scaled_dot", or "none" for no attention.
        {attention_units}
        {dropout}
        {regularization}
        {loss}
        max_source_length: int of at least 2; longer texts are translated in segments of at most this many subwords,
            the end token included.
        {max_target_length}
        {search}
        {learning_rate}
        {optimizer}

    Returns:
        `Translator`: `fit`, `evaluate`, `generate` and `predict` take raw texts.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Bahdanau et al., arXiv:1409.0473 (attention); Cho et al., arXiv:1406.1078 (encoder and decoder); Press and
        Wolf, arXiv:1608.05859 (tied embeddings).

    Example:
        >>> english = rt.SubwordVocabulary.from_texts(["good morning"])
        >>> german = rt.SubwordVocabulary.from_texts(["guten Morgen"])
        >>> model = rt.translation_model(english, german, units=8, embedding_dim=8)
        >>> model.name, model.encoder.output_shape[0]
        ('translation', (None, None, 24))
    """
    settings = DecoderSettings(
        cell, units, decoder_layers, embedding_dim, attention, attention_units, dropout, regularization, loss
    )
    settings.check("translation_model", max_target_length)
    check_ints("translation_model", 2, max_source_length=max_source_length)
    _check_memory(settings, len(source_vocabulary), len(target_vocabulary), num_layers)
    if embedding_init_range is not None:
        check_positive("translation_model", embedding_init_range=embedding_init_range)
    init_range = embedding_init_range or unit_norm_range(embedding_dim)

    # Layers
    source = keras.Input((None,), dtype="int32", name="source")
    values = _encode(source, len(source_vocabulary), num_layers, init_range, settings)
    mean = keras.layers.GlobalAveragePooling1D(name="mean_pooling")(values)
    values = keras.layers.Dropout(regularization.memory_dropout, name="memory_dropout")(values)
    mask = ops.not_equal(source, 0)

    # Functional model
    encoder, decoder = settings.build(
        source, values, mask, mean, len(target_vocabulary), init_range, "target_embedding"
    )
    target = keras.Input((None,), dtype="int32", name="target")
    logits, *_ = decoder([target, *encoder(source)])

    # Task
    model = Translator(
        keras.Model({"source": source, "target": target}, logits, name="network"),
        SubwordPreprocessor(source_vocabulary, max_length=max_source_length),
        SubwordPreprocessor(target_vocabulary, max_length=max_target_length),
        **task_options(loss, search),
        name="translation",
    )
    model.compile(optimizer=optimizer.build(learning_rate))
    return model


def _check_memory(settings, source_size, target_size, num_layers):
    """Raises ValueError if the number of layers is out of range, or the model needs more memory than is available."""
    check_depth("translation_model", num_layers=num_layers)
    units, embedding_dim = settings.units, settings.embedding_dim
    encoder = source_size * embedding_dim + recurrent_parameters(units, embedding_dim, num_layers, directions=2)
    settings.check_memory("translation_model", 2 * units, target_size, encoder, num_layers=num_layers)


def _encode(source, vocabulary_size, num_layers, init_range, settings):
    """Outputs (batch, time, 2 * units) of the bidirectional RNN for source ids (batch, time)."""
    regularization = settings.regularization
    x = TokenEmbedding(
        vocabulary_size,
        settings.embedding_dim,
        type_dropout=regularization.type_dropout,
        init_range=init_range,
        name="source_embedding",
    )(source)
    x = keras.layers.Dropout(regularization.embedding_dropout, name="embedding_dropout")(x)
    return Recurrent(
        [make_cell(settings.cell, settings.units) for _ in range(num_layers)],
        bidirectional=True,
        return_sequences=True,
        dropout=settings.dropout if num_layers > 1 else 0.0,
        recurrent_dropout=regularization.recurrent_dropout,
        name="recurrent",
    )(x)


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, drawn from `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.translation.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["units"]
        128
    """
    sizes = {"cells": ["gru", "lstm"], "units": [128, 192, 256], "embedding_dims": [128, 192, 256]}
    return {
        **decoder_space(hp, **sizes, attentions=["additive", "scaled_dot"]),
        "type_dropout": hp.Float("type_dropout", 0.0, 0.2, step=0.05),
    }
