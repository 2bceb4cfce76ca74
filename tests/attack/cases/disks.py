"""Commands on a full disk: a limit of the file size, or a small file system in memory."""

import contextlib
import os
import resource
import signal
import subprocess

from attack import Failure
from base import data_of, train_words

WEIGHT = 2


def attack(attack):
    """Runs a command that writes, first without space."""
    folder = attack.folder / "disk"
    folder.mkdir()
    size = attack.rng.choice((1, 40, 100, 300, 600)) * 1024
    command = attack.rng.choice((train, export, evaluate, predict))
    words = command(attack, folder)
    before = listing(folder)
    use_tmpfs = attack.rng.random() < 0.5
    with small_disk(folder, size) if use_tmpfs else file_size(size) as limited:
        done = attack.command(*words, judge=False)
    check(attack, done, limited, folder, before)
    done = attack.command(*words)
    if done.code:
        raise Failure(f"with space the command ends with {done.code}")


def check(attack, done, limited, folder, before):
    """An error is of a few lines and names the cause; files of other commands are unchanged."""
    from attack import judge_command

    judge_command(done)
    if done.code == 0:
        return
    if not any(sign in done.err.lower() for sign in ("space", "too large", "write", "disk", "full", "quota")):
        raise Failure(f"the error does not name the cause (limited by {limited})")
    lost = [name for name, content in before.items() if listing(folder).get(name) != content]
    if lost:
        raise Failure(f"files are changed: {lost}")


def listing(folder):
    """Dict of path to bytes of a folder's files."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextlib.contextmanager
def file_size(size):
    """Limits the size of files that this process writes, except for its log."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield f"files of {size} bytes"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@contextlib.contextmanager
def small_disk(folder, size):
    """Mounts a small file system with the files of a folder, which are copied back; without permission, `file_size`."""
    content = listing(folder)
    size += sum(map(len, content.values())) + 65536
    options = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(options, capture_output=True).returncode:
        with file_size(size) as limited:
            yield limited
        return
    try:
        write(folder, content)
        yield f"a disk of {size} bytes"
        content = listing(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    write(folder, content)


def write(folder, content):
    """Writes files by relative path."""
    for name, one in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(one)


def train(attack, folder):
    """A training into a new folder."""
    name = attack.rng.choice(("sentiment", "tagging"))
    return train_words(name, data_of(name, attack.base), folder / "out")


def export(attack, folder):
    """An export into a new folder."""
    name = attack.rng.choice(("sentiment", "tagging"))
    targets = attack.rng.choice(("litert", "saved_model", "litert,saved_model"))
    return [
        "export",
        attack.base / name,
        "--data",
        data_of(name, attack.base),
        "--output",
        folder / "out",
        "--targets",
        targets,
    ]


def evaluate(attack, folder):
    """An evaluation into a new folder."""
    data = data_of("sentiment", attack.base)
    return ["evaluate", attack.base / "sentiment", "--data", data, "--output", folder / "out"]


def predict(attack, folder):
    """Predictions into a file."""
    file, path = attack.folder / "many.csv", folder / "predictions.jsonl"
    file.write_text("text\n" + "not bad at all\n" * 3000)
    return ["predict", attack.base / "sentiment", "--file", file, "--output", path]
