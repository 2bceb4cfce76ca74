"""LiteRT (`.tflite`): encoded inputs in, predictions out, built-in ops only."""

import re
import shutil
import tempfile
import threading
from importlib import resources
from pathlib import Path

import numpy as np
import tensorflow as tf

from rnn_templates.export.targets.base import ExportedFile, ExportTarget
from rnn_templates.layers.rnn.implementation import litert_export


class UnsupportedOpError(ValueError):
    """The model has an op that is not built into LiteRT; the message names the op and its layer."""


class LiteRTTarget(ExportTarget):
    """Files `model.tflite` (float32) and `model_int8.tflite` with the device signatures.

    Readers of `rnn_templates.runtime` in Python and JavaScript, which encode raw inputs on a device, are copied beside
    them.

    Example:
        >>> from rnn_templates.export.targets.litert import LiteRTTarget
        >>> [file.name for file in LiteRTTarget().files]
        ['model.tflite', 'model_int8.tflite']
    """

    name = "litert"
    interface = "device"
    files = (
        ExportedFile("model.tflite", tolerance=1e-3),
        ExportedFile("model_int8.tflite", tolerance=0.3, precision="int8"),
    )

    def write(self, task, folder):
        contents = _convert(task, [file.precision for file in self.files])
        for file, content in zip(self.files, contents, strict=True):
            (folder / file.name).write_bytes(content)
        for reader in task.runtime_readers:
            for suffix in (".py", ".mjs"):
                with resources.as_file(resources.files("rnn_templates.runtime") / f"{reader}{suffix}") as source:
                    shutil.copyfile(source, folder / source.name)

    def open(self, path):
        return LiteRTModel(path)

    def list_ops(self, path):
        return list_ops(path.read_bytes())


def write_litert(task, path, *, int8=False):
    """Writes a LiteRT file without Flex delegate: for the interpreter, `CompiledModel` and browsers.

    Args:
        task: `rnn_templates.tasks.task.Task`.
        path: str or `Path`; file to write.
        int8: bool; whether to quantize the weights to eight bits (dynamic range): a quarter of the size.

    Raises:
        UnsupportedOpError: if the model has an op outside the built-in set, naming op and layer.

    Example:
        >>> from rnn_templates.export.targets.litert import LiteRTModel, write_litert
        >>> options = {"units": 4, "embedding_dim": 4, "max_tokens": 8}
        >>> model = rt.sentiment_model(rt.Vocabulary(["good"]), ["no", "yes"], **options)
        >>> write_litert(model, "model.tflite")
        >>> LiteRTModel("model.tflite")("serve", ids=np.zeros((1, 8), np.int32))["probabilities"].shape
        (1, 2)
    """
    (content,) = _convert(task, ["int8" if int8 else "float32"])
    Path(path).write_bytes(content)


def _convert(task, precisions):
    """Returns the bytes of one LiteRT file per precision; the graphs are traced once."""
    with tempfile.TemporaryDirectory() as folder, litert_export():
        root = tf.Module()  # with the variables alone: the converter loads the file three times
        root.saved = [variable.value for variable in task.network.variables]
        functions = {
            signature.name: tf.function(signature.function, input_signature=signature.specs, autograph=False)
            for signature in task.device_signatures()
        }
        tf.saved_model.save(root, folder, signatures=functions)
        names = list(functions)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=names)
        converter.exclude_conversion_metadata = True  # for which the whole file is parsed and written once more
        return [_convert_saved_model(converter, precision, task.network) for precision in precisions]


def _convert_saved_model(converter, precision, network):
    converter.optimizations = [tf.lite.Optimize.DEFAULT] if precision == "int8" else []
    try:
        content = converter.convert()
    except Exception as error:  # the converter has no public error class
        raise UnsupportedOpError(_explain_conversion_error(str(error), network)) from error
    custom = [op for op in list_ops(content) if op.startswith("CUSTOM")]
    if custom:
        raise UnsupportedOpError(f"The LiteRT file needs ops that are not built in: {', '.join(custom)}.")
    return content


def _explain_conversion_error(message, network):
    """Returns a message that names the op and the layer, from the long one of the converter."""
    ops = sorted(set(re.findall(r"'?tf\.([A-Z]\w+)'? op is neither|\bop '?tf\.([A-Z]\w+)", message)))
    names = sorted({name for pair in ops for name in pair if name}) or ["(see below)"]
    layers = [layer.name for layer in network.layers if re.search(rf"[/\"]{re.escape(layer.name)}(_\d+)?/", message)]
    return (
        f"LiteRT has no built-in op for {', '.join(names)}, used by the layer {', '.join(layers) or '(not named)'}. "
        f"Implement that step with other ops.\nMessage of the converter: {message.strip()[:600]}"
    )


def list_ops(content):
    """Returns the sorted names of all ops of a LiteRT file, including those in loops.

    Args:
        content: bytes of the file.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.export.targets.litert import list_ops
        >>> "WHILE" in list_ops(Path("saved_models/sentiment/model.tflite").read_bytes())
        True
    """
    from ai_edge_litert import schema_py_generated as schema

    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    model = schema.Model.GetRootAs(content, 0)
    ops = set()
    for code in map(model.OperatorCodes, range(model.OperatorCodesLength())):
        name = names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        ops.add(f"CUSTOM:{code.CustomCode().decode()}" if name == "CUSTOM" else name)
    return sorted(ops)


class LiteRTModel:
    """Runs the signatures of a LiteRT file; see `rnn_templates.tasks.signature.Runner`.

    An interpreter is not thread-safe: every thread that calls the object gets its own, which maps the same file.

    Args:
        path: str or `Path`; a `.tflite` file.
        threads: positive int; threads of each interpreter.

    Example:
        >>> from rnn_templates.export.targets.litert import LiteRTModel
        >>> run = LiteRTModel("saved_models/glyphs/model.tflite")
        >>> run("serve", image=np.zeros(run.shape("image"), np.uint8))["probabilities"].shape
        (1, 28)
    """

    def __init__(self, path, threads=1):
        self._path = str(path)
        self._threads = threads
        self._local = threading.local()
        self._runners()  # a damaged file is an error here

    def _runners(self):
        """Returns the interpreter of the current thread and its runners by signature."""
        from ai_edge_litert.interpreter import Interpreter

        if not hasattr(self._local, "runners"):
            self._local.runners = Interpreter(self._path, num_threads=self._threads), {}
        return self._local.runners

    def _runner(self, signature):
        interpreter, runners = self._runners()
        if signature not in runners:
            runners[signature] = interpreter.get_signature_runner(signature)
        return runners[signature]

    def shape(self, name, signature="serve"):
        """Returns the shape of an input, a tuple."""
        return tuple(int(size) for size in self._runner(signature).get_input_details()[name]["shape"])

    def describe(self):
        """Returns the tensors of the signatures, as `rnn_templates.utils.run_snippets.run_section` takes them."""
        found = {}
        for name in self._runners()[0].get_signature_list():
            run = self._runner(name)
            sides = {"inputs": run.get_input_details(), "outputs": run.get_output_details()}
            found[name] = {side: {key: _tensor(one) for key, one in details.items()} for side, details in sides.items()}
        return found

    def __call__(self, signature, **tensors):
        """Returns the outputs of a signature, a dict of arrays."""
        return {name: value.copy() for name, value in self._runner(signature)(**tensors).items()}


def _tensor(detail):
    return {"shape": [int(size) for size in detail["shape"]], "dtype": np.dtype(detail["dtype"]).name}
