"""SavedModel: raw strings in, predictions out, on TensorFlow alone."""

import tensorflow as tf

from rnn_templates.export.targets.base import ExportedFile, ExportTarget


class SavedModelTarget(ExportTarget):
    """Folder `saved_model` with the serving signatures.

    Example:
        >>> from rnn_templates.export.targets.saved_model import SavedModelTarget
        >>> SavedModelTarget().files[0].name
        'saved_model'
    """

    name = "saved_model"
    interface = "serving"
    files = (ExportedFile("saved_model", tolerance=1e-3),)

    def write(self, task, folder):
        task.export(folder / "saved_model", verbose=False)

    def open(self, path):
        return SavedModelRunner(path)


class SavedModelRunner:
    """Runs the signatures of a SavedModel; see `rnn_templates.tasks.signature.Runner`.

    Args:
        path: str or `Path`; folder with a SavedModel.

    Example:
        >>> from rnn_templates.export.targets.saved_model import SavedModelRunner
        >>> run = SavedModelRunner("saved_models/sentiment/saved_model")  # doctest: +SKIP
        >>> run("serve", texts=np.array(["not bad"], object))["label"]  # doctest: +SKIP
        array([b'positive'], dtype=object)
    """

    def __init__(self, path):
        self._model = tf.saved_model.load(str(path))

    def describe(self):
        """Returns the tensors of the signatures, as `rnn_templates.utils.run_snippets.run_section` takes them."""
        return {
            name: {
                "inputs": {key: _tensor(spec) for key, spec in function.structured_input_signature[1].items()},
                "outputs": {key: _tensor(spec) for key, spec in function.structured_outputs.items()},
            }
            for name, function in self._model.signatures.items()
            if name != "serving_default"
        }

    def __call__(self, signature, **tensors):
        outputs = self._model.signatures[signature](**{name: tf.constant(value) for name, value in tensors.items()})
        return {name: output.numpy() for name, output in outputs.items()}


def _tensor(spec):
    return {"shape": list(spec.shape), "dtype": spec.dtype.name}
