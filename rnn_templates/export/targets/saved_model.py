"""A SavedModel: raw strings in, answers out, nothing needed but TensorFlow."""

import keras
import tensorflow as tf


def export_saved_model(model, path):
    """Writes a SavedModel with the model's signatures, from strings to named answers.

    Args:
        model: a model with `signatures()`, such as `TextClassifier`.
        path: folder to write.

    Example:
        >>> export_saved_model(model, "exported/saved_model")
        >>> served = tf.saved_model.load("exported/saved_model")  # keep it: its functions do not keep its variables
        >>> served.serve(tf.constant(["not bad"]))["label"]
    """
    archive = keras.export.ExportArchive()
    archive.track(model.network)
    archive.track(model.preprocessor)
    for name, (function, specs) in model.signatures().items():
        archive.add_endpoint(name, tf.function(function, input_signature=specs))
    archive.write_out(str(path), verbose=False)
