"""Many to many, delayed: a text is read as a whole, and answered word by word."""

import keras
from keras import ops

from rnn_templates.cells import make_cell
from rnn_templates.layers.attention_decoder import attention_decoder, state_names
from rnn_templates.layers.cross_attention import KeyValueMemory
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.tied_embedding import TiedEmbedding
from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.translation.task import Translator
from rnn_templates.utils.validation import check_fractions, check_ints


def data_kwargs(splits, *, source_vocabulary_size: int = 4000, target_vocabulary_size: int = 4000):
    """Returns the arguments of the builder that the data dictates, a dict.

    Args:
        splits: `rnn_templates.data.splits.Splits` of pairs.
        source_vocabulary_size: most subwords of the source language, the 259 special ones and bytes included.
        target_vocabulary_size: most subwords of the target language, likewise.

    Raises:
        ValueError: if the splits hold no pairs of texts.
    """
    if [getattr(part, "shape", None) for part in splits.train.element_spec] != [(), ()]:
        raise ValueError(f"{splits.name} holds {splits.train.element_spec}; wanted pairs of texts.")
    return {
        "source_vocabulary": SubwordVocabulary.from_texts(
            splits.train.map(lambda source, _: source), vocabulary_size=source_vocabulary_size
        ),
        "target_vocabulary": SubwordVocabulary.from_texts(
            splits.train.map(lambda _, target: target), vocabulary_size=target_vocabulary_size
        ),
    }


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
    embedding_dropout: float = 0.3,
    memory_dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    type_dropout: float = 0.1,
    label_smoothing: float = 0.1,
    r_drop: float = 0.0,
    scheduled_sampling: float = 0.0,
    decoder_input_noise: float = 0.0,
    max_source_length: int = 64,
    max_target_length: int = 64,
    beam_width: int = 5,
    length_penalty: float = 1.0,
    learning_rate: float = 1e-3,
    beta_2: float = 0.999,
    clip_norm: float = 1.0,
):
    """Returns a compiled model that reads a text in one language, and writes it in another.

        source -> embedding -> bidirectional recurrence -> memory
                                                             |
        words so far -> embedding -> recurrence -> attention -> recurrence -> dense -> tied embedding

    The first recurrence of the decoder knows what was said, attention finds what comes next in the source, the others
    put both together. Attention stands between recurrences and never feeds back into the first, so that training reads
    all steps at once; see docs/decisions/0006-translation.md. The same model summarizes, if its pairs do.

    Args:
        source_vocabulary, target_vocabulary: `rnn_templates.preprocessing.text.subword_vocabulary.SubwordVocabulary` of the training texts.
        cell: a name in `rnn_templates.cells.CELLS`, such as "lstm", "gru" or "mingru", or a cell class of your own.
        units: size of the recurrent states, in the encoder one direction.
        num_layers: bidirectional layers of the encoder.
        decoder_layers: recurrent layers of the decoder, two or more: one before attention, the others behind it.
        embedding_dim: size of a subword's vector.
        embedding_init_range: subwords' vectors start with numbers between minus and plus this; None for
            (3 / embedding_dim) ** 0.5, vectors of length one. With much smaller ones little data may teach nothing.
        attention: how well a place of the source fits is scored, "additive" or "scaled_dot".
        attention_units: size of a key, or None for `units`.
        dropout: fraction of the features between the decoder's layers dropped in training, in [0, 1).
        embedding_dropout: fraction of the features of subwords dropped, in [0, 1).
        memory_dropout: fraction of the encoder's outputs dropped, in [0, 1).
        recurrent_dropout: fraction of the states dropped on their way to the next step, in [0, 1).
        type_dropout: fraction of both vocabularies hidden from a batch, in [0, 1).
        label_smoothing: share of the truth that is spread over all subwords, in [0, 1).
        r_drop: weight of the divergence between two readings of a batch under different dropout; 0 is off, 1 to 5
            make a model on small data better. Doubles the time of training.
        scheduled_sampling: share of the words so far that are the model's own in training, in [0, 1).
        decoder_input_noise: share of them that are those of another text at the same place, in [0, 1): then the model cannot
            guess the next word from the last ones alone, and learns to look.
        max_source_length: longer texts are translated in parts of at most this many subwords.
        max_target_length: most subwords of an answer.
        beam_width: hypotheses that the search keeps.
        length_penalty: power of the length by which the score of a hypothesis is divided.
        learning_rate: of Adam.
        beta_2: of Adam.
        clip_norm: largest norm of the gradient of all weights together.

    Returns:
        `Translator`: `fit`, `evaluate`, `generate` and `predict` take raw texts.

    Raises:
        ValueError: naming the argument that does not fit.

    Source:
        Bahdanau et al., arXiv:1409.0473 (attention); Cho et al., arXiv:1406.1078 (encoder and decoder); Press and Wolf,
        arXiv:1608.05859 (tied embeddings); Liang et al., R-Drop, arXiv:2106.14448 (r_drop); Bengio et al.,
        arXiv:1506.03099 (scheduled sampling).

    Example:
        >>> english, german = SubwordVocabulary.from_texts(["good morning"]), SubwordVocabulary.build(["guten Morgen"])
        >>> model = translation_model(english, german, units=8, embedding_dim=8)
        >>> model.generate(["good morning"], search="greedy")
    """
    key_units = units if attention_units is None else attention_units
    sizes = {"units": units, "num_layers": num_layers, "embedding_dim": embedding_dim, "attention_units": key_units}
    check_ints("translation_model", **sizes, beam_width=beam_width)
    # One place of a text is that of its end.
    check_ints(
        "translation_model",
        2,
        decoder_layers=decoder_layers,
        max_source_length=max_source_length,
        max_target_length=max_target_length,
    )
    if embedding_init_range is not None and embedding_init_range <= 0:
        raise ValueError(f"translation_model: `embedding_init_range` must be positive, got {embedding_init_range!r}.")
    check_fractions(
        "translation_model",
        dropout=dropout,
        embedding_dropout=embedding_dropout,
        memory_dropout=memory_dropout,
        recurrent_dropout=recurrent_dropout,
        type_dropout=type_dropout,
    )

    source = keras.Input((None,), dtype="int32", name="source")
    embedding_options = {"type_dropout": type_dropout, "init_range": embedding_init_range or (3 / embedding_dim) ** 0.5}
    x = TokenEmbedding(len(source_vocabulary), embedding_dim, **embedding_options, name="source_embedding")(source)
    x = keras.layers.Dropout(embedding_dropout, name="embedding_dropout")(x)
    values = Recurrent(
        [make_cell(cell, units) for _ in range(num_layers)],
        bidirectional=True,
        return_sequences=True,
        dropout=dropout if num_layers > 1 else 0.0,
        recurrent_dropout=recurrent_dropout,
        name="recurrent",
    )(x)
    mean = keras.layers.GlobalAveragePooling1D(name="mean_pooling")(values)
    values = keras.layers.Dropout(memory_dropout, name="memory_dropout")(values)
    memory = KeyValueMemory(key_units, name="memory")(values)
    cells = [make_cell(cell, units) for _ in range(decoder_layers)]
    states = [keras.layers.Dense(units, activation="tanh", name=f"initial_{name}")(mean) for name in state_names(cells)]
    encoder = keras.Model(source, [memory, ops.not_equal(source, 0), *states], name="encoder")

    decoder = attention_decoder(
        TiedEmbedding(len(target_vocabulary), embedding_dim, **embedding_options, name="target_embedding"),
        cells,
        memory.shape[-1],
        attention=attention,
        attention_units=key_units,
        dropout=dropout,
        embedding_dropout=embedding_dropout,
        recurrent_dropout=recurrent_dropout,
    )
    target = keras.Input((None,), dtype="int32", name="target")
    logits, *_ = decoder([target, *encoder(source)])
    model = Translator(
        keras.Model({"source": source, "target": target}, logits, name="network"),
        SubwordPreprocessor(source_vocabulary, max_length=max_source_length),
        SubwordPreprocessor(target_vocabulary, max_length=max_target_length),
        label_smoothing=label_smoothing,
        r_drop=r_drop,
        scheduled_sampling=scheduled_sampling,
        decoder_input_noise=decoder_input_noise,
        beam_width=beam_width,
        length_penalty=length_penalty,
        name="translation",
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate, beta_2=beta_2, global_clipnorm=clip_norm))
    return model


def search_space(hp):
    """Returns the builder's keyword arguments for one trial of keras-tuner, drawn from `hp`.

    Example:
        >>> translation_model(sources, targets, **search_space(keras_tuner.HyperParameters()))
    """
    return {
        "cell": hp.Choice("cell", ["gru", "lstm"]),
        "units": hp.Choice("units", [128, 192, 256]),
        "embedding_dim": hp.Choice("embedding_dim", [128, 192, 256]),
        "attention": hp.Choice("attention", ["additive", "scaled_dot"]),
        "dropout": hp.Float("dropout", 0.1, 0.5, step=0.1),
        "memory_dropout": hp.Float("memory_dropout", 0.0, 0.5, step=0.1),
        "type_dropout": hp.Float("type_dropout", 0.0, 0.2, step=0.05),
        "label_smoothing": hp.Float("label_smoothing", 0.0, 0.2, step=0.05),
        "learning_rate": hp.Float("learning_rate", 3e-4, 3e-3, sampling="log"),
    }
