"""Builder of the toy template."""

import keras

import rnn_templates as rt
from rnn_templates.cells import make_cell
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import check_ints, check_sizes, validate_labels
from toy_template.task import ToyClassifier


def data_kwargs(splits, *, vocabulary_size: int = 1000):
    """Returns the builder arguments that the data determines, a dict.

    Args:
        splits: `Splits` of labeled texts.
        vocabulary_size: maximum number of words.
    """
    vocabulary = rt.Vocabulary.from_texts(splits.train, vocabulary_size=vocabulary_size)
    return {"vocabulary": vocabulary, "labels": splits.labels}


def toy_model(vocabulary, labels, *, cell: str = "vanilla", units: int = 8, max_tokens: int = 16):
    """Returns a compiled text classifier: embedding, one recurrent layer, dense.

    Args:
        vocabulary: `Vocabulary` of the training texts.
        labels: names of the classes.
        cell: name of a cell.
        units: size of the embedding and of the recurrent state.
        max_tokens: maximum number of words of a text.
    """
    labels = validate_labels("toy_model", "labels", labels)
    check_sizes("toy_model", units=units)
    check_ints("toy_model", max_tokens=max_tokens)
    check_model_size("toy_model", len(vocabulary) * units + recurrent_parameters(units, units), units=units)
    ids = keras.Input((None,), dtype="int32", name="ids")
    x = keras.layers.Embedding(len(vocabulary), units, mask_zero=True)(ids)
    x = rt.Recurrent(make_cell(cell, units), name="recurrent")(x)
    network = keras.Model(ids, keras.layers.Dense(len(labels), name="logits")(x), name="network")
    model = ToyClassifier(network, rt.TextPreprocessor(vocabulary, max_tokens=max_tokens), labels, name="toy")
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def search_space(hp):
    """Returns builder arguments of one trial of keras-tuner."""
    return {"units": hp.Choice("units", [4, 8])}
