"""The contract of every template in the registry, and of one outside the package: one test a rule."""

import contextlib
import copy
import dataclasses
import io
import itertools
import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from importlib import import_module
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from support import toy_package
from toy_template import TEMPLATE as TOY

import rnn_templates as rt
from rnn_templates import registry
from rnn_templates.data.loading import read_labeled_file
from rnn_templates.export.targets import TARGETS
from rnn_templates.tasks.input_statistics import InputStatistics
from rnn_templates.tasks.predict_function import MAX_DIRECT_EXAMPLES, PredictFunction
from rnn_templates.tasks.seq2seq import Seq2Seq
from rnn_templates.utils.arguments import flatten

NAMES = (*registry.names(), TOY.name)
TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True, scope="module")
def _toy_is_registered():
    registry.register(TOY)
    yield
    registry._REGISTERED.pop(TOY.name)


@pytest.fixture(params=NAMES)
def spec(request):
    """The tiny model and examples of a template, `tests/support/<template>.py`."""
    module = import_module(f"support.{request.param}")
    module.name = request.param
    return module


@cache
def built(name):
    """A tiny model of a template with random weights, for tests that do not train it."""
    return import_module(f"support.{name}").build()


def containers(examples):
    """Yields (name, container) for every form in which the same raw examples can be given."""
    if all(isinstance(example, str) for example in examples):
        dataset = tf.data.Dataset.from_tensor_slices(tf.constant(examples, tf.string))
        yield "array", np.array(examples, dtype=object)
        yield "dataset", dataset
        yield "batched dataset", dataset.batch(2)
        yield "DataFrame column", pd.DataFrame({"text": examples})["text"]
        yield "DataFrame", pd.DataFrame({"text": examples})
    elif all(isinstance(example, np.ndarray) for example in examples):
        encoded = [tf.io.encode_png(example).numpy() for example in examples]
        yield "encoded", encoded
        yield "dataset", tf.data.Dataset.from_tensor_slices(tf.constant(encoded, tf.string))
        if len({example.shape for example in examples}) == 1:
            yield "array", np.stack(examples)
    else:
        yield "ragged dataset", tf.data.Dataset.from_tensor_slices(tf.ragged.constant(examples))


def assert_equal(actual, expected, where):
    """Compares two lists of `Prediction`."""
    assert len(actual) == len(expected), where
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(one.outputs, other.outputs, err_msg=where)
        np.testing.assert_allclose(one.scores, other.scores, rtol=0, atol=1e-5, err_msg=where)


def command_line(*arguments):
    """Runs `rnn-templates` in this process; returns its standard output."""
    from rnn_templates.cli import main

    output = io.StringIO()
    with contextlib.redirect_stdout(output), pytest.raises(SystemExit) as stop:
        main([*map(str, arguments)])
    assert stop.value.code in (0, None), arguments
    return output.getvalue()


def test_record_names_a_builder_a_task_an_evaluation_and_a_search_space(spec):
    import keras_tuner

    from rnn_templates.training.tuning import check_search_space

    template = registry.get(spec.name)
    model = built(spec.name)
    assert isinstance(model, template.load("task")) and registry.of(model) == template
    assert (
        model.name == template.name and callable(template.load("evaluate")) and callable(template.load("data_kwargs"))
    )
    check_search_space(template.load("search_space"), template.load("builder"))
    assert template.load("search_space")(keras_tuner.HyperParameters())


def test_fit_returns_a_history_of_finite_losses_and_traces_its_step_once(spec, monkeypatch):
    model, steps = spec.build(), []
    step = model.train_step
    monkeypatch.setattr(model, "train_step", lambda data: steps.append(0) or step(data))
    history = model.fit(spec.examples, spec.targets, batch_size=4, epochs=1, verbose=0)
    assert history.history["loss"] and np.isfinite(history.history["loss"]).all()
    assert len(steps) == 1


def test_every_container_of_the_same_examples_gives_the_same_predictions_and_remarks_if_unsure(spec, monkeypatch):
    model = built(spec.name)
    expected = model.predict_examples(spec.examples)
    assert len(expected) == len(spec.examples)
    for limit in (-1.0, 1.1):
        monkeypatch.setattr(model, "input_statistics", InputStatistics(confidence=limit))
        examples, _ = model.read_examples(spec.examples)
        marked = model.to_dict(spec.examples[0], model.add_remarks(examples, expected)[0])["remarks"]
        assert any(remark.startswith("low confidence") for remark in marked) == (limit > 1)
    for name, container in containers(spec.examples):
        examples, _ = model.read_examples(container)
        assert_equal(model.predict_examples(examples), expected, f"{spec.name}, {name}")


def test_prediction_does_not_depend_on_the_other_examples_of_a_batch(spec):
    model = built(spec.name)
    expected = model.predict_examples(spec.examples)
    for index in (0, len(spec.examples) - 1):
        alone = model.predict_examples([spec.examples[index]])
        assert_equal(alone, [expected[index]], f"{spec.name}, example {index}")


def test_keras_file_predicts_the_same_in_a_fresh_process(tmp_path):
    """One process loads the files of all templates, the one outside the package through its entry point."""
    toy_package.install(tmp_path)
    for name in NAMES:
        rt.saving.save_model(built(name), tmp_path / f"{name}.keras")
    program = f"""
import json, sys
import numpy as np
import rnn_templates as rt
from importlib import import_module
found = {{}}
for name in {NAMES!r}:
    task, spec = rt.load_model({str(tmp_path)!r} + f"/{{name}}.keras"), import_module(f"support.{{name}}")
    found[name] = [(np.asarray(p.outputs).tolist(), np.asarray(p.scores, float).tolist())
                   for p in task.predict_examples(spec.examples)]
print(json.dumps(found))"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(TESTS), str(Path.cwd())])}
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False
    )
    assert process.returncode == 0, process.stderr[-2000:]
    found = json.loads(process.stdout.splitlines()[-1])
    for name in NAMES:
        expected = built(name).predict_examples(import_module(f"support.{name}").examples)
        assert len(found[name]) == len(expected)
        for (outputs, scores), prediction in zip(found[name], expected, strict=True):
            np.testing.assert_array_equal(outputs, prediction.outputs, err_msg=name)
            np.testing.assert_allclose(scores, prediction.scores, rtol=0, atol=1e-5, err_msg=name)


def test_a_vocabulary_other_than_that_of_the_saved_model_is_refused(spec, tmp_path):
    model, path = built(spec.name), tmp_path / "vocabulary.txt"
    layers = (model.preprocessor, getattr(model, "target_preprocessor", None))
    for layer in layers:
        if not hasattr(layer, "vocabulary"):
            continue
        layer.save_assets(tmp_path)
        saved = path.read_bytes()
        *head, one, other = saved.decode().splitlines()
        for lines in ([*head, other, one], [*head, one], [*head, one, other, "more"]):
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            with pytest.raises(ValueError, match="not the one that the model was saved with"):
                type(layer).from_config(layer.get_config()).load_assets(tmp_path)
        path.write_bytes(saved)
        loaded = type(layer).from_config(layer.get_config())
        loaded.load_assets(tmp_path)
        assert loaded.vocabulary.tokens == layer.vocabulary.tokens and loaded.get_config() == layer.get_config()


def test_a_damaged_configuration_of_a_preprocessor_is_named_when_the_file_is_loaded(spec, tmp_path):
    path = tmp_path / "model.keras"
    built(spec.name).save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    names = [name for name in config["config"] if name.endswith("preprocessor")]
    for name, damage in itertools.product(names, ("x", {})):
        damaged = copy.deepcopy(config)
        if damage:
            damaged["config"][name] = damage
        else:
            damaged["config"][name]["config"] = damage
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in (members | {"config.json": json.dumps(damaged)}).items():
                archive.writestr(member, content)
        if damage:
            with pytest.raises(ValueError, match=f"`{name}` must be a layer"):
                rt.load_model(path)
            continue
        try:
            rt.load_model(path)  # every argument of most preprocessors has a default
        except ValueError as error:
            assert "positional argument" not in str(error)


def test_resumed_training_ends_with_the_weights_of_an_uninterrupted_one(spec, tmp_path):
    class Interruption(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    options = {"epochs": 2, "batch_size": 4, "patience": 5, "seed": 3, "progress": False}
    model, splits = spec.build(), spec.splits()
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    initial = [variable.numpy() for variable in variables]

    def reset():  # one model, so that its training step is traced once
        for variable, value in zip(variables, initial, strict=True):
            variable.assign(value)

    rt.fit(model, splits, tmp_path / "whole", **options)
    expected = model.get_weights()
    reset()
    with pytest.raises(KeyboardInterrupt):
        rt.fit(model, splits, tmp_path / "parts", callbacks=[Interruption()], **options)
    reset()
    rt.fit(model, splits, tmp_path / "parts", **options)
    for weight, value in zip(model.weights, expected, strict=True):
        np.testing.assert_array_equal(weight, value, err_msg=f"{spec.name}: {weight.path}")


def test_every_bad_builder_argument_is_named(spec):
    for argument, values in spec.bad_arguments.items():
        for value in values:
            # "labels" of the tagger are its `tags`
            with pytest.raises(ValueError, match=f"`{argument}`|`tags`" if argument == "labels" else f"`{argument}`"):
                spec.build(**{argument: value})


SIZES = ("units", "embedding_dim", "filters", "conv_filters", "char_units", "attention_units", "similarity_units")


def test_sizes_that_do_not_fit_into_the_memory_are_refused_with_gigabytes_before_a_layer_is_built(spec, monkeypatch):
    names = flatten(registry.get(spec.name).load("builder"))
    monkeypatch.setattr(keras.layers.Layer, "add_weight", lambda *_, **__: pytest.fail("a weight is allocated"))
    for name in set(SIZES) & set(names):
        with pytest.raises(ValueError, match=rf"`{name}` must be an integer from .*takes 40.0 GB; received 100000"):
            spec.build(**{name: 100_000})
    for name in {"num_layers", "decoder_layers"} & set(names):
        with pytest.raises(ValueError, match=rf"`{name}` must be an integer from . to 100 .*received 100000"):
            spec.build(**{name: 100_000})
    monkeypatch.undo()
    monkeypatch.setenv("RNN_TEMPLATES_MEMORY_BYTES", str(2 * 10**9))
    with pytest.raises(ValueError, match=r"`units` 16,384.* takes .* GB; 2.0 GB of memory are available.*Use smaller"):
        spec.build(units=16_384, **({"architecture": "row_rnn"} if "architecture" in names else {}))


def test_validation_split_holds_out_the_last_examples_as_keras_does(spec, monkeypatch):
    model = built(spec.name)
    parts = []

    def record(*part, **options):
        parts.append(part)
        return make_batches(*part, **options)

    make_batches = model.make_batches
    monkeypatch.setattr(model, "make_batches", record)
    monkeypatch.setattr(keras.Model, "fit", lambda *args, **kwargs: None)
    start = int(len(spec.examples) * (1 - 0.25))
    weights = np.arange(len(spec.examples))
    model.fit(spec.examples, spec.targets, validation_split=0.25, sample_weight=weights)
    for (x, y, weight), rows in zip(parts, (slice(None, start), slice(start, None)), strict=True):
        assert [x, y, weight.tolist()] == [spec.examples[rows], spec.targets[rows], weights[rows].tolist()]
    for fraction in (1.0, -0.5, 0.999):
        with pytest.raises(ValueError, match="`validation_split`"):
            model.fit(spec.examples, spec.targets, validation_split=fraction)


def predict_functions(model):
    """All `PredictFunction`s of a task."""
    values = [*vars(model).values(), *getattr(model, "_decode_functions", {}).values()]
    return [value for value in values if isinstance(value, PredictFunction)]


def test_a_few_examples_are_predicted_without_a_pipeline_and_traced_once(spec, monkeypatch):
    model = built(spec.name)
    many = (list(spec.examples) * MAX_DIRECT_EXAMPLES)[: MAX_DIRECT_EXAMPLES + 1]
    expected = model.predict_examples(many)

    def fail(*args, **kwargs):
        raise AssertionError("a tf.data pipeline was built")

    def traces():
        graphs = [graph for one in predict_functions(model) for graph in one._traced.values()]
        return [graph.experimental_get_tracing_count() for graph in graphs]

    for name in ("from_generator", "from_tensor_slices", "from_tensors"):
        monkeypatch.setattr(tf.data.Dataset, name, fail)
    assert_equal(model.predict_examples(many[:2]), expected[:2], f"{spec.name}, two examples")
    before = traces()
    assert_equal(model.predict_examples(many[1:2]), expected[1:2], f"{spec.name}, one example")
    assert traces() == before and sum(before)


def test_a_call_takes_raw_examples_and_strings_in_a_graph(spec):
    model = built(spec.name)
    examples = [example if isinstance(example, (str, np.ndarray)) else " ".join(example) for example in spec.examples]
    if isinstance(model, Seq2Seq):
        with pytest.raises(TypeError, match="call `generate`"):
            model(tf.constant(model.to_strings(examples)))
        return
    expected = model.network(model.encode(examples))
    strings = tf.constant(model.to_strings(examples))
    np.testing.assert_allclose(tf.function(model)(strings), expected, atol=1e-5)
    if isinstance(examples[0], str):
        np.testing.assert_allclose(model(examples), expected, atol=1e-6)
        np.testing.assert_allclose(model(np.array(examples)), expected, atol=1e-6)
        single = model(examples[:1])
        np.testing.assert_allclose(single, expected[:1, : single.shape[1]], atol=1e-5)
    inputs = keras.Input((), dtype="string")
    outer = keras.Model(inputs, keras.ops.sum(model(inputs), axis=-1))
    np.testing.assert_allclose(outer(strings), np.sum(expected, axis=-1), atol=1e-4)


def test_a_clone_encodes_with_the_same_vocabulary_and_takes_the_weights(spec):
    model = built(spec.name)
    cloned = keras.models.clone_model(model)
    cloned.set_weights(model.get_weights())
    assert type(cloned) is type(model) and cloned.labels == model.labels
    tf.nest.map_structure(np.testing.assert_array_equal, cloned.encode(spec.examples), model.encode(spec.examples))


def test_the_summary_lists_the_layers_of_the_network(spec):
    lines = []
    built(spec.name).summary(print_fn=lines.append)
    text = "\n".join(map(str, lines))
    assert all(layer.name[:12] in text for layer in built(spec.name).network.layers[:-1])


def test_fit_maps_labels_of_the_data_by_name_and_refuses_unknown_ones(spec, monkeypatch):
    import rnn_templates.training.fit  # noqa: F401  (the attribute `rnn_templates.training.fit` is the function)

    model, splits = built(spec.name), spec.splits()
    if not splits.labels:
        return

    class Captured(Exception):
        """The splits that `fit` trains on."""

    def capture(model, splits, *_):
        raise Captured(splits)

    monkeypatch.setattr(sys.modules["rnn_templates.training.fit"], "TrainingLoop", capture)
    reverse = dataclasses.replace(splits, labels=splits.labels[::-1])
    with pytest.raises(Captured) as captured:
        rt.fit(model, reverse, epochs=1)
    assert captured.value.args[0].labels == model.labels
    for (_, mapped), (_, target) in zip(captured.value.args[0].train, splits.train, strict=True):
        np.testing.assert_array_equal(mapped, len(model.labels) - 1 - target.numpy())
    with pytest.raises(ValueError, match=f"'new'.*{model.labels[0]!r}.*'new' is not among"):
        rt.fit(model, dataclasses.replace(splits, labels=("new", *splits.labels[1:])), epochs=1)


def test_missing_examples_and_wrong_numbers_of_targets_are_errors(spec):
    model = built(spec.name)
    with pytest.raises(ValueError):
        model.predict([])
    with pytest.raises(ValueError):
        model.fit(spec.examples, spec.targets[:-1], verbose=0)
    if spec.targets is spec.examples:  # texts are their own targets, and nothing else is
        with pytest.raises(ValueError, match="targets"):
            model.fit(spec.examples, spec.targets[::-1], verbose=0)
        return
    with pytest.raises(ValueError, match="target"):
        model.fit(spec.examples, verbose=0)


def test_data_of_another_template_is_not_trained_on_but_names_that_template(spec, tmp_path):
    template = registry.get(spec.name)
    others = [name for name in NAMES if registry.get(name).data_kind != template.data_kind]
    assert len(others) >= 4
    for name in others:
        module, kind = import_module(f"support.{name}"), registry.get(name).data_kind
        fitting = "|".join(one for one in registry.names() if registry.get(one).data_kind == kind)
        (tmp_path / name).mkdir()
        source = module.write_data(tmp_path / name)
        for read in (rt.load, read_labeled_file):
            with pytest.raises(ValueError, match=f"`train ({fitting})`"):
                read(source, kind=template.data_kind)
        splits = dataclasses.replace(module.splits(), kind=kind)
        if template != TOY:  # its `data_kwargs` has no check of its own
            with pytest.raises(ValueError, match=f"`train ({fitting})`"):
                template.load("data_kwargs")(splits)
        with pytest.raises(ValueError, match=f"`train ({fitting})`"):
            rt.fit(built(spec.name), splits)


def test_evaluation_reports_the_headline_metric_beside_a_baseline(spec, tmp_path):
    template, model = registry.get(spec.name), built(spec.name)
    splits = spec.splits()
    report = rt.evaluate(model, splits.train, baseline=splits.train, num_worst=2)
    assert np.isfinite(report.metrics()[template.headline_metric])
    assert template.headline_metric in report.baseline
    report.save(tmp_path)
    saved = json.loads((tmp_path / "report.json").read_text())
    assert saved == {"format": "rnn_templates/1", **json.loads(json.dumps(report.as_dict()))}


def test_every_target_reproduces_the_predictions_of_a_template_outside_the_package(tmp_path):
    """tests/export/test_export_contract.py does so for the templates of the package."""
    spec = import_module("support.toy")
    parity = rt.export_model(built(TOY.name), tmp_path / "exported", examples=(spec.examples, spec.targets))
    files = {report["target"] for report in parity["targets"]}
    assert files == {"keras"} | {file.name for target in TARGETS for file in target.files}
    for report in parity["targets"]:
        if report["target"] not in ("keras", "model_int8.tflite"):
            assert report["label_agreement"] == 1.0 and report["max_abs_difference"] < 1e-4, report
    assert json.loads((tmp_path / "exported" / "card.json").read_text())["parity"]["targets"]


def test_command_line_trains_evaluates_and_predicts_on_a_file(spec, tmp_path):
    data, output = spec.write_data(tmp_path), tmp_path / "run"
    trained = command_line(
        *("train", spec.name, "--data", data, "--output", output, "--json", "--epochs", 1, "--batch-size", 4),
        *("--validation", 0.3, *spec.cli_builder),
    )
    assert json.loads(trained)["best_epoch"] == 1
    report = json.loads(command_line("evaluate", output, "--data", data, "--json"))
    assert registry.get(spec.name).headline_metric in json.dumps(report)
    example = spec.examples[0]
    if isinstance(example, np.ndarray):
        (tmp_path / "image.png").write_bytes(tf.io.encode_png(example).numpy())
        example = tmp_path / "image.png"
    elif not isinstance(example, str):
        example = " ".join(example)
    (prediction,) = json.loads(command_line("predict", output, example, "--json"))
    assert prediction["remarks"] == [*map(str, prediction["remarks"])]
    assert isinstance(json.loads((output / "card.json").read_text())["input_statistics"], dict)


def test_template_outside_the_package_is_listed_trained_and_exported_through_its_entry_point(tmp_path):
    toy_package.install(tmp_path)
    data = import_module("support.toy").write_data(tmp_path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])}
    commands = [
        ["list", "--json"],
        ["train", "toy", "--data", data, "--output", tmp_path / "run", "--epochs", "1", "--units", "4", "--json"],
        ["export", tmp_path / "run", "--data", data, "--json"],
    ]
    program = """
import json, sys
from rnn_templates.cli import main
for command in json.loads(sys.argv[1]):
    try:
        main(command)
    except SystemExit as stop:
        assert not stop.code, (command, stop.code)
    print("end of output")"""
    command = [sys.executable, "-c", program, json.dumps(commands, default=str)]
    process = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert process.returncode == 0, process.stderr[-2000:]
    listed, trained, parity, _ = process.stdout.split("end of output\n")
    assert "toy" in [template["name"] for template in json.loads(listed)] and json.loads(trained)["best_epoch"] == 1
    assert {report["target"] for report in json.loads(parity)["targets"]} > {"keras", "saved_model", "model.tflite"}
    assert (tmp_path / "run" / "model_int8.tflite").exists()
