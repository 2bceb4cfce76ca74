"""Signatures with carried states, for devices; needs NumPy and ai-edge-litert only.

`docs/streams.md` of rnn_templates specifies the states, for ports to other languages.
"""

import json

import numpy as np


def open_litert(path, threads=1):
    """Returns a function that runs the signatures of a LiteRT file.

    Args:
        path: str or `Path`; a `.tflite` file.
        threads: positive int; threads of the interpreter.

    Returns:
        Function from the name of a signature and its inputs, named arrays, to a dict of arrays.

    Example:
        >>> run = open_litert("saved_models/glyphs/model.tflite")
        >>> run("serve", image=np.zeros((1, 28, 28, 1), np.uint8))["probabilities"].shape
        (1, 28)
    """
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path), num_threads=threads)
    runners = {name: interpreter.get_signature_runner(name) for name in interpreter.get_signature_list()}
    return lambda signature, **tensors: runners[signature](**tensors)


def open_folder(folder, run=None):
    """Returns the content of `preprocessing.json` in an exported folder, and a function that runs its signatures.

    Args:
        folder: str or `Path`.
        run: function like that of `open_litert`; None for `model.tflite` in the folder.

    Raises:
        ValueError: if the model has no signature with carried states.
    """
    spec = read_json(f"{folder}/preprocessing.json")
    if "stream" not in spec:
        raise ValueError(f"{folder}: preprocessing.json must have the entry 'stream'; this model reads no streams.")
    return spec, open_litert(f"{folder}/model.tflite") if run is None else run


def read_json(path):
    """Returns the content of a JSON file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def find_series(names, series):
    """Returns the number of a series; None is the only one.

    Args:
        names: list of str.
        series: str or None.

    Raises:
        ValueError: if there is no such series.

    Example:
        >>> find_series(["oslo", "rome"], "rome"), find_series(["oslo"], None)
        (1, 0)
    """
    if series is None and len(names) == 1:
        return 0
    if series not in names:
        raise ValueError(f"`series` must be one of {', '.join(names[:20])}; received {series!r}.")
    return names.index(series)


class Step:
    """A signature with its states: the states that a call returns are inputs of the next call.

    Args:
        run: function from the name of a signature and its inputs to a dict of arrays; see `open_litert`.
        spec: dict; the entry `stream` of `preprocessing.json`.

    Attributes:
        states: dict of arrays; the states after the last call.

    Example:
        >>> from rnn_templates.runtime.stream import Step
        >>> def run(signature, value, total):
        ...     return {"mean": value, "total": total + value}
        >>> sums = Step(run, {"signature": "step", "carried": {"total": {"shape": [1], "initial": 0}}})
        >>> sums(value=3.0), sums(value=4.0), sums.states["total"].tolist()
        ({'mean': 3.0}, {'mean': 4.0}, [7.0])
    """

    def __init__(self, run, spec):
        self._run, self._signature, self._carried = run, spec["signature"], spec["carried"]
        self.reset()

    def reset(self):
        """Sets the states to those before the first call."""
        self.states = {
            name: np.broadcast_to(np.asarray(one["initial"], np.float32), one["shape"]).copy()
            for name, one in self._carried.items()
        }

    def __call__(self, **inputs):
        """Returns the outputs of the signature that are not states, a dict of arrays.

        Args:
            **inputs: arrays; the inputs that are not states.
        """
        outputs = dict(self._run(self._signature, **inputs, **self.states))
        self.states = {name: outputs.pop(name) for name in self.states}
        return outputs
