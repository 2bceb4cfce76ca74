"""Interrupted trainings in a folder."""

import errno
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import pytest
from support.trainings import OPTIONS, Interrupt, assert_same_weights, build, make_splits

from rnn_templates.training import fit

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted training with the default settings: its folder and its history."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, fit(build(), make_splits(), folder, **OPTIONS)


@pytest.mark.parametrize(
    ("epochs", "options"),
    [
        ((0, 1, 2), {}),
        pytest.param((1,), {"schedule": "constant", "ema_decay": 0.0}, marks=pytest.mark.slow),
        ((1,), {"patience": 1}),
    ],
    ids=["default", "constant", "patience"],
)
def test_a_resumed_training_ends_with_the_same_weights_as_an_uninterrupted_one(whole, tmp_path, epochs, options):
    folder, uninterrupted = whole
    if options:
        folder = tmp_path / "whole"
        uninterrupted = fit(build(), make_splits(), folder, **OPTIONS, **options)
    for epoch in epochs:
        with pytest.raises(KeyboardInterrupt):
            fit(build(), make_splits(), tmp_path / "cut", **OPTIONS, **options, callbacks=[Interrupt(epoch)])
    history = fit(build(seed=99), make_splits(), tmp_path / "cut", **OPTIONS, **options)
    assert history == uninterrupted
    assert_same_weights(folder, tmp_path / "cut")


RUN = """
import sys
sys.path.insert(0, sys.argv[2])
from support.trainings import build, make_splits
from rnn_templates.training import fit
fit(build(), make_splits(), sys.argv[1], epochs=int(sys.argv[3]), patience=40, batch_size=8, progress=False)
"""


def check_kill_9(folder, kills, epochs):
    """Kills a training in another process several times, and compares its weights with an uninterrupted one's."""

    def start(name):
        command = [sys.executable, "-c", RUN, str(folder / name), str(TESTS), str(epochs)]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL)

    uninterrupted = start("whole")
    checkpoint, generator = folder / "killed" / "checkpoint.npz", random.Random(1)
    for _ in range(kills):
        process = start("killed")
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else None
        while process.poll() is None and (not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before):
            time.sleep(0.01)
        time.sleep(generator.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert checkpoint.exists()
    assert start("killed").wait() == 0
    assert uninterrupted.wait() == 0
    assert_same_weights(folder / "whole", folder / "killed")


@pytest.mark.slow
def test_kill_9_changes_nothing(tmp_path):
    check_kill_9(tmp_path, kills=1, epochs=10)


@pytest.mark.slow
def test_repeated_kill_9_changes_nothing(tmp_path):
    check_kill_9(tmp_path, kills=3, epochs=40)


def test_without_resume_the_checkpoint_is_ignored(whole, tmp_path):
    shutil.copytree(whole[0], tmp_path, dirs_exist_ok=True)
    assert len(fit(build(), make_splits(), tmp_path, **{**OPTIONS, "epochs": 1}, resume=False)["loss"]) == 1


def test_a_full_disk_keeps_the_previous_checkpoint(whole, tmp_path):
    class Fill(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:  # from now on no file may grow beyond a kilobyte
                resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(OSError, match="checkpoint of epoch 3") as caught:
            fit(build(), make_splits(), tmp_path / "cut", **OPTIONS, callbacks=[Fill()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, old)
    assert caught.value.errno == errno.EFBIG
    written = {path.name for path in (tmp_path / "cut").iterdir()}
    assert written == {"checkpoint.npz", "card.json", "README.md"}
    fit(build(), make_splits(), tmp_path / "cut", **OPTIONS)
    assert_same_weights(whole[0], tmp_path / "cut")
