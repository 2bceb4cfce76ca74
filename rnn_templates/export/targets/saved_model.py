"""SavedModel: raw strings in, predictions out, on TensorFlow alone."""

import keras
import tensorflow as tf

from rnn_templates.export.targets.base import ExportedFile, ExportTarget
from rnn_templates.layers.rnn.implementation import saved_model_export


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
        write_saved_model(task, folder / "saved_model")

    def open(self, path):
        return SavedModelRunner(path)


def write_saved_model(task, path):
    """Writes a SavedModel with the serving signatures of a task.

    Args:
        task: `rnn_templates.tasks.task.Task`.
        path: str or `Path`; folder to write.

    Example:
        >>> from rnn_templates.export.targets.saved_model import write_saved_model
        >>> model = rt.sentiment_model(rt.Vocabulary(["good"]), ["no", "yes"], units=4, embedding_dim=4)
        >>> write_saved_model(model, "saved_model")
        >>> served = tf.saved_model.load("saved_model")  # keep it: its functions do not keep its variables
        >>> served.serve(tf.constant(["not bad"]))["probabilities"].shape
        TensorShape([1, 2])
    """
    archive = keras.export.ExportArchive()
    archive.track(task.network)
    archive.track(task.preprocessor)
    with saved_model_export():
        for signature in task.serving_signatures():
            archive.add_endpoint(signature.name, tf.function(signature.function, input_signature=signature.specs))
        archive.write_out(str(path), verbose=False)


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

    def __call__(self, signature, **tensors):
        outputs = self._model.signatures[signature](**{name: tf.constant(value) for name, value in tensors.items()})
        return {name: output.numpy() for name, output in outputs.items()}
