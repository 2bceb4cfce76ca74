"""Builder of the sentiment template: an RNN text classifier."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.data.kinds import check_kind
from rnn_templates.layers.masked_conv1d import MaskedConv1D
from rnn_templates.layers.pooling import AttentionPooling, MaxMeanPooling
from rnn_templates.layers.rnn.chunked import MAX_CHUNK_LENGTH, Chunked
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.text_preprocessor import TextPreprocessor
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.tasks.components import Adam, ClassifierRegularization
from rnn_templates.tasks.losses import ClassWeightedCrossentropy
from rnn_templates.tasks.macro_f1 import MacroF1
from rnn_templates.templates.sentiment.task import TextClassifier
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.templates.shared_search_space import recurrent_space
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import (
    check_depth,
    check_fractions,
    check_positive,
    check_range,
    check_sizes,
    validate_labels,
)

POOLINGS = ("attention", "max_mean", "last")
CONV_WIDTH = 3  # tokens of the convolution


def data_kwargs(splits, *, vocabulary_size: int = 20000, min_count: int = 2):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of labeled texts.
        vocabulary_size: positive int; maximum number of words of the vocabulary; the most frequent ones are kept.
        min_count: positive int; minimum number of occurrences of a word in the vocabulary.

    Returns:
        Dict with `vocabulary`, `labels` and `multi_label`.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.templates.sentiment.builder import data_kwargs
        >>> size = Path("mine.csv").write_text("text,label\\n" + "not bad,good\\nnot good,bad\\n" * 9)
        >>> data_kwargs(rt.load("mine.csv"))["labels"]
        ('bad', 'good')
    """
    check_kind("labeled_texts", splits)
    vocabulary = Vocabulary.from_texts(splits.train, vocabulary_size=vocabulary_size, min_count=min_count)
    return {"vocabulary": vocabulary, "labels": splits.labels, "multi_label": splits.multi_label}


@documented
def sentiment_model(
    vocabulary,
    labels,
    *,
    cell: str = "lstm",
    units: int = 64,
    num_layers: int = 1,
    bidirectional: bool = True,
    embedding_dim: int = 64,
    conv_filters: int = 0,
    pooling: str = "attention",
    chunk_length: int | None = None,
    max_tokens: int = 400,
    dropout: float = 0.3,
    regularization: ClassifierRegularization = ClassifierRegularization(embedding_dropout=0.2),
    multi_label=False,
    class_weights=None,
    pretrained_vectors=None,
    learning_rate: float = 1e-3,
    optimizer: Adam = Adam(),
):
    """Returns a compiled text classifier, for one label or several labels per text.

        tokens -> embedding (-> convolution) -> RNN -> pooling -> dense -> softmax (sigmoid if multi-label)

    Args:
        vocabulary: `rnn_templates.preprocessing.text.vocabulary.Vocabulary` of the training texts.
        labels: sequence of at least two different strings; names of the classes.
        {cell}
        {units}
        {num_layers}
        bidirectional: bool; whether the RNN runs in both directions.
        {embedding_dim}
        conv_filters: int; filters of a convolution over three tokens before the RNN; 0 for none.
        pooling: str; reduces the RNN outputs to one vector: "attention", "max_mean", or "last" (the final state).
        chunk_length: int from 1 to 16,384, or None; splits long texts into chunks of this many tokens, on which the RNN
            runs in parallel. Faster, and gradients pass fewer steps. Requires "attention" or "max_mean" pooling.
        max_tokens: positive int or None; longer texts keep their first and last halves of this many tokens.
        dropout: float in [0, 1); probability of dropping a feature of the pooled vector in training.
        regularization: `ClassifierRegularization`; other dropout probabilities, and adversarial training.
        multi_label: bool; whether a text can have any number of the labels.
        class_weights: None, or one positive weight per label; weight of its examples (multi-label: of its positives).
        {pretrained_vectors}
        {learning_rate}
        {optimizer} An epsilon of 1e-4 reduces the updates of rare words, and with them overfitting.

    Returns:
        `TextClassifier`: `fit`, `evaluate`, `predict` take raw texts.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Johnson and Zhang, arXiv:1602.02373 (chunks, pooling); Miyato et al., arXiv:1605.07725 (adversarial training).

    Example:
        >>> vocabulary = rt.Vocabulary.from_texts(["not bad", "not good"])
        >>> model = rt.sentiment_model(vocabulary, ["negative", "positive"], units=8)
        >>> model.predict(["not bad at all"]).shape
        (1, 2)
    """
    labels = _check_arguments(labels, pooling, chunk_length, class_weights)
    _check_sizes(len(vocabulary), units, num_layers, 1 + bool(bidirectional), embedding_dim, conv_filters)
    check_fractions("sentiment_model", dropout=dropout)

    # Embedding
    ids = keras.Input((None,), dtype="int32", name="ids")
    x = TokenEmbedding(
        len(vocabulary),
        embedding_dim,
        type_dropout=regularization.type_dropout,
        pretrained_vectors=pretrained_vectors,
        name="embedding",
    )(ids)
    x = keras.layers.SpatialDropout1D(regularization.embedding_dropout, name="embedding_dropout")(x)
    if conv_filters:
        x = MaskedConv1D(conv_filters, name="masked_conv")(x)

    # RNN and pooling
    cells = [make_cell(cell, units) for _ in range(num_layers)]
    x = _encode(x, cells, bidirectional, pooling, chunk_length, regularization.recurrent_dropout)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    logits = keras.layers.Dense(len(labels), name="logits")(x)

    # Task
    model = TextClassifier(
        keras.Model(ids, logits, name="network"),
        TextPreprocessor(vocabulary, max_tokens=max_tokens),
        labels,
        multi_label=multi_label,
        adversarial_epsilon=regularization.adversarial_epsilon,
        pad_to_multiple_of=chunk_length or 1,
        name="sentiment",
    )
    loss = ClassWeightedCrossentropy(multi_label=multi_label, class_weights=class_weights)
    model.compile(optimizer=optimizer.build(learning_rate), loss=loss, metrics=_metrics(multi_label, len(labels)))
    return model


def _encode(x, cells, bidirectional, pooling, chunk_length, recurrent_dropout):
    """One vector (batch, features) per text for embedded tokens (batch, time, embedding_dim)."""
    recurrent = Recurrent(
        cells,
        bidirectional=bidirectional,
        return_sequences=pooling != "last",
        recurrent_dropout=recurrent_dropout,
        name="recurrent",
    )
    x = (Chunked(recurrent, chunk_length, name="chunked") if chunk_length else recurrent)(x)
    if pooling == "attention":
        return AttentionPooling(name="attention")(x)
    return MaxMeanPooling(name="max_mean_pooling")(x) if pooling == "max_mean" else x


def _metrics(multi_label, num_labels):
    if multi_label:
        first = keras.metrics.AUC(multi_label=True, num_labels=num_labels, from_logits=True, name="auc")
    else:
        first = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    return [first, MacroF1(num_labels, multi_label)]


def _check_sizes(vocabulary_size, units, num_layers, directions, embedding_dim, conv_filters):
    """Raises ValueError if a size is out of range, or the model needs more memory than is available."""
    check_sizes("sentiment_model", units=units, embedding_dim=embedding_dim)
    check_sizes("sentiment_model", 0, conv_filters=conv_filters)
    check_depth("sentiment_model", num_layers=num_layers)
    count = vocabulary_size * embedding_dim + CONV_WIDTH * embedding_dim * conv_filters
    count += recurrent_parameters(units, conv_filters or embedding_dim, num_layers, directions)
    count += (directions * units) ** 2  # attention pooling
    sizes = {"units": units, "num_layers": num_layers, "embedding_dim": embedding_dim, "conv_filters": conv_filters}
    check_model_size("sentiment_model", count, **sizes)


def _check_arguments(labels, pooling, chunk_length, class_weights):
    """Returns the labels as a tuple; raises ValueError if an argument is out of range."""
    labels = validate_labels("sentiment_model", "labels", labels)
    if pooling not in POOLINGS:
        raise ValueError(f"sentiment_model: `pooling` must be one of {', '.join(POOLINGS)}; received {pooling!r}.")
    if chunk_length is not None:
        check_range("sentiment_model", 1, MAX_CHUNK_LENGTH, chunk_length=chunk_length)
    if chunk_length and pooling == "last":
        raise ValueError(
            "sentiment_model: `chunk_length` requires `pooling` 'attention' or 'max_mean', because chunks have no "
            "common final state; received 'last'."
        )
    if class_weights is not None and len(class_weights) != len(labels):
        raise ValueError(
            f"sentiment_model: `class_weights` must be {len(labels)} numbers, one per label; "
            f"received {len(class_weights)}."
        )
    for weight in () if class_weights is None else class_weights:
        check_positive("sentiment_model", class_weights=weight)
    return labels


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, by flat name.

    Args:
        hp: `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.sentiment.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["units"]
        32
    """
    sizes = {"cells": ["lstm", "gru"], "units": [32, 64, 128], "embedding_dims": [32, 64, 128]}
    return {
        **recurrent_space(hp, **sizes, learning_rates=(5e-4, 5e-3)),
        "pooling": hp.Choice("pooling", ["attention", "max_mean"]),
        "embedding_dropout": hp.Float("embedding_dropout", 0.0, 0.4, step=0.1),
    }
