"""Signatures: the functions that an exported file offers, and how examples are passed to them."""

import dataclasses
from collections.abc import Callable
from typing import Protocol

import numpy as np
import tensorflow as tf

BATCH_SIZE = 64  # examples per call of a signature with a free batch axis


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function of an exported model, with the conversions between raw examples and its tensors.

        predictions = decode(runner(name, **encode(examples)))

    Args:
        name: str; name of the signature in the exported file.
        specs: tuple of `tf.TensorSpec`, one for each argument of `function`, with their names.
        function: callable from tensors to a dict of named tensors; traced with `specs`.
        encode: callable from a list of raw examples to an iterable of (dict of arrays, count): one call of the function
            each, and the number of examples that it completes. A call with `count=0` holds the first part of an
            example; its outputs are joined with those of the next call along the time axis. None for a signature that
            is a part of a model and has no predictions.
        decode: callable from (dict of arrays, examples of the call) to a list of `Prediction`; None like `encode`.
        strategy: str or None; decoding strategy of `Task.predict_examples` that gives the same predictions.
        carried: dict of array, or None; values of the arguments that carry the states of an example from call to call,
            before its first call. The outputs of the same names are their values in the next call; `encode` leaves them
            out.

    Example:
        >>> from rnn_templates.tasks.signature import Signature, in_batches, predict_with
        >>> spec = tf.TensorSpec((None,), tf.float32, name="x")
        >>> double = Signature(
        ...     "double",
        ...     (spec,),
        ...     lambda x: {"y": 2 * x},
        ...     encode=in_batches(lambda values: {"x": np.array(values, np.float32)}),
        ...     decode=lambda outputs, examples: outputs["y"].tolist(),
        ... )
        >>> predict_with(lambda name, x: {"y": double.function(x)["y"]}, double, [1, 2, 3])
        [2.0, 4.0, 6.0]
    """

    name: str
    specs: tuple[tf.TensorSpec, ...]
    function: Callable
    encode: Callable | None = None
    decode: Callable | None = None
    strategy: str | None = None
    carried: dict | None = None

    def __post_init__(self):
        if (self.encode is None) != (self.decode is None):
            raise ValueError(f"Signature: `encode` and `decode` of {self.name!r} must both be given, or both be None.")


class Runner(Protocol):
    """Runs the signatures of an exported file."""

    def __call__(self, signature: str, **tensors) -> dict[str, np.ndarray]:
        """Returns the named outputs of a signature for its named input arrays."""


def predict_with(runner, signature, examples):
    """Returns the predictions of an exported file.

    Args:
        runner: `Runner` of the file.
        signature: `Signature` with `encode` and `decode`.
        examples: list of raw examples.

    Returns:
        A list with one `Prediction` per example.

    Raises:
        ValueError: if the signature has no predictions.

    Example:
        >>> from rnn_templates.export.targets.litert import LiteRTModel
        >>> model = rt.load_model("saved_models/glyphs")
        >>> file = LiteRTModel("saved_models/glyphs/model.tflite")
        >>> black = np.zeros((28, 28), np.uint8)
        >>> predict_with(file, model.device_signatures()[0], [black])[0].scores.shape
        (28,)
    """
    if signature.decode is None:
        raise ValueError(f"predict_with: `signature` {signature.name!r} has no predictions.")
    predictions, parts, states = [], [], {}
    for tensors, count in signature.encode(examples):
        states = states if parts else dict(signature.carried or {})
        outputs = dict(runner(signature.name, **tensors, **states))
        states = {name: outputs.pop(name) for name in states}
        parts.append(outputs)
        if not count:
            continue
        outputs = parts[0]
        if len(parts) > 1:
            outputs = {name: np.concatenate([part[name] for part in parts], axis=1) for name in outputs}
        predictions += signature.decode(outputs, examples[len(predictions) : len(predictions) + count])
        parts = []
    return predictions


def graph_runner(signatures):
    """Returns a `Runner` of signatures in this process, without a file.

    Args:
        signatures: list of `Signature`.

    Example:
        >>> model = rt.load_model("saved_models/glyphs")
        >>> run = graph_runner(model.device_signatures())
        >>> run("serve", image=np.zeros((1, 28, 28, 1), np.uint8))["probabilities"].shape
        (1, 28)
    """
    specs = {one.name: [spec.name for spec in one.specs] for one in signatures}
    functions = {one.name: tf.function(one.function, input_signature=one.specs) for one in signatures}

    def run(signature, **tensors):
        outputs = functions[signature](*(tensors[name] for name in specs[signature]))
        return {name: value.numpy() for name, value in outputs.items()}

    return run


def in_batches(to_tensors, size=BATCH_SIZE):
    """Returns an `encode` function that converts batches of examples.

    Args:
        to_tensors: callable from a list of at most `size` examples to a dict of arrays.
        size: positive int; 1 for signatures of devices.

    Example:
        >>> from rnn_templates.tasks.signature import in_batches
        >>> list(in_batches(lambda texts: {"texts": texts}, size=2)(["a", "b", "c"]))
        [({'texts': ['a', 'b']}, 2), ({'texts': ['c']}, 1)]
    """

    def encode(examples):
        for start in range(0, len(examples), size):
            batch = examples[start : start + size]
            yield to_tensors(batch), len(batch)

    return encode


def pad_to_spec(values, spec):
    """Returns an array of the shape and dtype of a spec, a batch of one: `values`, padded with zeros at the end.

    Args:
        values: array of one rank less than the spec, none of its axes longer than the spec's.
        spec: `tf.TensorSpec` with a static shape (1, ...).

    Raises:
        ValueError: if `values` is too long.

    Example:
        >>> from rnn_templates.tasks.signature import pad_to_spec
        >>> pad_to_spec([5, 7], tf.TensorSpec((1, 4), tf.int32)).tolist()
        [[5, 7, 0, 0]]
    """
    values, shape = np.asarray(values), tuple(spec.shape)[1:]
    if values.ndim != len(shape) or any(size > limit for size, limit in zip(values.shape, shape, strict=True)):
        raise ValueError(f"pad_to_spec: `values` of shape {values.shape} must fit into {shape}; use fit_to_device.")
    padded = np.zeros((1, *shape), spec.dtype.as_numpy_dtype)
    padded[(0, *map(slice, values.shape))] = values
    return padded


def string_array(values):
    """Returns bytes as a NumPy array of objects (length,), as TensorFlow's string tensors are given.

    Example:
        >>> from rnn_templates.tasks.signature import string_array
        >>> string_array([b"a", b"bc"]).shape
        (2,)
    """
    array = np.empty(len(values), object)
    array[:] = values
    return array
