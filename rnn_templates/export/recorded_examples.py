"""Inputs and outputs of an exported file, for tests of an app that runs it."""

from pathlib import Path

from rnn_templates.export.targets.litert import LiteRTModel
from rnn_templates.tasks.signature import predict_with
from rnn_templates.utils.atomic import write_text
from rnn_templates.utils.numbers import to_json
from rnn_templates.utils.run_snippets import EXAMPLES

MAX_EXAMPLES = 3
MAX_NUMBERS = 20_000  # of all tensors of a signature; the calls after the first that exceed it are left out


def write_examples(task, folder, examples, file="model.tflite"):
    """Writes `examples.json`: for each signature with predictions some examples, with the calls that predict them.

    Args:
        task: `rnn_templates.tasks.task.Task`.
        folder: str or `Path`; exported folder.
        examples: list of raw inputs that `task.fit_to_device` has accepted.
        file: str; the LiteRT file that runs.

    Example:
        >>> import json
        >>> import shutil
        >>> from pathlib import Path
        >>> from rnn_templates.export.recorded_examples import write_examples
        >>> path = shutil.copy("saved_models/sentiment/model.tflite", ".")
        >>> write_examples(rt.load_model("sentiment"), ".", ["not bad"])
        >>> example = json.loads(Path("examples.json").read_text())["serve"][0]
        >>> example["input"], list(example["calls"][0]["outputs"])
        ('not bad', ['probabilities'])
    """
    runner, found = LiteRTModel(Path(folder) / file), {}
    for signature in task.device_signatures():
        if signature.decode is None:
            continue
        record, found[signature.name] = Recorder(runner), []
        for example in examples[:MAX_EXAMPLES]:
            record.calls = []
            predict_with(record, signature, [example])
            if record.calls:
                found[signature.name].append({"input": _as_text(example), "calls": record.calls})
    write_text(Path(folder) / EXAMPLES, to_json(found, indent=None) + "\n")


def _as_text(example):
    """A text, or a list of tokens, as str; None for images, whose pixels are an input of the call."""
    if isinstance(example, (list, tuple)):
        return [_as_text(one) for one in example]
    if isinstance(example, bytes):
        return example.decode("utf-8", "replace")
    return example if isinstance(example, str) else None


class Recorder:
    """A `rnn_templates.tasks.signature.Runner` that records the first calls of another one.

    Args:
        runner: `Runner`.
    """

    def __init__(self, runner):
        self._runner = runner
        self._count = 0
        self.calls = []

    def __call__(self, signature, **tensors):
        outputs = self._runner(signature, **tensors)
        size = sum(getattr(one, "size", 1) for one in [*tensors.values(), *outputs.values()])
        if not self._count or self._count + size <= MAX_NUMBERS:
            self.calls.append({"inputs": tensors, "outputs": outputs})
            self._count += size
        return outputs
