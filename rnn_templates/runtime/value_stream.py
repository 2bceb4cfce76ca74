"""Streams of single values, for devices; needs NumPy and ai-edge-litert only."""

import numpy as np

if __package__:
    from .stream import Step, find_series, open_folder, read_json
else:  # beside an exported model
    from stream import Step, find_series, open_folder, read_json


class ValueReader:
    """Runs the step of an exported model for every value of series, each with states of its own.

    Args:
        folder: str or `Path`; folder with the exported files.
        run: function that runs signatures; None for `model.tflite` in the folder.

    Attributes:
        names: list of str; the series.
        spec: dict; the content of `preprocessing.json`.

    Example:
        >>> reader = ValueReader("runs/server")  # doctest: +SKIP
        >>> reader.feed(0.2)["score"]  # doctest: +SKIP
        0.31
    """

    def __init__(self, folder, run=None):
        self.spec, self._run = open_folder(folder, run)
        self.names = read_json(f"{folder}/series.json")["names"]
        self.reset()

    def reset(self, series=None):
        """Begins a new stream.

        Args:
            series: str; name of the series; None for all.
        """
        if series is None:
            self._steps = {}
        else:
            self._steps.pop(series, None)

    def feed(self, value, series=None, known=()):
        """Returns the outputs for the next value of a series, a dict: `series`, and numbers or lists by name.

        Args:
            value: float; NaN if it is missing.
            series: str; name of the series; None if the model has one.
            known: (covariates,) floats; the covariates of the value.

        Raises:
            ValueError: if the series is not one of the model.
        """
        number = find_series(self.names, series)
        step = self._steps.setdefault(self.names[number], Step(self._run, self.spec["stream"]))
        inputs = {"values": np.array([[value, *known]], np.float32)}
        if "series" in self.spec["stream"]["inputs"]:
            inputs["series"] = np.array([number], np.int32)
        outputs = {name: np.ravel(one).tolist() for name, one in step(**inputs).items()}
        found = {name: one[0] if len(one) == 1 else one for name, one in outputs.items()}
        return {"series": self.names[number], **found}


def open_reader(folder, run=None):
    """Returns the `ValueReader` of an exported folder."""
    return ValueReader(folder, run)
