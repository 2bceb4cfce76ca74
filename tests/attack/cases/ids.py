"""Random ids and pixels through exported files."""

import numpy as np
from attack import Failure
from base import TEMPLATES
from generators import odd_text

from cases.strings import models

WEIGHT = 2
SHIPPED = ("captioning", "dates", "entities", "glyphs", "sentiment", "tagging", "translation")
LARGE = np.iinfo(np.int32)


def attack(attack):
    """Runs a LiteRT file on random tensors, or a SavedModel on random texts."""
    if attack.rng.random() < 0.3:
        saved_model(attack)
    else:
        litert(attack)


def draw(rng, detail, high):
    """A random tensor for an input of a LiteRT file."""
    shape, dtype, numbers = (
        tuple(detail["shape"]),
        np.dtype(detail["dtype"]),
        np.random.default_rng(rng.getrandbits(32)),
    )
    kind = rng.choice(("zeros", "vocabulary", "beyond", "negative", "any", "one"))
    if dtype.kind == "f":
        return (numbers.normal(size=shape) * rng.choice((0, 1, 1e3, 1e30))).astype(dtype)
    if dtype.kind == "b":
        return numbers.random(shape) < 0.5
    if dtype == np.uint8 or kind == "zeros":
        return numbers.integers(0, 256, shape, np.uint8).astype(dtype) if dtype == np.uint8 else np.zeros(shape, dtype)
    low, top = {"vocabulary": (0, high), "beyond": (high, 2 * high), "negative": (-high, 0), "one": (high - 1, high),
                "any": (LARGE.min, LARGE.max)}[kind]  # fmt: skip
    return numbers.integers(low, top, shape).astype(dtype)


def litert(attack):
    """Outputs are finite, probabilities are in [0, 1], and the same tensors give the same outputs."""
    from ai_edge_litert.interpreter import Interpreter

    shipped = attack.rng.random() < 0.6
    folder = models() / attack.rng.choice(SHIPPED) if shipped else attack.base / attack.rng.choice(TEMPLATES)
    path = folder / attack.rng.choice(("model.tflite", "model_int8.tflite"))
    if not path.exists():
        return
    interpreter = Interpreter(str(path))
    for name in interpreter.get_signature_list():
        run = interpreter.get_signature_runner(name)
        for _ in range(4):
            tensors = {key: draw(attack.rng, detail, 300) for key, detail in run.get_input_details().items()}
            try:
                outputs = run(**tensors)
            except RuntimeError:  # an error of the interpreter is reported; the process goes on
                continue
            if any(array.dtype.kind == "f" and np.abs(array).max(initial=0) > 1e20 for array in tensors.values()):
                continue
            for key, array in outputs.items():
                if array.dtype.kind == "f" and not np.isfinite(array).all():
                    raise Failure(f"{path}, signature {name}: {key} is not finite for {describe(tensors)}")
                if key.startswith("probabilit") and not ((array >= -1e-5) & (array <= 1 + 1e-5)).all():
                    raise Failure(
                        f"{path}, signature {name}: {key} in [{array.min()}, {array.max()}] for {describe(tensors)}"
                    )
            for key, array in run(**tensors).items():
                if not np.array_equal(array, outputs[key], equal_nan=True):
                    raise Failure(f"{path}, signature {name}: {key} differs in a second call for {describe(tensors)}")


def describe(tensors):
    """The tensors in a line."""
    return ", ".join(f"{key} {array.shape} in [{array.min()}, {array.max()}]" for key, array in tensors.items())


def saved_model(attack):
    """The strings of a SavedModel give the probabilities of Keras."""
    import tensorflow as tf

    import rnn_templates as rt

    name = attack.rng.choice(("sentiment", "tagging", "translation"))
    served, model = tf.saved_model.load(attack.base / name / "saved_model"), rt.load_model(attack.base / name)
    texts = [odd_text(attack.rng).encode("utf-8", "replace")[:3000] for _ in range(12)] + [
        b"\xff\xfe",
        b"",
        attack.rng.randbytes(40),
    ]
    signature = model.serving_signatures()[0]
    (argument,) = [spec.name for spec in signature.specs]
    run = served.signatures[signature.name]
    outputs = run(**{argument: tf.constant(texts)})
    for key, value in outputs.items():
        if value.dtype.is_floating and not np.isfinite(value.numpy()).all():
            raise Failure(f"{name}: {key} is not finite")
    if name == "sentiment":
        expected = model.predict(texts)
        if np.abs(outputs["probabilities"].numpy() - expected).max() > 1e-4:
            raise Failure("the SavedModel differs from Keras")
    run(**{argument: tf.constant([], tf.string)})
