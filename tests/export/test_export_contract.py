"""What every template's export fulfills: files, parity, and predictions in processes without the package."""

import json
import pickle
import re
import shutil
import subprocess

import numpy as np
import pytest
from support.isolated import run_isolated, run_python
from support.specs import SPECS

from rnn_templates.export import export_model
from rnn_templates.export.targets import TARGETS
from rnn_templates.export.targets.litert import LiteRTModel, list_ops
from rnn_templates.tasks.signature import predict_with

COMMON_FILES = {"saved_model", "model.tflite", "model_int8.tflite", "preprocessing.json", "card.json", "README.md"}
COMMON_FILES |= {"examples.json"}
METRIC_TOLERANCE = {"accuracy": 0.1, "bleu": 20.0, "nats_per_token": 0.1, "mae": 0.001, "flag_rate": 0.1}  # of int8
CALLS = """
with open(sys.argv[2], "rb") as file:
    calls = pickle.load(file)
outputs = []
for name, tensors, carried in calls:  # outputs of the call before replace the states that are carried, if any
    if carried == "from the call before":
        carried = {key: outputs[-1][key] for key in states}
    states = list(carried)
    outputs.append(run(name, {**tensors, **carried}))
"""
SAVED_MODEL = f"""
import pickle, sys
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
def run(name, tensors):
    found = served.signatures[name](**{{key: tf.constant(value) for key, value in tensors.items()}})
    return {{key: value.numpy() for key, value in found.items()}}
{CALLS}
assert "rnn_templates" not in sys.modules
with open(sys.argv[3], "wb") as file:
    pickle.dump(outputs, file)
"""
LITERT = f"""
import pickle, sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter
model = Interpreter(sys.argv[1])
def run(name, tensors):
    return {{key: value.copy() for key, value in model.get_signature_runner(name)(**tensors).items()}}
{CALLS}
assert not {{"rnn_templates", "tensorflow", "keras"}} & set(sys.modules)
with open(sys.argv[3], "wb") as file:
    pickle.dump(outputs, file)
"""

STREAM = """
import importlib, json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
reader, litert = importlib.import_module(sys.argv[2]), importlib.import_module("stream")
run, recorded = litert.open_litert(sys.argv[1] + "/model.tflite"), []
def record(name, **tensors):
    outputs = run(name, **tensors)
    lists = [{key: np.ravel(value).tolist() for key, value in one.items()} for one in (tensors, outputs)]
    recorded.append([name, *lists])
    return outputs
reader, results = reader.open_reader(sys.argv[1], record), []
for method, arguments, options, _ in json.load(sys.stdin):
    found = getattr(reader, method)(*arguments, **options)
    results.append(found if isinstance(found, dict | list | str) else "".join(found))
assert not {"rnn_templates", "tensorflow", "keras"} & set(sys.modules)
print(json.dumps([results, recorded]))
"""
STREAM_JAVASCRIPT = """
import { readFileSync } from "node:fs";
const [folder, reader, name] = process.argv.slice(1);
const make = (await import(`${folder}/${reader}.mjs`))[name];
const { calls, recorded } = JSON.parse(readFileSync(0, "utf8"));
const read = (name) => readFileSync(`${folder}/${name}`, "utf8");
const spec = JSON.parse(read("preprocessing.json"));
const names = () => JSON.parse(read("series.json")).names;
const second = reader === "text_stream" ? read("vocabulary.txt") : names();
function run(name, inputs) {
  const [signature, expected, outputs] = recorded.shift();
  const isClose = (one, other) => Math.abs(one - other) <= 1e-5 * Math.max(1, Math.abs(one));
  const isEqual = (key) => key in inputs && expected[key].every((one, i) => isClose(one, inputs[key][i]));
  const isSame = Object.keys(expected).length === Object.keys(inputs).length && Object.keys(expected).every(isEqual);
  if (name !== signature || !isSame) throw new Error(JSON.stringify([signature, expected, name, inputs]));
  return outputs;
}
const streams = make(spec, second, run);
const results = [];
for (const [method, values, options] of calls) {
  let found = await streams[method.replace(/_(.)/g, (_, letter) => letter.toUpperCase())](...values, options);
  if (found[Symbol.asyncIterator]) {
    const parts = [];
    for await (const part of found) parts.push(part);
    found = parts.join("");
  }
  results.push(found);
}
console.log(JSON.stringify([results, recorded.length]));
"""
MAKERS = {"text_stream": "makeTextReader", "series_stream": "makeSeriesReader", "value_stream": "makeValueReader"}


class IsolatedRunner:
    """Runs all calls of a file in one process that imports neither the package nor, for LiteRT, TensorFlow."""

    def __init__(self, code, path, folder):
        self.code, self.path, self.folder = code, path, folder

    def predict(self, signature, examples):
        calls, is_first = [], True
        for tensors, count in signature.encode(examples):
            carried = (signature.carried or {}) if is_first or not signature.carried else "from the call before"
            calls.append((signature.name, tensors, carried))
            is_first = bool(count)
        given, returned = self.folder / "calls.pickle", self.folder / "outputs.pickle"
        given.write_bytes(pickle.dumps(calls))
        process = run_python(self.code, self.path, given, returned, tensorflow=self.code is SAVED_MODEL)
        assert process.returncode == 0, process.stderr[-2000:]
        outputs = pickle.loads(returned.read_bytes())
        if self.code is SAVED_MODEL:  # the row format of TensorFlow Serving refuses other outputs
            for (_, tensors, _), found in zip(calls, outputs, strict=True):
                (rows,) = {len(value) for value in tensors.values() if np.ndim(value)}
                assert {name for name, value in found.items() if np.shape(value)[:1] != (rows,)} == set()
        outputs = iter(outputs)
        return predict_with(lambda *_, **__: next(outputs), signature, examples)


def comparable(signatures):
    return [signature for signature in signatures if signature.decode is not None]


def check_files(spec, model, folder):
    readers = {f"{name}{suffix}" for name in model.runtime_readers for suffix in (".py", ".mjs")}
    assert {path.name for path in folder.iterdir()} == COMMON_FILES | spec.files | readers
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    written = json.loads((folder / "preprocessing.json").read_text())
    assert written == json.loads(json.dumps(model.preprocessing_spec()))
    if "labels.txt" in spec.files:
        assert (folder / "labels.txt").read_text().splitlines() == list(model.labels)


def check_report(spec, model, folder, parity):
    reports = {(report["target"], report["signature"]): report for report in parity["targets"]}
    expected = {
        (file.name, signature.name): file
        for target in TARGETS
        for file in target.files
        for signature in comparable(target.signatures(model))
    }
    assert {key for key in reports if key[0] != "keras"} == set(expected)
    assert (parity["examples"], parity["metric"]) == (len(spec.examples), model.metric_name)
    strategies = {signature.name: signature.strategy for target in TARGETS for signature in target.signatures(model)}
    scores = {}
    if model.metric_tolerance:
        examples, targets = model.fit_to_device(*model.read_examples(spec.examples, spec.targets))
        for strategy in set(strategies.values()):
            scores[strategy] = model.score(model.predict_examples(examples, strategy), targets)
    for key, file in expected.items():
        report = reports[key]
        if file.precision == "float32":
            assert report["max_abs_difference"] < 1e-4, key
            tolerance = model.metric_tolerance and model.metric_tolerance * abs(scores[strategies[key[1]]])
            assert report["label_agreement"] == 1.0 and abs(report["metric_change"]) <= tolerance, key
        else:
            assert report["label_agreement"] >= model.min_agreement["int8"], key
            assert abs(report["metric_change"]) < METRIC_TOLERANCE[model.metric_name], key
        assert report["latency_ms"] > 0
        if (folder / file.name).is_file():
            assert report["size_bytes"] == (folder / file.name).stat().st_size
    card = json.loads((folder / "card.json").read_text())
    assert (card["template"], card["labels"]) == (model.name, list(model.labels) or None)
    assert card["parity"] == {**parity, "data": "tiny examples"}
    page = (folder / "README.md").read_text()
    assert all(f"| {name} | {signature} |" in page for name, signature in expected), page


def check_graphs(spec, model, folder):
    """Built-in ops only, and weights that are stored once for all signatures."""
    from tensorflow.lite.python import schema_py_generated as schema

    names = {signature.name for signature in model.device_signatures()}
    for name, divisor in (("model.tflite", 1), ("model_int8.tflite", 2 if spec is SPECS["translation"] else 1)):
        content = (folder / name).read_bytes()
        assert not [op for op in list_ops(content) if op.startswith(("CUSTOM", "Flex"))], name
        graph = schema.Model.GetRootAs(content, 0)  # reads what is asked for: `ModelT` takes a second
        definitions = map(graph.SignatureDefs, range(graph.SignatureDefsLength()))
        assert {definition.SignatureKey().decode() for definition in definitions} == names
        stored = sum(buffer.DataLength() for buffer in map(graph.Buffers, range(graph.BuffersLength())))
        assert stored > 4 * model.count_params() / 8
        constants = 4000  # tables of positions and shapes
        assert stored <= 1.3 * 4 * model.count_params() / divisor + constants * (divisor == 1), name


def check_statelessness(spec, model, folder):
    file = LiteRTModel(folder / "model.tflite")
    for signature in comparable(model.device_signatures()):
        first, _, again = predict_with(file, signature, [spec.examples[0], spec.other_input, spec.examples[0]])
        np.testing.assert_array_equal(first.outputs, again.outputs)
        np.testing.assert_array_equal(first.scores, again.scores)


def check_isolated(spec, model, folder, work):
    examples = [*spec.examples[:5], spec.other_input]
    runs = [
        ("saved_model", SAVED_MODEL, model.serving_signatures()),
        ("model.tflite", LITERT, model.device_signatures()),
    ]
    for name, code, signatures in runs:
        runner = IsolatedRunner(code, folder / name, work)
        for signature in comparable(signatures):
            expected = model.predict_examples(examples, signature.strategy)
            for ours, theirs in zip(expected, runner.predict(signature, examples), strict=True):
                np.testing.assert_array_equal(theirs.outputs, ours.outputs, err_msg=f"{name} {signature.name}")
                np.testing.assert_allclose(theirs.scores, ours.scores, atol=1e-5)


def assert_same(actual, expected, name):
    """Compares numbers in dicts and lists to 1e-5, and everything else exactly."""
    if isinstance(expected, dict):
        assert set(actual) == set(expected), name
        for key, value in expected.items():
            assert_same(actual[key], value, f"{name} {key}")
    elif isinstance(expected, list | float):
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5, err_msg=name)
    elif expected is not None:
        assert actual == expected, name


def check_streams(spec, model, folder):
    """The copied readers, in Python on LiteRT and in JavaScript on its outputs, return what Keras returns."""
    if model.stream_reader is None:
        return
    calls = spec.stream_calls(model)
    text = json.dumps(calls)
    results, recorded = run_isolated(STREAM, folder, model.stream_reader, input=text)
    found = {"Python": results}
    if node := shutil.which("node"):
        names = [str(folder), model.stream_reader, MAKERS[model.stream_reader]]
        command = [node, "--input-type=module", "--eval", STREAM_JAVASCRIPT, *names]
        stdin = json.dumps({"calls": calls, "recorded": recorded})
        process = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8")
        assert process.returncode == 0, process.stderr
        found["JavaScript"], remaining = json.loads(process.stdout)
        assert remaining == 0
    for language, values in found.items():
        for number, (call, value) in enumerate(zip(calls, values, strict=True)):
            assert_same(value, call[-1], f"{language}, call {number}, {call[0]}")


def check_page(spec, model, folder):
    """The Python code of the exported README runs without this package, and its outputs are the recorded ones."""
    page = (folder / "README.md").read_text()
    code = next(block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "ai_edge_litert" in block)
    process = run_python(f"import os, sys; os.chdir(sys.argv[1])\n{code}", folder)
    lines = process.stdout.split("\n")[:-1]
    assert lines and all(line.endswith(" True") for line in lines), process.stdout + process.stderr[-2000:]
    recorded = json.loads((folder / "examples.json").read_text())
    assert set(recorded) == {signature.name for signature in comparable(model.device_signatures())}
    assert len(lines) == len(next(iter(recorded.values()))[0]["calls"][0]["outputs"])
    for language in ("js", "kotlin", "swift", "cpp"):
        assert page.count(f"```{language}\n") == 1
    assert all(f"`{reader}" in page for reader in model.runtime_readers)


@pytest.mark.parametrize("template", SPECS)
def test_an_export_reproduces_the_model(template, tmp_path):
    spec, folder = SPECS[template], tmp_path / "exported" / "model"
    model = spec.build()
    predictions = model.predict_examples(spec.examples, comparable(model.serving_signatures())[0].strategy)
    assert len({prediction.outputs.tobytes() for prediction in predictions}) > 1, "the predictions must differ"
    parity = export_model(model, folder, examples=(spec.examples, spec.targets), data="tiny examples")
    check_files(spec, model, folder)
    check_report(spec, model, folder, parity)
    check_graphs(spec, model, folder)
    check_statelessness(spec, model, folder)
    check_isolated(spec, model, folder, tmp_path)
    check_streams(spec, model, folder)
    check_page(spec, model, folder)


@pytest.mark.parametrize("template", SPECS)
def test_invalid_examples_leave_no_folder(template, tmp_path):
    spec = SPECS[template]
    model = spec.build()
    for examples, error in (
        ([], ValueError),
        ((spec.examples, spec.targets[:2]), ValueError),
        ([spec.examples[0], 3.5], TypeError),
    ):
        with pytest.raises(error):
            export_model(model, tmp_path / "model", "litert", examples=examples)
        assert list(tmp_path.iterdir()) == []
