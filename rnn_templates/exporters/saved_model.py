"""A SavedModel: raw strings in, answers out, nothing needed but TensorFlow."""

import keras
import tensorflow as tf


def export_saved_model(model, path):
    """Writes a SavedModel with the signature `serve`, from strings to named answers.

    Args:
        model: a model with `serve(texts)`, such as `TextClassifier`.
        path: folder to write.

    Example:
        >>> export_saved_model(model, "exported/saved_model")
        >>> served = tf.saved_model.load("exported/saved_model")  # keep it: its functions do not keep its variables
        >>> served.serve(tf.constant(["not bad"]))["label"]
    """
    archive = keras.export.ExportArchive()
    archive.track(model.network)
    archive.track(model.preprocessor)
    texts = tf.TensorSpec((None,), tf.string, name="texts")
    archive.add_endpoint("serve", tf.function(model.serve, input_signature=[texts]))
    archive.write_out(str(path), verbose=False)


def saved_model_predictor(path):
    """Returns a function from a list of encoded texts to probabilities (texts, labels), run by a SavedModel."""
    loaded = tf.saved_model.load(str(path))
    return lambda texts: loaded.serve(tf.constant(texts, tf.string))["probabilities"].numpy()
