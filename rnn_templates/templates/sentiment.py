"""Many to one: what a text feels, says or is about."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.adversarial import adversarial_step
from rnn_templates.cells import make_cell
from rnn_templates.layers.attention import AttentionPooling
from rnn_templates.layers.convolution import PhraseConvolution
from rnn_templates.layers.pooling import MaxMeanPooling
from rnn_templates.layers.recurrent import Recurrent
from rnn_templates.layers.regions import Regions
from rnn_templates.layers.word_embedding import WordEmbedding
from rnn_templates.losses import ClassWeightedCrossentropy
from rnn_templates.raw_model import RawModel
from rnn_templates.text.preprocessor import TextPreprocessor

DEFAULT_DATA = "reviews"


def sentiment_model(
    vocabulary,
    labels,
    *,
    cell: str = "lstm",
    units: int = 64,
    depth: int = 1,
    bidirectional: bool = True,
    embedding_dim: int = 64,
    convolution: int = 0,
    pooling: str = "attention",
    region: int | None = None,
    max_words: int = 400,
    dropout: float = 0.3,
    embedding_dropout: float = 0.2,
    word_dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
    adversarial: float = 0.0,
    multi_label=False,
    class_weights=None,
    vectors=None,
    learning_rate: float = 1e-3,
    clip_norm: float = 1.0,
):
    """Returns a compiled model that reads a text and gives the probability of each label.

        words -> embedding (-> convolution) -> recurrence -> pooling -> dense -> softmax (sigmoid if multi-label)

    Args:
        vocabulary: `rnn_templates.text.vocabulary.Vocabulary` of the training texts.
        labels: names of the classes, two or more different strings.
        cell: "lstm", "gru" or "vanilla", or a cell class of your own.
        units: size of the recurrent state, one direction.
        depth: recurrent layers on top of each other.
        bidirectional: whether to read from both ends.
        embedding_dim: size of a word vector.
        convolution: filters of a convolution over three neighbouring words in front of the recurrence; 0 for none.
        pooling: how the outputs of all words become one vector: "attention", "max_mean", or "last" (the final state).
        region: words in a region, or None. Long texts are cut into regions read side by side: faster, and with shorter
            paths for the gradient. Goes with "attention" and "max_mean".
        max_words: longer texts keep their first and last halves of this many words.
        dropout: fraction of the pooled vector dropped in training, in [0, 1).
        embedding_dropout: fraction of embedding features dropped, the same ones at every word, in [0, 1).
        word_dropout: fraction of the vocabulary hidden from a batch, in [0, 1).
        recurrent_dropout: fraction of the state dropped on its way to the next step, in [0, 1).
        adversarial: size of the worst-case change of the word vectors against which the model is trained too, relative
            to their own size; 0 is off, 0.02 is a start. Doubles the time of training.
        multi_label: whether a text may bear any number of the labels.
        class_weights: None, or one positive weight a label: how much its examples (multi-label: its presence) count.
        vectors: None, or (len(vocabulary), embedding_dim) floats to start from, see `load_word_vectors`.
        learning_rate: of Adam.
        clip_norm: largest norm of the gradient of all weights together.

    Returns:
        `SentimentModel`: `fit`, `evaluate`, `predict` take raw texts.

    Raises:
        ValueError: naming the argument that does not fit.

    Source:
        Johnson and Zhang, arXiv:1602.02373 (regions, pooling); Miyato et al., arXiv:1605.07725 (adversarial training).

    Example:
        >>> vocabulary = Vocabulary.build(["not bad", "not good"])
        >>> model = sentiment_model(vocabulary, ["negative", "positive"], units=8)
        >>> model.predict(["not bad at all"]).shape
        (1, 2)
    """
    labels = _checked_labels(labels)
    if pooling not in ("attention", "max_mean", "last"):
        raise ValueError(f"sentiment_model: `pooling` is 'attention', 'max_mean' or 'last', not {pooling!r}.")
    if region and pooling == "last":
        raise ValueError(
            "sentiment_model: `region` needs `pooling='attention'` or 'max_mean': regions have no last state."
        )
    if class_weights is not None and len(class_weights) != len(labels):
        raise ValueError(f"sentiment_model: {len(class_weights)} `class_weights` for {len(labels)} labels.")

    ids = keras.Input((None,), dtype="int32", name="ids")
    x = WordEmbedding(len(vocabulary), embedding_dim, word_dropout=word_dropout, vectors=vectors, name="embedding")(ids)
    x = keras.layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    if convolution:
        x = PhraseConvolution(convolution, name="convolution")(x)
    recurrent = Recurrent(
        [make_cell(cell, units) for _ in range(depth)],
        bidirectional=bidirectional,
        return_sequences=pooling != "last",
        recurrent_dropout=recurrent_dropout,
        name="recurrent",
    )
    x = (Regions(recurrent, region, name="regions") if region else recurrent)(x)
    if pooling == "attention":
        x = AttentionPooling(name="attention")(x)
    elif pooling == "max_mean":
        x = MaxMeanPooling(name="max_mean")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    logits = keras.layers.Dense(len(labels), name="logits")(x)

    model = SentimentModel(
        keras.Model(ids, logits, name="network"),
        TextPreprocessor(vocabulary, max_words=max_words),
        labels,
        multi_label=multi_label,
        adversarial=adversarial,
        length_multiple=region or 1,
        name="sentiment",
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate, global_clipnorm=clip_norm),
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


@keras.saving.register_keras_serializable(package="rnn_templates")
class SentimentModel(RawModel):
    """Raw texts in, probabilities of labels out; made by `sentiment_model`.

    Args:
        network, preprocessor, length_multiple: see `RawModel`.
        labels: tuple of the names of the classes.
        multi_label: whether each label is decided by itself.
        thresholds: None for 0.5, or one probability a label, from which on a multi-label text bears it.
        adversarial: see `sentiment_model`.
    """

    def __init__(self, network, preprocessor, labels, *, multi_label=False, thresholds=None, adversarial=0.0, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        self.labels = tuple(labels)
        self.multi_label = multi_label
        self.thresholds = thresholds
        self.adversarial = adversarial

    def activate(self, logits):
        """Returns the probabilities (..., labels) for logits of that shape."""
        return tf.sigmoid(logits) if self.multi_label else tf.nn.softmax(logits)

    def predict_step(self, data):
        ids, *_ = keras.utils.unpack_x_y_sample_weight(data)
        return self.activate(self(ids, training=False))

    def predict(self, x, batch_size=256, verbose=0, return_labels=False, **kwargs):
        """Returns the probability of each label for raw texts.

        Args:
            x: a list of texts, an array, or a raw dataset.
            return_labels: whether to name the answer too.

        Returns:
            (texts, labels) float32; with `return_labels` a list with one dict a text: `label` and `probability`
            (multi-label: `labels`, a list), and `probabilities`, a dict over all labels.

        Example:
            >>> model.predict(["not bad at all"], return_labels=True)[0]["label"]
            'positive'
        """
        probabilities = super().predict(x, batch_size=batch_size, verbose=verbose, **kwargs)
        return [self.decode(row) for row in probabilities] if return_labels else probabilities

    def serve(self, texts):
        """What the SavedModel answers: strings (texts,) to named tensors."""
        probabilities = self.activate(self.network(self.preprocessor(texts), training=False))
        names = tf.constant(self.labels)
        if self.multi_label:
            thresholds = tf.constant(self.thresholds or [0.5] * len(self.labels))
            return {"chosen": probabilities >= thresholds, "probabilities": probabilities, "labels": names}
        label = tf.gather(names, tf.argmax(probabilities, axis=-1))
        best = tf.reduce_max(probabilities, axis=-1)
        return {"label": label, "probability": best, "probabilities": probabilities, "labels": names}

    def serve_ids(self, ids):
        """What the LiteRT file answers: one row of ids (1, max_words) int32 to probabilities (1, labels)."""
        return {"probabilities": self.activate(self.network(ids, training=False))}

    @property
    def device_input(self):
        """Shape and type of the one input of the LiteRT file; lengths are fixed there."""
        words = self.preprocessor.max_words
        if words is None:
            raise ValueError("A LiteRT file has a fixed length: build the model with `max_words`.")
        return tf.TensorSpec((1, words), tf.int32, name="ids")

    def decode(self, probabilities):
        """Returns the answer in words for one text's probabilities (labels,)."""
        named = {label: float(p) for label, p in zip(self.labels, probabilities, strict=True)}
        if self.multi_label:
            thresholds = self.thresholds or [0.5] * len(self.labels)
            chosen = [label for (label, p), least in zip(named.items(), thresholds, strict=True) if p >= least]
            return {"labels": chosen, "probabilities": named}
        best = int(np.argmax(probabilities))
        return {"label": self.labels[best], "probability": float(probabilities[best]), "probabilities": named}

    def encode_targets(self, targets):
        """Returns int64 class numbers (texts,), or multi-hot float32 (texts, labels), for numbers or names of labels.

        Raises:
            ValueError: if a target is not one of the labels, naming the first.
        """
        number = {label: index for index, label in enumerate(self.labels)}
        if self.multi_label:
            return self._multi_hot(targets, number)
        targets = np.asarray(targets)
        if targets.ndim == 2 and targets.shape[1] == 1:
            targets = targets[:, 0]
        if targets.ndim != 1:
            raise ValueError(
                f"Targets have shape {targets.shape}; wanted one label a text. Several labels: multi_label=True."
            )
        if targets.dtype.kind in "OUS":
            targets = [target.decode() if isinstance(target, bytes) else target for target in targets]
            wrong = next((i for i, target in enumerate(targets) if target not in number), None)
            if wrong is None:
                return np.array([number[target] for target in targets], np.int64)
        else:
            outside = (targets < 0) | (targets >= len(self.labels)) | (targets != np.floor(targets))
            wrong = int(np.argmax(outside)) if outside.any() else None
            if wrong is None:
                return targets.astype(np.int64)
        value = targets[wrong].item() if hasattr(targets[wrong], "item") else targets[wrong]
        raise ValueError(f"Target {wrong} is {value!r}; the labels are {_listing(self.labels)}.")

    def _multi_hot(self, targets, number):
        targets = np.asarray(targets)
        if targets.dtype.kind in "OUS" or targets.ndim != 2 or targets.shape[1] != len(self.labels):
            raise ValueError(
                f"Multi-label targets are rows of {len(self.labels)} zeros and ones, in the order of the labels; "
                f"got {targets.dtype} of shape {targets.shape}."
            )
        wrong = ~np.isin(targets, (0, 1)).all(axis=1)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"Target {row} is {targets[row]}: a multi-label target holds zeros and ones only.")
        return targets.astype(np.float32)

    def train_step(self, data):
        if not self.adversarial:
            return super().train_step(data)
        return adversarial_step(self, self.network.get_layer("embedding"), data, self.adversarial)

    def get_config(self):
        return {
            **super().get_config(),
            "labels": list(self.labels),
            "multi_label": self.multi_label,
            "thresholds": self.thresholds,
            "adversarial": self.adversarial,
        }


def _checked_labels(labels):
    labels = tuple(str(label) for label in labels)
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise ValueError(f"sentiment_model: `labels` needs two or more different names, got {_listing(labels)}.")
    return labels


def _listing(labels):
    return ", ".join(map(repr, labels[:30])) + (", ..." if len(labels) > 30 else "")
