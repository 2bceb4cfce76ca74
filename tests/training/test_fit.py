"""Training: it can be killed, it can diverge, the disk can be full, and it always tells."""

import errno
import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from rnn_templates.data.splits import Rejected, Splits, make_dataset
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model
from rnn_templates.templates.sentiment.builder import sentiment_model
from rnn_templates.training import fit
from rnn_templates.training.best_weights import BestWeights
from rnn_templates.training.checkpoint import Checkpoint
from rnn_templates.training.divergence import TrainingDivergedError
from rnn_templates.training.ema import EMAWeights
from rnn_templates.training.schedule import CosineSchedule

TEXTS = [b"not bad", b"not good", b"good , not bad", b"bad , not good", b"really good", b"really bad"] * 8
TARGETS = np.array([1, 0, 1, 0, 1, 0] * 8)


def splits(targets=TARGETS, **options):
    dataset = make_dataset(TEXTS, targets)
    sizes = {"train": len(TEXTS), "validation": len(TEXTS)}
    return Splits("tiny", dataset, dataset, None, ("negative", "positive"), sizes=sizes, **options)


def build(seed=3, **options):
    keras.utils.set_random_seed(seed)
    options = {"units": 6, "embedding_dim": 6, "type_dropout": 0.2, "recurrent_dropout": 0.2, **options}
    return sentiment_model(Vocabulary.from_texts(TEXTS), ["negative", "positive"], **options)


OPTIONS = {"epochs": 4, "batch_size": 8, "progress": False}


def test_a_training_leaves_model_words_labels_picture_and_card(tmp_path):
    data = splits(rejected=(Rejected("tiny.csv", 7, "'text' is empty"),))
    model = build(learning_rate=0.02)
    history = fit(model, data, tmp_path, **OPTIONS, facts={"command": "the command"})
    assert [len(values) for values in history.values()] == [4] * 4
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {
        "model.keras", "vocabulary.txt", "labels.txt", "learning_curve.png", "card.json", "README.md", "checkpoint.npz",
    }  # fmt: skip
    card = json.loads((tmp_path / "card.json").read_text())
    assert card["command"] == "the command"
    assert card["training"]["seed"] == 1 and card["training"]["parameters"] == model.count_params()
    assert (card["data"]["rejected_rows"], card["data"]["first_rejected"]) == (1, ["tiny.csv:7: 'text' is empty"])
    assert {"python", "tensorflow", "keras"} <= set(card["versions"])
    assert "the command" in (tmp_path / "README.md").read_text()
    texts = [text.decode() for text in TEXTS[:6]]
    np.testing.assert_allclose(load_model(tmp_path).predict(texts), model.predict(texts), atol=1e-6)
    assert (tmp_path / "labels.txt").read_text() == "negative\npositive\n"


def weights(directory):
    return load_model(directory).get_weights()


class Stop(keras.callbacks.Callback):
    """Interrupts training in the middle of an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.stop_in = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (self.stop_in, 2):
            raise KeyboardInterrupt


@pytest.mark.parametrize("options", [{}, {"schedule": "constant", "average": 0.0}, {"patience": 1}], ids=str)
def test_going_on_after_interruptions_ends_with_the_same_weights(tmp_path, options):
    whole = fit(build(), splits(), tmp_path / "whole", **OPTIONS, **options)
    for epoch in (0, 1, 2):
        if epoch < len(whole["loss"]):
            with pytest.raises(KeyboardInterrupt):
                fit(build(), splits(), tmp_path / "cut", **OPTIONS, **options, callbacks=[Stop(epoch)])
    history = fit(build(seed=99), splits(), tmp_path / "cut", **OPTIONS, **options)
    assert history == whole
    for one, other in zip(weights(tmp_path / "whole"), weights(tmp_path / "cut"), strict=True):
        np.testing.assert_array_equal(one, other)


RUN = """
import sys
sys.path.insert(0, sys.argv[2])
from training.test_fit import build, fit, splits
fit(build(), splits(), sys.argv[1], epochs=40, patience=40, batch_size=8, progress=False)
"""


def test_kill_9_at_random_moments_changes_nothing(tmp_path):
    def start(name):
        here = str(Path(__file__).parent)
        return subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path / name), here], stderr=subprocess.DEVNULL)

    assert start("whole").wait() == 0
    generator = random.Random(1)
    for _ in range(3):
        process = start("killed")
        before = (tmp_path / "killed" / "checkpoint.npz").exists()
        while not before and process.poll() is None and not (tmp_path / "killed" / "checkpoint.npz").exists():
            time.sleep(0.01)
        time.sleep(generator.uniform(0.05, 0.5) + (6.0 if before else 0.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert start("killed").wait() == 0
    for one, other in zip(weights(tmp_path / "whole"), weights(tmp_path / "killed"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_finished_training_is_not_trained_again(tmp_path):
    fit(build(), splits(), tmp_path, **OPTIONS)
    first = weights(tmp_path)
    model = build(seed=50)
    assert len(fit(model, splits(), tmp_path, **OPTIONS)["loss"]) == 4
    for one, other in zip(first, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fit": {"epochs": 9}}, "epochs was 4, is 9"),
        ({"fit": {"seed": 2}}, "seed was 1, is 2"),
        ({"build": {"units": 7}}, "weights was"),
        ({"build": {"learning_rate": 0.5}}, "schedule was"),
        ({"data": 1 - TARGETS}, "training_examples was"),
    ],
    ids=str,
)
def test_a_checkpoint_of_another_training_is_refused_and_the_difference_named(tmp_path, change, message):
    fit(build(), splits(), tmp_path, **OPTIONS)
    with pytest.raises(ValueError, match=message):
        data = splits(change.get("data", TARGETS))
        fit(build(**change.get("build", {})), data, tmp_path, **{**OPTIONS, **change.get("fit", {})})


def test_starting_again_is_possible(tmp_path):
    fit(build(), splits(), tmp_path, **OPTIONS)
    assert len(fit(build(), splits(), tmp_path, **{**OPTIONS, "epochs": 1}, resume=False)["loss"]) == 1


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / "checkpoint.npz").write_bytes(b"PK\x03\x04 half a file")
    with pytest.raises(ValueError, match=r"checkpoint.npz is not a whole checkpoint .* Delete it"):
        fit(build(), splits(), tmp_path, **OPTIONS)


def test_a_full_disk_keeps_the_last_checkpoint_and_says_how_to_go_on(tmp_path):
    class Fill(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:  # from now on no file may grow beyond a kilobyte
                resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(OSError, match="checkpoint of epoch 3 could not be written") as caught:
            fit(build(), splits(), tmp_path / "cut", **OPTIONS, callbacks=[Fill()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, old)
    assert caught.value.errno == errno.EFBIG
    assert [path.name for path in (tmp_path / "cut").iterdir()] == ["checkpoint.npz"]
    fit(build(), splits(), tmp_path / "whole", **OPTIONS)
    fit(build(), splits(), tmp_path / "cut", **OPTIONS)
    for one, other in zip(weights(tmp_path / "whole"), weights(tmp_path / "cut"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_loss_that_is_no_number_stops_with_place_and_advice():
    with pytest.raises(TrainingDivergedError, match=r"epoch 1, batch \d+, .*Lower `learning_rate`"):
        fit(build(learning_rate=1e30, clip_norm=1e30), splits(), **OPTIONS, schedule="constant")


def test_the_best_epoch_is_the_one_that_stays():
    model = build(learning_rate=0.05)
    history = fit(model, splits(), **{**OPTIONS, "epochs": 6}, average=0.0, schedule="constant")
    loss = model.evaluate([text.decode() for text in TEXTS], TARGETS, verbose=0)[0]
    assert loss == pytest.approx(min(history["val_loss"]), rel=1e-5)


def test_patience_ends_training_and_an_unknown_figure_is_named():
    history = fit(build(learning_rate=1e-12), splits(), **{**OPTIONS, "epochs": 9}, average=0.0, patience=2,
                  monitor="val_accuracy")  # fmt: skip
    assert len(history["loss"]) == 3
    with pytest.raises(ValueError, match="no figure 'val_f1'"):
        fit(build(), splits(), **OPTIONS, monitor="val_f1")


def test_a_schedule_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="'cosine' or 'constant', not 'linear'"):
        fit(build(), splits(), **OPTIONS, schedule="linear")


def test_thresholds_of_several_labels_are_chosen_on_the_validation_split():
    hot = np.stack([TARGETS, 1 - TARGETS], axis=1).astype("float32")
    keras.utils.set_random_seed(1)
    model = sentiment_model(Vocabulary.from_texts(TEXTS), ["a", "b"], units=6, multi_label=True)
    fit(model, splits(hot, multi_label=True), **OPTIONS, average=0.0)
    assert len(model.thresholds) == 2 and all(0 < threshold < 1 for threshold in model.thresholds)


def test_the_average_follows_its_formula():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    start = model.get_weights()[0].item()
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(model.get_weights()[0].item())

    average = EMAWeights(0.5)
    model.fit(np.ones((6, 1)), np.zeros((6, 1)), batch_size=1, epochs=1, verbose=0, callbacks=[Watch(), average])
    expected = start
    for n, value in enumerate(seen, start=1):
        decay = min(0.5, (1 + n) / (10 + n))
        expected = decay * expected + (1 - decay) * value
    assert model.get_weights()[0].item() == pytest.approx(expected, rel=1e-5)


def test_validation_sees_the_average_and_training_goes_on_from_the_weights():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    x, y = np.ones((4, 1)), np.zeros((4, 1))
    average = EMAWeights(0.9)
    seen = {}

    class Watch(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            seen["validation"] = model.get_weights()[0].item()

        def on_epoch_end(self, epoch, logs=None):
            seen["after"], seen["average"] = model.get_weights()[0].item(), average.values()[0].item()

    model.fit(x, y, epochs=1, verbose=0, validation_data=(x, y), callbacks=[average, Watch()])
    assert seen["validation"] == seen["average"] != seen["after"]


def test_the_schedule_warms_up_and_falls_to_zero():
    schedule = CosineSchedule(1.0, steps=110, warmup=10)
    assert [schedule.rate(step) for step in (0, 9, 10)] == pytest.approx([0.1, 1.0, 1.0])
    assert schedule.rate(60) == pytest.approx(0.5)
    assert schedule.rate(110) == schedule.rate(500) == pytest.approx(0.0)


def test_best_weights_without_an_epoch_leave_the_model_alone():
    best = BestWeights()
    best.set_model(build())
    before = best.model.get_weights()
    best.on_train_end()
    for one, other in zip(before, best.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_without_a_file_starts_at_the_first_epoch(tmp_path):
    assert Checkpoint(tmp_path / "none.npz", {}, {}).resume(build()) == 0
