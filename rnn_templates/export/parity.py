"""The parity parity: do the exported files answer as the notebook does?"""

import functools
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from rnn_templates.export.targets.litert import LiteRTModel, list_ops
from rnn_templates.tasks.text_generator import TextGenerator

LARGEST_DIFFERENCE = {"saved_model": 1e-3, "model.tflite": 1e-3, "model_int8.tflite": 0.3}


class ParityError(RuntimeError):
    """An exported file does not answer as Keras does; the message says which, and by how much."""


def check_parity(model, directory, examples, targets=None):
    """Compares every exported file with Keras on real examples.

    Args:
        model: the model that was exported; see `Task` for what it must answer.
        directory: the folder with the exported files.
        examples: list of raw inputs, such as encoded texts (bytes).
        targets: None, or their raw targets, for the change of accuracy.

    Returns:
        A dict for the card: for each file its size, the largest difference of a probability (of texts that are written,
        those that are the same), the agreement of labels, the change of the model's metric, the median latency of one
        example in ms with one thread, and its ops.

    Raises:
        ParityError: if a file answers otherwise than `model.min_agreement` allows, or a probability is not a number.

    Example:
        >>> check_parity(model, "exported", [b"not bad"])["targets"][0]["label_agreement"]
        1.0
    """
    directory = Path(directory)
    ours, reports = {}, []
    for way in model.ways("keras"):
        ask = _asked(model.ask, way)
        ours[way] = ask(examples)
        reports.append({"target": "keras", **_named(way), "latency_ms": _latency(ask, examples, most=5)})
    for name in ("saved_model", "model.tflite", "model_int8.tflite"):
        path = directory / name
        if not path.exists():
            continue
        if name == "saved_model":
            asked, ops = functools.partial(model.ask_saved_model, tf.saved_model.load(str(path))), None
        else:
            asked, ops = functools.partial(model.ask_device, LiteRTModel(path)), list_ops(path.read_bytes())
        for way in model.ways(name):
            ask = _asked(asked, way)
            report = {"target": name, **_named(way), "size_bytes": _size(path)}
            report |= _compare(model, ours[way], ask(examples), targets)
            report["latency_ms"] = _latency(ask, examples)
            reports.append(report)
            _judge(report, model.min_agreement["int8" if "int8" in name else "float32"])
        if ops:
            reports[-1]["ops"] = ops
    return {"examples": len(examples), "metric": model.metric_name, "targets": reports}


def _asked(ask, way):
    return ask if way is None else functools.partial(ask, way=way)


def _named(way):
    return {} if way is None else {"signature": way}


def _compare(model, ours, theirs, targets):
    if not all(np.isfinite(answer.probabilities).all() for answer in theirs):
        return {"max_abs_difference": float("nan"), "label_agreement": 0.0, "metric_change": None}
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if _comparable(model, a, b)]
    change = None if targets is None else model.metric(theirs, targets) - model.metric(ours, targets)
    return {
        "max_abs_difference": max((_difference(a, b) for a, b in pairs), default=0.0),
        "label_agreement": model.agreement(ours, theirs),
        "metric_change": change,
    }


def _comparable(model, ours, theirs):
    """Another text has another probability; that it is another one, the agreement tells."""
    return not isinstance(model, TextGenerator) or np.array_equal(ours.labels, theirs.labels)


def _difference(ours, theirs):
    return float(np.abs(theirs.probabilities - ours.probabilities).max(initial=0))


def _latency(ask, examples, most=20):
    ask(examples[:1])
    times = []
    for i in range(most):
        start = time.perf_counter()
        ask([examples[i % len(examples)]])
        times.append(1000 * (time.perf_counter() - start))
    return round(float(np.median(times)), 3)


def _size(path):
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _judge(report, least):
    name, difference, agreement = report["target"], report["max_abs_difference"], report["label_agreement"]
    if not difference <= LARGEST_DIFFERENCE[name] or agreement < least:
        asked = f"{name}, {report['signature']}," if "signature" in report else name
        raise ParityError(
            f"{asked} does not answer as Keras does: largest difference {difference:.3g} (at most "
            f"{LARGEST_DIFFERENCE[name]:g}), label agreement {agreement:.2%} (at least {least:.0%}). "
            "Nothing was exported. For int8: train longer (labels near the border flip first), or export float32 only."
        )
