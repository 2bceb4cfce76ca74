"""Checkpoint: missing, damaged and crafted files, and files that a killed process leaves behind."""

import keras
import numpy as np
import pytest

from rnn_templates.training.checkpoint import Checkpoint
from rnn_templates.training.run_folder import RunFolder


@pytest.fixture(scope="module")
def model():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def test_without_a_file_the_first_epoch_is_0(tmp_path, model):
    assert Checkpoint(tmp_path / "none.npz", {}, {}).resume(model) == 0


def test_a_damaged_or_crafted_file_is_an_error_that_states_the_remedy(tmp_path, model):
    path = tmp_path / "checkpoint.npz"
    checkpoint = Checkpoint(path, {}, {})
    checkpoint.set_model(model)
    checkpoint.on_epoch_end(0, {"loss": 1.0})
    complete = path.read_bytes()
    with np.load(path) as saved:
        arrays = dict(saved)
    assert Checkpoint(path, {}, {}).resume(model) == 1
    other_shape = {**arrays, "variable0": np.zeros((7, 7), np.float32)}
    crafted = {
        "empty": b"",
        "truncated": complete[:-200],
        "no archive": b"not a zip archive" * 99,
        "pickle": {**arrays, "variable0": np.array([{"a": 1}], dtype=object)},
        "other shape": other_shape,
        "without metadata": {name: value for name, value in arrays.items() if name != "meta"},
        "without a variable": {name: value for name, value in arrays.items() if name != "variable1"},
        "metadata of another form": {**arrays, "meta": np.array("[1]")},
        "too large": {**arrays, "more": np.zeros(70 * 1024**2, np.uint8)},
    }
    for name, content in crafted.items():
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            np.savez_compressed(path, **content)
        with pytest.raises(ValueError, match=r"checkpoint.npz is not a complete checkpoint.* Delete it, or train anew"):
            Checkpoint(path, {}, {}).resume(model)
            pytest.fail(name)


def test_temporary_checkpoints_of_killed_processes_are_deleted_before_the_first_epoch(tmp_path):
    (tmp_path / ".checkpoint-1234-abcd.npz").write_bytes(b"half")
    RunFolder(tmp_path, {}).begin(1)
    assert {path.name for path in tmp_path.iterdir()} == {"card.json", "README.md"}
