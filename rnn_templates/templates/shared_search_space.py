"""Search space of the arguments that all recurrent templates have."""


def recurrent_space(hp, *, cells, units, embedding_dims, learning_rates, min_dropout=0.1):
    """Returns builder arguments for one trial, drawn from ranges: cell, units, embedding_dim, dropout, learning_rate.

    Args:
        hp: `keras_tuner.HyperParameters`.
        cells: names of cells.
        units, embedding_dims: sizes.
        learning_rates: pair of floats; range of the learning rate, sampled on a logarithmic scale.
        min_dropout: float in [0, 0.5); smallest dropout probability; the largest is 0.5.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.shared_search_space import recurrent_space
        >>> sizes = {"cells": ["gru"], "units": [32, 64], "embedding_dims": [32], "learning_rates": (5e-4, 5e-3)}
        >>> recurrent_space(keras_tuner.HyperParameters(), **sizes)["units"]
        32
    """
    return {
        "cell": hp.Choice("cell", cells),
        "units": hp.Choice("units", units),
        "embedding_dim": hp.Choice("embedding_dim", embedding_dims),
        "dropout": hp.Float("dropout", min_dropout, 0.5, step=0.1),
        "learning_rate": hp.Float("learning_rate", *learning_rates, sampling="log"),
    }
