"""Builder of the tagging template: a BiLSTM-CNN-CRF sequence tagger."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.data.kinds import check_kind
from rnn_templates.layers.char_encoder import CharEncoder
from rnn_templates.layers.crf import LinearChainCRF
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.tag_schemes import scheme_from_labels, transition_constraints
from rnn_templates.preprocessing.text.token_preprocessor import TokenPreprocessor
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.tasks.components import Adam
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.templates.shared_search_space import recurrent_space
from rnn_templates.templates.tagging.task import Tagger
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import check_depth, check_fractions, check_ints, check_sizes, validate_labels

CHAR_ENCODERS = ("cnn", "rnn", "none")


def data_kwargs(splits, *, vocabulary_size: int = 20000, min_count: int = 2):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of tagged sentences.
        vocabulary_size: positive int; maximum number of words of the vocabulary; the most frequent ones are kept.
        min_count: positive int; minimum number of occurrences of a word in the vocabulary.

    Returns:
        Dict with `vocabulary` and `tags`.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.templates.tagging.builder import data_kwargs
        >>> size = Path("mine.conll").write_text("Ann B-NAME\\nleft O\\n\\n" * 9)
        >>> data_kwargs(rt.load("mine.conll"))["tags"]
        ('O', 'B-NAME')
    """
    check_kind("tagged_sentences", splits)
    vocabulary = Vocabulary.from_tokens(splits.train, vocabulary_size=vocabulary_size, min_count=min_count)
    return {"vocabulary": vocabulary, "tags": splits.labels}


@documented
def tagging_model(
    vocabulary,
    tags,
    *,
    cell: str = "lstm",
    units: int = 128,
    num_layers: int = 1,
    embedding_dim: int = 64,
    char_encoder: str = "cnn",
    char_units: int = 96,
    crf: bool | None = None,
    max_word_bytes: int = 24,
    max_tokens: int = 128,
    dropout: float = 0.3,
    unk_dropout: float = 0.1,
    recurrent_dropout: float = 0.0,
    label_smoothing: float = 0.0,
    pretrained_vectors=None,
    learning_rate: float = 2e-3,
    optimizer: Adam = Adam(beta_2=0.99, clip_norm=2.0),
):
    """Returns a compiled sequence tagger.

        word ids -> embedding ------\\
                                     -> bidirectional RNN -> dense -> CRF (or softmax)
        byte ids -> char encoder ---/

    Args:
        vocabulary: `rnn_templates.preprocessing.text.vocabulary.Vocabulary` of the lower-cased training words.
        tags: sequence of at least two different strings; plain tags such as parts of speech, or "O", "B-X", "I-X"
            (BIO), and also "E-X", "S-X" (BIOES), for spans of type X.
        {cell}
        {units}
        {num_layers}
        {embedding_dim}
        char_encoder: str; architecture of the character-level encoder of a word: "cnn", "rnn", or "none".
        char_units: positive int; size of the character-level vector of a word.
        crf: bool or None; whether a CRF decodes the tags of a sentence jointly, so that they never violate the scheme;
            None for a CRF if the tags encode spans and there is no label smoothing.
        max_word_bytes: positive int; longer words keep their first and last halves of this many bytes.
        max_tokens: positive int; tokens of a sentence in the LiteRT model; unlimited elsewhere.
        dropout: float in [0, 1); probability of dropping a feature of the inputs and outputs of each RNN layer in
            training.
        unk_dropout: float in [0, 1); probability of replacing a word id with the id of unknown words in training; its
            bytes stay.
        {recurrent_dropout}
        {label_smoothing} Not with `crf=True`.
        {pretrained_vectors}
        {learning_rate}
        {optimizer}

    Returns:
        `Tagger`: `fit`, `evaluate` and `predict` take texts or lists of tokens.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Ma and Hovy, End-to-end sequence labeling via bi-directional LSTM-CNNs-CRF, arXiv:1603.01354;
        Lample et al., Neural architectures for named entity recognition, arXiv:1603.01360.

    Example:
        >>> vocabulary = rt.Vocabulary.from_texts(["Ann is in Oslo"])
        >>> model = rt.tagging_model(vocabulary, ["O", "B-CITY", "I-CITY"], units=8)
        >>> model.predict([["Ann", "is", "in", "Oslo"]])[0].shape
        (4,)
    """
    tags, crf = _check_arguments(tags, char_encoder, crf, label_smoothing)
    _check_sizes(len(vocabulary), units, num_layers, embedding_dim, char_units)
    check_ints("tagging_model", max_tokens=max_tokens)

    # Word representation
    word_ids = keras.Input((None,), dtype="int32", name="word_ids")
    byte_ids = keras.Input((None, None), dtype="int32", name="byte_ids")
    x = TokenEmbedding(
        len(vocabulary), embedding_dim, unk_dropout=unk_dropout, pretrained_vectors=pretrained_vectors, name="embedding"
    )(word_ids)
    if char_encoder != "none":
        char_vectors = CharEncoder(char_encoder, char_units, cell=cell, name="char_encoder")(byte_ids)
        x = keras.layers.Concatenate(name="token_concat")([x, char_vectors])

    # RNN and CRF
    x = Recurrent(
        [make_cell(cell, units) for _ in range(num_layers)],
        bidirectional=True,
        return_sequences=True,
        dropout=dropout,
        recurrent_dropout=recurrent_dropout,
        name="recurrent",
    )(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    scores = keras.layers.Dense(len(tags), name="scores")(x)
    if crf:
        scores = _crf(tags)(scores)

    # Task
    model = Tagger(
        keras.Model({"word_ids": word_ids, "byte_ids": byte_ids}, scores, name="network"),
        TokenPreprocessor(vocabulary, max_word_bytes=max_word_bytes),
        tags,
        max_tokens=max_tokens,
        label_smoothing=label_smoothing,
        name="tagging",
    )
    model.compile(optimizer=optimizer.build(learning_rate))
    return model


def _check_sizes(vocabulary_size, units, num_layers, embedding_dim, char_units):
    """Raises ValueError if a size is out of range, or the model needs more memory than is available."""
    sizes = {"units": units, "embedding_dim": embedding_dim, "char_units": char_units}
    check_sizes("tagging_model", **sizes)
    check_depth("tagging_model", num_layers=num_layers)
    count = vocabulary_size * embedding_dim + recurrent_parameters(char_units, char_units)
    count += recurrent_parameters(units, embedding_dim + char_units, num_layers, 2)
    check_model_size("tagging_model", count, **sizes, num_layers=num_layers)


def _check_arguments(tags, char_encoder, crf, label_smoothing):
    """Returns the tags as a tuple, and whether there is a CRF; raises ValueError if an argument is out of range."""
    tags = validate_labels("tagging_model", "tags", tags)
    if char_encoder not in CHAR_ENCODERS:
        raise ValueError(
            f"tagging_model: `char_encoder` must be one of {', '.join(CHAR_ENCODERS)}; received {char_encoder!r}."
        )
    check_fractions("tagging_model", label_smoothing=label_smoothing)
    if crf and label_smoothing:
        raise ValueError(f"tagging_model: `label_smoothing` must be 0 with `crf=True`; received {label_smoothing!r}.")
    return tags, bool(scheme_from_labels(tags)) and not label_smoothing if crf is None else crf


def _crf(tags):
    """CRF layer that allows only the transitions of the tag scheme, if there is one."""
    if not scheme_from_labels(tags):
        return LinearChainCRF(len(tags), name="crf")
    transitions, starts, ends = transition_constraints(tags)
    return LinearChainCRF(
        len(tags), allowed_transitions=transitions, allowed_starts=starts, allowed_ends=ends, name="crf"
    )


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, by flat name.

    Args:
        hp: `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.tagging.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["units"]
        64
    """
    sizes = {"cells": ["lstm", "gru"], "units": [64, 128, 192], "embedding_dims": [32, 64, 128]}
    return {
        "num_layers": hp.Choice("num_layers", [1, 2]),
        "char_encoder": hp.Choice("char_encoder", ["cnn", "rnn"]),
        "unk_dropout": hp.Float("unk_dropout", 0.0, 0.3, step=0.1),
        **recurrent_space(hp, **sizes, min_dropout=0.2, learning_rates=(5e-4, 5e-3)),
    }
