"""What a case uses: random numbers, a folder, tiny models, and commands whose results are judged."""

import contextlib
import json
import os
import shlex
import shutil
import signal
import sys
from typing import NamedTuple

from support.forked import fork

# Signs of an error that was not foreseen, in the text of one.
UNFORESEEN = (
    "Traceback (most recent call last)",
    "NoneType",
    "object has no attribute",
    "unhashable",
    "not subscriptable",
    "positional argument",
    "index out of range",
    "invalid literal for",
    "codec can't decode",
    "codec can't encode",
    "function_node",
    "MemoryError",
    "bad_alloc",
    "AssertionError",
    "KeyError",
    "not enough values to unpack",
    "too many values to unpack",
    "Input type",
    "UnicodeDecodeError",
    "out of bounds",
    "object is not",
    "Graph execution error",
    "zlib",
    "Error -3",
    "Expecting value",
    "RecursionError",
    "BadZipFile",
)
MAX_LINES, MAX_CHARACTERS = 15, 4000


class Failure(Exception):
    """What a case has found."""


class Completed(NamedTuple):
    """A command that has ended.

    Args:
        words: list of str.
        code: int; exit status, or minus the number of a signal.
        out, err: str.
    """

    words: list
    code: int
    out: str
    err: str

    def json(self):
        """The result of a command with `--json`; NaN and Infinity are failures."""

        def refuse(value):
            raise Failure(f"standard output is not JSON: {value}")

        try:
            return json.loads(self.out, parse_constant=refuse)
        except json.JSONDecodeError as error:
            raise Failure(f"standard output is not JSON: {error}") from error


class Attack:
    """The resources of a case.

    Args:
        rng: `random.Random`.
        folder: `Path`; an empty folder, the working directory.
        base: `Path`; the folder of tiny models and their data, which a case must not change.
        log: int; file descriptor of what a case prints.
    """

    def __init__(self, rng, folder, base, log):
        self.rng, self.folder, self.base, self.log = rng, folder, base, log
        self.completed = []

    def copy(self, name):
        """Returns a copy of a file or folder of `base`."""
        source, target = self.base / name, self.folder / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
        return target

    def command(self, *words, stdin=b"", judge=True):
        """Runs a command in this process, judges its output, and returns a `Completed`."""
        words = [str(word) for word in words]
        paths = {name: self.folder / f".{name}" for name in ("stdin", "stdout", "stderr")}
        paths["stdin"].write_bytes(stdin)
        with _streams(paths.values()):
            code = run(words)
        out, err = (paths[name].read_text("utf-8", "replace") for name in ("stdout", "stderr"))
        for path in paths.values():
            path.unlink()
        done = Completed(words, code, out, err)
        self.completed.append(done)
        os.write(self.log, f"$ {shlex.join(words)}\n{out}{err}[exit status {code}]\n".encode("utf-8", "replace"))
        if judge:
            judge_command(done)
        return done

    def start(self, *words, before=None):
        """Starts a command in a forked process, whose output goes to the log; returns its id."""
        words = [str(word) for word in words]
        os.write(self.log, f"$ {shlex.join(words)} &\n".encode())

        def child():
            if before:
                before()
            code = run(words)
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(code if code >= 0 else 99)

        pid = fork(child, own_group=False)
        self.completed.append(Completed(words, 0, "", ""))
        return pid

    def wait(self, pid, kill=None):
        """Waits for a started command, which is sent a signal first if `kill` is True; returns the exit status."""
        if kill:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def last_command(self):
        """The command that failed, and the end of what it printed."""
        if not self.completed:
            return ""
        done = self.completed[-1]
        command = shlex.join(
            word if len(word) < 200 else f"{word[:80]}... ({len(word)} characters)" for word in done.words
        )
        return f"$ {command}\n[exit status {done.code}]\n{done.out[-300:]}\n{done.err[-1200:]}"


def run(words):
    """Runs the command line in this process; returns the exit status."""
    from rnn_templates.cli import main

    try:
        main(words)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        return -1
    finally:
        sys.stdout.flush(), sys.stderr.flush()
    return 0


def judge_command(done, expected=(0, 1, 2)):
    """Raises `Failure` unless a command has a result, or an error of a few lines that states a cause."""
    if done.code not in expected:
        raise Failure(f"exit status {done.code}, expected one of {expected}")
    text = done.err if done.code else done.out + done.err
    for sign in UNFORESEEN if done.code else UNFORESEEN[:1]:
        if sign in text and sign not in " ".join(done.words):
            raise Failure(f"{sign!r} in the output")
    if done.code:
        lines = [line for line in done.err.splitlines() if line.strip()]
        if not lines:
            raise Failure("an exit status without a message")
        if len(lines) > MAX_LINES or len(done.err) > MAX_CHARACTERS:
            raise Failure(f"an error of {len(lines)} lines and {len(done.err)} characters")
    elif "--json" in done.words:
        done.json()


@contextlib.contextmanager
def _streams(paths):
    """Redirects the standard streams of the process to files."""
    saved = [os.dup(number) for number in range(3)]
    for number, path in enumerate(paths):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if number else 0))
        os.dup2(opened, number)
        os.close(opened)
    old = sys.stdin
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    try:
        yield
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        sys.stdin = old
        for number, descriptor in enumerate(saved):
            os.dup2(descriptor, number)
            os.close(descriptor)
