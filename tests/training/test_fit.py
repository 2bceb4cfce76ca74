"""fit: files, interruption and resumption, divergence, a full disk."""

import dataclasses
import io
import json
import os
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from support.trainings import OPTIONS, TARGETS, TEXTS, Interrupt, assert_same_weights, build, make_splits

from rnn_templates.data.splits import RejectedRow
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model
from rnn_templates.templates.sentiment.builder import sentiment_model
from rnn_templates.training import fit, settings
from rnn_templates.training.divergence import TrainingDivergedError
from rnn_templates.utils.lock import FolderLock, FolderLockedError

TESTS = Path(__file__).parents[1]


def test_a_training_writes_model_vocabulary_labels_plot_and_card(tmp_path):
    data = make_splits(rejected_rows=(RejectedRow("tiny.csv", 7, "'text' is empty"),))
    model = build(learning_rate=0.02)
    history = fit(model, data, tmp_path, **OPTIONS, card={"command": "the command"})
    assert [len(values) for values in history.values()] == [4] * 6
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {
        "model.keras", "vocabulary.txt", "labels.txt", "learning_curve.png", "card.json", "README.md",
    }  # fmt: skip
    card = json.loads((tmp_path / "card.json").read_text())
    assert card["command"] == "the command"
    assert card["training"]["seed"] == 1 and card["training"]["parameters"] == model.count_params()
    assert card["training"]["ema_decay"] == 0.999
    assert (card["data"]["rejected_rows"], card["data"]["first_rejected"]) == (1, ["tiny.csv:7: 'text' is empty"])
    assert {"python", "tensorflow", "keras"} <= set(card["versions"])
    assert "the command" in (tmp_path / "README.md").read_text()
    texts = [text.decode() for text in TEXTS[:6]]
    np.testing.assert_allclose(load_model(tmp_path).predict(texts), model.predict(texts), atol=1e-6)
    assert (tmp_path / "labels.txt").read_text() == "negative\npositive\n"


OPEN = {"batch_size": 8, "progress": False, "patience": 2}


def test_without_a_number_of_epochs_training_ends_by_patience_and_resumes_also_in_the_decay(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "MIN_PATIENCE_STEPS", 1)
    monkeypatch.setattr(settings, "MIN_DELTA", 1.0)  # the loss improves by less: patience ends after epoch 3
    whole = fit(build(learning_rate=0.05), make_splits(), tmp_path / "whole", **OPEN)
    card = json.loads((tmp_path / "whole" / "card.json").read_text())["training"]
    assert (card["stopped"], card["schedule"], len(whole["loss"])) == ("patience", "warmup_stable_decay", 4)
    for epoch in (1, 3):  # the second is in the decay
        with pytest.raises(KeyboardInterrupt):
            fit(build(learning_rate=0.05), make_splits(), tmp_path / "cut", **OPEN, callbacks=[Interrupt(epoch)])
    assert fit(build(99, learning_rate=0.05), make_splits(), tmp_path / "cut", **OPEN) == whole
    assert_same_weights(tmp_path / "whole", tmp_path / "cut")


def test_without_a_number_of_epochs_a_metric_that_never_stops_improving_ends_at_the_limit(monkeypatch):
    monkeypatch.setattr(settings, "MAX_EPOCHS", 3)
    monkeypatch.setattr(settings, "MAX_STEPS", 1)
    monkeypatch.setattr(settings, "MIN_DELTA", 0.0)
    history = fit(build(learning_rate=0.02), make_splits(), **{**OPEN, "monitor": "val_loss"})
    assert len(history["loss"]) == 4
    with pytest.raises(ValueError, match="`epochs` must be a positive integer, because there is no validation split"):
        fit(build(), dataclasses.replace(make_splits(), validation=None), progress=False)


def test_a_folder_in_use_or_that_cannot_be_written_is_an_error_before_the_first_epoch(tmp_path, monkeypatch):
    class Unexpected(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            raise AssertionError("an epoch has begun")

    model, options = build(), {**OPTIONS, "callbacks": [Unexpected()]}
    with FolderLock(tmp_path / "used"), pytest.raises(FolderLockedError, match=rf"process {os.getpid()} on"):
        fit(model, make_splits(), tmp_path / "used", **options)
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        fit(model, make_splits(), tmp_path / "file" / "run", **options)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(OSError, match="0 MB of the disk are free; the training writes about 1 MB"):
        fit(model, make_splits(), tmp_path / "full", **options)
    assert not (tmp_path / "full" / "card.json").exists()


def test_a_foreign_or_broken_checkpoint_is_refused_before_anything_is_written(tmp_path):
    other = io.BytesIO()
    meta = {"settings": {"settings": {"epochs": 99}}, "epochs_done": 1, "history": {}, "finished": False}
    np.savez(other, meta=np.array(json.dumps(meta)))
    model, refused = build(), {
        b"mine": "checkpoint.npz is not a complete checkpoint of this model",
        b"": "checkpoint.npz is not a complete checkpoint of this model",
        other.getvalue(): "holds a training with other settings: epochs was 99, is 4",
    }  # fmt: skip
    for number, (content, message) in enumerate(refused.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "checkpoint.npz").write_bytes(content)
        with pytest.raises(ValueError, match=message):
            fit(model, make_splits(), folder, **OPTIONS)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"checkpoint.npz": content}


def test_a_loss_that_is_not_finite_is_an_error_with_epoch_and_batch():
    with pytest.raises(TrainingDivergedError, match=r"epoch 1, batch \d+, .*`learning_rate`"):
        fit(build(learning_rate=1e30), make_splits(), **OPTIONS, schedule="constant")


def test_the_model_is_left_with_the_weights_of_the_best_epoch():
    model = build(learning_rate=0.05)
    history = fit(model, make_splits(), **{**OPTIONS, "epochs": 6}, ema_decay=0.0, schedule="constant")
    loss = model.evaluate([text.decode() for text in TEXTS], TARGETS, verbose=0)[0]
    assert loss == pytest.approx(min(history["val_loss"]), rel=1e-5)


def test_patience_stops_training_and_wrong_arguments_are_named():
    history = fit(build(learning_rate=1e-12), make_splits(), **{**OPTIONS, "epochs": 9}, ema_decay=0.0, patience=2,
                  monitor="val_accuracy")  # fmt: skip
    assert len(history["loss"]) == 3
    with pytest.raises(ValueError, match="`monitor`.*'val_f1'"):
        fit(build(), make_splits(), **OPTIONS, monitor="val_f1")
    with pytest.raises(ValueError, match="`schedule`.*'linear'"):
        fit(build(), make_splits(), **OPTIONS, schedule="linear")


def test_thresholds_of_a_multi_label_model_are_chosen_on_the_validation_split():
    hot = np.stack([TARGETS, 1 - TARGETS], axis=1).astype("float32")
    keras.utils.set_random_seed(1)
    model = sentiment_model(Vocabulary.from_texts(TEXTS), ["negative", "positive"], units=6, multi_label=True)
    fit(model, make_splits(hot, multi_label=True), **OPTIONS, ema_decay=0.0)
    assert len(model.thresholds) == 2 and all(0 < threshold < 1 for threshold in model.thresholds)
