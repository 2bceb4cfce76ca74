"""LiteRT files (`.tflite`): ids in, answers out, built-in ops only."""

import re
import tempfile

import keras
import tensorflow as tf

from rnn_templates.layers.rnn.implementation import litert_export


class UnsupportedOpError(ValueError):
    """The model holds an op that LiteRT has not built in; the message names it and its layer."""


def export_litert(model, path, *, int8=False):
    """Writes one LiteRT file that any LiteRT runtime reads: interpreter, CompiledModel, browser, no Flex delegate.

    Args:
        model: a model with `device_signatures()`, such as `TextClassifier`.
        path: file to write.
        int8: whether to store the weights in eight bits (dynamic range): a quarter of the size.

    Raises:
        UnsupportedOpError: naming op and layer, if the model holds an op outside the built-in set.

    Example:
        >>> export_litert(model, "model_int8.tflite", int8=True)
    """
    with tempfile.TemporaryDirectory() as folder, litert_export():
        archive = keras.export.ExportArchive()
        archive.track(model.network)
        signatures = model.device_signatures()
        for name, (function, specs) in signatures.items():
            archive.add_endpoint(name, tf.function(function, input_signature=specs))
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(signatures))
        if int8:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        try:
            content = converter.convert()
        except Exception as error:  # the converter has no public error class of its own
            raise UnsupportedOpError(_explain(str(error), model.network)) from error
    custom = [op for op in list_ops(content) if op.startswith("CUSTOM")]
    if custom:
        raise UnsupportedOpError(f"The LiteRT file would need ops that are not built in: {', '.join(custom)}.")
    with open(path, "wb") as file:
        file.write(content)


def _explain(message, network):
    """From the converter's page of text to the op and the layer that one can mend."""
    ops = sorted(set(re.findall(r"'?tf\.([A-Z]\w+)'? op is neither|\bop '?tf\.([A-Z]\w+)", message)))
    names = sorted({name for pair in ops for name in pair if name}) or ["(see below)"]
    layers = [layer.name for layer in network.layers if re.search(rf"[/\"]{re.escape(layer.name)}(_\d+)?/", message)]
    return (
        f"LiteRT has no built-in op for {', '.join(names)}, used by the layer {', '.join(layers) or '(not named)'}. "
        f"Write that step with other ops.\nThe converter said: {message.strip()[:600]}"
    )


def list_ops(content):
    """Returns the sorted names of all ops of a LiteRT file's bytes, those inside loops included."""
    from tensorflow.lite.python import schema_py_generated as schema

    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    codes = schema.ModelT.InitFromPackedBuf(content, 0).operatorCodes
    ops = set()
    for code in codes:
        name = names[max(code.builtinCode, code.deprecatedBuiltinCode)]
        ops.add(f"CUSTOM:{code.customCode.decode()}" if name == "CUSTOM" else name)
    return sorted(ops)


class LiteRTModel:
    """A LiteRT file in the interpreter, asked by name.

    Args:
        path: a file that `export_litert` wrote.
        threads: of the interpreter.

    Example:
        >>> file = LiteRTModel("model.tflite")
        >>> file(ids=np.zeros(file.shape("ids"), np.int32))["probabilities"].shape
        (1, 2)
    """

    def __init__(self, path, threads=1):
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(str(path), num_threads=threads)
        self._runners = {}

    def _runner(self, signature):
        if signature not in self._runners:
            self._runners[signature] = self._interpreter.get_signature_runner(signature)
        return self._runners[signature]

    def shape(self, name, signature="serve"):
        """Returns the shape of an input, a tuple."""
        return tuple(int(size) for size in self._runner(signature).get_input_details()[name]["shape"])

    def __call__(self, signature="serve", **inputs):
        """Returns the outputs for these inputs, arrays by name."""
        return {name: value.copy() for name, value in self._runner(signature)(**inputs).items()}
