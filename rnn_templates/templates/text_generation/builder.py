"""Builder of the text generation template: a recurrent language model."""

import keras
from keras import ops

from rnn_templates.cells import make_cell
from rnn_templates.data.kinds import check_kind
from rnn_templates.decoding.decoder_step import MAX_LENGTH
from rnn_templates.layers.adaptive_softmax import AdaptiveSoftmax
from rnn_templates.layers.attention_decoder import state_names
from rnn_templates.layers.initial_states import InitialStates
from rnn_templates.layers.rnn.drop_connect import DropConnectRecurrent
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.tied_embedding import TiedEmbedding
from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.sequence_preprocessor import VOCABULARIES, SequencePreprocessor
from rnn_templates.tasks.components import Adam
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.templates.shared_search_space import recurrent_space
from rnn_templates.templates.text_generation.task import LanguageModel
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import check_depth, check_fractions, check_ints, check_range, check_sizes

MAX_WINDOW_LENGTH = 16_384
OUTPUTS = ("softmax", "tied", "adaptive")
MAX_SUBWORDS = 4000
ADAPTIVE_CUTOFFS = (0.2, 0.6)  # of the vocabulary; the first and the second tail cluster begin there


def data_kwargs(splits, *, unit: str = "character", vocabulary_size: int | None = None, min_count: int = 1):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of plain texts.
        unit: str; the tokens of a text: "character", "word" (between white space; a line feed is a word) or "subword"
            (white space is collapsed).
        vocabulary_size: int of at least 4, for subwords of at least 260, or None; maximum number of tokens; None for
            4,000 subwords, else no limit.
        min_count: positive int; minimum number of occurrences of a character or word; rarer ones are unknown tokens,
            which trains their embedding.

    Returns:
        Dict with `vocabulary`.

    Raises:
        ValueError: if the examples are not plain texts, or there is no such unit.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.templates.text_generation.builder import data_kwargs
        >>> size = Path("mine.txt").write_text("to be or not to be\\n" * 9)
        >>> data_kwargs(rt.load("mine.txt"))["vocabulary"]
        <CharacterVocabulary of 11 characters: ' ', 'o', 't', 'b', 'e', '\\\\n', 'n', 'r'>
    """
    check_kind("plain_texts", splits)
    check_ints("data_kwargs", min_count=min_count)
    if unit not in VOCABULARIES:
        raise ValueError(f"data_kwargs: `unit` must be one of {', '.join(VOCABULARIES)}; received {unit!r}.")
    if vocabulary_size is not None:
        check_ints("data_kwargs", 4, vocabulary_size=vocabulary_size)
    if unit == "subword":
        vocabulary = VOCABULARIES[unit].from_texts(splits.train, vocabulary_size=vocabulary_size or MAX_SUBWORDS)
    else:
        options = {"vocabulary_size": vocabulary_size, "min_count": min_count}
        vocabulary = VOCABULARIES[unit].from_texts(splits.train, **options)
    return {"vocabulary": vocabulary}


@documented
def text_generation_model(
    vocabulary,
    *,
    cell: str = "lstm",
    units: int = 256,
    num_layers: int = 2,
    embedding_dim: int = 64,
    output_layer: str = "softmax",
    window_length: int = 128,
    dropout: float = 0.2,
    embedding_dropout: float = 0.0,
    drop_connect: float = 0.0,
    max_length: int = 200,
    learning_rate: float = 2e-3,
    optimizer: Adam = Adam(),
):
    """Returns a compiled language model.

        token -> embedding -> RNN layers, with dropout between -> softmax over the next token

    Training reads parallel chains of the texts; the states are carried over from one window to the next, and gradients
    end at the beginning of a window (truncated backpropagation through time). In an exported file the states are inputs
    and outputs of a step, so that a token costs the same wherever it is in a text.

    Args:
        vocabulary: `CharacterVocabulary`, `WordVocabulary` or `SubwordVocabulary` of the training texts.
        {cell}
        {units}
        {num_layers}
        {embedding_dim}
        output_layer: str; "softmax"; "tied", a softmax with the matrix of the embedding, after a projection to its
            size; or "adaptive", an adaptive softmax, whose training is cheaper for vocabularies of thousands of tokens.
        window_length: int from 2 to 16,384; number of time steps through which a gradient passes; also the maximum
            length of a prefix in exported files.
        {dropout}
        embedding_dropout: float in [0, 1); probability of setting an embedding feature to zero in training, in all
            positions of a window.
        drop_connect: float in [0, 1); probability of setting a weight of the recurrent kernels to zero in training, for
            all steps of a window.
        max_length: int from 1 to 16,384; number of tokens that are generated where no other number is given.
        {learning_rate}
        {optimizer}

    Returns:
        `LanguageModel`: `fit`, `evaluate`, `generate` and `predict` take raw texts.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Mikolov et al., Recurrent neural network based language model, Interspeech 2010; Merity et al.,
        arXiv:1708.02182 (DropConnect, dropout); Press and Wolf, arXiv:1608.05859 (tied embeddings); Grave et al.,
        arXiv:1609.04309 (adaptive softmax).

    Example:
        >>> from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
        >>> model = rt.text_generation_model(CharacterVocabulary("abc"), units=8, embedding_dim=8)
        >>> len(model.generate("ab", max_length=5, seed=1)) <= 5
        True
    """
    _check_sizes(len(vocabulary), units, num_layers, embedding_dim)
    check_range("text_generation_model", 2, MAX_WINDOW_LENGTH, window_length=window_length)
    check_range("text_generation_model", 1, MAX_LENGTH, max_length=max_length)
    check_fractions(
        "text_generation_model", dropout=dropout, embedding_dropout=embedding_dropout, drop_connect=drop_connect
    )
    if output_layer not in OUTPUTS:
        raise ValueError(
            f"text_generation_model: `output_layer` must be one of {', '.join(OUTPUTS)}; received {output_layer!r}."
        )

    # Layers
    cells = [make_cell(cell, units) for _ in range(num_layers)]
    ids = keras.Input((None,), dtype="int32", name="ids")
    states = [
        keras.Input((size,), name=name) for name, size in zip(state_names(cells), _state_sizes(cells), strict=True)
    ]
    embedding = (TiedEmbedding if output_layer == "tied" else TokenEmbedding)(
        len(vocabulary), embedding_dim, name="embedding"
    )
    x = keras.layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(embedding(ids))
    mask = ops.not_equal(ids, 0)  # given to each layer: Keras passes on none beside `initial_state`
    x, new_states = _recurrent_stack(x, cells, states, mask, dropout, drop_connect)
    if output_layer == "tied" and units != embedding_dim:
        x = keras.layers.Dense(embedding_dim, name="projection")(x)
    x = keras.layers.SpatialDropout1D(dropout, name="features")(x)
    logits = embedding(x, reverse=True) if output_layer == "tied" else _output_layer(output_layer, len(vocabulary))(x)

    # Functional model
    decoder = keras.Model([ids, *states], [logits, *new_states], name="decoder")
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    zeros = InitialStates(_state_sizes(cells), name="initial_states")(tokens)
    network = keras.Model(tokens, decoder([tokens, *zeros])[0], name="network")

    # Task
    model = LanguageModel(
        network,
        SequencePreprocessor(vocabulary),
        window_length=window_length,
        max_length=max_length,
        name="text_generation",
    )
    model.compile(optimizer=optimizer.build(learning_rate))
    return model


def _check_sizes(vocabulary_size, units, num_layers, embedding_dim):
    """Raises ValueError if a size is out of range, or the model needs more memory than is available."""
    check_sizes("text_generation_model", units=units, embedding_dim=embedding_dim)
    check_depth("text_generation_model", num_layers=num_layers)
    count = vocabulary_size * (embedding_dim + units) + recurrent_parameters(units, embedding_dim, num_layers)
    check_model_size("text_generation_model", count, units=units, num_layers=num_layers, embedding_dim=embedding_dim)


def _state_sizes(cells):
    return [size for cell in cells for size in cell.state_sizes]


def _recurrent_stack(x, cells, states, mask, dropout, drop_connect):
    """Outputs (batch, time, units) of the stack for embedded tokens, and its final states."""
    final, states = [], list(states)
    for level, cell in enumerate(cells):
        if level:
            x = keras.layers.SpatialDropout1D(dropout, name=f"dropout_{level}")(x)
        own, states = states[: len(cell.state_names)], states[len(cell.state_names) :]
        options = {"return_sequences": True, "return_state": True, "name": f"recurrent_{level}"}
        layer = DropConnectRecurrent(cell, drop_connect=drop_connect, **options) if drop_connect else None
        x, *new = (layer or Recurrent(cell, **options))(x, initial_state=own, mask=mask)
        final += new
    return x, final


def _output_layer(name, vocabulary_size):
    if name == "softmax":
        return keras.layers.Dense(vocabulary_size, name="logits")
    cutoffs = sorted({max(1, int(part * vocabulary_size)) for part in ADAPTIVE_CUTOFFS})
    return AdaptiveSoftmax(vocabulary_size, [one for one in cutoffs if one < vocabulary_size], name="logits")


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, drawn from `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.text_generation.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["units"]
        128
    """
    sizes = {"cells": ["lstm", "gru"], "units": [128, 256, 384, 512], "embedding_dims": [64, 128]}
    return {
        **recurrent_space(hp, **sizes, learning_rates=(1e-3, 6e-3), min_dropout=0.0),
        "num_layers": hp.Choice("num_layers", [1, 2]),
        "drop_connect": hp.Float("drop_connect", 0.0, 0.4, step=0.1),
    }
