"""Many to one: what a text feels, says or is about."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.layers.masked_conv1d import MaskedConv1D
from rnn_templates.layers.pooling import AttentionPooling, MaxMeanPooling
from rnn_templates.layers.rnn.chunked import Chunked
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.text_preprocessor import TextPreprocessor
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.tasks.losses import ClassWeightedCrossentropy
from rnn_templates.templates.sentiment.task import TextClassifier
from rnn_templates.utils.validation import validate_labels


def data_kwargs(splits, *, vocabulary_size: int = 20000, min_count: int = 2):
    """Returns the arguments of the builder that the data dictates, a dict.

    Args:
        splits: `rnn_templates.data.splits.Splits` of labeled texts.
        vocabulary_size: most frequent words to keep.
        min_count: rarer words are unknown.
    """
    vocabulary = Vocabulary.from_texts(splits.train, vocabulary_size=vocabulary_size, min_count=min_count)
    return {"vocabulary": vocabulary, "labels": splits.labels, "multi_label": splits.multi_label}


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
    embedding_dropout: float = 0.2,
    type_dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
    adversarial_epsilon: float = 0.0,
    multi_label=False,
    class_weights=None,
    pretrained_vectors=None,
    learning_rate: float = 1e-3,
    epsilon: float = 1e-7,
    clip_norm: float = 1.0,
):
    """Returns a compiled model that reads a text and gives the probability of each label.

        words -> embedding (-> convolution) -> recurrence -> pooling -> dense -> softmax (sigmoid if multi-label)

    Args:
        vocabulary: `rnn_templates.preprocessing.text.vocabulary.Vocabulary` of the training texts.
        labels: names of the classes, two or more different strings.
        cell: a name in `rnn_templates.cells.CELLS`, such as "lstm", "gru" or "mingru", or a cell class of your own.
        units: size of the recurrent state, one direction.
        num_layers: recurrent layers on top of each other.
        bidirectional: whether to read from both ends.
        embedding_dim: size of a word vector.
        conv_filters: filters of a convolution over three neighbouring words in front of the recurrence; 0 for none.
        pooling: how the outputs of all words become one vector: "attention", "max_mean", or "last" (the final state).
        chunk_length: words in a region, or None. Long texts are cut into regions read side by side: faster, and with shorter
            paths for the gradient. Goes with "attention" and "max_mean".
        max_tokens: longer texts keep their first and last halves of this many words.
        dropout: fraction of the pooled vector dropped in training, in [0, 1).
        embedding_dropout: fraction of embedding features dropped, the same ones at every word, in [0, 1).
        type_dropout: fraction of the vocabulary hidden from a batch, in [0, 1).
        recurrent_dropout: fraction of the state dropped on its way to the next step, in [0, 1).
        adversarial_epsilon: size of the worst-case change of the word vectors against which the model is trained too, relative
            to their own size; 0 is off, 0.02 is a start. Doubles the time of training.
        multi_label: whether a text may bear any number of the labels.
        class_weights: None, or one positive weight a label: how much its examples (multi-label: its presence) count.
        pretrained_vectors: None, or (len(vocabulary), embedding_dim) floats to start from, see `load_pretrained_vectors`.
        learning_rate: of Adam.
        epsilon: of Adam. With 1e-4 a word that is seen a few times moves little, instead of as far as a frequent one:
            less is learned by heart.
        clip_norm: largest norm of the gradient of all weights together.

    Returns:
        `TextClassifier`: `fit`, `evaluate`, `predict` take raw texts.

    Raises:
        ValueError: naming the argument that does not fit.

    Source:
        Johnson and Zhang, arXiv:1602.02373 (regions, pooling); Miyato et al., arXiv:1605.07725 (adversarial training).

    Example:
        >>> vocabulary = Vocabulary.from_texts(["not bad", "not good"])
        >>> model = sentiment_model(vocabulary, ["negative", "positive"], units=8)
        >>> model.predict(["not bad at all"]).shape
        (1, 2)
    """
    labels = validate_labels("sentiment_model", "labels", labels)
    if pooling not in ("attention", "max_mean", "last"):
        raise ValueError(f"sentiment_model: `pooling` is 'attention', 'max_mean' or 'last', not {pooling!r}.")
    if chunk_length and pooling == "last":
        raise ValueError(
            "sentiment_model: `chunk_length` needs `pooling='attention'` or 'max_mean': regions have no last state."
        )
    if class_weights is not None and len(class_weights) != len(labels):
        raise ValueError(f"sentiment_model: {len(class_weights)} `class_weights` for {len(labels)} labels.")

    ids = keras.Input((None,), dtype="int32", name="ids")
    x = TokenEmbedding(
        len(vocabulary), embedding_dim, type_dropout=type_dropout, pretrained_vectors=pretrained_vectors, name="embedding"
    )(ids)
    x = keras.layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    if conv_filters:
        x = MaskedConv1D(conv_filters, name="masked_conv")(x)
    recurrent = Recurrent(
        [make_cell(cell, units) for _ in range(num_layers)],
        bidirectional=bidirectional,
        return_sequences=pooling != "last",
        recurrent_dropout=recurrent_dropout,
        name="recurrent",
    )
    x = (Chunked(recurrent, chunk_length, name="chunked") if chunk_length else recurrent)(x)
    if pooling == "attention":
        x = AttentionPooling(name="attention")(x)
    elif pooling == "max_mean":
        x = MaxMeanPooling(name="max_mean_pooling")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    logits = keras.layers.Dense(len(labels), name="logits")(x)

    model = TextClassifier(
        keras.Model(ids, logits, name="network"),
        TextPreprocessor(vocabulary, max_tokens=max_tokens),
        labels,
        multi_label=multi_label,
        adversarial_epsilon=adversarial_epsilon,
        pad_to_multiple_of=chunk_length or 1,
        name="sentiment",
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate, epsilon=epsilon, global_clipnorm=clip_norm),
        loss=ClassWeightedCrossentropy(multi_label=multi_label, class_weights=class_weights),
        metrics=[keras.metrics.AUC(multi_label=True, num_labels=len(labels), from_logits=True, name="auc")]
        if multi_label
        else [keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def search_space(hp):
    """Returns the builder's keyword arguments for one trial of keras-tuner, drawn from `hp`.

    Example:
        >>> sentiment_model(vocabulary, labels, **search_space(keras_tuner.HyperParameters()))
    """
    return {
        "cell": hp.Choice("cell", ["lstm", "gru"]),
        "units": hp.Choice("units", [32, 64, 128]),
        "embedding_dim": hp.Choice("embedding_dim", [32, 64, 128]),
        "pooling": hp.Choice("pooling", ["attention", "max_mean"]),
        "dropout": hp.Float("dropout", 0.1, 0.5, step=0.1),
        "embedding_dropout": hp.Float("embedding_dropout", 0.0, 0.4, step=0.1),
        "learning_rate": hp.Float("learning_rate", 5e-4, 5e-3, sampling="log"),
    }
