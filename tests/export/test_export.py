"""`export_model`: what it writes, refuses, and leaves behind."""

import errno
import json
import resource
import signal
import subprocess

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.isolated import run_isolated
from support.specs import SPECS

import rnn_templates as rt
from rnn_templates.cells.cell import Cell
from rnn_templates.export import export_model
from rnn_templates.export.export import _publish
from rnn_templates.export.parity import ParityError
from rnn_templates.export.targets.litert import LiteRTTarget, UnsupportedOpError
from rnn_templates.model_card import Card

SENTIMENT, TAGGING, TRANSLATION = SPECS["sentiment"], SPECS["tagging"], SPECS["translation"]
TEXTS = SENTIMENT.examples


@pytest.fixture(autouse=True)
def _float32_only(monkeypatch):
    """Converts to float32 only; the contract of exports covers int8."""
    monkeypatch.setattr(LiteRTTarget, "files", LiteRTTarget.files[:1])


def content(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_other_files_in_the_folder_are_kept(tmp_path):
    (tmp_path / "model.keras").write_text("mine")
    parity = export_model(SENTIMENT.build(), tmp_path, "litert", examples=TEXTS, max_examples=3)
    assert (tmp_path / "model.keras").read_text() == "mine"
    assert not (tmp_path / "saved_model").exists()
    assert (parity["examples"], parity["data"]) == (3, "the given examples")


@keras.saving.register_keras_serializable(package="test")
class DigammaCell(Cell):
    """A cell with an op that LiteRT does not have."""

    def step(self, zx, zh, states):
        h = tf.math.digamma(2.0 + tf.tanh(zx + zh))
        return h, (h,)


def test_an_unsupported_op_is_named_with_its_layer(tmp_path):
    with pytest.raises(UnsupportedOpError, match=r"(?s)no built-in op for Digamma, used by the layer recurrent"):
        export_model(SENTIMENT.build(cell=DigammaCell), tmp_path / "model", "litert", examples=TEXTS)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_does_not_reproduce_the_model_leaves_the_folder_unchanged(tmp_path, monkeypatch):
    folder, model = tmp_path / "model", SENTIMENT.build()
    export_model(model, folder, "litert", examples=TEXTS)
    before, write = content(folder), LiteRTTarget.write
    other = SENTIMENT.build(cell="gru")
    monkeypatch.setattr(LiteRTTarget, "write", lambda self, task, folder: write(self, other, folder))
    with pytest.raises(ParityError, match="model.tflite, signature 'serve'"):
        export_model(model, folder, "litert", examples=TEXTS)
    assert content(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_weights_that_are_not_finite_are_not_exported(tmp_path):
    model = SENTIMENT.build()
    model.set_weights([np.full(weight.shape, np.nan) for weight in model.get_weights()])
    with pytest.raises(ParityError, match="nan"):
        export_model(model, tmp_path / "model", "litert", examples=TEXTS)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_incomplete_folder(tmp_path):
    model = SENTIMENT.build()
    model.predict(TEXTS)
    limit, old = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, limit[1]))
    try:
        with pytest.raises(Exception, match="(?i)file too large|data loss|write"):
            export_model(model, tmp_path / "model", "litert", examples=TEXTS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, old)
    assert list(tmp_path.iterdir()) == []


FULL = (
    OSError(errno.ENOSPC, "No space left on device"),
    tf.errors.ResourceExhaustedError(None, None, "model/variables.index; No space left on device"),
    RuntimeError("Can't write data (file write failed: errno = 28, error message = 'No space left on device')"),
)


@pytest.mark.parametrize("error", FULL, ids=["python", "tensorflow", "hdf5"])
def test_a_full_disk_is_an_error_with_the_folder_which_stays_as_it_was(tmp_path, monkeypatch, error):
    def write(self, task, folder):
        (folder / "model.tflite").write_bytes(b"half")
        raise error

    monkeypatch.setattr(LiteRTTarget, "write", write)
    folder = tmp_path / "model"
    Card({"title": "Mine"}).save(folder)
    (folder / "model.tflite").write_bytes(b"of the last export")
    before = content(tmp_path)
    with pytest.raises(OSError, match="no space left on the disk. The folder is unchanged") as caught:
        export_model(SENTIMENT.build(), folder, "litert", examples=TEXTS)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(folder))
    assert content(tmp_path) == before and list(tmp_path.iterdir()) == [folder]


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [1, 4])
def test_a_full_file_system_leaves_the_folder_as_it_was(tmp_path, megabytes):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the permission to mount a file system")
    try:
        Card({"title": "Mine"}).save(disk / "model")
        before = content(disk)
        model = SENTIMENT.build(units=256, embedding_dim=256)  # 3 MB a file
        with pytest.raises(OSError, match="no space left on the disk"):
            export_model(model, disk / "model", ("saved_model", "litert"), examples=TEXTS)
        assert content(disk) == before and list(disk.iterdir()) == [disk / "model"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_folder_of_the_last_export_is_replaced_by_the_new_one(tmp_path, monkeypatch):
    folder = tmp_path / "model"
    (folder / "saved_model").mkdir(parents=True)
    (folder / "saved_model" / "old").write_text("old")
    staging = tmp_path / "staging"
    (staging / "saved_model").mkdir(parents=True)
    (staging / "saved_model" / "new").write_text("new")
    _publish(staging, folder)
    assert [path.name for path in (folder / "saved_model").iterdir()] == ["new"]


@pytest.mark.parametrize("targets", ["onnx", ("litert", "onnx"), ()], ids=str)
def test_the_message_about_an_unknown_target_lists_the_names(tmp_path, targets):
    with pytest.raises(ValueError, match="`targets`.*saved_model, litert"):
        export_model(SENTIMENT.build(), tmp_path / "model", targets, examples=TEXTS)


def test_a_device_needs_a_static_length(tmp_path):
    with pytest.raises(ValueError, match="`max_tokens`"):
        export_model(SENTIMENT.build(max_tokens=None), tmp_path / "model", "litert", examples=TEXTS)


TOO_LONG = "a b c d " * 3
INVALID = [
    (TAGGING, (TAGGING.examples, [["O"] * 9] * 4), ValueError, "Sentence 0 has 5 tokens and 9 tags"),
    (TAGGING, [["Ann", 3]], TypeError, "oken 1 of sentence 0"),
    (TRANSLATION, [TOO_LONG, "", " "], ValueError, "`examples`.* 3 "),
    (TRANSLATION, (TRANSLATION.examples, TRANSLATION.targets[:2]), ValueError, "24 texts and 2 targets"),
]


@pytest.mark.parametrize(("spec", "examples", "error", "message"), INVALID, ids=["counts", "type", "length", "targets"])
def test_an_invalid_example_is_named_and_leaves_no_folder(tmp_path, spec, examples, error, message):
    with pytest.raises(error, match=message):
        export_model(spec.build(), tmp_path / "model", "litert", examples=examples)
    assert list(tmp_path.iterdir()) == []


def test_a_device_compares_long_sentences_in_segments_and_only_texts_that_fit(tmp_path):
    examples = [TAGGING.examples[0] * 5] * 3, [TAGGING.targets[0] * 5] * 3
    parity = export_model(TAGGING.build(), tmp_path / "tagging", "litert", examples=examples)
    assert (parity["examples"], parity["targets"][1]["label_agreement"]) == (12, 1.0)
    assert parity["targets"][1]["metric_change"] == 0.0
    kept, targets = TRANSLATION.build().fit_to_device(["a b", TOO_LONG, "", "c"], ["x", "long", "empty", "y"])
    assert (kept, targets) == (["a b", "c"], ["x", "y"])


def test_texts_empty_sentences_and_invalid_bytes_are_examples(tmp_path):
    examples = ["Ann left", "", b"Bo \xff", [], ["Ann", b"\xff", "\ud800"]]
    parity = export_model(TAGGING.build(), tmp_path / "model", "saved_model", examples=examples)
    assert (parity["examples"], parity["targets"][1]["label_agreement"]) == (5, 1.0)


@pytest.mark.xla
def test_a_model_trained_with_xla_predicts_the_same_saved_served_and_on_a_device(tmp_path):
    model = SENTIMENT.build(randomize=False, cell="gru", pooling="max_mean")
    model.fit(TEXTS, SENTIMENT.targets, epochs=2, verbose=0)
    rt.save_model(model, tmp_path / "model.keras")
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
    found = run_isolated(code, tmp_path / "model.keras", *TEXTS)
    np.testing.assert_allclose(found, model.predict(TEXTS), atol=1e-6)


def test_recorded_examples_of_tokens_in_bytes_are_texts(tmp_path):
    model = TAGGING.build()
    tokens = [text.encode() for text in ("Ann", "left", "Oslo")]
    export_model(model, tmp_path / "model", "litert", examples=[tokens, ["Ann"], np.array(["Bob", "left"])])
    recorded = json.loads((tmp_path / "model" / "examples.json").read_text())
    (name,) = recorded
    assert [one["input"] for one in recorded[name]][:2] == [["Ann", "left", "Oslo"], ["Ann"]]
