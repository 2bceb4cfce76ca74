"""Exported files answer as the model does, in processes that know nothing of this package."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.flat import build_flat

from rnn_templates.cells import CELLS
from rnn_templates.cells.cell import Cell
from rnn_templates.export import export as export_module
from rnn_templates.export import export_model
from rnn_templates.export.parity import ParityError
from rnn_templates.export.targets import litert
from rnn_templates.export.targets.litert import LiteRTModel, UnsupportedOpError, list_ops
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model

TEXTS = ["not bad", "not good", "good , not bad", "bad , not good", "", "é 😀 never seen " * 9]
HERE = Path(__file__).parent
RUNTIME = Path(__file__).parents[2] / "rnn_templates" / "runtime"


def build(**options):
    keras.utils.set_random_seed(1)
    options = {"units": 8, "embedding_dim": 8, "max_tokens": 12, **options}
    return build_flat(
        sentiment_model, Vocabulary.from_texts(TEXTS), options.pop("labels", ["negative", "positive"]), **options
    )


def alone(code, *arguments):
    """Runs code in a process of its own, and returns the JSON that it prints last."""
    answer = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "model"
    model = build(chunk_length=4, pooling="max_mean")
    parity = export_model(model, folder, examples=(TEXTS, ["positive", "negative"] * 3), data="six texts")
    return model, folder, parity


def test_the_folder_holds_what_a_server_and_a_device_need(exported):
    _, folder, _ = exported
    assert {path.name for path in folder.iterdir()} == {
        "saved_model", "model.tflite", "model_int8.tflite", "vocabulary.txt", "labels.txt", "preprocessing.json",
        "card.json", "README.md",
    }  # fmt: skip
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_the_certificate_tells_of_every_file_and_stands_in_the_card(exported):
    _, folder, parity = exported
    reports = {report["target"]: report for report in parity["targets"]}
    assert set(reports) == {"keras", "saved_model", "model.tflite", "model_int8.tflite"}
    for name in ("saved_model", "model.tflite"):
        assert reports[name]["max_abs_difference"] < 1e-5
        assert (reports[name]["label_agreement"], reports[name]["metric_change"]) == (1.0, 0.0)
    assert reports["model.tflite"]["size_bytes"] == (folder / "model.tflite").stat().st_size
    assert "WHILE" in reports["model.tflite"]["ops"]
    card = json.loads((folder / "card.json").read_text())
    assert card["parity"]["examples"] == 6
    assert "model_int8.tflite" in (folder / "README.md").read_text()


def test_a_longer_text_costs_no_bytes_in_the_litert_file(tmp_path):
    sizes = []
    for words in (16, 1600):
        litert.export_litert(build(max_tokens=words, pooling="max_mean"), tmp_path / "model.tflite")
        sizes.append((tmp_path / "model.tflite").stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 1000  # the loop's outputs, 1,600 steps of 8 floats, are not stored as zeros


def test_a_model_trained_compiled_answers_alike_saved_served_and_on_a_device(tmp_path):
    model = build(cell="gru", pooling="max_mean")
    assert model.network.get_layer("recurrent").explain_implementation().startswith("xla: ")
    model.fit(TEXTS, ["positive", "negative"] * 3, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    parity = export_model(model, tmp_path / "exported", examples=TEXTS)
    reports = {report["target"]: report for report in parity["targets"]}
    assert reports["saved_model"]["max_abs_difference"] < 1e-5 > reports["model.tflite"]["max_abs_difference"]
    graph = (tmp_path / "exported" / "saved_model" / "saved_model.pb").read_bytes()
    assert b"Xla" not in graph.replace(b"XlaDynamicUpdateSlice", b"")
    code = (
        "import sys, json, rnn_templates\n"
        "model = rnn_templates.load_model(sys.argv[1])\n"
        "print(json.dumps(model.predict(sys.argv[2:]).tolist()))"
    )
    np.testing.assert_allclose(alone(code, tmp_path / "model.keras", *TEXTS), model.predict(TEXTS), atol=1e-6)


def test_the_saved_model_answers_strings_where_there_is_only_tensorflow(exported):
    model, folder, _ = exported
    code = (
        "import sys, json, tensorflow as tf\n"
        "served = tf.saved_model.load(sys.argv[1])\n"
        "answer = served.serve(tf.constant(sys.argv[2:]))\n"
        "assert 'rnn_templates' not in sys.modules\n"
        "print(json.dumps([answer['probabilities'].numpy().tolist(), [l.decode() for l in answer['label'].numpy()]]))"
    )
    probabilities, labels = alone(code, folder / "saved_model", *TEXTS)
    np.testing.assert_allclose(probabilities, model.predict(TEXTS), atol=1e-6)
    assert labels == [answer["label"] for answer in model.predict(TEXTS, return_labels=True)]


@pytest.mark.parametrize(("name", "tolerance"), [("model.tflite", 1e-6), ("model_int8.tflite", 0.02)])
def test_the_litert_file_answers_with_numpy_and_a_short_reader(exported, name, tolerance):
    model, folder, _ = exported
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1])\n"
        "import numpy as np\n"
        "from ai_edge_litert.interpreter import Interpreter\n"
        "from word_tokenizer import make_text_encoder\n"
        "read = make_text_encoder(sys.argv[2]); rows = []\n"
        "run = Interpreter(sys.argv[2] + '/' + sys.argv[3]).get_signature_runner('serve')\n"
        "for text in sys.argv[4:]:\n"
        "    ids = np.zeros(run.get_input_details()['ids']['shape'], np.int32)\n"
        "    found = read(text); ids[0, :len(found)] = found\n"
        "    rows.append(run(ids=ids)['probabilities'][0].tolist())\n"
        "assert 'tensorflow' not in sys.modules\n"
        "print(json.dumps(rows))"
    )
    np.testing.assert_allclose(alone(code, RUNTIME, folder, name, *TEXTS), model.predict(TEXTS), atol=tolerance)


def test_files_of_another_kind_in_the_folder_stay(tmp_path):
    (tmp_path / "model.keras").write_text("mine")
    export_model(build(), tmp_path, ("litert",), examples=TEXTS)
    assert (tmp_path / "model.keras").read_text() == "mine"
    assert not (tmp_path / "saved_model").exists()


SHAPES = (
    {"pooling": "attention", "num_layers": 2},
    {"pooling": "last"},
    {"pooling": "max_mean", "chunk_length": 5, "bidirectional": False, "conv_filters": 6},
)


# The contracts of the cells convert every cell; here each stands for a third of the shapes.
@pytest.mark.parametrize("cell, options", [(cell, SHAPES[i % 3]) for i, cell in enumerate(CELLS)], ids=str)
def test_every_cell_and_shape_exports_with_built_in_ops_alone(tmp_path, cell, options):
    model = build(cell=cell, **options)
    export_model(model, tmp_path / "model", ("litert",), examples=TEXTS)
    ops = list_ops((tmp_path / "model" / "model.tflite").read_bytes())
    assert not [op for op in ops if op.startswith(("CUSTOM", "Flex"))]
    file = LiteRTModel(tmp_path / "model" / "model.tflite")
    first, second = ([answer.probabilities for answer in model.ask_device(file, TEXTS)] for _ in range(2))
    np.testing.assert_allclose(first, model.predict(TEXTS), atol=1e-5)
    np.testing.assert_array_equal(first, second)  # no state is left from one call to the next


def test_several_labels_are_exported_with_their_thresholds(tmp_path):
    model = build(labels=["a", "b", "c"], multi_label=True)
    model.thresholds = [0.0, 0.9, 0.3]
    export_model(model, tmp_path / "model", examples=(TEXTS, np.eye(3)[[0, 1, 2, 0, 1, 2]]))
    served = tf.saved_model.load(str(tmp_path / "model" / "saved_model"))
    answer = served.serve(tf.constant(TEXTS))
    np.testing.assert_array_equal(answer["chosen"], model.predict(TEXTS) >= model.thresholds)
    assert answer["labels"].numpy().tolist() == [b"a", b"b", b"c"]


@keras.saving.register_keras_serializable(package="test")
class DigammaCell(Cell):
    """A cell with an op that LiteRT does not have."""

    def step(self, zx, zh, states):
        h = tf.math.digamma(2.0 + tf.tanh(zx + zh))
        return h, (h,)


def test_an_op_that_litert_does_not_have_fails_and_names_op_and_layer(tmp_path):
    with pytest.raises(UnsupportedOpError, match=r"(?s)no built-in op for Digamma, used by the layer recurrent"):
        export_model(build(cell=DigammaCell), tmp_path / "model", ("litert",), examples=TEXTS)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_answers_otherwise_fails_and_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    folder = tmp_path / "model"
    export_model(build(), folder, ("litert",), examples=TEXTS)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write = export_module.export_litert
    monkeypatch.setattr(
        export_module, "export_litert", lambda model, *args, **more: export_model(build(cell="gru"), *args, **more)
    )
    with pytest.raises(ParityError, match=r"model.tflite does not answer as Keras does: largest difference"):
        export_model(build(), folder, ("litert",), examples=TEXTS)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_weights_that_are_no_numbers_are_not_exported(tmp_path):
    model = build()
    model.set_weights([np.full(weight.shape, np.nan) for weight in model.get_weights()])
    with pytest.raises(ParityError, match="nan"):
        export_model(model, tmp_path / "model", ("litert",), examples=TEXTS)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_written_folder(tmp_path):
    import resource
    import signal

    model = build()
    model.predict(TEXTS)
    limit, old = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, limit[1]))
    try:
        with pytest.raises(Exception, match="(?i)file too large|data loss|write"):
            export_model(model, tmp_path / "model", ("litert",), examples=TEXTS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, old)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("targets", "examples", "message"),
    [
        (("onnx",), TEXTS, r"unknown targets \['onnx'\]"),
        ((), TEXTS, "unknown targets"),
        (("litert",), [], "no texts"),
    ],
    ids=str,
)
def test_a_wrong_call_is_refused(tmp_path, targets, examples, message):
    with pytest.raises(ValueError, match=message):
        export_model(build(), tmp_path / "model", targets, examples=examples)


def test_a_device_file_needs_a_length(tmp_path):
    with pytest.raises(ValueError, match="max_tokens"):
        export_model(build(max_tokens=None), tmp_path / "model", ("litert",), examples=TEXTS)
