"""Construction that the builders of encoder-decoder models share."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.layers.attention_decoder import attention_decoder, state_names
from rnn_templates.layers.cross_attention import KeyValueMemory
from rnn_templates.layers.tied_embedding import TiedEmbedding
from rnn_templates.utils.validation import check_fractions, check_ints

ATTENTIONS = ("additive", "scaled_dot", "none")


def check_arguments(builder, *, attention, attention_units, units, embedding_dim, dropout, **at_least_two):
    """Raises ValueError if an argument that encoder-decoder builders share is out of range.

    Args:
        builder: str; name of the builder, for the message.
        attention, attention_units, units, embedding_dim, dropout: arguments of the builder.
        **at_least_two: arguments of the builder that must be integers of at least 2.

    Returns:
        int; the size of an attention key.

    Example:
        >>> from rnn_templates.templates.encoder_decoder import check_arguments
        >>> check_arguments(
        ...     "captioning_model", attention="none", attention_units=None, units=8, embedding_dim=8, dropout=0.0
        ... )
        8
    """
    attention_units = units if attention_units is None else attention_units
    check_ints(builder, units=units, embedding_dim=embedding_dim, attention_units=attention_units)
    check_ints(builder, 2, **at_least_two)
    if attention not in ATTENTIONS:
        raise ValueError(f"{builder}: `attention` must be one of {', '.join(ATTENTIONS)}; received {attention!r}.")
    check_fractions(builder, dropout=dropout)
    return attention_units


def unit_norm_range(embedding_dim):
    """Returns the r for which vectors drawn uniformly from [-r, r] have an expected squared norm of 1.

        r = (3 / embedding_dim) ** 0.5

    Args:
        embedding_dim: positive int; size of a vector.

    Example:
        >>> from rnn_templates.templates.encoder_decoder import unit_norm_range
        >>> unit_norm_range(48)
        0.25
    """
    return (3 / embedding_dim) ** 0.5


def encoder_and_decoder(
    source,
    values,
    mask,
    mean,
    *,
    cell,
    units,
    decoder_layers,
    vocabulary_size,
    embedding_dim,
    embedding_name,
    embedding_init_range,
    attention,
    attention_units,
    dropout,
    regularization,
    loss,
    context_gate=False,
):
    """Returns the models "encoder" and "decoder" of a `Seq2Seq` task.

        memory = [values ; W values],   initial state = tanh(V mean + b)   for every state of the decoder

    Args:
        source: Keras tensor; input of the encoder.
        values: (batch, positions, features) Keras tensor; its outputs.
        mask: (batch, positions) bool Keras tensor; false at padding.
        mean: (batch, features) Keras tensor; mean of the outputs.
        cell, units, decoder_layers, embedding_dim, attention, attention_units, dropout: arguments of the builder.
        vocabulary_size: int; number of target subwords.
        embedding_name: str; name of the target embedding.
        embedding_init_range: positive float; range of its uniform initializer.
        regularization: `Seq2SeqRegularization`.
        loss: `TokenLoss`; for its `attention_regularization`.
        context_gate: bool; see `attention_decoder`.

    Returns:
        Pair of `keras.Model`; see `rnn_templates.tasks.seq2seq.Seq2Seq` for their inputs and outputs.

    Example:
        >>> from rnn_templates.tasks.components import Seq2SeqRegularization, TokenLoss
        >>> from rnn_templates.templates.encoder_decoder import encoder_and_decoder
        >>> values, mask = keras.Input((None, 6)), keras.Input((None,), dtype="bool")
        >>> encoder, decoder = encoder_and_decoder(
        ...     [values, mask], values, mask, keras.layers.GlobalAveragePooling1D()(values), cell="gru", units=4,
        ...     decoder_layers=2, vocabulary_size=300, embedding_dim=8, embedding_name="embedding",
        ...     embedding_init_range=0.5, attention="additive", attention_units=3, dropout=0.0,
        ...     regularization=Seq2SeqRegularization(), loss=TokenLoss(),
        ... )
        >>> [tensor.shape[-1] for tensor in encoder.outputs]
        [9, None, 4, 4]
    """
    memory = KeyValueMemory(attention_units, name="memory")(values)
    cells = [make_cell(cell, units) for _ in range(decoder_layers)]
    states = [keras.layers.Dense(units, activation="tanh", name=f"initial_{name}")(mean) for name in state_names(cells)]
    encoder = keras.Model(source, [memory, mask, *states], name="encoder")
    decoder = attention_decoder(
        TiedEmbedding(
            vocabulary_size,
            embedding_dim,
            type_dropout=regularization.type_dropout,
            init_range=embedding_init_range,
            name=embedding_name,
        ),
        cells,
        memory.shape[-1],
        attention=attention,
        attention_units=attention_units,
        context_gate=context_gate,
        attention_regularization=loss.attention_regularization,
        dropout=dropout,
        embedding_dropout=regularization.embedding_dropout,
        recurrent_dropout=regularization.recurrent_dropout,
    )
    return encoder, decoder


def task_options(loss, search):
    """Returns the keyword arguments of `Seq2Seq` for the components of a builder.

    Args:
        loss: `TokenLoss`; its attention regularization belongs to the decoder, not to the task.
        search: `BeamSearch`.

    Example:
        >>> from rnn_templates.tasks.components import BeamSearch, TokenLoss
        >>> from rnn_templates.templates.encoder_decoder import task_options
        >>> task_options(TokenLoss(), BeamSearch(beam_width=3))["beam_width"]
        3
    """
    return {
        "label_smoothing": loss.label_smoothing,
        "r_drop": loss.r_drop,
        "scheduled_sampling": loss.scheduled_sampling,
        "decoder_input_noise": loss.decoder_input_noise,
        "beam_width": search.beam_width,
        "length_penalty": search.length_penalty,
    }
