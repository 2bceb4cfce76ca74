"""Commands that are killed at a random time, and run again."""

import contextlib
import time

from attack import Failure
from base import data_of, train_words

WEIGHT = 2
LEFTOVERS = (".checkpoint-*", ".model-*", ".lock", "*.tmp", ".saved_model*")


def attack(attack):
    """Kills a training or an export, and repeats the command."""
    (train if attack.rng.random() < 0.6 else export)(attack)


def weights(folder):
    """The weights of the model in a folder."""
    import rnn_templates as rt

    return [weight.numpy() for weight in rt.load_model(folder).weights]


def check_folder(folder):
    """Raises `Failure` if files of an interrupted command are left."""
    left = [path.name for pattern in LEFTOVERS for path in [*folder.glob(pattern), *folder.parent.glob(f"{pattern}")]]
    if left:
        raise Failure(f"files are left: {left}")


def kill_at_random(attack, words, longest):
    """Starts a command and kills it after a random time; returns whether it was still running."""
    pid = attack.start(*words)
    time.sleep(attack.rng.uniform(0.0, longest))
    return attack.wait(pid, kill=True) != 0


def train(attack):
    """A training that is killed up to three times ends with the weights of an uninterrupted one."""
    import numpy as np

    def words(folder):
        return [
            *train_words("sentiment", data_of("sentiment", attack.base), attack.folder / folder, epochs=6),
            "--patience",
            9,
        ]

    start = time.perf_counter()
    if attack.wait(attack.start(*words("whole"))):
        raise Failure("the uninterrupted training failed")
    longest = 1.2 * (time.perf_counter() - start)
    for _ in range(attack.rng.randrange(1, 4)):
        kill_at_random(attack, words("killed"), longest)
    code = attack.wait(attack.start(*words("killed")))
    if code:
        raise Failure(f"the repeated command ends with {code}")
    check_folder(attack.folder / "killed")
    for one, other in zip(weights(attack.folder / "whole"), weights(attack.folder / "killed"), strict=True):
        if not np.array_equal(one, other):
            raise Failure("the weights differ from those of an uninterrupted training")


def export(attack):
    """An export that is killed leaves the old files or the new ones; the repeated command succeeds."""
    name = attack.rng.choice(("sentiment", "tagging"))
    folder = attack.copy(name)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    words = ["export", folder, "--data", data_of(name, attack.base)]
    start = time.perf_counter()
    with contextlib.suppress(ProcessLookupError):
        kill_at_random(attack, words, 8.0)
    missing = [one for one in before if not (folder / one).is_file() or not (folder / one).stat().st_size]
    if missing:
        raise Failure(f"missing after {time.perf_counter() - start:.1f} s: {missing}")
    if not (folder / "saved_model" / "saved_model.pb").is_file():
        raise Failure("the SavedModel is missing")
    if attack.wait(attack.start(*words)):
        raise Failure("the repeated export failed")
    check_folder(folder)
