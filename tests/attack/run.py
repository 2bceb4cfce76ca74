"""Attacks the command line and exported files with random inputs, and prints what failed.

    python tests/attack/run.py [--minutes 10] [--seed 1] [--only CLASS,...] [--case CLASS:NUMBER]

Each case runs in a process that is forked from one that has imported the package; its memory, CPU time and duration are
limited. A case passes if every command ends with exit status 0 and a result, or with 1 or 2 and an error of a few lines
without traceback. The inputs of a case follow from the seed, its class and its number: `--case` repeats it, and prints
the commands and what they print.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent), str(TESTS / "attack"), str(TESTS / "external_template")]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pool import Pool  # noqa: E402


def load_classes():
    """Returns a dict of class name to function of an `Attack`, and the weights with which they are drawn."""
    from cases import arguments, disks, files, folders, ids, kills, models, strings, threads

    modules = (files, strings, ids, models, kills, disks, threads, arguments, folders)
    return {module.__name__.split(".")[-1]: (module.attack, module.WEIGHT) for module in modules}


def order(classes):
    """Yields (class, number) without end, each class as often as its weight."""
    progress, numbers = dict.fromkeys(classes, 0.0), Counter()
    while True:
        name = min(progress, key=lambda one: progress[one] / classes[one][1])
        progress[name] += 1
        yield name, numbers[name]
        numbers[name] += 1


def main():
    """Runs cases until the time is over; returns 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="names of classes, separated by commas")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)) + 1)
    parser.add_argument("--case", help="one case, CLASS:NUMBER")
    options = parser.parse_args()
    from support.forked import preload

    preload()
    start = time.perf_counter()
    classes = load_classes()
    if options.only:
        classes = {name: classes[name] for name in options.only.split(",")}
    with tempfile.TemporaryDirectory(prefix="attack-") as folder:
        pool = Pool(
            Path(folder), options.seed, {name: function for name, (function, _) in classes.items()}, options.workers
        )
        pool.prepare()
        if options.case:
            name, _, number = options.case.partition(":")
            pool.run([(name, int(number))])
            print(pool.log(name, int(number)))
        else:
            deadline = start + 60 * options.minutes - 20
            pool.run(order(classes), deadline)
    return report(pool, classes, options.seed, time.perf_counter() - start)


def report(pool, classes, seed, seconds):
    """Prints the table of classes and the commands that repeat a failure; returns the exit status."""
    print(f"{'class':12}{'cases':>8}{'failures':>10}{'CPU s':>8}{'peak GB':>9}")
    for name in classes:
        rows = [one for one in pool.results if one.name == name]
        failures, peak = sum(bool(row.failure) for row in rows), max((row.peak for row in rows), default=0)
        print(f"{name:12}{len(rows):8}{failures:10}{sum(row.cpu for row in rows):8.0f}{peak:9.2f}")
    failed = [one for one in pool.results if one.failure]
    for one in failed:
        print(f"FAILED: python tests/attack/run.py --seed {seed} --case {one.name}:{one.number}")
    print(f"\n{len(pool.results)} cases, {len(failed)} failures, {seconds:.0f} s")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
