"""Comparison of exported files with the Keras model."""

import functools
import platform
import time
from pathlib import Path

import numpy as np

from rnn_templates.export.targets import TARGETS
from rnn_templates.tasks.signature import predict_with

LATENCY_RUNS = 20
KERAS_LATENCY_RUNS = 5


class ParityError(RuntimeError):
    """An exported file does not reproduce the predictions of Keras; the message names the file and the difference."""


def check_parity(model, directory, examples, targets=None):
    """Compares every exported file with Keras on examples.

    Args:
        model: the `rnn_templates.tasks.task.Task` that was exported.
        directory: str or `Path`; folder with the exported files.
        examples: list of raw inputs that `model.fit_to_device` has accepted.
        targets: None, or their raw targets, for the change of the metric.

    Returns:
        A dict for the card: `examples`, `metric`, and `targets`, a list with one dict per file and signature: size in
        bytes, maximum absolute difference of the scores (of generated texts: only where the tokens agree), agreement
        of the labels, change of the metric, median latency in ms of one example with one thread; and ops per file;
        `processor`, since dynamic-range int8 differs between processors; and `signatures`, a dict of file name to the
        tensors of its signatures.

    Raises:
        ParityError: if a difference is larger than the file's tolerance, the agreement is below `model.min_agreement`,
            or a score is not a finite number.

    Example:
        >>> from rnn_templates.export.parity import check_parity
        >>> model = rt.load_model("saved_models/glyphs")
        >>> parity = check_parity(model, "saved_models/glyphs", [np.zeros((28, 28), np.uint8)])
        >>> parity["targets"][1]["label_agreement"]
        1.0
    """
    compared = [
        (target, file, [signature for signature in target.signatures(model) if signature.decode is not None])
        for target in TARGETS
        for file in target.files
        if (Path(directory) / file.name).exists()
    ]
    expected, reports, signatures_of = {}, [], {}
    for strategy in dict.fromkeys(signature.strategy for *_, signatures in compared for signature in signatures):
        predict = functools.partial(model.predict_examples, strategy=strategy)
        expected[strategy] = predict(examples)
        latency = _latency(predict, examples, KERAS_LATENCY_RUNS)
        reports.append({"target": "keras", "signature": strategy or "predict", "latency_ms": latency})
    for target, file, signatures in compared:
        path = Path(directory) / file.name
        runner = target.open(path)
        if hasattr(runner, "describe"):
            tensors, first = runner.describe(), [signature.name for signature in signatures]
            signatures_of[file.name] = {name: tensors[name] for name in dict.fromkeys([*first, *tensors])}
        for signature in signatures:
            predict = functools.partial(predict_with, runner, signature)
            report = {"target": file.name, "signature": signature.name, "size_bytes": _size(path)}
            report |= _compare(model, expected[signature.strategy], predict(examples), targets)
            report["latency_ms"] = _latency(predict, examples, LATENCY_RUNS)
            reports.append(report)
            _check_tolerance(report, file, model.min_agreement[file.precision])
        if ops := target.list_ops(path):
            reports[-1]["ops"] = ops
    return {
        "examples": len(examples),
        "metric": model.metric_name,
        "processor": processor(),
        "targets": reports,
        "signatures": signatures_of,
    }


def processor():
    """Returns the name of the processor, str; or its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _compare(model, expected, actual, targets):
    if not all(np.isfinite(prediction.scores).all() for prediction in actual):
        return {"max_abs_difference": float("nan"), "label_agreement": 0.0, "metric_change": None}
    pairs = [pair for pair in zip(expected, actual, strict=True) if model.is_comparable(*pair)]
    change = None if targets is None else model.score(actual, targets) - model.score(expected, targets)
    return {
        "max_abs_difference": max((_max_difference(*pair) for pair in pairs), default=0.0),
        "label_agreement": model.agreement(expected, actual),
        "metric_change": change,
    }


def _max_difference(expected, actual):
    return float(np.abs(actual.scores - expected.scores).max(initial=0))


def _latency(predict, examples, runs):
    """Returns the median time of a prediction in ms."""
    predict(examples[:1])
    times = []
    for run in range(runs):
        start = time.perf_counter()
        predict([examples[run % len(examples)]])
        times.append(1000 * (time.perf_counter() - start))
    return round(float(np.median(times)), 3)


def _size(path):
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _check_tolerance(report, file, min_agreement):
    difference, agreement = report["max_abs_difference"], report["label_agreement"]
    if difference <= file.tolerance and agreement >= min_agreement:
        return
    raise ParityError(
        f"{file.name}, signature {report['signature']!r}, does not reproduce the predictions of Keras: maximum "
        f"difference {difference:.3g} (at most {file.tolerance:g}), label agreement {agreement:.2%} (at least "
        f"{min_agreement:.0%}). Nothing was exported. For int8: train longer, or export float32 only."
    )
