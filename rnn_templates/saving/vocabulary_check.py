"""Checks that a loaded model has the vocabulary and the labels that it was trained with."""

import keras

from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.vocabulary_assets import VocabularyAssets


def check_vocabularies(model, file):
    """Raises ValueError if a vocabulary of a loaded model is missing, or is not the one that was saved.

    Args:
        model: `rnn_templates.tasks.task.Task`.
        file: path of the file, for the message.

    Example:
        >>> from rnn_templates.saving.vocabulary_check import check_vocabularies
        >>> check_vocabularies(rt.load_model("sentiment"), "model.keras")
    """
    for _, preprocessor in _parts(model):
        try:
            preprocessor.check_is_loaded()
        except ValueError as error:
            raise ValueError(f"load_model: {file}: {error}") from error


def check_sizes(model, file):
    """Raises ValueError if the sizes of vocabularies or labels are not those of the layers.

    Files of older versions have no hash of the vocabulary.

    Args:
        model: `rnn_templates.tasks.task.Task`.
        file: path of the file, for the message.

    Example:
        >>> from rnn_templates.saving.vocabulary_check import check_sizes
        >>> check_sizes(rt.load_model("sentiment"), "model.keras")
    """
    for network, preprocessor in _parts(model):
        sizes = {layer.vocabulary_size for layer in _layers(network) if isinstance(layer, TokenEmbedding)}
        size = len(preprocessor.vocabulary)
        if sizes and size not in sizes:
            raise ValueError(
                f"load_model: {file}: the vocabulary of {preprocessor.name!r} has {size:,} tokens, and the embedding "
                f"has {min(sizes):,} rows. The file is incomplete, or was changed: restore the original one."
            )
    outputs = model.network.output_shape
    if model.labels and isinstance(outputs, tuple) and outputs[-1] not in (None, len(model.labels)):
        raise ValueError(
            f"load_model: {file}: there are {len(model.labels)} labels, and the network has {outputs[-1]} outputs. "
            "The file was changed: restore the original one."
        )


def _parts(model):
    """Yields pairs of a network and the preprocessor with the vocabulary of its input."""
    parts = (
        (getattr(model, "encoder", model.network), model.preprocessor),
        (getattr(model, "decoder", None), getattr(model, "target_preprocessor", None)),
    )
    return [(network, layer) for network, layer in parts if isinstance(layer, VocabularyAssets)]


def _layers(network):
    """Yields the layers of a model and of the models in it."""
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer
