"""The parity certificate: do the exported files answer as the notebook does?"""

import time
from pathlib import Path

import numpy as np

from rnn_templates.exporters.litert import list_ops, litert_predictor
from rnn_templates.exporters.saved_model import saved_model_predictor

LABEL_AGREEMENT = {"saved_model": 1.0, "model.tflite": 1.0, "model_int8.tflite": 0.98}
LARGEST_DIFFERENCE = {"saved_model": 1e-3, "model.tflite": 1e-3, "model_int8.tflite": 0.3}


class ParityError(RuntimeError):
    """An exported file does not answer as Keras does; the message says which, and by how much."""


def certify(model, directory, texts, targets=None):
    """Compares every exported file with Keras on real examples.

    Args:
        model: the model that was exported.
        directory: the folder with the exported files.
        texts: list of encoded texts (bytes).
        targets: None, or their raw targets, for the change of accuracy.

    Returns:
        A dict for the card: for each file its size, the largest difference of a probability, the agreement of labels,
        the change of accuracy, the median latency of one text in ms with one thread, and its ops.

    Raises:
        ParityError: if a float32 file differs in any label, an int8 file in more than 2 % of them, or a probability is
            not a number.

    Example:
        >>> certify(model, "exported", [b"not bad"])["targets"][0]["label_agreement"]
        1.0
    """
    directory = Path(directory)
    keras_answers = model.predict(np.array(texts, dtype=object))
    expected = None if targets is None else model.encode_targets(np.asarray(targets))
    encoded = [model.preprocessor.ids(text) for text in texts]
    reports = [_keras_report(model, texts)]
    for name in ("saved_model", "model.tflite", "model_int8.tflite"):
        path = directory / name
        if not path.exists():
            continue
        if name == "saved_model":
            predict, inputs, ops = saved_model_predictor(path), texts, None
            answers = np.concatenate([predict(inputs[i : i + 64]) for i in range(0, len(inputs), 64)])
        else:
            predict, inputs, ops = litert_predictor(path), encoded, list_ops(path.read_bytes())
            answers = predict(inputs)
        report = {"target": name, "size_bytes": _size(path), **_compare(model, keras_answers, answers, expected)}
        report["latency_ms"] = _latency(predict, inputs)
        if ops:
            report["ops"] = ops
        reports.append(report)
        _judge(report)
    return {"examples": len(texts), "targets": reports}


def _keras_report(model, texts):
    latency = _latency(lambda one: model.predict(np.array(one, dtype=object)), texts, most=5)
    return {"target": "keras", "latency_ms": latency}


def _compare(model, keras_answers, answers, expected):
    if not np.isfinite(answers).all():
        return {"largest_difference": float("nan"), "label_agreement": 0.0, "metric_change": None}
    ours, theirs = _labels(model, keras_answers), _labels(model, answers)
    change = None
    if expected is not None:
        change = float((theirs == expected).mean() - (ours == expected).mean())
    return {
        "largest_difference": float(np.abs(answers - keras_answers).max()),
        "label_agreement": float((ours == theirs).mean()),
        "metric_change": change,
    }


def _labels(model, probabilities):
    if model.multi_label:
        return probabilities >= np.array(model.thresholds or [0.5] * len(model.labels))
    return probabilities.argmax(axis=-1)


def _latency(predict, inputs, most=20):
    predict(inputs[:1])
    times = []
    for i in range(most):
        start = time.perf_counter()
        predict([inputs[i % len(inputs)]])
        times.append(1000 * (time.perf_counter() - start))
    return round(float(np.median(times)), 3)


def _size(path):
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _judge(report):
    name, difference, agreement = report["target"], report["largest_difference"], report["label_agreement"]
    if not difference <= LARGEST_DIFFERENCE[name] or agreement < LABEL_AGREEMENT[name]:
        raise ParityError(
            f"{name} does not answer as Keras does: largest difference {difference:.3g} (at most "
            f"{LARGEST_DIFFERENCE[name]:g}), label agreement {agreement:.2%} (at least {LABEL_AGREEMENT[name]:.0%}). "
            "Nothing was exported. For int8: train longer (labels near the border flip first), or export float32 only."
        )
