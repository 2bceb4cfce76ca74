"""How long a tagger's LiteRT files take for a sentence, beside the same network with the same weights in ONNX Runtime.

    python benchmarks/tagging_latency.py runs/tagging [--words 20] [--rounds 50]

Needs onnx and onnxruntime. Before anything is timed, both runtimes must answer as Keras does, tags and probabilities.
One thread each; making numbers of the words is not timed. Prints a Markdown table for benchmarks/RESULTS.md.
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
from rnn_templates.export.targets.litert import LiteRTModel, export_litert
from rnn_templates.templates.tagging.task import Tagger

try:
    import onnx
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic
except ImportError as error:
    sys.exit(f"{error}. This measurement needs ONNX Runtime: pip install onnx onnxruntime")

SENTENCES, CALLS = 25, 10
QUANTIZED = ["LSTM", "MatMul", "Gather"]  # quantized convolutions too made ONNX Runtime slower, 0.89 ms for 0.55


class Graph:
    """Nodes and constants of an ONNX graph, put down one after the other.

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
    if "spelling" in layers:
        x = graph("Concat", x, _spell(graph, layers["spelling"]), axis=1)
    x = graph("Unsqueeze", x, np.array([1]))  # (time, 1, features): one sentence
    for forward, backward in layers["recurrent"].directions:
        x = _read(graph, x, forward[0], backward[0])
    x = graph("Squeeze", x, np.array([1]))
    kernel, bias = layers["scores"].get_weights()
    scores = graph("Add", graph("MatMul", x, kernel), bias)
    best, likely = (scores, scores) if model.crf is None else _chain(graph, scores, model.crf)
    graph.nodes.append(onnx.helper.make_node("ArgMax", [best], ["tags"], axis=1, keepdims=0))
    chosen = graph("Unsqueeze", "tags", np.array([1]))
    sure = graph("GatherElements", graph("Softmax", likely, axis=1), chosen, axis=1)
    graph.nodes.append(onnx.helper.make_node("Squeeze", [sure, graph.constant(np.array([1]))], ["probabilities"]))
    whole, number = onnx.TensorProto.INT32, onnx.TensorProto.FLOAT
    inputs = {"word_ids": (whole, ["time"]), "byte_ids": (whole, ["time", "letters"])}
    outputs = {"tags": (onnx.TensorProto.INT64, ["time"]), "probabilities": (number, ["time"])}
    opset = [onnx.helper.make_opsetid("", 18)]
    built = onnx.helper.make_model(graph.finish(inputs, outputs), opset_imports=opset, ir_version=9)
    onnx.checker.check_model(built, full_check=True)
    return built


def _spell(graph, spelling):
    """The letters' convolutions: (time, letters) to (time, units)."""
    bytes_ = spelling.embeddings.numpy().copy()
    bytes_[0] = 0  # padding is a row of zeros, so that no mask is needed before the convolution
    letters = graph("Transpose", graph("Gather", bytes_, "byte_ids"), perm=[0, 2, 1])
    found, biases = [], np.split(spelling.bias.numpy(), len(spelling.widths))
    for kernel, bias in zip(spelling.kernels, biases, strict=True):
        kernel = np.transpose(kernel.numpy(), (2, 1, 0))
        found.append(graph("Relu", graph("Conv", letters, kernel, bias, auto_pad="SAME_UPPER")))
    there = graph("Cast", graph("Greater", "byte_ids", np.int32(0)), to=onnx.TensorProto.FLOAT)
    found = graph("Mul", graph("Concat", *found, axis=1), graph("Unsqueeze", there, np.array([1])))
    return graph("ReduceMax", found, np.array([2]), keepdims=0)


def _read(graph, x, *cells):
    """A bidirectional LSTM; Keras's gates are i f c o, those of ONNX i o f c."""
    width = cells[0].units

    def gates(weights):
        i, f, c, o = np.split(weights.numpy(), 4, axis=-1)
        return np.concatenate([i, o, f, c], axis=-1).T

    kernels, recurrent = [
        np.stack([gates(getattr(cell, name)) for cell in cells]) for name in ("kernel", "recurrent_kernel")
    ]
    biases = np.stack([np.concatenate([gates(cell.bias), np.zeros(4 * width, np.float32)]) for cell in cells])
    outputs = graph("LSTM", x, kernels, recurrent, biases, outputs=3, direction="bidirectional", hidden_size=width)
    return graph("Reshape", outputs[0], np.array([0, 1, 2 * width]))  # (time, 2, 1, units), one behind the other


def _chain(graph, scores, crf):
    """The CRF, best and total scores of all sequences through a tag, each (time, tags).

    Where one sequence is the best alone, the best tag of each word is Viterbi's, and the softmax of the total scores is
    the tag's probability. One Scan reads both ways at once.
    """
    tags, potentials = crf.num_tags, crf.chain.potentials().numpy()
    ways = [
        ("forward", potentials[:tags, :tags], potentials[tags, :tags]),
        ("backward", potentials[:tags, :tags].T, potentials[:tags, tags + 1]),
    ]
    info, body = (onnx.TensorProto.FLOAT, [tags]), Graph("step_")
    begins, states, after, seen = [], [], [], []
    for way, matrix, begin in ways:
        for kind in ("Max", "LogSumExp"):
            state = f"step_{way}_{kind}"
            column = body("Unsqueeze", body("Add", state, f"step_{way}_scores"), np.array([1]))
            paths = body("Add", column, matrix)
            after.append(body(f"Reduce{kind}", paths, np.array([0]), keepdims=0))
            seen.append(body("Identity", state))
            begins.append(begin)
            states.append(state)
    inputs = dict.fromkeys([*states, "step_forward_scores", "step_backward_scores"], info)
    found = graph(
        "Scan", *begins, scores, scores, outputs=8, num_scan_inputs=2, scan_input_directions=[0, 1],
        scan_output_directions=[0, 0, 1, 1], body=body.finish(inputs, dict.fromkeys([*after, *seen], info)),
    )[4:]  # fmt: skip
    return [graph("Add", graph("Add", found[kind], found[kind + 2]), scores) for kind in (0, 1)]


class InONNX:
    """A tagger in ONNX Runtime."""

    def __init__(self, path, preprocessor):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.encode, self.size = preprocessor.encode, path.stat().st_size

    def prepare(self, tokens):
        return self.encode(tokens)

    def ask(self, inputs):
        return self.session.run(["tags", "probabilities"], inputs)


class InLiteRT:
    """A tagger in LiteRT's interpreter; sentences are padded to the length that the file was written for."""

    def __init__(self, path, preprocessor):
        self.file = LiteRTModel(path, threads=1)
        self.encode, self.size = preprocessor.encode, path.stat().st_size

    def prepare(self, tokens):
        inputs = {name: np.zeros(self.file.shape(name), np.int32) for name in ("word_ids", "byte_ids")}
        for name, found in self.encode(tokens).items():
            inputs[name][(0, *map(slice, found.shape))] = found
        return inputs

    def ask(self, inputs):
        answer = self.file(**inputs)
        return answer["tags"][0], answer["probabilities"][0]


def read_model(folder, words):
    """Returns the tagger of a folder, if it is one that can be written as ONNX here."""
    model = rt.load_model(folder)
    if not isinstance(model, Tagger):
        sys.exit(
            f"{folder} holds a {type(model).__name__}; wanted a tagger, such as `rnn-templates train tagging` makes."
        )
    layers = {layer.name: layer for layer in model.network.layers}
    cells = {type(cell) for pairs in layers["recurrent"].directions for cell, _ in pairs}
    if cells != {LSTMCell} or getattr(layers.get("char_encoder"), "kind", "cnn") != "cnn":
        sys.exit(f"{folder}: only taggers with cell='lstm' and char_encoder='cnn' or 'none' can be compared here.")
    if words > model.max_tokens:
        sys.exit(f"{folder}: --words {words} is more than the {model.max_tokens} words of its LiteRT file.")
    return model


def write_files(model, folder, words):
    """Returns the contestants by name: both runtimes, both precisions, LiteRT at two lengths."""
    found = {}
    for kind in ("float32", "int8"):
        path = folder / f"{kind}.onnx"
        if kind == "float32":
            onnx.save(build_onnx(model), path)
        else:
            quantize_dynamic(folder / "float32.onnx", path, op_types_to_quantize=QUANTIZED, weight_type=QuantType.QInt8)
        found[f"ONNX Runtime, {kind}"] = InONNX(path, model.preprocessor)
        own = model.max_tokens
        for length in dict.fromkeys((own, words)):
            path, model.max_tokens = folder / f"{kind}_{length}.tflite", length
            export_litert(model, path, int8=kind == "int8")
            found[f"LiteRT, {kind}, file for {length} words"] = InLiteRT(path, model.preprocessor)
        model.max_tokens = own
    return found


def check(name, contestant, model, sentences):
    """Returns the share of Keras's tags that a contestant gives, and the largest change of a probability."""
    same, change = [], 0.0
    for tokens, tags, sure in zip(sentences, *model.predict_tags(sentences), strict=True):
        own_tags, own_sure = [part[: len(tokens)] for part in contestant.ask(contestant.prepare(tokens))]
        same.extend(own_tags == tags)
        change = max(change, float(np.abs(own_sure - sure).max()))
    if "float32" in name and not (all(same) and change < 1e-4):
        sys.exit(f"{name} and Keras differ: {np.mean(same):.2%} of the tags are equal, probabilities by {change:.1e}.")
    return float(np.mean(same)), change


def measure(contestants, sentences, rounds):
    """Milliseconds a sentence of every contestant, in turns."""
    prepared = {name: [one.prepare(tokens) for tokens in sentences] for name, one in contestants.items()}
    times = {name: [] for name in contestants}
    for number in range(rounds):
        for name, one in contestants.items():
            inputs = prepared[name][number % len(sentences)]
            one.ask(inputs)  # the caches belong to the one before
            start = time.perf_counter()
            for _ in range(CALLS):
                one.ask(inputs)
            times[name].append((time.perf_counter() - start) * 1000 / CALLS)
    return times


def main(
    folder: Annotated[pathlib.Path, typer.Argument(help="Folder of a trained tagger, or its .keras file.")],
    words: Annotated[int, typer.Option(help="Words of a sentence.", min=1)] = 20,
    rounds: Annotated[int, typer.Option(help="Measurements of each file.", min=1)] = 50,
):
    """Measures the latency of a tagger in LiteRT and in ONNX Runtime."""
    model = read_model(folder, words)
    known = model.preprocessor.vocabulary.tokens[2:]
    draw = np.random.default_rng(0)
    sentences = [[known[i] for i in draw.integers(len(known), size=words)] for _ in range(SENTENCES)]
    with tempfile.TemporaryDirectory() as files:
        contestants = write_files(model, pathlib.Path(files), words)
        checks = {name: check(name, one, model, sentences) for name, one in contestants.items()}
        times = measure(contestants, sentences, rounds)
    floor = {kind: times[f"ONNX Runtime, {kind}"] for kind in ("float32", "int8")}
    what = f"{words} words, {'CRF' if model.crf else 'softmax'}, {len(model.labels)} tags"
    runtimes = f"ai-edge-litert {version('ai-edge-litert')}, onnxruntime {version('onnxruntime')}"
    print(f"One sentence of {what}: medians (minima) of {rounds} rounds in turns, one thread, {runtimes},")
    print(f"`python benchmarks/tagging_latency.py {folder}`.\n")
    print(
        "| file | MB | ms a sentence | times ONNX Runtime | tags as Keras | probabilities off by |\n" + "|---" * 6 + "|"
    )
    for name, own in times.items():
        other = floor["int8" if "int8" in name else "float32"]
        ratio = f"{statistics.median(own) / statistics.median(other):.2f} ({min(own) / min(other):.2f})"
        same, change = checks[name]
        size, taken = contestants[name].size / 1e6, f"{statistics.median(own):.2f} ({min(own):.2f})"
        print(f"| {name} | {size:.1f} | {taken} | {ratio} | {same:.1%} | {change:.0e} |")


if __name__ == "__main__":
    typer.run(main)
