"""Code that runs an exported model, for the README of its folder, in five languages."""

EXAMPLES = "examples.json"
KOTLIN = {"int32": "IntArray", "float32": "FloatArray", "uint8": "ByteArray", "bool": "BooleanArray"}
JAVASCRIPT = {"int32": "Int32Array", "float32": "Float32Array", "uint8": "Uint8Array"}
CPP = {"int32": "i32", "float32": "f", "uint8": "uint8", "bool": "b"}


def run_section(files, readers=()):
    """Returns the lines of the section "Run it" of a model card.

    Args:
        files: dict of file name to dict of signature name to dict with `inputs` and `outputs`, each a dict of tensor
            name to dict with `shape`, a list of int or None for a free size, and `dtype`, str.
        readers: iterable of str; names of the files that encode raw inputs.

    Returns:
        List of str; empty without files.

    Example:
        >>> tensor = {"shape": [1, 2], "dtype": "float32"}
        >>> files = {"model.tflite": {"serve": {"inputs": {"x": tensor}, "outputs": {"y": tensor}}}}
        >>> [line for line in run_section(files) if "SignatureRunner" in line]
        ['tflite::SignatureRunner* runner = interpreter->GetSignatureRunner("serve");']
    """
    if not files:
        return []
    lines = ["## Run it", ""]
    for name, signatures in files.items():
        lines += [f"### {name}", "", *_tensors(signatures), ""]
    lite = next((name for name in files if name.endswith(".tflite")), None)
    if lite:
        lines += _device(lite, files[lite], tuple(readers))
    if "saved_model" in files:
        lines += _server(files["saved_model"])
    return lines


def _tensors(signatures):
    rows = ["| signature | | name | shape | dtype |", "|---|---|---|---|---|"]
    for signature, sides in signatures.items():
        for side in ("inputs", "outputs"):
            for name, tensor in sides[side].items():
                shape = ", ".join("any" if size is None else str(size) for size in tensor["shape"])
                rows.append(f"| {signature} | {side[:-1]} | {name} | ({shape}) | {tensor['dtype']} |")
    return rows


def _device(file, signatures, readers):
    name, sides = next(iter(signatures.items()))
    names = ", ".join(f"`{reader}`" for reader in readers)
    encoders = f"{names}, which `rnn-templates export` writes beside the model, encode raw inputs. " if readers else ""
    return [
        f"Shorter inputs are padded with zeros at the end. {encoders}`{EXAMPLES}` holds inputs and outputs of "
        f"{file} to compare with; the Python code below reads it.",
        *_block("Python (`pip install ai-edge-litert numpy`)", "python", _python(file, name)),
        *_block("JavaScript (`npm install @litertjs/core`)", "js", _javascript(file, name, sides)),
        *_block("Kotlin (`com.google.ai.edge.litert:litert`)", "kotlin", _kotlin(file, name, sides)),
        *_block("Swift (`TensorFlowLiteSwift`)", "swift", _swift(file, name, sides)),
        *_block("C++ (`tensorflow/lite`)", "cpp", _cpp(file, name, sides)),
        "",
    ]


def _block(title, language, lines):
    return ["", f"{title}:", "", f"```{language}", *lines, "```"]


def _python(file, name):
    return [
        "import json",
        "",
        "import numpy as np",
        "from ai_edge_litert.interpreter import Interpreter",
        "",
        f'with open("{EXAMPLES}", encoding="utf-8") as file:',
        f'    call = json.load(file)["{name}"][0]["calls"][0]',
        f'run = Interpreter("{file}").get_signature_runner("{name}")',
        'types = {name: detail["dtype"] for name, detail in run.get_input_details().items()}',
        'outputs = run(**{name: np.array(value, types[name]) for name, value in call["inputs"].items()})',
        "for name, value in outputs.items():",
        '    print(name, np.allclose(value, call["outputs"][name], atol=1e-4))',
    ]


def _javascript(file, name, sides):
    tensors = [
        f"  {key}: new Tensor(new {JAVASCRIPT.get(one['dtype'], 'Int32Array')}({_size(one)}), {one['shape']}),"
        for key, one in sides["inputs"].items()
    ]
    output = next(iter(sides["outputs"]))
    return [
        'import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";',
        'await loadLiteRt("node_modules/@litertjs/core/wasm/");',
        f'const model = await loadAndCompile("{file}", {{ accelerator: "wasm" }});',
        f'const outputs = await model.run("{name}", {{',
        *tensors,
        "});",
        f"console.log(await outputs.{output}.data());",
    ]


def _kotlin(file, name, sides):
    def array(tensor):
        *outer, last = tensor["shape"] or [1]
        value = f"{KOTLIN.get(tensor['dtype'], 'FloatArray')}({last})"
        for size in reversed(outer):
            value = f"Array({size}) {{ {value} }}"
        return value

    pairs = {side: ", ".join(f'"{key}" to {array(one)}' for key, one in sides[side].items()) for side in sides}
    return [
        f'val interpreter = Interpreter(File(folder, "{file}"))',
        f"val inputs = mapOf<String, Any>({pairs['inputs']})",
        f"val outputs = mapOf<String, Any>({pairs['outputs']})",
        f'interpreter.runSignature(inputs, outputs, "{name}")',
    ]


def _swift(file, name, sides):
    copies = [
        f'try runner.copy({key}, toInputNamed: "{key}")  // Data of {_size(one)} {one["dtype"]}'
        for key, one in sides["inputs"].items()
    ]
    return [
        f'let interpreter = try Interpreter(modelPath: folder + "/{file}")',
        f'let runner = try interpreter.signatureRunner(with: "{name}")',
        "try runner.allocateTensors()",
        *copies,
        "try runner.invoke()",
        f'let output = try runner.output(named: "{next(iter(sides["outputs"]))}").data',
    ]


def _cpp(file, name, sides):
    def pointer(key, side, tensor):
        return f'runner->{side}_tensor("{key}")->data.{CPP.get(tensor["dtype"], "raw")}'

    output, tensor = next(iter(sides["outputs"].items()))
    inputs = sides["inputs"].items()
    return [
        f'auto model = tflite::FlatBufferModel::BuildFromFile("{file}");',
        "tflite::ops::builtin::BuiltinOpResolver resolver;",
        "std::unique_ptr<tflite::Interpreter> interpreter;",
        "tflite::InterpreterBuilder(*model, resolver)(&interpreter);",
        f'tflite::SignatureRunner* runner = interpreter->GetSignatureRunner("{name}");',
        "runner->AllocateTensors();",
        *(f"auto* {key} = {pointer(key, 'input', one)};  // {_size(one)} values" for key, one in inputs),
        "runner->Invoke();",
        f"const auto* {output} = {pointer(output, 'output', tensor)};",
    ]


def _server(signatures):
    name, sides = next(iter(signatures.items()))
    lines = [
        "import tensorflow as tf",
        "",
        'model = tf.saved_model.load("saved_model")',
        f'outputs = model.signatures["{name}"](',
        *(f"    {key}=tf.constant({_value(tensor)}, tf.{tensor['dtype']})," for key, tensor in sides["inputs"].items()),
        ")",
    ]
    return [*_block("A server (`pip install tensorflow`, or TensorFlow Serving)", "python", lines), ""]


def _value(tensor):
    value = '"..."' if tensor["dtype"] == "string" else "0"
    for _ in tensor["shape"]:
        value = f"[{value}]"
    return value


def _size(tensor):
    size = 1
    for one in tensor["shape"]:
        size *= one or 1
    return size
