"""Runs cases in forked processes with limits of memory, CPU time and duration."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import time
import traceback
from pathlib import Path
from typing import NamedTuple

from attack import Attack, Failure
from support.forked import fork

MAX_GB = 2.0  # resident memory of a case
MAX_ADDRESS_SPACE = 4 * 2**30  # bytes beyond the preloaded process
MAX_CPU_SECONDS = 90
MAX_SECONDS = 120  # on an idle machine


class CaseResult(NamedTuple):
    """The result of a case.

    Args:
        name: str; its class.
        number: int.
        failure: str or None.
        peak: float; GB of resident memory.
        cpu: float; seconds.
    """

    name: str
    number: int
    failure: str | None
    peak: float
    cpu: float


def limit(address_space=MAX_ADDRESS_SPACE):
    """Limits this process and its children."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + address_space,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Pool:
    """Runs cases, some at a time.

    Args:
        root: `Path`; folder for the files of cases; those of cases that pass are deleted.
        seed: int.
        functions: dict of class name to function of an `Attack`.
        workers: int; number of cases at a time.
    """

    def __init__(self, root, seed, functions, workers):
        self.root, self.seed, self.functions, self.results, self.workers = root, seed, functions, [], workers
        self.base = root / "base"

    def prepare(self):
        """Trains and exports the tiny models that all cases use."""
        from base import JOBS, write_inputs

        self.base.mkdir()
        write_inputs(self.base)
        functions = {f"prepare-{name}": job for name, job in JOBS.items()}
        preparation = Pool(self.root, self.seed, functions, self.workers)
        preparation.base = self.base
        preparation.run([(name, 0) for name in functions])
        failed = [one for one in preparation.results if one.failure]
        if failed:
            raise SystemExit("\n".join(f"{one.name}: {one.failure}" for one in failed))

    def log(self, name, number):
        """Returns the commands of a case and what they printed."""
        path = self.root / f"{name}-{number}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def run(self, cases, deadline=None):
        """Runs cases (class, number) until there is none, or the deadline of `time.perf_counter`."""
        cases, running, exhausted = iter(cases), {}, False
        while running or not exhausted:
            exhausted = exhausted or (deadline is not None and time.perf_counter() > deadline)
            while not exhausted and len(running) < self.workers:
                case = next(cases, None)
                if case is None:
                    exhausted = True
                    break
                running[fork(self._run_case, *case)] = [case, time.perf_counter(), 0.0, None]
            time.sleep(0.02)
            for pid in list(running):
                self._poll(pid, running)

    def _poll(self, pid, running):
        """Kills a case that exceeds a limit; collects one that has ended."""
        case, start, peak, reason = running[pid]
        try:
            resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**30
        except (OSError, IndexError):
            resident = 0.0
        running[pid][2] = max(peak, resident)
        longest = MAX_SECONDS * max(1.0, os.getloadavg()[0] / len(os.sched_getaffinity(0)))
        if reason is None and (resident > MAX_GB or time.perf_counter() - start > longest):
            running[pid][3] = f"memory {resident:.1f} GB" if resident > MAX_GB else f"no end within {longest:.0f} s"
            os.killpg(pid, signal.SIGKILL)
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            self._kill_group(pid)
            _, _, peak, reason = running.pop(pid)
            self._collect(case, status, max(peak, usage.ru_maxrss / 2**20), usage.ru_utime + usage.ru_stime, reason)

    @staticmethod
    def _kill_group(pid):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    def _collect(self, case, status, peak, cpu, reason):
        name, number = case
        path = self.root / f"{name}-{number}.json"
        if reason is None:
            reason = json.loads(path.read_text())["failure"] if path.exists() else f"ended by status {status}"
        if reason is None and peak > MAX_GB:
            reason = f"memory {peak:.1f} GB"
        if reason and not path.exists():
            reason += "\n" + self.log(name, number)[-1500:]
        self.results.append(CaseResult(name, number, reason, peak, cpu))
        shutil.rmtree(self.root / f"{name}-{number}", ignore_errors=True)
        path.unlink(missing_ok=True)
        if reason:
            print(f"\nFAILED {name}:{number}, seed {self.seed}\n{reason}", flush=True)

    def _run_case(self, name, number):
        """Runs a case in this process, a child."""
        limit()
        folder = self.root / f"{name}-{number}"
        folder.mkdir()
        os.chdir(folder)
        log = os.open(self.root / f"{name}-{number}.log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        attack = Attack(random.Random(f"{self.seed}:{name}:{number}"), folder, self.base, log)
        failure = None
        try:
            self.functions[name](attack)
        except Failure as found:
            failure = f"{found}\n{attack.last_command()}"
        except BaseException:
            failure = f"{traceback.format_exc()[-2500:]}\n{attack.last_command()}"
        (self.root / f"{name}-{number}.json").write_text(json.dumps({"failure": failure}, ensure_ascii=True))
