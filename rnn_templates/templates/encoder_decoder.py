"""Construction that the builders of encoder-decoder models share."""

import dataclasses

import keras

from rnn_templates.cells import make_cell
from rnn_templates.decoding.decoder_step import MAX_LENGTH
from rnn_templates.layers.attention_decoder import attention_decoder, state_names
from rnn_templates.layers.cross_attention import KeyValueMemory
from rnn_templates.layers.tied_embedding import TiedEmbedding
from rnn_templates.tasks.components import Seq2SeqRegularization, TokenLoss
from rnn_templates.templates.shared_search_space import recurrent_space
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import check_depth, check_fractions, check_range, check_sizes

ATTENTIONS = ("additive", "scaled_dot", "none")


@dataclasses.dataclass(frozen=True)
class DecoderSettings:
    """Arguments that the builders of encoder-decoder models share.

    Args:
        cell, units, decoder_layers, embedding_dim, attention, attention_units, dropout, regularization, loss: arguments
            of `translation_model` and `captioning_model`.

    Example:
        >>> from rnn_templates.tasks.components import Seq2SeqRegularization, TokenLoss
        >>> from rnn_templates.templates.encoder_decoder import DecoderSettings
        >>> settings = DecoderSettings("gru", 4, 2, 8, "additive", 3, 0.0, Seq2SeqRegularization(), TokenLoss())
        >>> values, mask = keras.Input((None, 6)), keras.Input((None,), dtype="bool")
        >>> mean = keras.layers.GlobalAveragePooling1D()(values)
        >>> encoder, decoder = settings.build([values, mask], values, mask, mean, 300, 0.5, "embedding")
        >>> [tensor.shape[-1] for tensor in encoder.outputs]
        [9, None, 4, 4]
    """

    cell: str | type
    units: int
    decoder_layers: int
    embedding_dim: int
    attention: str
    attention_units: int | None
    dropout: float
    regularization: Seq2SeqRegularization
    loss: TokenLoss

    @property
    def key_units(self):
        """Size of an attention key."""
        return self.units if self.attention_units is None else self.attention_units

    def check(self, builder, max_target_length):
        """Raises ValueError if an argument is out of range.

        Args:
            builder: str; name of the builder, for the message.
            max_target_length: int from 2 to 16,384; argument of the builder.
        """
        check_sizes(builder, units=self.units, embedding_dim=self.embedding_dim, attention_units=self.key_units)
        check_depth(builder, 2, decoder_layers=self.decoder_layers)
        check_range(builder, 2, MAX_LENGTH, max_target_length=max_target_length)
        check_fractions(builder, dropout=self.dropout)
        if self.attention not in ATTENTIONS:
            raise ValueError(
                f"{builder}: `attention` must be one of {', '.join(ATTENTIONS)}; received {self.attention!r}."
            )

    def check_memory(self, builder, features, vocabulary_size, encoder_parameters, **sizes):
        """Raises ValueError if the model needs more memory than is available.

        Args:
            builder: str; name of the builder, for the message.
            features: int; size of an output of the encoder.
            vocabulary_size: int; number of target subwords.
            encoder_parameters: int; estimate of the weights of the encoder.
            **sizes: further arguments of the builder that determine it.
        """
        units, memory = self.units, features + self.key_units
        count = encoder_parameters + vocabulary_size * (self.embedding_dim + 1)
        count += features * self.key_units + units * self.key_units  # keys and queries
        count += 2 * self.decoder_layers * features * units  # initial states
        count += recurrent_parameters(units, self.embedding_dim + units + memory, self.decoder_layers)
        count += (units + memory + self.embedding_dim) * self.embedding_dim  # projection of the outputs
        sizes |= {"units": units, "embedding_dim": self.embedding_dim, "decoder_layers": self.decoder_layers}
        check_model_size(builder, count, attention_units=self.key_units, **sizes)

    def build(self, source, values, mask, mean, vocabulary_size, init_range, embedding_name, context_gate=False):
        """Returns the models "encoder" and "decoder" of a `Seq2Seq` task.

            memory = [values ; W values],   initial state = tanh(V mean + b)   for every state of the decoder

        Args:
            source: Keras tensor; input of the encoder.
            values: (batch, positions, features) Keras tensor; its outputs.
            mask: (batch, positions) bool Keras tensor; false at padding.
            mean: (batch, features) Keras tensor; mean of the outputs.
            vocabulary_size: int; number of target subwords.
            init_range: positive float; range of the uniform initializer of the target embedding.
            embedding_name: str; name of the target embedding.
            context_gate: bool; see `attention_decoder`.

        Returns:
            Pair of `keras.Model`; see `rnn_templates.tasks.seq2seq.Seq2Seq` for their inputs and outputs.
        """
        memory = KeyValueMemory(self.key_units, name="memory")(values)
        cells = [make_cell(self.cell, self.units) for _ in range(self.decoder_layers)]
        states = [
            keras.layers.Dense(self.units, activation="tanh", name=f"initial_{name}")(mean)
            for name in state_names(cells)
        ]
        encoder = keras.Model(source, [memory, mask, *states], name="encoder")
        type_dropout = self.regularization.type_dropout
        decoder = attention_decoder(
            TiedEmbedding(
                vocabulary_size,
                self.embedding_dim,
                type_dropout=type_dropout,
                init_range=init_range,
                name=embedding_name,
            ),
            cells,
            memory.shape[-1],
            attention=self.attention,
            attention_units=self.key_units,
            context_gate=context_gate,
            attention_regularization=self.loss.attention_regularization,
            dropout=self.dropout,
            embedding_dropout=self.regularization.embedding_dropout,
            recurrent_dropout=self.regularization.recurrent_dropout,
        )
        return encoder, decoder


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


def decoder_space(hp, *, attentions, **sizes):
    """Returns builder arguments for one trial of a template with an attention decoder.

    Args:
        hp: `keras_tuner.HyperParameters`.
        attentions: values of `attention`.
        **sizes: `cells`, `units` and `embedding_dims` of `recurrent_space`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.encoder_decoder import decoder_space
        >>> sizes = {"cells": ["gru"], "units": [32], "embedding_dims": [32]}
        >>> decoder_space(keras_tuner.HyperParameters(), attentions=["additive"], **sizes)["attention"]
        'additive'
    """
    return {
        **recurrent_space(hp, **sizes, learning_rates=(3e-4, 3e-3)),
        "attention": hp.Choice("attention", attentions),
        "memory_dropout": hp.Float("memory_dropout", 0.0, 0.5, step=0.1),
        "label_smoothing": hp.Float("label_smoothing", 0.0, 0.2, step=0.05),
    }
