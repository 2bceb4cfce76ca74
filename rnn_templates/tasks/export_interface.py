"""The interface of a task that exports, parity checks and evaluation read."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.layers.rnn.implementation import saved_model_export
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.tasks.signature import Signature, in_batches, pad_to_spec, string_array
from rnn_templates.utils.atomic import write_text


class ExportInterface:
    """Signatures, preprocessing and comparison of predictions; base class of `Task`."""

    metric_name = "accuracy"  # of `score`
    min_agreement = {"float32": 1.0, "int8": 0.98}  # of an exported file's predictions with those of Keras
    metric_tolerance = 0.0  # relative change of the metric of a float32 file; above 0 if it is continuous
    input_name = "texts"  # of the strings that a server takes
    runtime_readers = ()  # modules of `rnn_templates.runtime` that encode inputs on a device
    stream_reader = None  # that of them which runs the signature with carried states over a stream

    def export(self, filepath, format="tf_saved_model", verbose=True):
        """Writes a SavedModel: raw strings in, predictions out.

        `rnn_templates.export_model` also writes LiteRT files and vocabularies, and checks that all of them reproduce
        the predictions.

        Args:
            filepath: str or `Path`; folder to write.
            format: str; "tf_saved_model", the only format.
            verbose: bool; whether to print the signatures.

        Raises:
            ValueError: if `format` is another one.

        Example:
            >>> model = rt.sentiment_model(rt.Vocabulary(["good"]), ["no", "yes"], units=4, embedding_dim=4)
            >>> model.export("exported", verbose=False)
            >>> served = tf.saved_model.load("exported")  # keep it: its functions do not keep its variables
            >>> served.serve(tf.constant(["not bad"]))["probabilities"].shape
            TensorShape([1, 2])
        """
        if format != "tf_saved_model":
            raise ValueError(
                f"export: `format` must be 'tf_saved_model'; received {format!r}. "
                "`rt.export_model(model, path, examples=...)` writes the other files."
            )
        archive = keras.export.ExportArchive()
        archive.track(self.network)
        archive.track(self.preprocessor)
        with saved_model_export():
            for signature in self.serving_signatures():
                function = tf.function(signature.function, input_signature=signature.specs, autograph=False)
                archive.add_endpoint(signature.name, function)
            archive.write_out(str(filepath), verbose=verbose)

    @staticmethod
    def agreement(expected, actual):
        """Returns the fraction of equal outputs in two lists of `Prediction`, in [0, 1]."""
        same = np.concatenate([np.ravel(a.outputs == b.outputs) for a, b in zip(expected, actual, strict=True)])
        return float(same.mean()) if same.size else 1.0

    @staticmethod
    def is_comparable(expected, actual):
        """Returns whether the scores of two `Prediction` of one example belong to the same outputs."""
        return True

    def score(self, predictions, targets):
        """Returns the value of the metric `metric_name` for a list of `Prediction` and raw targets."""
        labels = np.concatenate([np.ravel(target) for target in self.encode_targets(targets)])
        return float((np.concatenate([np.ravel(one.outputs) for one in predictions]) == labels).mean())

    def serving_signatures(self):
        """Returns the signatures of files for servers (raw strings in), a list of `Signature`."""
        raise NotImplementedError(f"{type(self).__name__} must implement `serving_signatures`.")

    def device_signatures(self):
        """Returns the signatures of files for devices (encoded inputs in, static shapes), a list of `Signature`."""
        raise NotImplementedError(f"{type(self).__name__} must implement `device_signatures`.")

    def string_signature(self, name, function, decode=None, strategy=None):
        """Returns a `Signature` from strings (batch,), `to_strings` of raw examples, for `serving_signatures`.

        Args:
            name, function, decode, strategy: see `Signature`.
        """
        spec = tf.TensorSpec((None,), tf.string, name=self.input_name)
        encode = in_batches(lambda examples: {spec.name: string_array(self.to_strings(examples))})
        return Signature(name, (spec,), function, encode if decode else None, decode, strategy)

    def device_signature(self, name, function, decode=None, strategy=None):
        """Returns a `Signature` from `device_input` of one raw example, for `device_signatures`.

        Args:
            name, function, decode, strategy: see `Signature`.
        """
        spec = self.device_input_spec()
        encode = in_batches(lambda examples: {spec.name: self.device_input(examples[0])}, size=1)
        return Signature(name, (spec,), function, encode if decode else None, decode, strategy)

    def to_strings(self, examples):
        """Returns raw examples as a list of bytes, the input of `string_signature`; texts by default."""
        return [to_bytes(text) for text in examples]

    def device_input_spec(self):
        """Returns the `tf.TensorSpec` of the input of `device_signature`, a batch of one."""
        raise NotImplementedError(f"{type(self).__name__} must implement `device_input_spec`.")

    def device_input(self, example):
        """Returns a raw example as an array that matches `device_input_spec`; ids of a text by default."""
        return pad_to_spec(self.preprocessor.encode(example), self.device_input_spec())

    def preprocessing_spec(self):
        """Returns the preprocessing that a device must implement, without the vocabulary: a dict for JSON."""
        raise NotImplementedError(f"{type(self).__name__} must implement `preprocessing_spec`.")

    def stream_spec(self):
        """Returns the entry `stream` of `preprocessing_spec`, a dict: the signature with states, and their first ones.

        Raises:
            ValueError: if no signature has states.
        """
        signature = next((one for one in self.device_signatures() if one.carried), None)
        if signature is None:
            raise ValueError(f"{type(self).__name__}: none of the signatures has `carried` states.")
        inputs = {spec.name: list(spec.shape) for spec in signature.specs if spec.name not in signature.carried}
        carried = {
            name: {"shape": list(value.shape), "initial": value.tolist() if np.any(value) else 0}
            for name, value in signature.carried.items()
        }
        names = {"reader": self.stream_reader, "signature": signature.name}
        return {"stream": {**names, "inputs": inputs, "carried": carried}}

    def fit_to_device(self, examples, targets=None):
        """Returns the raw examples, and their targets, that `device_signatures` can take; the default is all."""
        return examples, targets

    def save_vocabulary(self, directory):
        """Writes the vocabulary and the labels into a folder (`Path`)."""
        self.preprocessor.vocabulary.save(directory / "vocabulary.txt")
        write_text(directory / "labels.txt", "".join(f"{label}\n" for label in self.labels))
