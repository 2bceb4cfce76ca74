"""Conversion of TensorFlow functions to LiteRT, for the tests of layers and of decoding."""

import keras
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from rnn_templates.export.targets.litert import list_ops
from rnn_templates.layers.rnn.implementation import litert_export


def convert(trackable, signatures, folder):
    """Returns a LiteRT interpreter of functions, and the names of its ops.

    Args:
        trackable: layer or model that holds the variables of the functions.
        signatures: dict name -> (function, specs).
        folder: empty folder for the SavedModel.
    """
    with litert_export():
        archive = keras.export.ExportArchive()
        archive.track(trackable)
        for name, (function, specs) in signatures.items():
            archive.add_endpoint(name, tf.function(function, input_signature=specs))
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(str(folder), signature_keys=list(signatures))
        content = converter.convert()
    return Interpreter(model_content=content), list_ops(content)
