"""Interface of export targets."""

import abc
import dataclasses
from typing import ClassVar, Literal


@dataclasses.dataclass(frozen=True)
class ExportedFile:
    """A file, or folder, that a target writes.

    Args:
        name: str; file name in the exported folder.
        tolerance: float; maximum absolute difference of a score from that of Keras.
        precision: "float32" or "int8"; the key of `Task.min_agreement`.

    Example:
        >>> from rnn_templates.export.targets.base import ExportedFile
        >>> ExportedFile("model.tflite", tolerance=1e-3).precision
        'float32'
    """

    name: str
    tolerance: float
    precision: Literal["float32", "int8"] = "float32"


class ExportTarget(abc.ABC):
    """A format that models are exported to.

    To add a target, write a subclass in a module of `rnn_templates.export.targets` and add an instance of it to
    `TARGETS` there.

    Attributes:
        name: str; name of the target, for example in `--targets`.
        interface: "serving", if the files take raw strings, or "device", if they take encoded inputs.
        files: tuple of `ExportedFile`.

    Example:
        >>> from rnn_templates.export.targets import TARGETS
        >>> [(target.name, target.interface) for target in TARGETS]
        [('saved_model', 'serving'), ('litert', 'device')]
    """

    name: ClassVar[str]
    interface: ClassVar[Literal["serving", "device"]]
    files: ClassVar[tuple[ExportedFile, ...]]

    def signatures(self, task):
        """Returns the signatures of a task that the files hold, a list of `Signature`."""
        return task.serving_signatures() if self.interface == "serving" else task.device_signatures()

    @abc.abstractmethod
    def write(self, task, folder):
        """Writes all files of a task into a folder (`Path`)."""

    @abc.abstractmethod
    def open(self, path):
        """Returns the `rnn_templates.tasks.signature.Runner` of one exported file (`Path`)."""

    def list_ops(self, path):
        """Returns the sorted names of the ops of a file, or None if the target does not list them."""
        return None
