"""Runs parts of the test suite in processes that are forked from one that has imported everything."""

import contextlib
import gc
import importlib.metadata
import json
import os
import pkgutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from support.isolated import ADDRESS, serve_forks

SECONDS = 900  # limit of one part
TOOLS = ("pytest", "hypothesis", "pandas", "PIL.Image", "sklearn.linear_model", "ai_edge_litert.interpreter")
OPTIONS = ("-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning")


class Part(NamedTuple):
    """Tests of one process.

    Args:
        name: str; what is printed.
        paths: list of paths for pytest.
        template: name of a template, whose tests among those of `paths` are run; "" for the tests without a
            template; None for all tests.
    """

    name: str
    paths: list
    template: str | None = None


def cpu_seconds():
    """CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


class Collector:
    """Plugin of pytest: selects the tests of one template, and collects outcomes and seconds of CPU."""

    def __init__(self, template, templates):
        self.template, self.templates = template, templates
        self.outcomes, self.skipped, self.seconds = Counter(), Counter(), []
        self.before = cpu_seconds()

    def _template_of(self, item):
        values = item.callspec.params.values() if hasattr(item, "callspec") else ()
        return next((value for value in values if isinstance(value, str) and value in self.templates), "")

    def pytest_collection_modifyitems(self, config, items):
        if self.template is not None:
            config.hook.pytest_deselected(items=[one for one in items if self._template_of(one) != self.template])
            items[:] = [one for one in items if self._template_of(one) == self.template]

    def pytest_runtest_logreport(self, report):
        self.before, before = cpu_seconds(), self.before
        self.seconds.append((round(self.before - before, 2), report.when, report.nodeid))
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.outcome] += 1
        if report.skipped:
            self.skipped[report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected failure"] += 1


def preload():
    """Imports the package and the tools of tests; TensorFlow has no threads of its own afterwards."""
    from tensorflow.python.eager import context

    import rnn_templates

    for module in pkgutil.walk_packages(rnn_templates.__path__, "rnn_templates."):
        with contextlib.suppress(ImportError):  # of optional packages
            importlib.import_module(module.name)
    for name in TOOLS:
        importlib.import_module(name)
    for plugin in importlib.metadata.entry_points(group="pytest11"):
        plugin.load()
    assert context.context()._context_handle is None, "TensorFlow has started: a fork of it could wait forever"
    gc.collect()
    gc.freeze()


def fork(function, *arguments, own_group=True):
    """Calls a function in a forked process, the leader of a group of processes; returns its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        if own_group:
            os.setpgid(0, 0)
        function(*arguments)
    except BaseException as error:  # pytest prints its own errors
        print(repr(error), file=sys.stderr)
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(0)


def run_part(part, options, templates, base):
    """Runs pytest in this process; writes what it prints and a summary to files."""
    import pytest
    from support.memory import peak_gb

    log = os.open(f"{base}.log", os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    collector, start = Collector(part.template, templates), time.perf_counter()
    code = pytest.main([*OPTIONS, *options, *map(str, part.paths)], plugins=[collector])
    summary = {"code": int(code), "wall": time.perf_counter() - start, "cpu": cpu_seconds(), "peak": peak_gb()}
    summary |= {name: getattr(collector, name) for name in ("outcomes", "skipped", "seconds")}
    Path(f"{base}.json").write_text(json.dumps(summary))


def run_forked(make_parts, options):
    """Runs the parts that a function returns, at a time one more than there are cores; returns 1 if one fails."""
    import conftest  # noqa: F401, sets the environment of TensorFlow and imports it

    start, running, done = time.perf_counter(), {}, []
    with tempfile.TemporaryDirectory() as folder:
        os.environ[ADDRESS] = f"{folder}/socket"
        server = fork(serve_forks, os.environ[ADDRESS])  # before the package is imported
        preload()
        waiting = list(enumerate(make_parts()))[::-1]
        templates = {part.template for _, part in waiting if part.template}
        while running or waiting:
            while waiting and len(running) <= len(os.sched_getaffinity(0)):
                number, part = waiting.pop()
                pid = fork(run_part, part, options, templates, f"{folder}/{number}")
                running[pid] = part, f"{folder}/{number}", time.perf_counter()
            time.sleep(0.05)
            for pid in [pid for pid in running if _has_ended(pid, running[pid][-1])]:
                part, base, _ = running.pop(pid)
                done.append((part, _read_summary(base)))
                _print_part(*done[-1], base)
        os.killpg(server, signal.SIGKILL)
    return _print_summary(done, time.perf_counter() - start)


def _has_ended(pid, start):
    if time.perf_counter() - start > SECONDS:
        os.killpg(pid, signal.SIGKILL)
    return os.waitpid(pid, os.WNOHANG)[0] == pid


def _read_summary(base):
    try:
        return json.loads(Path(f"{base}.json").read_text())
    except FileNotFoundError:
        return {"code": -1, "wall": 0.0, "cpu": 0.0, "peak": 0.0, "seconds": [], "skipped": {},
                "outcomes": {"process that ended early": 1}}  # fmt: skip


def _is_failed(summary):
    return summary["code"] not in (0, 5)  # 5: no test is selected


def _counts(outcomes):
    return ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()) or "no tests"


def _print_part(part, summary, base):
    """Prints a line, and all output of a part that failed."""
    if _is_failed(summary):
        print(Path(f"{base}.log").read_text(errors="replace"))
    figures = f"{summary['wall']:6.1f} s {summary['cpu']:6.1f} s CPU {summary['peak']:5.2f} GB"
    print(f"{figures}  {part.name}: {_counts(summary['outcomes'])}", flush=True)


def _print_summary(done, seconds):
    """Prints the slowest tests, the reasons of skipped ones and totals; returns the exit status."""
    slowest = sorted((tuple(one) for _, summary in done for one in summary["seconds"]), reverse=True)
    print("\nslowest tests, seconds of CPU:")
    for cpu, when, test in slowest[: int(os.environ.get("TESTS_SLOWEST", 20))]:
        print(f"{cpu:6.1f} {when:8} {test}")
    skipped, outcomes = Counter(), Counter()
    for _, summary in done:
        skipped.update(summary["skipped"]), outcomes.update(summary["outcomes"])
    for reason, count in skipped.items():
        print(f"{count} tests skipped: {reason}")
    failed = [part.name for part, summary in done if _is_failed(summary)]
    print(*(f"FAILED {name}" for name in failed), sep="\n")
    print(f"{_counts(outcomes)} in {seconds:.0f} s, {sum(summary['cpu'] for _, summary in done):.0f} s of CPU")
    return int(bool(failed))
