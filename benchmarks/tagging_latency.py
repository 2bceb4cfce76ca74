"""Latency of the LiteRT files of a tagger, beside the same network with the same weights in ONNX Runtime.

    python benchmarks/tagging_latency.py runs/tagging [--words 20] [--rounds 50]

Needs onnx and onnxruntime. Before the measurement, tags and probabilities of both runtimes must equal those of Keras.
One thread each; preprocessing is not measured. Prints a Markdown table for benchmarks/RESULTS.md.
"""

import pathlib
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from typing import Annotated

import numpy as np
import typer

import rnn_templates as rt
from rnn_templates.cells import LSTMCell
from rnn_templates.export.targets.litert import LiteRTModel, write_litert
from rnn_templates.templates.tagging.task import Tagger

try:
    import onnx
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic
except ImportError as error:
    sys.exit(f"{error}. This measurement needs ONNX Runtime: pip install onnx onnxruntime")

SENTENCES, CALLS = 25, 10
QUANTIZED = ["LSTM", "MatMul", "Gather"]  # with quantized convolutions ONNX Runtime takes 0.89 ms instead of 0.55


class Graph:
    """Builder of an ONNX graph.

    Calling it with the name of an op, its inputs and its attributes returns the name of the output, or a list of names
    where `outputs` is not 1; an input that is an array becomes a constant.
    """

    def __init__(self, prefix=""):
        self.prefix, self.nodes, self.constants = prefix, [], []

    def __call__(self, op, *inputs, outputs=1, **attributes):
        stem = f"{self.prefix}{op}_{len(self.nodes)}"
        names = [stem] if outputs == 1 else [f"{stem}_{number}" for number in range(outputs)]
        inputs = [one if isinstance(one, str) else self.constant(one) for one in inputs]
        self.nodes.append(onnx.helper.make_node(op, inputs, names, name=stem, **attributes))
        return stem if outputs == 1 else names

    def constant(self, value):
        """Returns the name of a constant."""
        name = f"{self.prefix}constant_{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def finish(self, inputs, outputs):
        """Returns the graph; inputs and outputs are dicts from name to (type, shape)."""
        infos = [
            [onnx.helper.make_tensor_value_info(name, *info) for name, info in side.items()]
            for side in (inputs, outputs)
        ]
        return onnx.helper.make_graph(self.nodes, f"{self.prefix}tagger", *infos, self.constants)


def build_onnx(model):
    """Returns a tagger as an ONNX model: `word_ids` (time,), `byte_ids` (time, bytes) to `tags`, `probabilities`."""
    layers = {layer.name: layer for layer in model.network.layers}
    graph = Graph()
    x = graph("Gather", layers["embedding"].embeddings.numpy(), "word_ids")
    if "char_encoder" in layers:
        x = graph("Concat", x, _char_encoder(graph, layers["char_encoder"]), axis=1)
    x = graph("Unsqueeze", x, np.array([1]))  # (time, 1, features): one sentence
    for layer in layers["recurrent"].stack:
        x = _bidirectional_lstm(graph, x, *layer.cells)
    x = graph("Squeeze", x, np.array([1]))
    kernel, bias = layers["scores"].get_weights()
    scores = graph("Add", graph("MatMul", x, kernel), bias)
    best, total = (scores, scores) if model.crf is None else _crf(graph, scores, model.crf)
    graph.nodes.append(onnx.helper.make_node("ArgMax", [best], ["tags"], axis=1, keepdims=0))
    chosen = graph("Unsqueeze", "tags", np.array([1]))
    confidences = graph("GatherElements", graph("Softmax", total, axis=1), chosen, axis=1)
    graph.nodes.append(
        onnx.helper.make_node("Squeeze", [confidences, graph.constant(np.array([1]))], ["probabilities"])
    )
    integer = onnx.TensorProto.INT32
    inputs = {"word_ids": (integer, ["time"]), "byte_ids": (integer, ["time", "bytes"])}
    outputs = {"tags": (onnx.TensorProto.INT64, ["time"]), "probabilities": (onnx.TensorProto.FLOAT, ["time"])}
    opset = [onnx.helper.make_opsetid("", 18)]
    built = onnx.helper.make_model(graph.finish(inputs, outputs), opset_imports=opset, ir_version=9)
    onnx.checker.check_model(built, full_check=True)
    return built


def _char_encoder(graph, encoder):
    """Adds the byte convolutions: (time, bytes) to (time, units)."""
    embeddings = encoder.embeddings.numpy().copy()
    embeddings[0] = 0  # padding as zeros makes a mask before the convolution unnecessary
    embedded = graph("Transpose", graph("Gather", embeddings, "byte_ids"), perm=[0, 2, 1])
    outputs, biases = [], np.split(encoder.bias.numpy(), len(encoder.kernel_sizes))
    for kernel, bias in zip(encoder.kernels, biases, strict=True):
        kernel = np.transpose(kernel.numpy(), (2, 1, 0))
        outputs.append(graph("Relu", graph("Conv", embedded, kernel, bias, auto_pad="SAME_UPPER")))
    mask = graph("Cast", graph("Greater", "byte_ids", np.int32(0)), to=onnx.TensorProto.FLOAT)
    masked = graph("Mul", graph("Concat", *outputs, axis=1), graph("Unsqueeze", mask, np.array([1])))
    return graph("ReduceMax", masked, np.array([2]), keepdims=0)


def _bidirectional_lstm(graph, x, *cells):
    """Adds a bidirectional LSTM; the order of the gates is i f c o in Keras, i o f c in ONNX."""
    units = cells[0].units

    def gates(weights):
        i, f, c, o = np.split(weights.numpy(), 4, axis=-1)
        return np.concatenate([i, o, f, c], axis=-1).T

    kernels, recurrent = [
        np.stack([gates(getattr(cell, name)) for cell in cells]) for name in ("kernel", "recurrent_kernel")
    ]
    biases = np.stack([np.concatenate([gates(cell.bias), np.zeros(4 * units, np.float32)]) for cell in cells])
    outputs = graph("LSTM", x, kernels, recurrent, biases, outputs=3, direction="bidirectional", hidden_size=units)
    return graph("Reshape", outputs[0], np.array([0, 1, 2 * units]))  # from (time, 2, 1, units)


def _crf(graph, scores, crf):
    """Adds the CRF; returns the maximum and the log-sum-exp of the scores of all sequences through a tag, (time, tags).

    Without ties the argmax of the maxima is the Viterbi sequence; the softmax of the log-sum-exp are the marginals. One
    Scan computes the forward and the backward recursion.
    """
    tags, potentials = crf.num_tags, crf.chain.potentials().numpy()
    directions = [
        ("forward", potentials[:tags, :tags], potentials[tags, :tags]),
        ("backward", potentials[:tags, :tags].T, potentials[:tags, tags + 1]),
    ]
    info, body = (onnx.TensorProto.FLOAT, [tags]), Graph("step_")
    initial, states, updated, outputs = [], [], [], []
    for direction, matrix, start in directions:
        for reduction in ("Max", "LogSumExp"):
            state = f"step_{direction}_{reduction}"
            column = body("Unsqueeze", body("Add", state, f"step_{direction}_scores"), np.array([1]))
            paths = body("Add", column, matrix)
            updated.append(body(f"Reduce{reduction}", paths, np.array([0]), keepdims=0))
            outputs.append(body("Identity", state))
            initial.append(start)
            states.append(state)
    inputs = dict.fromkeys([*states, "step_forward_scores", "step_backward_scores"], info)
    found = graph(
        "Scan", *initial, scores, scores, outputs=8, num_scan_inputs=2, scan_input_directions=[0, 1],
        scan_output_directions=[0, 0, 1, 1], body=body.finish(inputs, dict.fromkeys([*updated, *outputs], info)),
    )[4:]  # fmt: skip
    return [graph("Add", graph("Add", found[i], found[i + 2]), scores) for i in (0, 1)]


class ONNXModel:
    """A tagger in ONNX Runtime."""

    def __init__(self, path, preprocessor):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.encode, self.size = preprocessor.encode, path.stat().st_size

    def prepare(self, tokens):
        return self.encode(tokens)

    def run(self, inputs):
        return self.session.run(["tags", "probabilities"], inputs)


class PaddedLiteRT:
    """A tagger in the LiteRT interpreter; sentences are padded to the length of the file."""

    def __init__(self, path, preprocessor):
        self.file = LiteRTModel(path, threads=1)
        self.encode, self.size = preprocessor.encode, path.stat().st_size

    def prepare(self, tokens):
        inputs = {name: np.zeros(self.file.shape(name), np.int32) for name in ("word_ids", "byte_ids")}
        for name, ids in self.encode(tokens).items():
            inputs[name][(0, *map(slice, ids.shape))] = ids
        return inputs

    def run(self, inputs):
        outputs = self.file("serve", **inputs)
        return outputs["tags"][0], outputs["probabilities"][0]


def read_model(folder, words):
    """Returns the tagger of a folder, if `build_onnx` supports it."""
    model = rt.load_model(folder)
    if not isinstance(model, Tagger):
        sys.exit(
            f"{folder} must be a tagger, as from `rnn-templates train tagging`; received a {type(model).__name__}."
        )
    layers = {layer.name: layer for layer in model.network.layers}
    cells = {type(cell) for cell in layers["recurrent"].ordered_cells}
    if cells != {LSTMCell} or getattr(layers.get("char_encoder"), "architecture", "cnn") != "cnn":
        sys.exit(f"{folder}: the tagger must have cell='lstm' and char_encoder='cnn' or 'none'.")
    if words > model.max_tokens:
        sys.exit(f"{folder}: --words {words} is more than the {model.max_tokens} words of its LiteRT file.")
    return model


def write_files(model, folder, words):
    """Returns the runners by name: both runtimes, both precisions, LiteRT at two lengths."""
    found = {}
    for precision in ("float32", "int8"):
        path = folder / f"{precision}.onnx"
        if precision == "float32":
            onnx.save(build_onnx(model), path)
        else:
            quantize_dynamic(folder / "float32.onnx", path, op_types_to_quantize=QUANTIZED, weight_type=QuantType.QInt8)
        found[f"ONNX Runtime, {precision}"] = ONNXModel(path, model.preprocessor)
        own = model.max_tokens
        for length in dict.fromkeys((own, words)):
            path, model.max_tokens = folder / f"{precision}_{length}.tflite", length
            write_litert(model, path, int8=precision == "int8")
            found[f"LiteRT, {precision}, file for {length} words"] = PaddedLiteRT(path, model.preprocessor)
        model.max_tokens = own
    return found


def check(name, runner, model, sentences):
    """Returns the fraction of tags equal to those of Keras, and the maximum absolute difference of probabilities."""
    equal, difference = [], 0.0
    for tokens, tags, probabilities in zip(sentences, *model.predict_tags(sentences), strict=True):
        own_tags, own_probabilities = [values[: len(tokens)] for values in runner.run(runner.prepare(tokens))]
        equal.extend(own_tags == tags)
        difference = max(difference, float(np.abs(own_probabilities - probabilities).max()))
    if "float32" in name and not (all(equal) and difference < 1e-4):
        sys.exit(f"{name} differs from Keras: {np.mean(equal):.2%} equal tags, probabilities by {difference:.1e}.")
    return float(np.mean(equal)), difference


def measure(runners, sentences, rounds):
    """Returns milliseconds a sentence of every runner, in alternation."""
    prepared = {name: [runner.prepare(tokens) for tokens in sentences] for name, runner in runners.items()}
    times = {name: [] for name in runners}
    for number in range(rounds):
        for name, runner in runners.items():
            inputs = prepared[name][number % len(sentences)]
            runner.run(inputs)  # warms the caches, which hold the data of the runner before
            start = time.perf_counter()
            for _ in range(CALLS):
                runner.run(inputs)
            times[name].append((time.perf_counter() - start) * 1000 / CALLS)
    return times


def main(
    folder: Annotated[pathlib.Path, typer.Argument(help="Folder of a trained tagger, or its .keras file.")],
    words: Annotated[int, typer.Option(help="Words of a sentence.", min=1)] = 20,
    rounds: Annotated[int, typer.Option(help="Measurements of each file.", min=1)] = 50,
):
    """Measures the latency of a tagger in LiteRT and in ONNX Runtime."""
    model = read_model(folder, words)
    vocabulary = model.preprocessor.vocabulary.tokens[2:]
    generator = np.random.default_rng(0)
    sentences = [[vocabulary[i] for i in generator.integers(len(vocabulary), size=words)] for _ in range(SENTENCES)]
    with tempfile.TemporaryDirectory() as files:
        runners = write_files(model, pathlib.Path(files), words)
        checks = {name: check(name, runner, model, sentences) for name, runner in runners.items()}
        times = measure(runners, sentences, rounds)
    onnx_times = {precision: times[f"ONNX Runtime, {precision}"] for precision in ("float32", "int8")}
    setting = f"{words} words, {'CRF' if model.crf else 'softmax'}, {len(model.labels)} tags"
    runtimes = f"ai-edge-litert {version('ai-edge-litert')}, onnxruntime {version('onnxruntime')}"
    print(f"One sentence of {setting}: medians (minima) of {rounds} alternating rounds, one thread, {runtimes},")
    print(f"`python benchmarks/tagging_latency.py {folder}`.\n")
    print(
        "| file | MB | ms a sentence | relative to ONNX Runtime | tags equal to Keras | max difference |\n"
        + "|---" * 6
        + "|"
    )
    for name, own in times.items():
        other = onnx_times["int8" if "int8" in name else "float32"]
        ratio = f"{statistics.median(own) / statistics.median(other):.2f} ({min(own) / min(other):.2f})"
        equal, difference = checks[name]
        size, taken = runners[name].size / 1e6, f"{statistics.median(own):.2f} ({min(own):.2f})"
        print(f"| {name} | {size:.1f} | {taken} | {ratio} | {equal:.1%} | {difference:.0e} |")


if __name__ == "__main__":
    typer.run(main)
